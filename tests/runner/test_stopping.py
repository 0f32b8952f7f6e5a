"""Stopping, closing, crashing: no turn is left running, and no answer that came is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from studio.branch import Tree
from studio.errors import ErrorFacts, StoreError, sentence_of
from studio.ports import Answered, EngineCheck, EngineEvent, NewImage, PictureFacts, Provider
from studio.prompt import Draft
from studio.request import ImageRequest
from studio.store.conversations import SqlStore
from studio.turn import Attempt, Turn
from studio.version import Version
from tests.factories import an_answer
from tests.workbench import SANDBOX, Gate, PillowInspector, Workbench, become, drafted, workbench

pytestmark = pytest.mark.anyio


def said(turn: Turn) -> tuple[str, str, str, str]:
    assert turn.error is not None
    return turn.status, turn.error.category, turn.error.billed, sentence_of(turn.error)


IN_FLIGHT = ("cancelled", "cancelled", "unknown", "Stopped. The request had already left, so it may still be billed.")
NOTHING_SENT = ("cancelled", "cancelled", "no", "Stopped before anything was sent, so nothing was billed.")


async def test_a_stop_in_flight_may_be_billed_and_holds_its_price(data_dir: Path) -> None:
    gate = Gate()
    async with workbench(data_dir, paint=gate.paint) as bench:
        manager = await bench.conversation()
        turn = await manager.send(await drafted(manager, "a fox"))
        await gate.arrived()
        assert await manager.stop()

        tree = await manager.tree()  # `stop` returns when the end is written
        [kept], [attempt] = tree.turns, tree.attempts
        assert (kept.id, said(kept)) == (turn.id, IN_FLIGHT)
        assert (attempt.state, attempt.cost_usd) == ("cancelled", None)
        assert await bench.store.spent_usd(manager.conversation_id, simulated=True) > 0
        gate.open()


async def test_a_turn_stopped_before_its_task_begins_was_not_billed(bench: Workbench) -> None:
    manager = await bench.conversation()
    turn = await manager.send(await drafted(manager, "a fox"))
    assert await bench.runner.cancel(turn.id)

    assert said((await manager.tree()).turns[0]) == NOTHING_SENT
    assert bench.wire.bodies == []
    assert not await manager.stop()


class SlowStart(SqlStore):
    """Writes the ledger row only when told to."""

    begun: asyncio.Event
    go_on: asyncio.Event

    async def start_attempt(self, attempt: Attempt, *, hold_usd: object) -> None:
        self.begun.set()
        await self.go_on.wait()
        await SqlStore.start_attempt(self, attempt, hold_usd=hold_usd)  # type: ignore[arg-type]


async def test_a_stop_while_the_ledger_row_is_written_leaves_no_call_open(bench: Workbench) -> None:
    store = become(bench.store, SlowStart)
    store.begun, store.go_on = asyncio.Event(), asyncio.Event()
    manager = await bench.conversation()
    turn = await manager.send(await drafted(manager, "a fox"))
    await store.begun.wait()
    stopping = asyncio.create_task(bench.runner.cancel(turn.id))
    await asyncio.sleep(0)
    store.go_on.set()
    assert await stopping

    tree = await manager.tree()
    assert said(tree.turns[0]) == NOTHING_SENT
    assert [attempt.state for attempt in tree.attempts] == ["cancelled"]
    assert await bench.store.spent_usd(manager.conversation_id, simulated=True) == 0
    assert bench.wire.bodies == []


class SlowInspector(PillowInspector):
    """Decodes only when told to."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def measure(self, data: bytes) -> PictureFacts:
        self.begun.set()
        await self.go_on.wait()
        return await super().measure(data)


async def test_an_answer_that_is_here_when_the_stop_comes_is_kept(data_dir: Path) -> None:
    inspector = SlowInspector()
    async with workbench(data_dir, pictures=inspector) as bench:
        manager = await bench.conversation()
        turn = await manager.send(await drafted(manager, "a fox"))
        await inspector.begun.wait()
        stopping = asyncio.create_task(manager.stop())
        await asyncio.sleep(0.05)
        again = asyncio.create_task(manager.stop())  # an impatient second press changes nothing
        await asyncio.sleep(0.05)
        inspector.go_on.set()
        await asyncio.gather(stopping, again)

        tree = await manager.tree()
        assert (tree.turns[0].id, tree.turns[0].status, tree.turns[0].error) == (turn.id, "done", None)
        assert tree.turns[0].notes == ()
        assert [version.number for version in tree.versions] == [1]
        assert tree.attempts[0].cost_usd


async def test_a_stop_keeps_the_images_that_came_and_says_that_some_did_not(data_dir: Path) -> None:
    gate = Gate()
    async with workbench(data_dir, paint=gate.paint) as bench:
        await bench.sandbox.queue({"kind": "refuse_safety"})
        manager = await bench.conversation()
        turn = await manager.send(await drafted(manager, "a fox", variants=2))
        await gate.arrived()
        await bench.seen(lambda tree: any(attempt.state == "refused" for attempt in tree.attempts), manager)
        await manager.stop()

        tree = await manager.tree()
        assert said(tree.turns[0])[:3] == ("cancelled", "cancelled", "unknown")
        assert sorted(attempt.state for attempt in tree.attempts_of(turn.id)) == ["cancelled", "refused"]
        gate.open()


async def test_closing_the_studio_interrupts_what_runs(data_dir: Path) -> None:
    gate = Gate()
    async with workbench(data_dir, paint=gate.paint) as bench:
        manager = await bench.conversation()
        await manager.send(await drafted(manager, "a fox"))
        await gate.arrived()
        await bench.runner.close()

        sentence = (
            "The studio stopped while this was running. It may have been billed. Run it again if you want a new answer."
        )
        assert said((await manager.tree()).turns[0]) == ("interrupted", "interrupted", "unknown", sentence)
        gate.open()


async def test_after_a_crash_turns_are_found_and_can_be_sent_again(data_dir: Path) -> None:
    gate = Gate()
    async with workbench(data_dir, paint=gate.paint) as lost:
        manager = await lost.conversation()
        turn = await manager.send(await drafted(manager, "a fox"))
        await gate.arrived()
        # The process dies here: what it wrote later would not have been written.
        async with workbench(data_dir) as bench:
            assert await bench.runner.recover() == 1
            assert await bench.runner.recover() == 0
            found = type(manager)(bench.studio, owner=manager.owner, conversation_id=manager.conversation_id)
            tree = await found.tree()
            assert said(tree.turns[0])[:3] == ("interrupted", "interrupted", "unknown")
            assert [attempt.state for attempt in tree.attempts] == ["interrupted"]

            again = await bench.ended(await found.retry(turn.id), found)
            assert again.status == "done"
            assert [version.number for version in (await found.tree()).versions] == [1]
        gate.open()


class Failing(SqlStore):
    """Fails at the named calls, as often as `failures` says; the first `spared` looks at the tree succeed."""

    failures: dict[str, int]
    spared: int

    def _fail(self, name: str) -> None:
        if name == "tree" and self.spared:
            self.spared -= 1
            return
        if self.failures.get(name, 0):
            self.failures[name] -= 1
            raise StoreError("The disk is full. Free some space.")

    async def finish_attempt(self, attempt: Attempt, *, owner: str, images: Sequence[NewImage]) -> Sequence[Version]:
        self._fail("finish_attempt")
        return await SqlStore.finish_attempt(self, attempt, owner=owner, images=images)

    async def move_turn(self, turn_id: str, **changes: object) -> bool:
        self._fail(f"move_turn {changes['status']}")
        return await SqlStore.move_turn(self, turn_id, **changes)  # type: ignore[arg-type]

    async def tree(self, *, owner: str, conversation_id: str) -> Tree | None:
        self._fail("tree")
        return await SqlStore.tree(self, owner=owner, conversation_id=conversation_id)

    async def start_attempt(self, attempt: Attempt, *, hold_usd: object) -> None:
        self._fail("start_attempt")
        await SqlStore.start_attempt(self, attempt, hold_usd=hold_usd)  # type: ignore[arg-type]


async def failing(bench: Workbench, **failures: int) -> Turn:
    """A turn during which the record fails; how it ended."""
    manager = await bench.conversation()
    draft = await drafted(manager, "a fox")
    store = become(bench.store, Failing)
    store.spared = 1  # the manager's own, before it writes the turn
    store.failures = {name.replace("__", " "): count for name, count in failures.items()}
    turn = await manager.send(draft)
    async with asyncio.timeout(30):
        await bench.ends[turn.id].wait()
    store.failures = {}
    return (await manager.tree()).turns[0]


@pytest.mark.parametrize("failures", [{"finish_attempt": 1}, {"move_turn__done": 3}])
async def test_a_record_that_recovers_loses_no_answer(bench: Workbench, failures: dict[str, int]) -> None:
    turn = await failing(bench, **failures)
    assert (turn.status, turn.error) == ("done", None)


@pytest.mark.parametrize(
    "failures", [{"finish_attempt": 2}, {"start_attempt": 1}, {"move_turn__waiting": 1}, {"tree": 1}, {"tree": 4}]
)
async def test_a_record_that_fails_leaves_no_turn_running(bench: Workbench, failures: dict[str, int]) -> None:
    turn = await failing(bench, **failures)
    assert not turn.running
    assert turn.status == "failed"
    assert turn.error is not None
    assert turn.error.category == "storage"


class Scripted:
    """An engine that does what it is told, and was never meant to."""

    def __init__(self, *steps: EngineEvent | Exception, provider: Provider = SANDBOX) -> None:
        self._steps, self.provider = steps, provider

    async def generate(self, request: ImageRequest) -> AsyncIterator[EngineEvent]:
        for step in self._steps:
            if isinstance(step, Exception):
                raise step
            yield step

    async def check(self, model: str) -> EngineCheck:
        return EngineCheck(works=True, model=model)


async def test_a_bug_in_the_engine_ends_the_turn_and_its_call(bench: Workbench) -> None:
    bench.engines.engine = Scripted(RuntimeError("a bug"))
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a fox")

    assert said(turn)[:3] == ("failed", "internal", "unknown")
    [attempt] = (await manager.tree()).attempts
    assert (attempt.state, attempt.error) == (
        "failed", ErrorFacts(category="internal", stage="wait", billed="unknown"),
    )  # fmt: skip


async def test_an_engine_that_ends_without_an_answer_failed(bench: Workbench) -> None:
    bench.engines.engine = Scripted()
    turn = await bench.asked(await bench.conversation(), "a fox")
    assert said(turn)[:3] == ("failed", "bad_answer", "unknown")


async def test_an_answer_whose_bytes_are_gone_is_no_bug(bench: Workbench) -> None:
    bench.engines.engine = Scripted(Answered(an_answer()))
    turn = await bench.asked(await bench.conversation(), "a fox")
    assert said(turn)[:3] == ("failed", "storage", "unknown")


async def test_an_engine_that_was_changed_meanwhile_sends_nothing(bench: Workbench) -> None:
    manager = await bench.conversation()
    turn = await manager.send(await drafted(manager, "a fox"))
    bench.engines.engine = Scripted(provider=Provider(kind="developer", id="developer"))
    ended = await bench.ended(turn, manager)

    sentence = "The engine was changed before this was sent, so nothing was billed. Send it again."
    assert said(ended) == ("failed", "interrupted", "no", sentence)
    assert bench.wire.bodies == []


async def test_a_stop_that_overtakes_its_turn_stops_it_before_anything_is_sent(bench: Workbench) -> None:
    manager = await bench.conversation()
    turn_id = "ab" * 16
    assert await manager.stop(turn_id)
    turn = await bench.ended(await manager.send(await drafted(manager, "a fox"), turn_id=turn_id), manager)

    assert said(turn) == ("cancelled", "cancelled", "no", "Stopped before anything was sent, so nothing was billed.")
    assert bench.wire.bodies == []
    assert (await manager.tree()).conversation.draft.text == "a fox"
    assert not await manager.stop(turn_id)  # it has come and gone
    assert (await bench.asked(manager, "a fox")).status == "done"


class StopsWhileSaving(SqlStore):
    """Presses Stop while a send stands between its turn's record and its task."""

    stop: Callable[[], Awaitable[bool]]
    stopped: list[bool]

    async def save_draft(self, conversation_id: str, draft: Draft) -> Draft:
        saved = await SqlStore.save_draft(self, conversation_id, draft)
        if not self.stopped:  # the draft is settled once more at the turn's end
            self.stopped.append(await self.stop())
        return saved


async def test_a_stop_between_a_turns_record_and_its_task_is_not_lost(bench: Workbench) -> None:
    manager = await bench.conversation()
    draft = await drafted(manager, "a fox")
    store = become(bench.store, StopsWhileSaving)
    store.stop, store.stopped = manager.stop, []
    turn = await bench.ended(await manager.send(draft), manager)

    assert store.stopped == [True]
    assert said(turn) == NOTHING_SENT
    assert bench.wire.bodies == []
