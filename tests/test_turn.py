"""The moves of a turn, all sixty-four of them."""

from typing import get_args

import pytest

from studio.turn import TurnStatus, is_end, may_move
from tests.factories import a_turn

STATUSES: tuple[TurnStatus, ...] = get_args(TurnStatus)
ENDS = {"done", "refused", "failed", "cancelled", "interrupted"}
# A turn of several images waits, or retries, once for each of them.
ALLOWED = {
    "sending": {"waiting", "retrying"} | ENDS,
    "waiting": {"waiting", "retrying"} | ENDS,
    "retrying": {"waiting", "retrying"} | ENDS,
    "cancelled": {"done"},
    "done": set[str](),
    "refused": set[str](),
    "failed": set[str](),
    "interrupted": set[str](),
}


@pytest.mark.parametrize("to", STATUSES)
@pytest.mark.parametrize("status", STATUSES)
def test_a_turn_moves_only_forward(status: TurnStatus, to: TurnStatus) -> None:
    assert may_move(status, to) is (to in ALLOWED[status])


@pytest.mark.parametrize("status", STATUSES)
def test_a_turn_runs_until_its_end(status: TurnStatus) -> None:
    assert a_turn(status=status).running is (status not in ENDS)
    assert is_end(status) is (status in ENDS)


@pytest.mark.parametrize("status", STATUSES)
def test_every_running_turn_can_be_found_interrupted_after_a_crash(status: TurnStatus) -> None:
    assert may_move(status, "interrupted") is not is_end(status)


@pytest.mark.parametrize("status", STATUSES)
def test_only_a_stopped_turn_wakes_and_only_because_its_picture_came(status: TurnStatus) -> None:
    reachable = {to for to in STATUSES if may_move(status, to)}
    if is_end(status):
        assert reachable == ({"done"} if status == "cancelled" else set())
