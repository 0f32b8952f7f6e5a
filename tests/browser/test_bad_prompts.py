"""Prompts that cannot go as they are: one sentence, no call, and the text stays."""

from playwright.sync_api import expect

from tests.support.control import Control
from tests.support.page import StudioPage


def test_an_empty_prompt_says_what_to_do(page: StudioPage, control: Control) -> None:
    page.begin("   ")
    page.wait_end("failed")
    assert page.category() == "empty_prompt"
    expect(page.status).to_contain_text("There is nothing to send yet. Describe the picture, or the change, then send.")
    expect(page.prompt).to_be_focused()
    assert page.turn_count() == 0
    assert control.calls() == []


def test_a_hundred_thousand_characters_are_counted_and_kept(page: StudioPage, control: Control) -> None:
    text = "mug and cup " * 8_333 + "mugs"
    assert len(text) == 100_000
    page.begin(text)
    page.wait_end("failed")
    assert page.category() == "prompt_too_long"
    expect(page.status).to_contain_text(
        "The prompt has 100,000 characters; 60,000 is the most. Shorten it, then send again."
    )
    expect(page.page.locator("#prompt-count")).to_have_text("100,000 of 60,000 characters")
    expect(page.prompt).to_have_value(text)
    page.type_and_save(text)
    page.reload()
    expect(page.prompt).to_have_value(text)
    assert control.calls() == []


def test_control_characters_are_taken_out_and_said(page: StudioPage, control: Control) -> None:
    page.send("a red\x07 bicycle\u202e \u200bagainst a wall\nat noon")
    assert control.last().asked == ["a red bicycle against a wall\nat noon"]
    expect(page.turns().last).to_contain_text("Invisible control characters were taken out of the prompt.")
