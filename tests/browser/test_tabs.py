"""Several tabs on one conversation: each keeps what it holds, and only what was sent leaves it."""

from pathlib import Path

from playwright.sync_api import expect

from tests.sandbox_fixture import picture_bytes
from tests.support.control import Control
from tests.support.page import StudioPage

SENT = "A kite over the dunes"
TYPED = "A lighthouse in fog"


def picture(folder: Path, colour: str) -> Path:
    path = folder / f"{colour}.png"
    path.write_bytes(picture_bytes(colour=colour))
    return path


def test_what_another_tab_sends_leaves_what_is_typed_and_attached_here(page: StudioPage, tmp_path: Path) -> None:
    other = page.other_tab()
    page.attach([picture(tmp_path, "red")])
    other.attach([picture(tmp_path, "blue")])
    kept = other.reference_shas()
    other.type_and_save(TYPED)
    page.send(SENT)
    other.wait_version(1)
    other.wait_end("done")
    expect(page.prompt).to_have_value("")
    expect(page.references()).to_have_count(0)
    expect(other.prompt).to_have_value(TYPED)
    assert other.reference_shas() == kept
    other.type_and_save(f"{TYPED} at night")
    other.reload()
    expect(other.prompt).to_have_value(f"{TYPED} at night")
    assert other.reference_shas() == kept


def test_what_stays_here_is_saved_again_after_another_tab_has_sent(page: StudioPage) -> None:
    other = page.other_tab()
    other.type_and_save(TYPED)
    page.send(SENT)
    other.wait_end("done")
    other.reload()
    expect(other.prompt).to_have_value(TYPED)


def test_a_text_that_another_tab_has_sent_leaves_this_one_too(page: StudioPage) -> None:
    page.type_and_save(SENT)
    other = page.other_tab()
    expect(other.prompt).to_have_value(SENT)
    other.prompt.fill(TYPED)
    other.prompt.fill(SENT)
    page.send(SENT)
    other.wait_version(1)
    expect(other.prompt).to_have_value("")


def test_a_failure_gives_the_text_back_to_empty_boxes_only(page: StudioPage, control: Control) -> None:
    own, empty = page.other_tab(), page.other_tab()
    own.type_and_save(TYPED)
    control.fail_next("no_billing")
    page.send(SENT, expect_state="failed")
    for tab, text in ((page, SENT), (empty, SENT), (own, TYPED)):
        tab.wait_end("failed")
        expect(tab.prompt).to_have_value(text)
    page.status.get_by_role("button", name="Run again").click()
    for tab, text in ((page, ""), (empty, ""), (own, TYPED)):
        tab.wait_version(1)
        tab.wait_end("done")
        expect(tab.prompt).to_have_value(text)


def delete_open(page: StudioPage) -> None:
    page.open_menu().locator("li", has=page.page.locator("[aria-current]")).get_by_role("button", name="Delete").click()


def test_a_tab_is_told_that_its_conversation_was_deleted_and_brings_it_back(page: StudioPage, control: Control) -> None:
    other = page.other_tab()
    page.send(SENT)
    other.wait_version(1)
    other.type_and_save(TYPED)
    delete_open(page)
    expect(other.status).to_contain_text("This conversation was deleted.")
    other.page.locator("#send").click()
    expect(other.status).to_contain_text("This conversation was deleted.")
    expect(other.prompt).to_have_value(TYPED)
    other.status.get_by_role("button", name="Restore").click()
    expect(other.status).not_to_contain_text("deleted")
    other.send(TYPED)
    other.wait_version(2)
    assert control.last().asked == [SENT, TYPED]


def test_restoring_it_in_the_other_tab_clears_the_note(page: StudioPage) -> None:
    other = page.other_tab()
    page.send(SENT)
    other.wait_version(1)
    elsewhere = page.other_tab()
    elsewhere.new_conversation()
    delete_open(page)
    expect(other.status).to_contain_text("This conversation was deleted.")
    expect(elsewhere.status.locator(".sentence")).to_have_text("")
    page.toasts().last.get_by_role("button", name="Undo").click()
    expect(other.status).not_to_contain_text("deleted")
    expect(other.status).to_have_attribute("data-state", "done")


def test_a_tab_that_missed_the_deletion_learns_it_from_send(page: StudioPage) -> None:
    page.send(SENT)
    other = page.other_tab(script="EventSource.prototype.addEventListener = () => undefined")
    other.wait_version(1)
    other.type_and_save(TYPED)
    here = page.conversation_id()
    delete_open(page)
    page.page.wait_for_function("here => new URL(location.href).searchParams.get('c') !== here", arg=here)
    expect(other.status).to_have_attribute("data-state", "done")
    other.page.locator("#send").click()
    expect(other.status).to_contain_text("This conversation was deleted.")
    expect(other.status.get_by_role("button", name="Restore")).to_be_visible()
    expect(other.status.get_by_role("button", name="Dismiss")).to_be_hidden()
    expect(other.prompt).to_have_value(TYPED)


def test_each_tab_keeps_what_it_holds_over_its_own_reload(page: StudioPage, tmp_path: Path) -> None:
    other = page.other_tab()
    page.attach([picture(tmp_path, "red")])
    page.type_and_save(TYPED)
    held = page.reference_shas()
    other.attach([picture(tmp_path, "blue")])
    other.type_and_save(SENT)
    page.reload()
    expect(page.prompt).to_have_value(TYPED)
    assert page.reference_shas() == held
    other.reload()
    expect(other.prompt).to_have_value(SENT)
    other.send(SENT)
    page.wait_version(1)
    expect(page.prompt).to_have_value(TYPED)
    page.reload()
    expect(page.prompt).to_have_value(TYPED)
    assert page.reference_shas() == held


def test_what_a_failure_gave_back_leaves_the_tab_that_never_touched_it(page: StudioPage, control: Control) -> None:
    other = page.other_tab()
    control.fail_next("refuse_safety")
    page.send("bad words", expect_state="refused")
    expect(other.prompt).to_have_value("bad words")
    page.send("good words")
    other.wait_version(1)
    expect(other.prompt).to_have_value("")
    page.reload()
    expect(page.prompt).to_have_value("")
