"""The page itself: themes, sizes, accessibility, nothing from elsewhere, and the sandbox that says it is one."""

import re
from collections.abc import Callable
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from studio.ui.events import COMMANDS
from tests.browser.conftest import QUICK_MODEL
from tests.support.control import Control
from tests.support.page import DESKTOP, PHONE, StudioPage
from tests.support.server import Studio

SIZES: Final = pytest.mark.parametrize("size_px", [DESKTOP, PHONE], ids=["desktop", "phone"])
THEMES: Final = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
SETTLED_MS: Final = 1000.0
PLACES: Final = len(COMMANDS)
PANELS: Final = ("create", "references", "edit", "cost")


def check(page: StudioPage, where: str) -> None:
    """No serious or critical violation of what axe knows, and nothing wider than the window.

    No preloading: axe would ask for style sheets that import each other at the wrong addresses.
    """
    page.still()  # a colour on its way to another is neither
    found = Axe().run(page.page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    serious = [
        f"{where}: {each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:5]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]
    assert not serious, "\n".join(serious)
    width = page.page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]")
    assert max(width[:2]) <= width[2], f"{where}: {width[0]} px in a window of {width[2]}"


def check_everywhere(page: StudioPage, state: str) -> None:
    """Every panel, the menu of conversations and the dialogs."""
    check(page, state)
    for panel in PANELS:
        page.show(panel)
        check(page, f"{state}, {panel}")
        page.leave_panel()
    page.open_menu()
    check(page, f"{state}, menu")
    page.page.keyboard.press("Escape")
    page.open_connection()
    check(page, f"{state}, connection")
    page.page.keyboard.press("Escape")
    page.page.locator("#stage").focus()
    page.page.keyboard.press("?")
    expect(page.page.get_by_role("dialog", name="Keys")).to_be_visible()
    check(page, f"{state}, keys")
    page.page.keyboard.press("Escape")


@pytest.mark.timeout(300)
@SIZES
@THEMES
def test_axe_finds_nothing_serious(
    open_page: Callable[..., StudioPage],
    gateway_studio: Studio,
    control: Control,
    size_px: tuple[int, int],
    dark: bool,  # noqa: FBT001
) -> None:
    page = open_page(gateway_studio, size_px=size_px, dark=dark, has_touch=size_px == PHONE).open_new(model=QUICK_MODEL)
    check_everywhere(page, "empty")
    page.send("A stone bridge")
    page.send("In the fog")
    page.wait_version(2)
    check_everywhere(page, "two versions")
    control.fail_next("no_billing")
    page.send("At night", expect_state="failed")
    check(page, "failed")


def test_the_theme_follows_the_system_until_one_is_chosen(
    open_page: Callable[..., StudioPage], gateway_studio: Studio
) -> None:
    page = open_page(gateway_studio, dark=True).open()
    root = page.page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    page.page.get_by_role("button", name="Light theme").click()
    expect(root).to_have_attribute("data-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-theme", "light")
    assert not page.page.evaluate("document.body.classList.contains('dark')")


def test_everything_is_reached_on_a_phone(
    open_page: Callable[..., StudioPage], gateway_studio: Studio, control: Control
) -> None:
    page = open_page(gateway_studio, size_px=PHONE, has_touch=True).open_new(model=QUICK_MODEL)
    page.send("A stone bridge")
    page.wait_version(1)
    for panel in PANELS:
        page.show(panel)
        page.leave_panel()
    page.page.get_by_role("button", name="Conversation", exact=True).click()
    expect(page.turns().first).to_be_visible()
    small = page.page.evaluate(SMALL_TARGETS)
    assert small == []


SMALL_TARGETS: Final = """() => [...document.querySelectorAll('button, select, a[href], [role=radio], [role=tab]')]
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([node, box]) => box.width > 0 && node.checkVisibility() && (box.width < 28 || box.height < 28))
  .map(([node, box]) => `${node.id || node.className}: ${box.width} x ${box.height}`)"""


@pytest.mark.parametrize("late", ["js/theme.js", "studio.js"])
def test_the_page_is_drawn_whichever_of_its_scripts_comes_last(
    open_page: Callable[..., StudioPage], gateway_studio: Studio, late: str
) -> None:
    page = open_page(gateway_studio)
    held: list[Route] = []
    page.page.route(f"**/{late}", lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks the handler)
    page.page.goto(page.url, wait_until="commit")
    expect(page.page.locator(".place")).to_have_count(PLACES)
    page.page.wait_for_timeout(SETTLED_MS)  # the scripts that did come have run
    held[0].continue_()
    page.wait_until_ready()


def test_every_promised_id_is_there_from_the_first_paint(
    open_page: Callable[..., StudioPage], gateway_studio: Studio
) -> None:
    page = open_page(gateway_studio).open()
    promised = [
        "prompt",
        "send",
        "stop",
        "new-conversation",
        "conversations",
        "stage",
        "transcript",
        "versions",
        "references",
        "reference-upload",
        "model",
        "aspect-ratio",
        "image-size",
        "thinking",
        "variants",
        "search",
        "cost-estimate",
        "cost-total",
        "cost-ledger",
        "budget",
        "status",
        "download",
        "panel-create",
        "panel-references",
        "panel-edit",
        "panel-cost",
        "panel-versions",
        "panel-connection",
        "check-connection",
    ]
    count = "(ids) => ids.map((id) => [id, document.querySelectorAll(`[id='${id}']`).length])"
    assert page.page.evaluate(count, promised) == [[each, 1] for each in promised]


def test_the_sandbox_says_that_it_is_one_and_costs_are_simulated(
    open_page: Callable[..., StudioPage], studio: Studio
) -> None:
    page = open_page(studio).open_new()
    expect(page.page.locator(".topbar .badge")).to_have_text("Sandbox — painted locally, not Gemini")
    page.open_connection()
    page.check_connection()
    expect(page.page.locator("#panel-connection .result")).to_have_text(
        "The sandbox answers. It paints locally, costs nothing and never leaves this computer."
    )
    page.page.keyboard.press("Escape")
    page.send("A first picture")
    page.wait_version(1)
    assert page.shown_sha() == page.stage_sha()
    assert page.shown_size_px()[0] >= 2048  # the default model paints 2K where it costs no more than 1K
    page.show("cost")
    expect(page.page.locator("#panel-cost")).to_contain_text("simulated")
    estimate = page.page.locator("#cost-estimate")
    expect(estimate).to_have_attribute("title", re.compile("^Simulated: what Gemini would have charged"))
    page.page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.page.locator("#budget")).to_contain_text("no cap")
