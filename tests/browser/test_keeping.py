"""Nothing typed, chosen or dropped is lost; conversations are named, put away and brought back; two tabs agree."""

from pathlib import Path

from playwright.sync_api import Route, expect

from tests.sandbox_fixture import picture_bytes
from tests.support.control import Control
from tests.support.page import StudioPage

TYPED = "A kite over the dunes"


def test_text_settings_and_tray_survive_a_refresh(page: StudioPage, tmp_path: Path) -> None:
    reference = tmp_path / "kite.png"
    reference.write_bytes(picture_bytes())
    page.attach([reference])
    kept = page.reference_shas()
    page.choose("aspect-ratio", "16:9")
    page.choose("image-size", "2K")
    page.choose("thinking", "high")
    page.choose("variants", "2")
    page.switch("search", on=True)
    page.page.locator("#field-style").fill("Gouache")
    page.type_and_save(TYPED)
    page.reload()
    expect(page.prompt).to_have_value(TYPED)
    assert page.reference_shas() == kept
    for control, value in (("aspect-ratio", "16:9"), ("image-size", "2K"), ("thinking", "high"), ("variants", "2")):
        chosen = page.page.locator(f"#{control} [role=radio][data-value='{value}']")
        expect(chosen).to_have_attribute("aria-checked", "true")
    expect(page.page.locator("#search")).to_have_attribute("aria-checked", "true")
    expect(page.page.locator("#field-style")).to_have_value("Gouache")


def test_what_was_typed_a_moment_before_the_refresh_is_there(page: StudioPage) -> None:
    page.prompt.fill(TYPED)
    page.reload()
    expect(page.prompt).to_have_value(TYPED)


def test_what_was_typed_before_the_page_was_ready_is_kept(page: StudioPage) -> None:
    page.type_and_save(TYPED)

    def type_first(route: Route) -> None:
        page.prompt.fill("at noon")
        route.continue_()

    page.page.route("**/session?*", type_first, times=1)
    page.page.reload()
    expect(page.prompt).to_have_value(f"{TYPED}\nat noon")


def test_typing_the_next_request_while_one_runs_loses_neither(page: StudioPage, control: Control) -> None:
    control.fail_next("slow", seconds=2)
    page.begin(TYPED)
    page.wait_state("waiting")
    page.prompt.press_sequentially("and now at sunset")
    page.wait_version(1)
    page.wait_end("done")
    expect(page.prompt).to_have_value("and now at sunset")
    expect(page.prompt).to_be_focused()


def test_conversations_are_named_deleted_brought_back_and_reopened(page: StudioPage) -> None:
    page.send("A teapot shaped like a cat")
    first = page.conversation_id()
    title = page.page.locator(".title-text")
    expect(title).to_have_text("A teapot shaped like a cat")
    page.rename("Teapots & cats")

    page.new_conversation()
    expect(title).to_have_text("Untitled")
    expect(page.prompt).to_be_focused()
    page.open_menu().get_by_role("button", name="Delete Teapots & cats").click()
    toast = page.toasts().last
    expect(toast).to_contain_text("“Teapots & cats” was deleted.")
    toast.get_by_role("button", name="Undo").click()
    expect(title).to_have_text("Teapots & cats")
    page.wait_version(1)

    page.new_conversation()
    page.open_menu().locator("button.open", has_text="Teapots & cats").first.click()
    expect(title).to_have_text("Teapots & cats")
    assert page.conversation_id() == first
    page.wait_version(1)


def test_deleting_the_open_conversation_leaves_it_and_undo_returns(page: StudioPage) -> None:
    page.send("A lamp made of paper")
    here = page.conversation_id()
    menu = page.open_menu()
    menu.locator("li", has=page.page.locator("[aria-current]")).get_by_role("button", name="Delete").click()
    page.page.wait_for_function("here => new URL(location.href).searchParams.get('c') !== here", arg=here)
    expect(menu.locator(":focus")).to_have_count(1)  # the keyboard stays where it was
    page.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    page.toasts().last.get_by_role("button", name="Undo").click()
    page.page.wait_for_function("here => new URL(location.href).searchParams.get('c') === here", arg=here)
    page.wait_version(1)


def test_two_tabs_on_one_conversation_stay_in_step(page: StudioPage) -> None:
    other = page.other_tab()
    page.send("A cactus in a tin")
    other.wait_version(1)
    other.wait_end("done")
    assert other.shown_sha() == page.shown_sha()
    other.send("Give it a flower")
    page.wait_version(2)
    assert page.versions() == other.versions()
    page.go_to(1)
    other.wait_version(1)
    assert other.total_usd() == page.total_usd()
