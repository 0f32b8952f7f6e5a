"""Turns under the cap: what is held, what is freed, and who is refused."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from studio.errors import BudgetReached, ErrorFacts
from studio.store.conversations import SqlStore
from studio.store.database import open_database
from tests.factories import OWNER, failed, later
from tests.store.scenes import arrived, begun, opened, started, tree_of

pytestmark = pytest.mark.anyio

FACTS = ErrorFacts(category="overloaded", stage="wait", billed="unknown")


async def test_a_turn_that_would_pass_the_cap_is_refused_with_the_figures(store: SqlStore) -> None:
    conversation = await begun(store)
    await opened(store, conversation, reserve_usd="0.70", cap_usd="1")
    with pytest.raises(BudgetReached) as caught:
        await opened(store, conversation, reserve_usd="0.31", cap_usd="1")
    assert (caught.value.needed_usd, caught.value.left_usd, caught.value.cap_usd) == (
        Decimal("0.31"),
        Decimal("0.30"),
        Decimal(1),
    )
    assert len((await tree_of(store, conversation)).turns) == 1


async def test_a_turn_may_use_the_budget_to_the_last_cent(store: SqlStore) -> None:
    conversation = await begun(store)
    await opened(store, conversation, reserve_usd="0.70", cap_usd="1")
    await opened(store, conversation, reserve_usd="0.30", cap_usd="1")
    assert await store.spent_usd(conversation.id, simulated=True) == Decimal(1)


async def test_without_a_cap_nothing_is_refused(store: SqlStore) -> None:
    conversation = await begun(store)
    await opened(store, conversation, reserve_usd="1000000", cap_usd=None)
    assert await store.spent_usd(conversation.id, simulated=True) == Decimal(1_000_000)


async def test_real_and_simulated_money_never_meet(store: SqlStore) -> None:
    conversation = await begun(store)
    await opened(store, conversation, reserve_usd="1", cap_usd="1", simulated=True)
    await opened(store, conversation, reserve_usd="0.60", cap_usd="1", simulated=False)
    assert await store.spent_usd(conversation.id, simulated=True) == Decimal(1)
    assert await store.spent_usd(conversation.id, simulated=False) == Decimal("0.60")


async def test_another_conversation_has_a_budget_of_its_own(store: SqlStore) -> None:
    await opened(store, await begun(store), reserve_usd="1", cap_usd="1")
    await opened(store, await begun(store), reserve_usd="1", cap_usd="1")


async def test_of_ten_turns_at_once_exactly_those_that_fit_are_opened(database_path: Path) -> None:
    # Ten stores with a database each stand for ten processes: no thread or pool is shared that could order them.
    stores = [SqlStore(open_database(database_path)) for _ in range(10)]
    conversation = await begun(stores[0])
    outcomes = await asyncio.gather(
        *(opened(store, conversation, reserve_usd="0.30", cap_usd="1") for store in stores), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, BudgetReached)]
    tree = await tree_of(stores[0], conversation)
    for store in stores:
        store.close()
    assert len(refused) == 7
    assert len(tree.turns) == 3


async def test_money_is_counted_once_from_reserve_to_hold_to_cost(store: SqlStore) -> None:
    conversation = await begun(store)
    seen: list[str] = []

    async def look() -> None:
        seen.append(str(await store.spent_usd(conversation.id, simulated=True)))

    turn = await opened(store, conversation, reserve_usd="0.40")
    await look()
    first = await started(store, turn)
    await look()
    await arrived(store, first)
    await look()
    second = await started(store, turn, variant=2)
    await store.finish_attempt(failed(second), owner=OWNER, images=())
    await look()
    again = await started(store, turn, variant=2, number=2)
    await store.finish_attempt(failed(again, category="outcome_unknown", billed="unknown"), owner=OWNER, images=())
    await look()
    await store.move_turn(turn.id, status="done", at=later(30))
    await look()
    assert seen == ["0.40", "0.40", "0.34", "0.34", "0.34", "0.34"]


async def test_a_call_in_flight_keeps_its_hold_when_its_turn_is_stopped(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation, reserve_usd="0.80")
    attempt = await started(store, turn)
    await store.move_turn(turn.id, status="cancelled", at=later(5))
    assert await store.spent_usd(conversation.id, simulated=True) == Decimal("0.20")
    await store.finish_attempt(replace(attempt, state="cancelled", ended_at=later(6)), owner=OWNER, images=())
    assert await store.spent_usd(conversation.id, simulated=True) == Decimal("0.20")


async def test_an_end_frees_the_reserve(store: SqlStore) -> None:
    conversation = await begun(store)
    turn = await opened(store, conversation, reserve_usd="1", cap_usd="1")
    await store.move_turn(turn.id, status="failed", at=later(1), error=FACTS)
    assert await store.spent_usd(conversation.id, simulated=True) == 0
    await opened(store, conversation, reserve_usd="1", cap_usd="1")
