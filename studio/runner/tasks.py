"""The in-process runner: each turn in a task of its own, which no event and no page owns."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from studio.errors import ErrorFacts, StoreError, StudioError
from studio.ports import Feed, Progress
from studio.runner.board import TurnBoard
from studio.runner.image_tries import TurnServices
from studio.runner.turn_job import TurnJob, TurnRef
from studio.turn import TurnStatus

_log = logging.getLogger(__name__)

_EARLY_STOPS: Final = 100

Ended = Callable[[TurnRef], Awaitable[None]]


@dataclass(slots=True)
class _Running:
    """A turn's two tasks: `work` makes its calls and can be cancelled at any time, `end` waits for it and writes."""

    job: TurnJob
    ref: TurnRef
    board: TurnBoard
    work: asyncio.Task[ErrorFacts | None]
    end: asyncio.Task[None] | None = None
    stopped: TurnStatus | None = None


class TaskRunner:
    """Implements `ports.Runner` with asyncio tasks. `write_pause_s`: how long a record that fails is given before the
    end of a turn is written again."""

    def __init__(self, *, services: TurnServices, feed: Feed, write_pause_s: float = 5.0) -> None:
        self._services = services
        self._feed = feed
        self._write_pause_s = write_pause_s
        self._ended: Ended | None = None
        self._running: dict[str, _Running] = {}
        self._stopped_early: deque[str] = deque(maxlen=_EARLY_STOPS)
        self._closing = asyncio.Event()

    def on_end(self, ended: Ended) -> None:
        """Have `ended` awaited after each turn's end is written."""
        self._ended = ended

    def submit(self, *, owner: str, conversation_id: str, turn_id: str) -> None:
        ref = TurnRef(owner=owner, conversation_id=conversation_id, turn_id=turn_id)
        board = TurnBoard(
            turn_id=turn_id,
            changed=lambda: self._feed.publish(conversation_id),
            streamed=lambda: self._feed.publish(conversation_id, streaming=True),
        )
        job = TurnJob(ref, services=self._services, board=board)
        running = _Running(job, ref, board, work=asyncio.create_task(job.run(), name=f"turn {turn_id}"))
        self._running[turn_id] = running
        if turn_id in self._stopped_early:
            self._stopped_early.remove(turn_id)
            running.stopped = "cancelled"
            running.work.cancel()
        running.end = asyncio.create_task(self._see_to_its_end(running), name=f"end of turn {turn_id}")

    async def cancel(self, turn_id: str) -> bool:
        return await self._stop(turn_id, "cancelled")

    def stop_when_it_comes(self, turn_id: str) -> Literal[True]:
        self._stopped_early.append(turn_id)
        return True

    def retry_now(self, turn_id: str) -> None:
        running = self._running.get(turn_id)
        if running is not None:
            running.board.hurry()

    def progress(self, turn_id: str) -> Progress | None:
        running = self._running.get(turn_id)
        return running.board.progress if running else None

    async def recover(self) -> int:
        """Tasks die with their process: whatever the record still calls running is interrupted."""
        return await self._services.attempts.store.interrupt_running(self._services.attempts.clock.now())

    async def close(self) -> None:
        self._closing.set()
        await asyncio.gather(*(self._stop(turn_id, "interrupted") for turn_id in tuple(self._running)))

    async def _stop(self, turn_id: str, status: TurnStatus) -> bool:
        running = self._running.get(turn_id)
        if running is None or running.end is None:
            return False
        running.stopped = running.stopped or status
        running.work.cancel()
        await asyncio.wait({running.end})
        return True

    async def _see_to_its_end(self, running: _Running) -> None:
        turn_id = running.ref.turn_id
        try:
            await asyncio.wait({running.work})
            try:
                await self._written(_end_of(running), turn_id)
            except Exception:  # noqa: BLE001 - logged; the turn still ends
                _log.exception("the end of turn %s could not be told from its record", turn_id)
                await self._written(running.job.fail, turn_id)
            if self._ended is not None:
                await self._ended(running.ref)
        except Exception:  # noqa: BLE001 - logged; nobody waits for this task's result
            _log.exception("what follows turn %s failed inside the studio", turn_id)
        finally:
            del self._running[turn_id]
            self._feed.publish(running.ref.conversation_id)

    async def _written(self, write: Callable[[], Awaitable[None]], turn_id: str) -> None:
        """Write a turn's end, again and again while the record fails: no turn is left running. At a shutdown it is
        given up, and found by `recover`."""
        while True:
            try:
                await write()
            except StoreError as error:
                _log.warning("the end of turn %s could not be written: %s", turn_id, error)
                if self._closing.is_set():
                    return
            else:
                return
            try:
                async with asyncio.timeout(self._write_pause_s):
                    await self._closing.wait()
            except TimeoutError:
                continue


def _end_of(running: _Running) -> Callable[[], Awaitable[None]]:
    """How to write the end of a turn whose work is over."""
    if running.work.cancelled():
        return partial(running.job.end, stopped=running.stopped or "interrupted")
    failure = running.work.exception()
    if failure is None:
        return partial(running.job.end, error=running.work.result())
    if isinstance(failure, StudioError):
        return partial(running.job.end, error=failure.facts)
    # A bug must not leave the turn running for ever; the log has the traceback, the record has the end.
    _log.error("turn %s failed inside the studio", running.ref.turn_id, exc_info=failure)
    return running.job.end
