"""Nothing jumps: the stage keeps its size whatever the status line says, and the run stands where its result will."""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import QUICK_MODEL
from tests.support.control import Control
from tests.support.page import DESKTOP, PHONE, StudioPage
from tests.support.server import Studio

SIZES: Final = pytest.mark.parametrize("size_px", [DESKTOP, PHONE], ids=["desktop", "phone"])
UNUSUAL_SIZE: Final = "4K"
"""No other test makes one, so that nothing is known of its usual time, which is no time for a flat 1K."""
TYPED: Final = "A glass of water on a stone"

Box = tuple[int, int, int, int]


def box(page: StudioPage, selector: str) -> Box:
    """Left, top, width and height in whole pixels; AssertionError where it is not displayed."""
    found = page.page.locator(selector).first.bounding_box()
    assert found is not None, f"{selector} is not displayed"
    return round(found["x"]), round(found["y"]), round(found["width"]), round(found["height"])


def near(a: Box, b: Box) -> bool:
    """The same place, up to the pixel that rounding costs."""
    return max(abs(x - y) for x, y in zip(a, b, strict=True)) <= 1


@pytest.fixture
def sized(open_page: Callable[..., StudioPage], gateway_studio: Studio) -> Callable[[tuple[int, int]], StudioPage]:
    def opened(size_px: tuple[int, int]) -> StudioPage:
        page = open_page(gateway_studio, size_px=size_px, has_touch=size_px == PHONE)
        page.open_new(model=QUICK_MODEL)
        page.leave_panel()
        return page

    return opened


@SIZES
def test_the_stage_keeps_its_size_whatever_the_status_line_says(
    sized: Callable[[tuple[int, int]], StudioPage], control: Control, size_px: tuple[int, int]
) -> None:
    page = sized(size_px)
    page.send(TYPED)
    page.wait_version(1)
    page.prompt.fill(TYPED)
    quiet = box(page, "#stage")
    for kind, state in (("no_billing", "failed"), ("refuse_safety", "refused"), ("reset", "failed")):
        control.fail_next(kind)
        page.send(TYPED, expect_state=state)  # type: ignore[arg-type]
        expect(page.prompt).to_have_value(TYPED)
        assert box(page, "#stage") == quiet, kind


def test_more_shows_the_whole_status_over_the_composer(
    sized: Callable[[tuple[int, int]], StudioPage], control: Control
) -> None:
    page = sized(PHONE)
    control.fail_next("no_billing")
    page.send(TYPED, expect_state="failed")
    stage = box(page, "#stage")
    folded = box(page, "#status")
    more = page.status.get_by_role("button", name="More")
    more.click()
    expect(page.status.get_by_role("button", name="Less")).to_have_attribute("aria-expanded", "true")
    assert box(page, "#status")[3] > folded[3]
    sentence = page.status.locator(".sentence")
    assert sentence.evaluate("node => node.scrollHeight <= node.clientHeight + 1")
    assert box(page, "#stage") == stage
    page.page.keyboard.press("Escape")
    expect(more).to_be_focused()
    assert box(page, "#status") == folded


@SIZES
def test_the_frame_of_a_first_picture_says_how_long_and_the_result_lands_in_it(
    sized: Callable[[tuple[int, int]], StudioPage], control: Control, size_px: tuple[int, int]
) -> None:
    page = sized(size_px)
    page.choose("aspect-ratio", "3:2")
    page.choose("image-size", UNUSUAL_SIZE)
    page.switch("show-thinking", on=True)
    page.leave_panel()
    control.fail_next("slow", seconds=8)
    page.begin(TYPED)
    tile = page.page.locator("#stage .tile")
    expect(tile.locator(".main")).to_contain_text(" s")
    expect(tile.locator(".sub")).to_contain_text("usually")
    waiting = box(page, "#stage .tile")
    expect(tile.locator(".line")).not_to_be_empty(timeout=30_000)
    assert box(page, "#stage .tile") == waiting
    expect(tile.locator(".draft")).to_be_visible(timeout=30_000)
    assert box(page, "#stage .tile") == waiting
    page.wait_end("done")
    page.wait_version(1)
    assert near(box(page, "#stage .frame"), waiting)


def test_a_change_keeps_the_picture_it_starts_from_beneath(page: StudioPage, control: Control) -> None:
    page.send(TYPED)
    page.wait_version(1)
    before = box(page, "#stage .frame")
    control.fail_next("slow", seconds=60)
    page.begin("In the evening")
    page.wait_state("waiting")
    expect(page.page.locator("#stage .tile .main")).to_be_visible()
    expect(page.picture).to_be_visible()
    assert near(box(page, "#stage .tile"), before)
    page.stop()
    page.wait_end("cancelled")
    expect(page.page.locator("#stage .tile")).to_have_count(0)
    assert box(page, "#stage .frame") == before


def test_past_the_usual_time_the_frame_says_so_instead_of_a_figure(page: StudioPage, control: Control) -> None:
    page.choose("image-size", UNUSUAL_SIZE)
    control.fail_next("slow", seconds=60)
    page.begin(TYPED)
    page.wait_state("waiting")
    tile = page.page.locator("#stage .tile")
    expect(tile.locator(".sub")).to_contain_text("usually")
    page.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 300_000; }")
    expect(tile.locator(".sub")).to_contain_text("longer than usual")
    expect(tile.locator(".sub")).not_to_contain_text("usually")
    page.stop()
    page.wait_end("cancelled")


def test_several_images_have_a_frame_each_with_what_they_start_from(page: StudioPage, control: Control) -> None:
    page.send(TYPED)
    page.wait_version(1)
    page.choose("variants", "3")
    control.fail_next("slow", count=3, seconds=60)
    page.begin("In the evening")
    page.wait_state("waiting")
    tiles = page.page.locator("#stage .tile")
    expect(tiles).to_have_count(3)
    for number in (1, 2, 3):
        expect(tiles.nth(number - 1).locator(".sub")).to_contain_text(f"Image {number}")
        expect(tiles.nth(number - 1).locator(".under")).to_be_visible()
    page.stop()
    page.wait_end("cancelled")
