"""Everything by keyboard, and nothing by accident while typing."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.control import Control
from tests.support.page import StudioPage

TYPED = "A tree on a hill"


def leave_the_box(page: StudioPage) -> None:
    page.page.locator("#stage .cap").click()
    expect(page.prompt).not_to_be_focused()


def test_sending_and_stopping(page: StudioPage, control: Control) -> None:
    page.prompt.fill(TYPED)
    page.page.keyboard.press("Control+Enter")
    page.wait_end("done")
    page.wait_version(1)

    control.fail_next("slow", seconds=60)
    page.prompt.fill("In autumn")
    page.page.keyboard.press("Control+Enter")
    page.wait_state("waiting")
    page.page.keyboard.press("Escape")
    page.wait_end("cancelled")

    page.prompt.fill("")
    page.page.keyboard.press("ArrowUp")
    expect(page.prompt).to_have_value("In autumn")
    page.prompt.fill("x")
    page.page.keyboard.press("ArrowUp")
    expect(page.prompt).to_have_value("x")


def test_the_keys_of_the_stage(page: StudioPage) -> None:
    page.send(TYPED)
    page.send("In winter")
    page.wait_version(2)
    page.prompt.press_sequentially("cfdn?1")
    expect(page.prompt).to_have_value("cfdn?1")
    assert page.stage_version() == 2

    leave_the_box(page)
    keys = page.page.keyboard
    keys.press("ArrowLeft")
    page.wait_version(1)
    keys.press("ArrowRight")
    page.wait_version(2)
    keys.press("c")
    slider = page.page.get_by_role("slider", name="Divider")
    expect(slider).to_be_visible()
    keys.press("Escape")
    expect(slider).to_be_hidden()
    keys.press("1")
    expect(page.page.locator("#stage .percent")).to_have_text("100%")
    keys.press("f")
    expect(page.page.get_by_role("button", name="Fit", exact=True)).to_have_attribute("aria-pressed", "true")
    with page.page.expect_download() as download:
        keys.press("d")
    assert download.value.suggested_filename == "retake-v2-in-winter.jpg"
    keys.press("?")
    dialog = page.page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    keys.press("n")  # nothing happens behind a dialog
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.thumbs()).to_have_count(2)
    keys.press("n")
    expect(page.thumbs()).to_have_count(0)
    expect(page.prompt).to_be_focused()


MOVED: str = """([x, y]) => {
  const box = document.querySelector("#stage .frame").getBoundingClientRect();
  return Math.abs(box.x - x) < 2 && Math.abs(box.y - y) < 2;
}"""


def test_a_zoomed_picture_moves_by_keyboard(page: StudioPage) -> None:
    page.send(TYPED)
    page.wait_version(1)
    leave_the_box(page)
    keys = page.page.keyboard

    def place() -> tuple[float, float]:
        box = page.page.locator("#stage .frame").bounding_box()
        assert box is not None
        return box["x"], box["y"]

    for _ in range(4):
        keys.press("+")
    expect(page.page.locator("#stage .percent")).to_have_text(re.compile(r"^1\d\d%$|^[3-9]\d%$"))
    page.still()
    x, y = place()
    keys.press("Shift+ArrowRight")
    page.page.wait_for_function(MOVED, arg=[x - 80, y])
    keys.press("Shift+ArrowUp")
    page.page.wait_for_function(MOVED, arg=[x - 80, y + 80])
    assert page.stage_version() == 1
    keys.press("f")
    page.page.wait_for_function("!document.querySelector('#stage .viewport').classList.contains('zoomed')")
    page.still()
    at_fit = place()
    keys.press("Shift+ArrowRight")
    keys.press("Shift+ArrowLeft")
    page.still()
    assert place() == at_fit


@pytest.mark.parametrize("panel", ["references", "edit", "cost"])
def test_panels_are_tabs_under_the_arrow_keys(page: StudioPage, panel: str) -> None:
    order = ["create", "references", "edit", "cost"]
    page.page.locator("#tab-create").focus()
    for _ in range(order.index(panel)):
        page.page.keyboard.press("ArrowRight")
    expect(page.page.locator(f"#tab-{panel}")).to_be_focused()
    expect(page.page.locator(f"#tab-{panel}")).to_have_attribute("aria-selected", "true")
    for each in order:
        expect(page.page.locator(f"#panel-{each}")).to_be_visible(visible=each == panel)


def test_choices_move_by_arrow_keys(page: StudioPage) -> None:
    page.show("create")
    page.page.locator("#variants [aria-checked=true]").focus()
    page.page.keyboard.press("ArrowRight")
    chosen = page.page.locator("#variants [data-value='2']")
    expect(chosen).to_be_focused()
    expect(chosen).to_have_attribute("aria-checked", "true")
