"""Everything the service can answer instead of a picture: what the page says, what it offers, what stays."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.sandbox_fixture import picture_bytes
from tests.support.control import Control
from tests.support.page import StudioPage

TYPED = "A glass of water on a stone"

FAILURES = {
    "invalid_key": (
        "key_invalid",
        "Google does not accept this API key. Check the key in the connection panel. No charge.",
    ),
    "leaked": ("key_leaked", "Google has blocked this API key because it was found in public."),
    "no_billing": ("no_billing", "This key's project has no billing, and image models have no free tier."),
    "rate_day": ("rate_day", "The project's quota for today is used up."),
    "credits_gone": ("credits_gone", "The prepaid credit of this key's project is used up."),
    "region": ("region", "Gemini's API is not offered where this computer is."),
    "retired": ("model_retired", "Google no longer offers this model here. Choose another model in Create."),
    "html": (
        "not_gemini",
        "The address answered, but not as Gemini does. Check the gateway's address in the settings.",
    ),
    "reset": ("outcome_unknown", "The connection ended before an answer came, so the outcome is unknown."),
    "deadline": ("outcome_unknown", "The call may have been billed. Run it again if you want a new answer."),
    "corrupt_image": ("bad_answer", "The answer arrived damaged. The call may have been billed."),
}

REFUSALS = {
    "refuse_safety": ("refused", "Unable to show the generated image."),
    "refuse_prompt": ("refused", "Gemini blocked the prompt before drawing anything (prohibited content)."),
    "no_image": ("refused", "Gemini answered without a picture"),
    "text_only": ("refused", "Gemini answered in words instead of a picture."),
    "thoughts_only": ("refused", "Gemini answered without a picture"),
}  # fmt: skip


def test_each_failure_is_one_sentence_and_nothing_is_lost(
    page: StudioPage, control: Control, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    reference = tmp_path / "stone.png"
    reference.write_bytes(picture_bytes())
    page.attach([reference])
    kept = page.reference_shas()
    for kind, (category, sentence) in FAILURES.items():
        with subtests.test(kind):
            control.fail_next(kind)
            page.send(TYPED, expect_state="failed")
            assert page.category() == category
            expect(page.status).to_contain_text(sentence)
            expect(page.turns().last).to_contain_text(sentence)
            expect(page.prompt).to_have_value(TYPED)
            assert page.reference_shas() == kept
    assert len(control.calls()) == len(FAILURES)
    page.page.locator("#status").get_by_role("button", name="Run again").click()
    page.wait_version(1)
    page.wait_end("done")
    expect(page.prompt).to_have_value("")
    assert control.last().given_pictures == kept


def test_each_refusal_is_told_in_words_and_can_be_asked_differently(
    page: StudioPage, control: Control, subtests: pytest.Subtests
) -> None:
    for kind, (state, sentence) in REFUSALS.items():
        with subtests.test(kind):
            control.fail_next(kind)
            page.send(TYPED, expect_state=state)  # type: ignore[arg-type]
            expect(page.status).to_contain_text(sentence)
            expect(page.turns().last).to_contain_text(sentence)
            expect(page.prompt).to_have_value(TYPED)
            expect(page.thumbs()).to_have_count(0)
    page.send("A stone beside a glass of water")
    page.wait_version(1)


def test_a_rate_limit_counts_down_and_retry_now_cuts_it_short(page: StudioPage, control: Control) -> None:
    control.fail_next("rate_minute", retry_delay_s=45)
    page.begin(TYPED)
    page.wait_state("retrying")
    clock = page.page.locator("#status [role=timer]")
    expect(clock).to_have_text(re.compile(r"Again in 4\d s"))
    expect(clock).to_have_text(re.compile(r"Again in (4[0-3]|3\d) s"))  # it moves
    expect(page.page.locator("#stop")).to_be_visible()
    page.page.get_by_role("button", name="Retry now").click()
    page.wait_end("done")
    page.wait_version(1)
    assert [call.status for call in control.calls()] == [429, 200]


def test_stop_ends_the_wait_for_another_try(page: StudioPage, control: Control) -> None:
    control.fail_next("rate_minute")
    page.begin(TYPED)
    page.wait_state("retrying")
    page.stop()
    page.wait_end("cancelled")
    expect(page.status).to_contain_text("Stopped while waiting to try again; nothing was billed.")
    expect(page.prompt).to_have_value(TYPED)
    assert [call.status for call in control.calls()] == [429]


def test_stop_in_flight_says_that_it_may_be_billed(page: StudioPage, control: Control) -> None:
    control.fail_next("slow", seconds=60)
    page.begin(TYPED)
    page.wait_state("waiting")
    page.stop()
    page.wait_end("cancelled")
    expect(page.status).to_contain_text("Stopped. The request had already left, so it may still be billed.")
    expect(page.prompt).to_have_value(TYPED)
    page.show("cost")
    expect(page.page.locator("#cost-ledger .ledger-row")).to_have_count(1)


def test_expired_signatures_start_fresh_from_the_picture_and_say_so(page: StudioPage, control: Control) -> None:
    page.send("A wooden chair")
    chair = page.shown_sha()
    control.fail_next("signature_expired")
    page.send("Paint it green")
    page.wait_version(2)
    expect(page.turns().last).to_contain_text(
        "Gemini no longer accepted the earlier turns, so this started fresh from the picture."
    )
    first, refused, fresh = control.calls()
    assert (first.status, refused.status, fresh.status) == (200, 400, 200)
    assert refused.answered == [chair]
    assert fresh.roles == ["user"]
    assert [(part.kind, part.text, part.sha256) for part in fresh.given] == [
        ("text", "The current image:", ""), ("image", "", chair), ("text", "Paint it green", ""),
    ]  # fmt: skip


def test_what_failed_is_in_the_ledger_with_no_charge(page: StudioPage, control: Control) -> None:
    control.fail_next("no_billing")
    page.send(TYPED, expect_state="failed")
    page.show("cost")
    row = page.page.locator("#cost-ledger .ledger-row")
    expect(row).to_have_attribute("data-usd", "0")
    expect(row).to_contain_text("no charge")
    assert page.total_usd() == 0


def test_a_first_turn_without_a_picture_says_so_on_the_stage_and_can_be_run_again_there(
    page: StudioPage, control: Control
) -> None:
    stage = page.page.locator("#stage .empty-stage")
    control.fail_next("no_billing")
    page.send(TYPED, expect_state="failed")
    expect(stage.get_by_role("heading")).to_have_text("That did not work")
    expect(stage).to_contain_text("This key's project has no billing")
    expect(stage.get_by_role("button")).to_have_text(["Open connection", "Run again"])
    control.fail_next("refuse_safety")
    stage.get_by_role("button", name="Run again").click()
    page.wait_state("refused")
    expect(stage.get_by_role("heading")).to_have_text("No picture was made")
    stage.get_by_role("button", name="Run again").click()
    page.wait_version(1)


def test_a_turn_that_takes_long_is_not_measured_against_the_usual_time_any_more(
    page: StudioPage, control: Control
) -> None:
    control.fail_next("slow", seconds=60)
    page.begin(TYPED)
    page.wait_state("waiting")
    clock = page.page.locator("#status [role=timer]")
    expect(clock).to_have_text(re.compile(r"^\d+ s, longer than usual$"), timeout=60_000)
    page.stop()
    page.wait_end("cancelled")
