"""Where the heavy work runs: processes of its own, so that neither painting nor parsing holds up the event loop."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import FrameType
from typing import Final, TypeVar

from studio.sandbox.google_errors import Refused, deadline_exceeded, internal

Result = TypeVar("Result")

LONGEST_WORK_S: Final = 60.0
"""Of a processor's time, for one piece of work; the slowest picture takes a tenth of it."""


class Workers:
    """A few processes, started when first needed; none at all where `processes` is 0: then threads do the work."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._busy = 0
        self._left = asyncio.Event()

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        """The result of a picklable call. Raises what the call raised; Refused (500) when its process died."""
        self._busy += 1
        try:
            return await self._run(work, *arguments)
        finally:
            self._busy -= 1
            self._left.set()

    async def until_one_is_free(self) -> None:
        """Return when less is being done than there are processes for."""
        while self._busy >= max(1, self._processes):
            self._left.clear()
            await self._left.wait()

    async def _run(self, work: Callable[..., Result], *arguments: object) -> Result:
        if not self._processes:
            return await asyncio.to_thread(work, *arguments)
        pool = self._started()
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, within, LONGEST_WORK_S, work, *arguments)
        except BrokenProcessPool as error:
            if self._pool is pool:
                self._pool = None
            pool.shutdown(wait=False)
            raise Refused(internal()) from error

    async def warm(self) -> None:
        """Start every process and let it import what it will need."""
        await asyncio.gather(*(self.run(import_painter) for _ in range(self._processes)))

    def close(self) -> None:
        if self._pool is not None:
            # Without waiting, the pool's own thread can outlive the pipes it waits on and complain at exit.
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Spawned, not forked: the parent has threads, and a fork would carry their locks along.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context, initializer=_begin)
        return self._pool


class BackgroundWorkers(Workers):
    """The same processes for work that can wait: one piece of it at a time, and only where a process is free."""

    def __init__(self, workers: Workers) -> None:
        super().__init__(0)
        self._workers = workers
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        async with self._turn:
            await self._workers.until_one_is_free()
            return await self._workers.run(work, *arguments)


def within(limit_s: float, work: Callable[..., Result], *arguments: object) -> Result:
    """The call's result. Raises Refused (504) when it takes more than so much of this process's time: somebody who has
    left may have asked for it. To be called in a main thread; where there are no such signals, there is no limit."""
    if sys.platform == "win32":
        return work(*arguments)
    before = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        return work(*arguments)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise Refused(deadline_exceeded())


def import_painter() -> None:
    """Load the painter and its libraries into this process."""
    from studio.sandbox import painter  # noqa: F401, PLC0415 - the import is the work


def _begin() -> None:
    """A worker leaves Ctrl-C to its parent and never outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
