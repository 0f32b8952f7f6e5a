"""The cards of the conversation: what they show at once, what they fold, and that they stay as they were left."""

import re
from collections.abc import Callable
from typing import Final

from playwright.sync_api import Locator, expect

from tests.browser.conftest import QUICK_MODEL
from tests.support.control import Control
from tests.support.page import PHONE, StudioPage
from tests.support.server import Studio


def fold_of(card: Locator) -> Locator:
    return card.locator("details.fold")


def test_the_newest_answer_is_read_at_once_and_an_older_one_is_a_line_that_unfolds_and_stays_open(
    page: StudioPage, control: Control
) -> None:
    control.fail_next("text_first")
    page.send("A red bicycle")
    card = page.turns().first
    line = card.locator("summary .first")
    expect(line).to_contain_text("Painted by the Retake sandbox, not Gemini.")
    expect(card.locator("p.answer")).to_be_hidden()
    assert line.evaluate("line => line.clientHeight > 40")
    page.send("Make it green")
    page.wait_version(2)
    assert line.evaluate("line => line.scrollWidth > line.clientWidth && line.clientHeight < 24")

    card.locator("summary").click()
    expect(card.locator("p.answer")).to_be_visible()
    expect(line).to_be_hidden()
    page.send("Make it blue")
    page.wait_version(3)
    expect(fold_of(card)).to_have_attribute("open", "")
    expect(fold_of(page.turns().last)).not_to_have_attribute("open", "")


def test_choosing_a_version_moves_the_highlight_and_changes_no_cards_height(page: StudioPage) -> None:
    page.send("A red bicycle")
    page.send("Make it green")
    page.wait_version(2)
    heights = "cards => cards.map((card) => card.offsetHeight)"
    before = page.turns().evaluate_all(heights)
    first, second = page.turns().first, page.turns().last
    expect(second.get_by_role("button", name="Make another")).to_be_visible()
    expect(first.get_by_role("button", name="Make another")).to_be_hidden()
    first.locator(".asked").click()
    page.wait_version(1)
    expect(first.get_by_role("button", name="Make another")).to_be_visible()
    expect(second.get_by_role("button", name="Make another")).to_be_hidden()
    assert page.turns().evaluate_all(heights) == before


def test_settings_are_repeated_only_where_they_change(page: StudioPage) -> None:
    page.choose("aspect-ratio", "16:9")
    page.send("A red bicycle")
    expect(page.turns().last.locator(".meta")).to_contain_text("v1 · 1K · 16:9 · $")
    page.choose("aspect-ratio", "1:1")
    page.send("Make it green")
    expect(page.turns().last.locator(".meta")).to_contain_text("v2 · 1:1 · $")
    page.send("Make it blue")
    expect(page.turns().last.locator(".meta")).to_contain_text("v3 · $")


def test_words_without_a_picture_are_read_without_unfolding(page: StudioPage, control: Control) -> None:
    control.fail_next("text_only")
    page.send("Tell me about jazz", expect_state="refused")
    card = page.turns().last
    expect(card.locator("summary .first")).to_contain_text("I'm unable to make that picture.")
    assert card.locator("summary .first").evaluate("line => line.scrollHeight <= line.clientHeight")


def test_the_details_of_a_failure_are_in_one_place(page: StudioPage, control: Control) -> None:
    control.fail_next("no_billing")
    page.send("A red bicycle", expect_state="failed")
    card = page.turns().first
    expect(page.status.get_by_role("button", name="Details")).to_be_visible()
    expect(fold_of(card)).to_be_hidden()
    page.send("A green bicycle")
    expect(page.status.get_by_role("button", name="Details")).to_be_hidden()
    card.locator("summary").click()
    expect(card.locator(".detail").filter(visible=True)).not_to_be_empty()


def test_a_problem_without_any_version_is_said_by_the_stage_and_by_the_card_once_a_later_turn_came(
    page: StudioPage, control: Control
) -> None:
    control.fail_next("no_billing")
    page.send("A red bicycle", expect_state="failed")
    card = page.turns().first
    expect(card.locator(".meta")).to_contain_text("Failed")
    expect(card.get_by_role("button", name="Run again")).to_be_visible()
    expect(card.locator(".problem")).to_be_hidden()
    page.send("A green bicycle")
    expect(card.locator(".problem")).to_be_visible()


def test_no_line_of_facts_ends_or_begins_with_a_dot(page: StudioPage) -> None:
    page.choose("aspect-ratio", "16:9")
    page.choose("variants", "2")
    page.send("A red bicycle")
    expect(page.turns().last.locator(".meta")).to_contain_text("v1, v2 · 1K · 16:9 · 2 images · $")
    seen = page.turns().last.locator(".meta").evaluate(_DOTS_SEEN)
    assert seen["lines"] > 1
    assert seen["dots"] == seen["facts"] - seen["lines"]


_DOTS_SEEN: Final = """meta => {
  const facts = [...meta.querySelectorAll(".facts > span")];
  const left = meta.getBoundingClientRect().left;
  const dots = facts.map((fact) => fact.querySelector("i")).filter((dot) => dot.textContent.trim() === "·");
  return {
    facts: facts.length,
    lines: new Set(facts.map((fact) => fact.offsetTop)).size,
    dots: dots.filter((dot) => dot.getBoundingClientRect().right > left + 1).length,
  };
}"""


def test_the_badges_dot_follows_the_last_call_or_check(page: StudioPage, control: Control) -> None:
    badge, dot = page.page.locator(".topbar .badge"), page.page.locator(".topbar .badge .dot")
    expect(dot).to_have_attribute("data-tone", "plain")
    page.open_connection()
    page.check_connection()
    page.page.keyboard.press("Escape")
    expect(dot).to_have_attribute("data-tone", "ok")
    expect(badge).to_have_accessible_name(re.compile(r"^Gateway — 127\.0\.0\.1:\d+\. The last check was answered\.$"))
    control.fail_next("no_billing")
    page.send("A red bicycle", expect_state="failed")
    expect(dot).to_have_attribute("data-tone", "bad")
    control.fail_next("rate_minute", retry_delay_s=45)
    page.begin("A green bicycle")
    page.wait_state("retrying")
    expect(dot).to_have_attribute("data-tone", "warn")
    page.page.get_by_role("button", name="Retry now").click()
    page.wait_end("done")
    expect(dot).to_have_attribute("data-tone", "ok")


def test_a_long_title_takes_the_room_there_is_and_pushes_nothing_out(
    open_page: Callable[..., StudioPage], gateway_studio: Studio
) -> None:
    page = open_page(gateway_studio, size_px=PHONE, has_touch=True).open_new(model=QUICK_MODEL)
    page.rename("A ceramic mug on linen, morning light, three-quarter view from above")
    title, badge, spend, arrow = (
        page.page.locator(f".topbar {each}").evaluate("node => node.getBoundingClientRect().toJSON()")
        for each in (".title", ".badge", ".spend", ".title-menu")
    )
    assert 0 <= badge["left"] - title["right"] <= 8
    assert spend["right"] < PHONE[0]
    assert arrow["width"] >= 44
