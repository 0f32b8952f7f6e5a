"""What counts against the cap."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import Billed
from studio.store.ledger import Call, spent_usd

RESERVE = Decimal("0.80")
HOLD = Decimal("0.20")


def a_call(
    variant: int = 1,
    number: int = 1,
    *,
    running: bool = False,
    billed: Billed | None = None,
    cost_usd: Decimal | None = None,
) -> Call:
    return Call(
        turn_id="turn", variant=variant, number=number, running=running, billed=billed, hold_usd=HOLD, cost_usd=cost_usd
    )


@pytest.mark.parametrize(
    ("call", "counted"),
    [
        (a_call(running=True), "0.20"),
        (a_call(cost_usd=Decimal("0.136")), "0.136"),
        (a_call(cost_usd=Decimal("0.004"), billed="yes"), "0.004"),
        (a_call(billed="no"), "0"),
        (a_call(billed="unknown"), "0.20"),
        (a_call(billed="yes"), "0.20"),
        (a_call(), "0.20"),
    ],
    ids=[
        "running",
        "answered",
        "failed and priced",
        "surely free",
        "outcome unknown",
        "billed, cost unknown",
        "no price",
    ],
)
def test_a_call_counts_what_it_cost_or_may_have_cost(call: Call, counted: str) -> None:
    assert spent_usd(reserves={}, calls=[call]) == Decimal(counted)


def test_a_running_turn_counts_its_reserve_before_its_first_call() -> None:
    assert spent_usd(reserves={"turn": RESERVE}, calls=[]) == RESERVE


def test_a_call_takes_its_hold_out_of_the_reserve() -> None:
    calls = [a_call(1, running=True), a_call(2, running=True)]
    assert spent_usd(reserves={"turn": RESERVE}, calls=calls) == RESERVE


def test_an_answer_frees_what_it_did_not_cost() -> None:
    calls = [a_call(1, cost_usd=Decimal("0.14")), a_call(2, running=True)]
    assert spent_usd(reserves={"turn": RESERVE}, calls=calls) == Decimal("0.74")


def test_a_free_failure_gives_its_share_back_for_the_next_try() -> None:
    calls = [a_call(1, 1, billed="no")]
    assert spent_usd(reserves={"turn": RESERVE}, calls=calls) == RESERVE
    assert spent_usd(reserves={"turn": RESERVE}, calls=[*calls, a_call(1, 2, running=True)]) == RESERVE


def test_a_try_after_an_unknown_outcome_counts_beside_it() -> None:
    calls = [a_call(1, 1, billed="unknown"), a_call(1, 2, running=True)]
    assert spent_usd(reserves={"turn": HOLD}, calls=calls) == 2 * HOLD


def test_holds_beyond_the_reserve_count_in_full() -> None:
    assert spent_usd(reserves={"turn": HOLD / 2}, calls=[a_call(running=True)]) == HOLD


def test_an_ended_turn_counts_only_its_calls() -> None:
    calls = [a_call(1, cost_usd=Decimal("0.14")), a_call(2, running=True)]
    assert spent_usd(reserves={}, calls=calls) == Decimal("0.34")


calls_of_a_turn = st.lists(
    st.builds(
        a_call,
        variant=st.integers(1, 4),
        number=st.integers(1, 3),
        running=st.booleans(),
        billed=st.sampled_from(["no", "unknown", "yes", None]),
        cost_usd=st.none() | st.decimals(0, HOLD, places=4),
    ),
    unique_by=lambda call: (call.variant, call.number),
    max_size=8,
)


@given(calls=calls_of_a_turn)
def test_a_running_turn_counts_no_less_than_its_calls_and_no_more_than_calls_and_reserve(calls: list[Call]) -> None:
    alone = spent_usd(reserves={}, calls=calls)
    together = spent_usd(reserves={"turn": RESERVE}, calls=calls)
    assert alone <= together <= alone + RESERVE
