"""Words and distances for fingers, and focus rings that are seen whole."""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import QUICK_MODEL
from tests.support.control import Control
from tests.support.page import DESKTOP, PHONE, StudioPage
from tests.support.server import Studio

SIZES: Final = pytest.mark.parametrize("size_px", [DESKTOP, PHONE], ids=["desktop", "phone"])

_APART: Final = """([above, below]) => {
  const [upper, lower] = [above, below].map((each) => document.querySelector(each).getBoundingClientRect());
  return lower.top - upper.bottom;
}"""
_RING: Final = """(node) => {
  const style = getComputedStyle(node);
  const out = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
  const [title, bar] = ['.title-text', '.topbar'].map((each) => document.querySelector(each));
  const [box, text] = [node, title].map((each) => each.getBoundingClientRect());
  const letters = text.right - parseFloat(getComputedStyle(title).paddingRight);
  const top = box.top - out - bar.getBoundingClientRect().top;
  return {style: style.outlineStyle, top, fromText: box.left - out - letters};
}"""


@pytest.fixture
def sized(open_page: Callable[..., StudioPage], gateway_studio: Studio) -> Callable[[tuple[int, int]], StudioPage]:
    def opened(size_px: tuple[int, int]) -> StudioPage:
        return open_page(gateway_studio, size_px=size_px, has_touch=size_px == PHONE).open_new(model=QUICK_MODEL)

    return opened


@SIZES
def test_nothing_is_asked_of_a_finger_that_only_a_mouse_can_do(
    sized: Callable[[tuple[int, int]], StudioPage], control: Control, size_px: tuple[int, int]
) -> None:
    assert control.calls() == []
    page, touch = sized(size_px), size_px == PHONE
    verb = "Choose" if touch else "Drop"
    expect(page.page.locator(".begin-own")).to_have_text(f"{verb} a picture to begin from it")
    page.send("A stone bridge")
    page.wait_version(1)
    expect(page.prompt).to_have_attribute(
        "placeholder", "Describe the change…" + ("" if touch else " drop or paste images anywhere")
    )


@SIZES
def test_the_ring_of_the_title_menu_is_whole_and_clear_of_the_title(
    sized: Callable[[tuple[int, int]], StudioPage], size_px: tuple[int, int]
) -> None:
    page = sized(size_px)
    page.rename("A title that is too long for the room that the bar of a phone has for it")
    page.page.locator(".title-menu").press("Enter")
    page.page.keyboard.press("Escape")
    expect(page.page.locator(".title-menu")).to_be_focused()
    ring = page.page.locator(".title-menu").evaluate(_RING)
    assert ring["style"] == "solid"
    assert ring["top"] >= 1
    assert ring["fromText"] >= 3


def test_a_toast_keeps_its_distance_from_the_tools_of_a_phones_stage(
    sized: Callable[[tuple[int, int]], StudioPage],
) -> None:
    page = sized(PHONE)
    page.send("A stone bridge")
    page.wait_version(1)
    page.page.get_by_role("toolbar", name="Picture").get_by_role("button", name="Use as reference").tap()
    page.page.get_by_role("toolbar", name="Picture").get_by_role("button", name="Use as reference").tap()
    expect(page.toasts().last).to_be_visible()
    assert page.page.evaluate(_APART, ["#toasts .toast:last-child", "#stage .tools"]) >= 8
