"""A page that can only show: the studio does not answer, or another process holds the data folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, expect

from tests.support.control import Control
from tests.support.page import StudioPage
from tests.support.server import Studio

TYPED: Final = "A tin robot on a shelf"
STREAM: Final = "**/events?*"
HELD: Final = "Another Retake has this data folder open"


def lose(page: StudioPage) -> None:
    """Reload without an event stream: the page is there, the link is not."""
    page.guard.expect(r"net::ERR_FAILED")
    page.page.route(STREAM, lambda route: route.abort())
    page.reload()
    expect(page.status).to_have_attribute("data-category", "offline")


def test_without_a_link_nothing_is_sent_and_it_comes_back_by_itself(page: StudioPage, control: Control) -> None:
    page.send(TYPED)
    page.wait_version(1)
    control.forget()
    badge, send = page.page.locator(".topbar .badge"), page.page.locator("#send")
    expect(badge.locator(".dot")).to_have_attribute("data-tone", "ok")
    lose(page)
    expect(page.status).to_contain_text(
        "Reconnecting… What you typed is kept here; nothing is sent until the studio answers."
    )
    expect(badge.locator(".dot")).to_have_attribute("data-tone", "plain")
    for attribute in ("title", "aria-label"):
        assert "The studio does not answer." in (badge.get_attribute(attribute) or "")
    page.prompt.fill(TYPED)
    expect(send).to_have_attribute("data-quiet", "")
    send.click()
    expect(page.status).to_contain_text("Nothing was sent: the studio does not answer. What you typed is kept here.")
    expect(page.prompt).to_have_value(TYPED)
    assert control.calls() == []

    page.page.unroute(STREAM)
    expect(page.status).not_to_have_attribute("data-category", "offline", timeout=60_000)
    expect(badge.locator(".dot")).to_have_attribute("data-tone", "ok")
    expect(send).not_to_have_attribute("data-quiet", "")
    expect(page.prompt).to_have_value(TYPED)
    send.click()
    page.wait_version(2)


def test_without_a_link_a_running_turn_is_said_to_go_on(page: StudioPage, control: Control) -> None:
    control.fail_next("slow", seconds=60)
    page.begin(TYPED)
    page.wait_state("waiting")
    lose(page)
    expect(page.status).to_contain_text("Reconnecting… The turn does not need this page to go on.")
    page.page.unroute(STREAM)
    page.wait_state("waiting")
    page.stop()
    page.wait_end("cancelled")


def test_a_studio_that_came_second_shows_and_does_not_invite(
    start_studio: Callable[..., Studio], open_page: Callable[..., StudioPage], tmp_path: Path
) -> None:
    first = start_studio(data_dir=tmp_path / "data")
    open_page(first).open()
    second = start_studio(data_dir=tmp_path / "data")
    page = open_page(second).open()
    expect(page.page.locator("html")).to_have_attribute("data-read-only", "")
    expect(page.status).to_contain_text(HELD)
    stage = page.page.locator("#stage .empty-stage")
    expect(stage).to_contain_text(HELD)
    for each in (".example", ".begin-own"):
        expect(stage.locator(each).filter(visible=True)).to_have_count(0)
    expect(page.prompt).to_have_attribute("readonly", "")
    expect(page.page.locator("#send")).to_have_attribute("data-quiet", "")
    expect(page.page.locator(".pill.attach")).to_be_disabled()
    for panel in ("#panel-create", "#panel-references", "#panel-edit", "#panel-cost form"):
        expect(page.page.locator(panel)).to_have_js_property("inert", True)  # noqa: FBT003 (the property's value)
    for control in (page.page.locator("#new-conversation"), page.page.locator(".title-text")):
        refuses(page, control)


def refuses(page: StudioPage, control: Locator) -> None:
    """It says in its title why it does nothing, and does nothing."""
    before = page.conversation_id()
    expect(control).to_have_attribute("aria-disabled", "true")
    assert HELD in (control.get_attribute("title") or "")
    control.click(force=True)
    expect(page.toasts().last).to_contain_text(HELD)
    expect(page.page.locator("input.rename")).to_have_count(0)
    assert page.conversation_id() == before
