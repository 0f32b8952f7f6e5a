"""Versions: candidates, choosing, comparing, downloading, beginning from an own picture."""

import hashlib
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.imaging import pictures
from tests.support.control import Control
from tests.support.held import Held
from tests.support.page import StudioPage, Thumb


def test_three_variants_are_candidates_and_the_chosen_one_is_replayed(page: StudioPage, control: Control) -> None:
    page.choose("variants", "3")
    page.send("A poster for a jazz evening")
    expect(page.thumbs()).to_have_count(3)
    first, second, third = page.versions()
    assert first.turn == second.turn == third.turn
    assert {first.parent, second.parent, third.parent} == {None}
    assert page.stage_version() == 1
    shown = {}
    for number in (1, 2, 3):
        page.go_to(number)
        shown[number] = page.shown_sha()
    assert len(set(shown.values())) == 3
    page.go_to(2)
    expect(page.page.locator("#stage .candidates")).to_contain_text("2 of 3")
    assert len(control.calls()) == 3

    page.choose("variants", "1")
    page.send("Larger letters")
    page.wait_version(4)
    assert control.last().answered == [shown[2]]
    assert page.versions()[-1].parent == 2


def test_one_failed_variant_leaves_the_turn_done_and_its_card_says_why(page: StudioPage, control: Control) -> None:
    page.choose("variants", "2")
    control.fail_next("refuse_safety")
    page.send("Two chairs")
    expect(page.thumbs()).to_have_count(1)
    note = page.turns().last.locator(".notes")
    expect(note).to_contain_text("1 of 2 images did not arrive: Unable to show the generated image.")
    card = page.turns().last
    card.locator("summary").click()
    line = re.compile(r"Image [12]: Unable to show the generated image\..* cost")
    expect(card.locator(".fold")).to_contain_text(line)


def test_compare_parts_two_versions_by_keyboard(page: StudioPage) -> None:
    page.send("A bottle on a shelf")
    before = page.shown_sha()
    page.send("Make it green")
    page.wait_version(2)
    page.page.get_by_role("button", name="Compare", exact=True).click()
    handle = page.page.get_by_role("slider", name="Divider")
    expect(handle).to_be_focused()
    expect(handle).to_have_attribute("aria-valuenow", "50")
    expect(page.page.locator("#stage img.before")).to_have_attribute("src", f"/blobs/{before}")
    for key, value in (("ArrowRight", "52"), ("ArrowLeft", "50"), ("Shift+ArrowLeft", "40"), ("PageUp", "50"),
                       ("End", "100"), ("Home", "0")):  # fmt: skip
        page.page.keyboard.press(key)
        expect(handle).to_have_attribute("aria-valuenow", value)
    assert page.stage_version() == 2
    page.page.keyboard.press("Escape")
    expect(handle).to_be_hidden()


def test_compare_is_there_once_there_are_two_versions_and_takes_what_is_nearest(page: StudioPage) -> None:
    compare = page.page.get_by_role("button", name="Compare", exact=True)
    other = page.page.get_by_role("combobox", name="Compare with")
    page.send("A bottle on a shelf")
    page.wait_version(1)
    expect(page.page.locator("#download")).to_be_visible()
    expect(compare).to_be_hidden()
    page.page.locator("#stage").focus()
    page.page.keyboard.press("c")
    page.choose("variants", "2")
    page.send("Make it green")
    page.wait_version(2)
    page.go_to(1)
    compare.click()
    expect(other).to_have_value("2")
    page.page.keyboard.press("Escape")
    page.go_to(3)
    page.page.keyboard.press("c")
    expect(other).to_have_value("1")


def test_images_of_a_first_turn_are_compared_with_each_other(page: StudioPage) -> None:
    page.choose("variants", "2")
    page.send("A bottle on a shelf")
    page.wait_version(1)
    expect(page.thumbs()).to_have_count(2)
    for shown, other in ((1, "2"), (2, "1")):
        page.go_to(shown)
        page.page.get_by_role("button", name="Compare", exact=True).click()
        expect(page.page.get_by_role("combobox", name="Compare with")).to_have_value(other)
        page.page.keyboard.press("Escape")


def test_the_chosen_candidates_ring_has_room_and_a_fork_says_from_where(page: StudioPage) -> None:
    page.choose("variants", "3")
    page.send("A bottle on a shelf")
    expect(page.thumbs()).to_have_count(3)
    first, second = (page.page.locator(f"#versions [data-version='{number}']").bounding_box() for number in (1, 2))
    assert first is not None
    assert second is not None
    assert 6 <= second["x"] - first["x"] - first["width"] <= 8
    page.choose("variants", "1")
    page.send("Make it green")
    page.wait_version(4)
    page.go_to(2)
    page.send("Make it blue")
    page.wait_version(5)
    forked = page.page.locator("#versions li").last
    expect(forked.locator(".fork")).to_have_text("from v2")
    expect(forked.locator(".fork")).to_have_attribute("title", "forks from v2")
    expect(forked.get_by_role("button")).to_have_accessible_name("Version 5, forks from v2: Make it blue")


def test_the_running_turn_is_the_highlighted_one_until_a_version_is_peeked_at(
    page: StudioPage, control: Control
) -> None:
    page.send("A bottle on a shelf")
    page.wait_version(1)
    control.fail_next("slow", seconds=60)
    page.begin("Make it green")
    page.wait_state("waiting")
    old, new = page.turns().first.locator(".turn"), page.turns().last.locator(".turn")
    coming = page.page.get_by_role("button", name="An image on its way")
    for current, other in ((new, old), (coming, page.thumbs().first)):
        expect(current).to_have_attribute("aria-current", "true")
        expect(other).not_to_have_attribute("aria-current", "true")
    page.thumbs().first.click()
    for current, other in ((old, new), (page.thumbs().first, coming)):
        expect(current).to_have_attribute("aria-current", "true")
        expect(other).not_to_have_attribute("aria-current", "true")
    new.click()
    expect(new).to_have_attribute("aria-current", "true")
    expect(page.page.locator("#stage .tile")).to_be_visible()
    page.stop()
    page.wait_end("cancelled")


def test_the_slider_follows_the_mouse(page: StudioPage) -> None:
    page.send("A bottle on a shelf")
    page.send("Make it green")
    page.wait_version(2)
    page.page.keyboard.press("Escape")
    page.page.get_by_role("button", name="Compare", exact=True).click()
    frame = page.page.locator("#stage .frame").bounding_box()
    assert frame is not None
    across = frame["y"] + frame["height"] / 2
    page.page.mouse.move(frame["x"] + frame["width"] / 2, across)
    page.page.mouse.down()
    page.page.mouse.move(frame["x"] + frame["width"] / 4, across, steps=4)
    page.page.mouse.up()
    expect(page.page.get_by_role("slider", name="Divider")).to_have_attribute("aria-valuenow", "25")


def test_a_late_answer_to_an_earlier_choice_does_not_undo_the_newest(page: StudioPage) -> None:
    page.send("A kite over the dunes")
    page.send("At sunset")
    page.wait_version(2)
    held = Held(page, "go_to")
    page.thumbs().nth(0).click()
    page.wait_version(1)
    page.thumbs().nth(1).click()
    page.wait_version(2)
    page.page.evaluate(
        """() => {
            const image = () => document.querySelector("#stage [data-version]")?.dataset.version;
            window.shownVersions = [];
            const note = () => window.shownVersions.push(image());
            new MutationObserver(note).observe(document.querySelector("#stage"),
                { subtree: true, childList: true, attributes: true, attributeFilter: ["data-version"] });
        }"""
    )
    held.route.continue_()
    with page.page.expect_response("**/component_server/**"):
        held.nth(2).continue_()
    page.wait_version(2)
    assert "1" not in page.page.evaluate("window.shownVersions")
    page.reload()
    page.wait_version(2)


def test_download_gives_the_received_file_under_a_useful_name(page: StudioPage) -> None:
    page.send("Two pears on a blue plate")
    page.choose_model("gemini-2.5-flash-image")
    page.send("Add a knife")
    page.wait_version(2)
    for number, name in ((1, "retake-v1-two-pears-on-a-blue-plate.jpg"), (2, "retake-v2-add-a-knife.png")):
        page.go_to(number)
        with page.page.expect_download() as download:
            page.page.locator("#download").click()
        assert download.value.suggested_filename == name
        data = Path(download.value.path()).read_bytes()
        assert hashlib.sha256(data).hexdigest() == page.shown_sha()
        assert data.startswith(b"\xff\xd8\xff" if name.endswith("jpg") else b"\x89PNG")


def test_a_picture_dropped_on_the_stage_is_version_0_and_its_shape_is_kept(
    page: StudioPage, control: Control, tmp_path: Path
) -> None:
    own = tmp_path / "shop front.png"
    own.write_bytes(pictures.encoded(pictures.scene(640, 360), "PNG"))
    page.drop_files([own], on="#stage")
    page.wait_version(0)
    assert page.shown_sha() == hashlib.sha256(own.read_bytes()).hexdigest()
    assert page.versions() == [Thumb(version=0, parent=None, turn="")]
    expect(page.page.locator("#stage .cap")).to_contain_text("Original")

    page.send("Make it dusk")
    page.wait_version(1)
    assert page.versions()[1].parent == 0
    given = control.last().given
    assert [part.text for part in given if part.kind == "text"] == ["The current image:", "Make it dusk"]
    assert control.last().given_pictures == [page.stored_sha(0)]
    width, height = page.shown_size_px()
    assert abs(width / height - 640 / 360) < 0.05


def test_zoom_to_the_pixels_and_back_to_fit(page: StudioPage) -> None:
    page.send("A map of an island")
    fit = page.page.get_by_role("button", name="Fit", exact=True)
    actual = page.page.get_by_role("button", name="100%", exact=True)
    expect(fit).to_have_attribute("aria-pressed", "true")
    actual.click()
    expect(actual).to_have_attribute("aria-pressed", "true")
    expect(page.page.locator("#stage .percent")).to_have_text("100%")
    fit.click()
    expect(fit).to_have_attribute("aria-pressed", "true")
