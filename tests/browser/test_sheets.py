"""On a phone a panel is a sheet over the stage: titled, closed in three ways, and the focus comes back."""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import QUICK_MODEL
from tests.support.control import Control
from tests.support.page import PHONE, StudioPage
from tests.support.server import Studio

TITLES: Final = ("Conversation", "Create", "References", "Edit", "Cost")


@pytest.fixture
def phone(open_page: Callable[..., StudioPage], gateway_studio: Studio, control: Control) -> StudioPage:
    """A phone's page with one version; the sandbox has nothing queued."""
    assert control.calls() == []
    page = open_page(gateway_studio, size_px=PHONE, has_touch=True).open_new(model=QUICK_MODEL)
    page.send("A stone bridge")
    page.wait_version(1)
    return page


def pill(page: StudioPage, title: str) -> Locator:
    role = "button" if title == "Conversation" else "tab"
    return page.page.locator("[data-place=tabs]").get_by_role(role, name=title, exact=True)  # type: ignore[arg-type]


def head(page: StudioPage, title: str) -> Locator:
    return page.page.locator(".sheet-head:visible").filter(has_text=title)


def test_a_sheet_has_its_title_and_leaves_the_top_of_the_stage(phone: StudioPage) -> None:
    quiet, lying = phone.page.locator("#stage").bounding_box(), phone.picture.bounding_box()
    for title in TITLES:
        pill(phone, title).tap()
        heading = head(phone, title).get_by_role("heading")
        expect(heading).to_be_focused()
        sheet = head(phone, title).bounding_box()
        stage = phone.page.locator("#stage").bounding_box()
        assert sheet is not None
        assert stage is not None
        assert 0.5 < 1 - sheet["y"] / PHONE[1] <= 0.85, title
        tabs = phone.page.locator("[data-place=tabs]").bounding_box()
        assert tabs is not None
        assert round(tabs["y"] + tabs["height"]) == PHONE[1], title
        assert 0.6 < (tabs["y"] - sheet["y"]) / PHONE[1] <= 0.75, title
        picture = phone.picture.bounding_box()
        assert picture is not None
        assert stage["y"] <= picture["y"] < sheet["y"] - 40, title
        assert stage == quiet, title
        expect(phone.page.locator(".sheet-head:visible")).to_have_count(1)
        expect(phone.prompt).to_be_hidden()
        expect(phone.status).to_be_hidden()
    phone.leave_panel()
    expect(phone.prompt).to_be_visible()
    assert phone.picture.bounding_box() == lying


@pytest.mark.parametrize("title", TITLES)
def test_a_sheet_closes_by_its_button_by_escape_and_by_its_tab(phone: StudioPage, title: str) -> None:
    def by_button() -> None:
        close = head(phone, title).get_by_role("button", name="Close")
        size = close.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 44
        close.tap()

    closings: tuple[Callable[[], None], ...] = (
        by_button,
        lambda: phone.page.keyboard.press("Escape"),
        lambda: pill(phone, title).tap(),
    )
    for close in closings:
        pill(phone, title).tap()
        expect(head(phone, title).get_by_role("heading")).to_be_focused()
        close()
        expect(phone.page.locator(".sheet-head:visible")).to_have_count(0)
        expect(pill(phone, title)).to_be_focused()


def test_a_sheet_opened_from_the_composer_gives_the_focus_back_there(phone: StudioPage) -> None:
    size = phone.page.locator(".composer .pills").get_by_role("button").first
    size.tap()
    expect(head(phone, "Create")).to_be_visible()
    expect(phone.page.locator("#panel-create :focus")).to_have_count(1)
    phone.page.keyboard.press("Escape")
    expect(phone.page.locator(".sheet-head:visible")).to_have_count(0)
    expect(size).to_be_focused()


def test_a_preset_closes_the_sheet_and_goes_to_the_prompt(phone: StudioPage) -> None:
    pill(phone, "Edit").tap()
    phone.page.locator("#panel-edit .preset").first.tap()
    expect(phone.page.locator(".sheet-head:visible")).to_have_count(0)
    expect(phone.prompt).to_be_focused()
    expect(phone.prompt).not_to_have_value("")


def test_the_arrow_keys_still_move_along_the_tabs(phone: StudioPage) -> None:
    pill(phone, "Create").focus()
    phone.page.keyboard.press("ArrowRight")
    expect(head(phone, "References")).to_be_visible()
    expect(pill(phone, "References")).to_be_focused()
    expect(pill(phone, "References")).to_have_attribute("aria-selected", "true")
    phone.page.keyboard.press("Escape")
    expect(phone.page.locator(".sheet-head:visible")).to_have_count(0)


def test_controls_of_a_sheet_are_large_enough_for_a_finger(phone: StudioPage) -> None:
    pill(phone, "Create").tap()
    for selector in ("#image-size [role=radio]", "#variants [role=radio]"):
        heights = phone.page.locator(selector).evaluate_all("nodes => nodes.map((node) => node.offsetHeight)")
        assert heights
        assert min(heights) >= 44


def test_comparing_on_a_phone_takes_one_row(phone: StudioPage) -> None:
    phone.send("In the fog")
    phone.wait_version(2)
    phone.page.get_by_role("button", name="Compare", exact=True).tap()
    expect(phone.page.locator("#stage .compare-bar")).to_be_visible()
    expect(phone.page.locator("#stage .cap")).to_be_hidden()
    phone.page.get_by_role("button", name="Stop comparing").tap()
    expect(phone.page.locator("#stage .cap")).to_be_visible()
