"""The in-process runner: each turn in a task of its own, which no event and no page owns."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from studio.ports import Feed, Progress
from studio.runner.board import TurnBoard
from studio.runner.image_tries import TurnServices
from studio.runner.turn_job import TurnJob, TurnRef
from studio.turn import TurnStatus

_log = logging.getLogger(__name__)

Ended = Callable[[TurnRef], Awaitable[None]]


class TaskRunner:
    """Implements `ports.Runner` with asyncio tasks."""

    def __init__(self, *, services: TurnServices, feed: Feed) -> None:
        self._services = services
        self._feed = feed
        self._ended: Ended | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._boards: dict[str, TurnBoard] = {}
        self._stops: dict[str, TurnStatus] = {}

    def on_end(self, ended: Ended) -> None:
        """Have `ended` awaited after each turn's end is written."""
        self._ended = ended

    def submit(self, *, owner: str, conversation_id: str, turn_id: str) -> None:
        ref = TurnRef(owner=owner, conversation_id=conversation_id, turn_id=turn_id)
        board = TurnBoard(turn_id=turn_id, changed=lambda: self._feed.publish(conversation_id))
        self._boards[turn_id] = board
        job = TurnJob(ref, services=self._services, board=board)
        self._tasks[turn_id] = asyncio.create_task(self._run(job, ref), name=f"turn {turn_id}")

    async def cancel(self, turn_id: str) -> bool:
        return await self._stop(turn_id, "cancelled")

    def retry_now(self, turn_id: str) -> None:
        board = self._boards.get(turn_id)
        if board is not None:
            board.hurry()

    def progress(self, turn_id: str) -> Progress | None:
        board = self._boards.get(turn_id)
        return board.progress if board else None

    async def recover(self) -> int:
        """Tasks die with their process: whatever the record still calls running is interrupted."""
        return await self._services.attempts.store.interrupt_running(self._services.attempts.clock.now())

    async def close(self) -> None:
        await asyncio.gather(*(self._stop(turn_id, "interrupted") for turn_id in tuple(self._tasks)))

    async def _stop(self, turn_id: str, status: TurnStatus) -> bool:
        task = self._tasks.get(turn_id)
        if task is None:
            return False
        self._stops.setdefault(turn_id, status)
        task.cancel()
        await asyncio.wait({task})
        return True

    async def _run(self, job: TurnJob, ref: TurnRef) -> None:
        try:
            await job.run()
        except asyncio.CancelledError:
            await job.stop(self._stops.get(ref.turn_id, "interrupted"))
        except Exception:
            # A bug must not leave the turn running for ever; the log has the traceback, the record has the end.
            _log.exception("turn %s failed inside the studio", ref.turn_id)
            await job.fail()
        finally:
            self._tasks.pop(ref.turn_id, None)
            self._boards.pop(ref.turn_id, None)
            self._stops.pop(ref.turn_id, None)
            if self._ended is not None:
                await self._ended(ref)
            self._feed.publish(ref.conversation_id)
