"""Which failures are tried again by themselves, after how long, and how that is shown and written down."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from studio.conversation import ConversationManager
from studio.errors import Category, EngineError, ErrorFacts, StoreError
from studio.runner.retry import RetryPolicy, after_elapsed, is_retried
from studio.turn import Turn
from tests.workbench import Workbench, drafted, workbench

POLICY = RetryPolicy()
RETRIED = {"rate_minute", "overloaded", "server_error", "connection_refused"}


@pytest.mark.parametrize(
    ("failures", "low_s", "high_s"),
    [(1, 8, 12), (2, 16, 24), (3, 32, 48), (4, 64, 96), (5, 128, 192), (6, 256, 300), (7, 300, 300), (60, 300, 300)],
)
def test_the_wait_doubles_with_a_fifth_of_chance_up_to_five_minutes(failures: int, low_s: float, high_s: float) -> None:
    facts = ErrorFacts(category="overloaded")
    waits = [POLICY.delay_s(failures=failures, facts=facts, random=chance) for chance in (0.0, 0.5, 0.999_999_999)]
    assert waits == sorted(waits)
    assert (round(waits[0]), round(waits[-1])) == (low_s, high_s)


@pytest.mark.parametrize(("asked_s", "waited_s"), [(None, 10), (3.0, 10), (34.0, 34), (900.0, 900)])
def test_the_service_s_own_delay_counts_where_it_is_longer(asked_s: float | None, waited_s: float) -> None:
    facts = ErrorFacts(category="rate_minute", retry_after_s=asked_s)
    assert POLICY.delay_s(failures=1, facts=facts, random=0.5) == waited_s


@pytest.mark.parametrize("category", get_args(Category))
def test_only_failures_that_drew_nothing_are_tried_again(category: Category) -> None:
    assert is_retried(EngineError(ErrorFacts(category=category))) is (category in RETRIED)


def test_a_record_that_fails_is_no_reason_to_pay_again() -> None:
    assert not is_retried(StoreError("full"))
    assert not is_retried(asyncio.CancelledError())


@pytest.mark.parametrize(
    ("category", "elapsed_s", "becomes", "billed"),
    [
        ("server_error", 5.0, "server_error", "unknown"),
        ("server_error", 5.1, "outcome_unknown", "unknown"),
        ("overloaded", 60.0, "overloaded", "unknown"),
    ],
)
def test_a_late_internal_error_leaves_the_outcome_unknown(
    category: Category, elapsed_s: float, becomes: Category, billed: str
) -> None:
    facts = ErrorFacts(category=category, billed="unknown", http_status=500, detail="An internal error")
    later = after_elapsed(facts, elapsed_s)
    assert (later.category, later.billed, later.http_status, later.detail) == (
        becomes,
        billed,
        500,
        "An internal error",
    )


@pytest.mark.anyio
async def test_every_try_is_on_record_and_the_turn_is_done(bench: Workbench) -> None:
    await bench.sandbox.queue(
        {"kind": "overloaded"}, {"kind": "internal"}, {"kind": "rate_minute", "params": {"retry_delay_s": 0}}
    )
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")

    attempts = (await manager.tree()).attempts_of(turn.id)
    assert turn.status == "done"
    assert [(attempt.number, attempt.state) for attempt in attempts] == [
        (1, "failed"), (2, "failed"), (3, "failed"), (4, "done"),
    ]  # fmt: skip
    assert [attempt.error.category if attempt.error else None for attempt in attempts] == [
        "overloaded", "server_error", "rate_minute", None,
    ]  # fmt: skip
    assert [entry["status"] for entry in await bench.sandbox.journal()] == [503, 500, 429, 200]


@pytest.mark.anyio
async def test_tries_come_to_an_end(bench: Workbench) -> None:
    await bench.sandbox.queue({"kind": "overloaded", "count": 20})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")

    assert (turn.status, turn.error.category if turn.error else None) == ("failed", "overloaded")
    assert len(await bench.sandbox.journal()) == 6


NEVER = [
    "invalid_key", "leaked", "permission", "region", "no_billing", "rate_day", "credits_gone", "deadline", "retired",
    "signature_expired", "html", "bad_json", "reset", "truncated_stream",
]  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize("kind", NEVER)
async def test_what_may_have_been_paid_or_cannot_get_better_is_sent_once(bench: Workbench, kind: str) -> None:
    await bench.sandbox.queue({"kind": kind})
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")

    assert turn.status == "failed"
    assert len(bench.wire.bodies) == 1
    assert len((await manager.tree()).attempts) == 1


async def waiting(bench: Workbench, *faults: str, variants: int = 1) -> tuple[ConversationManager, Turn]:
    """A turn whose first try failed and that waits for its next; its policy waits for ever."""
    await bench.sandbox.queue(*({"kind": kind} for kind in faults))
    manager = await bench.conversation()
    turn = await manager.send(await drafted(manager, "a fox", variants=variants))
    await bench.seen(lambda tree: tree.turns[-1].status == "retrying", manager)
    async with asyncio.timeout(30):
        async for _ in bench.studio.feed.changes(manager.conversation_id):
            progress = bench.runner.progress(turn.id)
            if progress and sum(variant.retry is not None for variant in progress.variants) == len(faults):
                break
    return manager, turn


PATIENT = RetryPolicy(base_s=3_600.0, max_s=3_600.0)


@pytest.mark.anyio
async def test_a_wait_is_visible_and_can_be_cut_short(data_dir: Path) -> None:
    async with workbench(data_dir, policy=PATIENT) as bench:
        manager, turn = await waiting(bench, "overloaded")
        progress = manager.progress(await manager.tree())
        assert progress is not None
        [variant] = progress.variants
        assert variant.retry is not None
        assert (variant.retry.next_number, variant.retry.error.category) == (2, "overloaded")
        left = variant.retry.until - bench.studio.clock.now()
        assert timedelta(minutes=47) < left < timedelta(minutes=73)

        await manager.retry_now()
        done = await bench.ended(turn, manager)
        assert done.status == "done"
        assert [entry["status"] for entry in await bench.sandbox.journal()] == [503, 200]


@pytest.mark.anyio
async def test_the_service_s_longer_delay_is_what_the_page_shows(data_dir: Path) -> None:
    async with workbench(data_dir, policy=RetryPolicy(base_s=1.0, max_s=2.0)) as bench:
        await bench.sandbox.queue({"kind": "rate_minute", "params": {"retry_delay_s": 7_200}})
        manager = await bench.conversation()
        await manager.send(await drafted(manager, "a fox"))
        await bench.seen(lambda tree: tree.turns[-1].status == "retrying", manager)
        async with asyncio.timeout(30):
            async for _ in bench.studio.feed.changes(manager.conversation_id):
                progress = manager.progress(await manager.tree())
                if progress and progress.variants[0].retry:
                    break
        assert progress is not None
        retry = progress.variants[0].retry
        assert retry is not None
        assert retry.until - bench.studio.clock.now() > timedelta(minutes=110)
        await manager.stop()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("fault", "billed", "sentence"),
    [
        ("rate_minute", "no", "Stopped while waiting to try again; nothing was billed."),
        ("overloaded", "unknown", "Stopped while waiting to try again. What was tried before may still be billed."),
    ],
)
async def test_a_stop_ends_a_wait_and_says_what_is_known_of_the_bill(
    data_dir: Path, fault: str, billed: str, sentence: str
) -> None:
    async with workbench(data_dir, policy=PATIENT) as bench:
        manager, turn = await waiting(bench, fault)
        assert await manager.stop()
        ended = await bench.ended(turn, manager)

        assert ended.error is not None
        assert (ended.status, ended.error.billed, ended.error.sentence) == ("cancelled", billed, sentence)
        assert len(bench.wire.bodies) == 1


@pytest.mark.anyio
async def test_one_hurry_wakes_every_image_that_waits(data_dir: Path) -> None:
    async with workbench(data_dir, policy=PATIENT) as bench:
        manager, turn = await waiting(bench, "overloaded", "overloaded", "overloaded", variants=3)
        await manager.retry_now()
        assert (await bench.ended(turn, manager)).status == "done"
        assert len((await manager.tree()).versions) == 3
