"""What the page says a turn will cost and has cost, and the budget that stands before it."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect

from tests.sandbox_fixture import picture_bytes
from tests.support.control import Control
from tests.support.page import StudioPage

TYPED = "A wooden bowl of oranges"


def moved_by(page: StudioPage, act: Callable[[], object]) -> Decimal:
    """How much the estimate moved when something was done; waits until it has."""
    before = page.estimate_usd()
    assert before is not None
    act()
    expect(page.page.locator("#cost-estimate")).not_to_have_attribute("data-usd", format(before, "f"))
    after = page.estimate_usd()
    assert after is not None
    return after - before


def test_the_estimate_follows_every_control_and_keystroke(page: StudioPage, tmp_path: Path) -> None:
    page.type_and_save(TYPED)
    assert moved_by(page, lambda: page.prompt.press_sequentially(" and limes")) > 0
    assert moved_by(page, lambda: page.choose("image-size", "4K")) > Decimal("0.05")
    assert moved_by(page, lambda: page.choose("image-size", "1K")) < Decimal("-0.05")
    assert moved_by(page, lambda: page.choose("thinking", "high")) > 0
    assert moved_by(page, lambda: page.choose("thinking", "minimal")) < 0
    assert moved_by(page, lambda: page.switch("search", on=True)) == Decimal("0.014")
    assert moved_by(page, lambda: page.switch("search", on=False)) == Decimal("-0.014")
    one = page.estimate_usd()
    assert one is not None
    assert moved_by(page, lambda: page.choose("variants", "4")) == 3 * one
    assert moved_by(page, lambda: page.choose("variants", "1")) == -3 * one

    reference = tmp_path / "bowl.png"
    reference.write_bytes(picture_bytes())
    assert moved_by(page, lambda: page.attach([reference])) > 0
    page.show("references")
    assert moved_by(page, page.page.get_by_role("button", name="Remove all").click) < 0
    assert moved_by(page, lambda: page.choose_model("gemini-3-pro-image")) > Decimal("0.05")
    assert page.page.locator("#cost-estimate").inner_text().count("usually under") == 1


def test_replayed_history_is_in_the_estimate(page: StudioPage) -> None:
    page.type_and_save(TYPED)
    first = page.estimate_usd()
    page.send(TYPED)
    page.type_and_save(TYPED)
    expect(page.page.locator("#cost-estimate")).not_to_have_attribute("data-usd", format(first or 0, "f"))
    assert (page.estimate_usd() or 0) > (first or 0)


def test_what_was_spent_adds_up_to_the_last_digit(page: StudioPage, control: Control) -> None:
    page.send(TYPED)
    first = Decimal(page.picture.get_attribute("data-cost-usd") or "NaN")
    control.fail_next("refuse_safety")
    page.send("Something it does not draw", expect_state="refused")
    page.send("A lemon beside them")
    page.wait_version(2)
    second = Decimal(page.picture.get_attribute("data-cost-usd") or "NaN")

    page.show("cost")
    rows = page.page.locator("#cost-ledger .ledger-row")
    expect(rows).to_have_count(3)
    costs = [Decimal(usd) for usd in rows.evaluate_all("rows => rows.map((row) => row.dataset.usd)")]
    assert {first, second} < set(costs)
    assert page.total_usd() == sum(costs)
    row = rows.filter(has_text="v1")
    row.get_by_role("button").click()
    expect(row.locator("dl")).to_be_visible()
    for modality in ("Image", "Text"):
        expect(row.locator("dl")).to_contain_text(modality)
    expect(page.page.locator("#panel-cost")).to_contain_text("batch")
    for name in ("DALL·E 3", "Midjourney", "Imagen 4", "Flux Pro"):
        expect(page.page.locator("#panel-cost .comparison")).to_contain_text(name)


def test_a_tiny_budget_stops_the_call_until_it_is_raised(page: StudioPage, control: Control) -> None:
    page.show("cost")
    page.set_budget("0.01")
    page.prompt.fill(TYPED)
    expect(page.page.locator("#cost-estimate")).to_have_attribute("data-over", "")
    expect(page.page.locator("#send")).to_have_attribute("data-quiet", "")
    page.page.locator("#send").click()
    page.wait_end("failed")
    assert page.category() == "budget"
    expect(page.status).to_contain_text("of the $0.01 budget is left")
    expect(page.status).to_contain_text("Raise the budget in Cost, or choose a smaller size or fewer images.")
    expect(page.prompt).to_have_value(TYPED)
    assert control.calls() == []
    assert page.turn_count() == 0

    page.show("create")
    page.status.get_by_role("button", name="Raise budget").click()
    expect(page.page.locator("#budget-cap")).to_be_focused()
    note = page.page.locator("#budget-note")
    expect(note).to_have_text(
        re.compile(
            r"\$0\.\d\d is held for the next call; about one in a hundred costs more than that\. "
            r"A call that this would take past the budget is not made\."
        )
    )
    page.set_budget("10")
    expect(page.page.locator("#cost-estimate")).not_to_have_attribute("data-over", "")
    expect(page.page.locator("#send")).not_to_have_attribute("data-quiet", "")
    page.send(TYPED)
    page.wait_version(1)


def test_running_a_turn_again_over_the_budget_is_refused_with_the_same_remedy(
    page: StudioPage, control: Control
) -> None:
    control.fail_next("no_billing")
    page.send(TYPED, expect_state="failed")
    page.show("cost")
    page.set_budget("0.01")
    page.status.get_by_role("button", name="Run again").click()
    expect(page.status).to_have_attribute("data-category", "budget")
    page.status.get_by_role("button", name="Raise budget").click()
    expect(page.page.locator("#budget-cap")).to_be_focused()
    page.status.get_by_role("button", name="Dismiss").click()
    expect(page.status).to_have_attribute("data-category", "no_billing")


def test_an_amount_that_is_none_is_refused_beside_the_field(page: StudioPage) -> None:
    page.show("cost")
    field = page.page.locator("#budget-cap")
    field.fill("ten")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.page.locator("#budget-note")).to_have_text("Write an amount in dollars, such as 12.50.")
