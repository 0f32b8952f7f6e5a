"""The cost panel, money as text, days as text, and the model menu."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from studio.branch import Tree
from studio.image_models import CATALOGUE, PRICES_READ_ON
from studio.ports import Provider
from studio.turn import Attempt, Turn
from studio.ui.catalogue import model_options, prices_date
from studio.ui.money import exact, megabytes, usd, usd_bound, usd_fine
from studio.ui.view_cost import cost_view
from studio.ui.when import short_when
from tests.factories import NOW, a_conversation, a_turn, a_version, an_answer, an_attempt, answered, failed

SANDBOX = Provider(kind="sandbox", id="sandbox")
GOOGLE = Provider(kind="developer", id="developer")


def one(provider: str = "sandbox", *, usd: str | None = "0.14", **changes: object) -> tuple[Turn, Attempt]:
    turn = a_turn("c", status="done", provider=provider)
    attempt = answered(an_attempt(turn), cost_usd=None if usd is None else Decimal(usd))
    return turn, replace(attempt, **changes)  # type: ignore[arg-type]


def tree(*calls: tuple[Turn, Attempt]) -> Tree:
    return Tree(
        conversation=a_conversation(id="c"),
        turns=tuple(turn for turn, _ in calls),
        attempts=tuple(attempt for _, attempt in calls),
        versions=tuple(
            a_version(number, turn_id=turn.id, attempt_id=attempt.id, part_index=1)
            for number, (turn, attempt) in enumerate(calls, start=1)
            if attempt.state == "done"
        ),
    )


def test_real_and_simulated_money_are_two_totals() -> None:
    both = tree(one("sandbox", usd="0.14"), one("developer", usd="0.21"), one("developer", usd="0.07"))
    simulated = cost_view(both, provider=SANDBOX, cap_usd=Decimal(10))
    real = cost_view(both, provider=GOOGLE, cap_usd=Decimal(10))
    assert (simulated.total_usd, simulated.total, simulated.simulated) == ("0.14", "$0.14", True)
    assert simulated.other_total == "$0.28 was real money, counted apart"
    assert (real.total_usd, real.total, real.simulated) == ("0.28", "$0.28", False)
    assert real.other_total == "$0.14 was simulated, counted apart"
    assert len(real.rows) == 2


def test_money_of_one_kind_only_has_no_second_total() -> None:
    assert cost_view(tree(one()), provider=SANDBOX, cap_usd=None).other_total is None


def test_the_budget_is_a_share_of_its_cap() -> None:
    view = cost_view(tree(one(usd="2.50")), provider=SANDBOX, cap_usd=Decimal(10))
    assert (view.share, view.cap, view.cap_usd) == (0.25, "of $10.00", "10")
    assert cost_view(tree(one(usd="99")), provider=SANDBOX, cap_usd=Decimal(10)).share == 1.0
    uncapped = cost_view(tree(one()), provider=SANDBOX, cap_usd=None)
    assert (uncapped.share, uncapped.cap, uncapped.cap_usd) == (0.0, "no cap", None)


def test_an_unknown_call_is_counted_as_unknown_never_as_0() -> None:
    turn = a_turn("c", status="failed")
    unknown = (turn, failed(an_attempt(turn), billed="unknown", cost_usd=None))
    alone = cost_view(tree(unknown), provider=SANDBOX, cap_usd=Decimal(10))
    assert (alone.total, alone.unknown_calls) == ("unknown", 1)
    beside = cost_view(tree(one(), unknown), provider=SANDBOX, cap_usd=Decimal(10))
    assert (beside.total, beside.unknown_calls) == ("$0.14", 1)
    assert [(row.cost_usd, row.cost, row.note, row.tone) for row in beside.rows] == [
        (None, "unknown", "may have been billed", "bad"),
        ("0.14", "$0.140", "", "plain"),
    ]
    assert "$0.00" not in str(alone)
    elsewhere = cost_view(tree(unknown), provider=GOOGLE, cap_usd=None)
    assert elsewhere.other_total == "unknown was simulated, counted apart"


def test_nothing_spent_is_0() -> None:
    view = cost_view(tree(), provider=SANDBOX, cap_usd=Decimal(10))
    assert (view.total_usd, view.total, view.unknown_calls, view.rows, view.comparison) == ("0", "$0.00", 0, (), ())


def test_the_ledger_has_a_row_a_call_newest_first() -> None:
    turn = a_turn("c", status="failed")
    refused = replace(answered(an_attempt(turn), cost_usd=Decimal("0.001")), state="refused", cost_confirmed=False)
    free = (turn, failed(an_attempt(turn), billed="no", cost_usd=Decimal(0)))
    running = (turn, an_attempt(turn))
    first, second, third, fourth = cost_view(
        tree(one(), (turn, refused), free, running), provider=SANDBOX, cap_usd=Decimal(10)
    ).rows
    assert (first.title, first.cost, first.tokens) == ("running · a mug on a table", "…", "–")
    assert (second.title, second.cost, second.bar) == ("failed · a mug on a table", "no charge", 0.0)
    assert (third.title, third.note, third.tone) == ("refused · a mug on a table", "not confirmed by Google", "bad")
    assert (fourth.title, fourth.version, fourth.bar) == ("v1 a mug on a table", 1, 1.0)
    assert fourth.tokens == "12 / 1,540"


def test_a_row_is_named_by_the_whole_first_line_of_its_request() -> None:
    turn, attempt = one()

    def title(text: str) -> str:
        asked = replace(turn, prompt=replace(turn.prompt, text=text))
        return cost_view(tree((asked, attempt)), provider=SANDBOX, cap_usd=None).rows[0].title

    assert title("\n Warmer,  like late afternoon\nand softer") == "v1 Warmer, like late afternoon"
    assert title("") == "v1 "
    assert title("x" * 300) == f"v1 {'x' * 199}…"


def test_a_rows_lines_add_up_by_modality() -> None:
    turn, attempt = one()
    [row] = cost_view(tree((turn, attempt)), provider=SANDBOX, cap_usd=None).rows
    assert [line.label for line in row.lines] == ["Image out", "Text out", "Thoughts out", "Text in, with history"]
    assert all(line.usd.startswith("$0.") for line in row.lines)
    searched = an_answer()
    assert searched.usage is not None
    searched = replace(searched, usage=replace(searched.usage, search_queries=2))
    [row] = cost_view(tree((turn, answered(attempt, searched))), provider=SANDBOX, cap_usd=None).rows
    assert (row.lines[-1].label, row.lines[-1].tokens) == ("Search queries", "2")


def test_the_same_elsewhere_is_dated() -> None:
    view = cost_view(tree(one(), one()), provider=SANDBOX, cap_usd=Decimal(10))
    assert view.comparison_title == "The same 2 pictures"
    assert view.comparison[0].name == "as a batch, within 24 h"
    assert view.comparison[0].cost == "$0.14"
    assert all(row.cost.lstrip("~").startswith("$") for row in view.comparison)
    assert view.comparison_note.startswith("Figures for other services are from ")
    assert view.price_note == f"Gemini's prices as read on {PRICES_READ_ON.day} {PRICES_READ_ON:%b %Y}."
    assert cost_view(tree(one()), provider=SANDBOX, cap_usd=None).comparison_title == "The same picture"


def test_a_comparison_with_an_unknown_call_is_unknown() -> None:
    view = cost_view(tree(one(), one(usd=None)), provider=SANDBOX, cap_usd=None)
    assert view.comparison[0].cost == "unknown"


@pytest.mark.parametrize(
    ("amount", "sum_", "fine", "bound", "whole"),
    [
        ("0.1384", "$0.14", "$0.138", "$0.14", "0.1384"),
        ("0.005", "$0.01", "$0.005", "$0.01", "0.005"),
        ("1234.5", "$1,234.50", "$1,234.500", "$1,234.50", "1234.5"),
        ("100", "$100.00", "$100.000", "$100.00", "100"),
        ("0", "$0.00", "$0.000", "$0.00", "0"),
    ],
)
def test_money_as_text(amount: str, sum_: str, fine: str, bound: str, whole: str) -> None:
    value = Decimal(amount)
    assert (usd(value), usd_fine(value), usd_bound(value), exact(value)) == (sum_, fine, bound, whole)


def test_what_is_not_known_is_said() -> None:
    assert (usd(None), usd_fine(None), exact(None)) == ("unknown", "unknown", None)


def test_sizes_are_in_decimal_megabytes() -> None:
    assert megabytes(1_250_000) == "1.2 MB"


def test_days_are_short_and_in_the_readers_zone() -> None:
    now = datetime(2026, 11, 22, 15, 0).astimezone()
    assert short_when(now.astimezone(UTC), now=now) == "today 15:00"
    assert short_when(now - timedelta(days=1), now=now) == "yesterday"
    assert short_when(now - timedelta(days=10), now=now) == "12 Nov"
    assert short_when(now - timedelta(days=375), now=now) == "12 Nov 2025"
    assert short_when(now + timedelta(minutes=5), now=now) == "today 15:05"


def test_the_menu_has_every_model_with_the_controls_it_honours() -> None:
    options = {option.id: option for option in model_options(NOW.date())}
    assert list(options) == [model.id for model in CATALOGUE]
    for model in CATALOGUE:
        option = options[model.id]
        assert option.sized is bool(model.sizes)
        assert tuple(size.id for size in option.sizes) == (model.sizes or ("1K",))
        assert (option.levels, option.search, option.thinks) == (model.thinking_levels, model.search, model.thinks)
        assert all(set(size.pixels) == set(model.pixels[size.id]) for size in option.sizes)


def test_a_price_that_is_not_known_for_a_day_is_unknown_in_the_menu() -> None:
    before = date(2020, 1, 1)
    prices = {size.price for option in model_options(before) for size in option.sizes}
    assert all(price == "unknown" or price.startswith("$0.") for price in prices)
    assert "$0.000" not in prices


def test_the_prices_carry_their_date() -> None:
    assert prices_date() == f"{PRICES_READ_ON.day} {PRICES_READ_ON:%b %Y}"
