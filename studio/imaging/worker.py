"""Intake and thumbnails for the studio's event loop: each in a child process, under a memory limit and a deadline.

Why not `anyio.to_process`: it runs the parent's main script again in every worker (the whole web app, seconds inside
the deadline), hands it the environment with the API key, and unpickles whatever the worker answers.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeVar, get_args

from studio.errors import PictureRefused
from studio.imaging.intake import MIME_TYPES, Inspected, Note, Picture
from studio.imaging.process import PictureProcess, ProcessLost
from studio.imaging.thumbnail import check_width
from studio.imaging.wire import Frame, WireError
from studio.ports import PictureFacts

_T = TypeVar("_T")

_log: Final = logging.getLogger(__name__)
_NOTES: Final[frozenset[str]] = frozenset(get_args(Note))


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long one picture may take, in seconds, from the moment a process has it."""

    small_s: float = 5.0
    big_s: float = 15.0
    big_from_bytes: int = 2_000_000

    def of(self, data: bytes) -> float:
        return self.big_s if len(data) >= self.big_from_bytes else self.small_s


class ImagingWorker:
    """At most `processes` pictures at a time, further calls wait their turn. Works from any event loop.

    Cancelling a call frees the caller at once; a picture already being read is read to its end or its deadline.
    """

    def __init__(
        self, *, processes: int = 2, deadlines: Deadlines | None = None, module: str = "studio.imaging.child"
    ) -> None:
        """`module` is what a child process runs; it must serve the same operations."""
        self._deadlines = deadlines or Deadlines()
        self._module = module
        self._processes = processes
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="imaging")
        self._idle: deque[PictureProcess] = deque()

    def warm(self) -> None:
        """Begin to start the processes, so that the first picture does not wait for one. Returns at once."""
        for _ in range(self._processes):
            self._threads.submit(self._start_ahead)

    async def take_in(self, data: bytes) -> Picture:
        """See `intake.take_in`; PictureRefused also for a crash, a hang or too much memory."""
        return await self._call(Frame(head={"operation": "take_in"}, body=data), read=_picture_of)

    async def inspect(self, data: bytes) -> Inspected:
        """See `intake.inspect`."""
        return await self._call(Frame(head={"operation": "inspect"}, body=data), read=_inspected_of)

    async def measure(self, data: bytes) -> PictureFacts:
        """The port's question: how large is what the service sent? PictureRefused where it is not whole."""
        inspected = await self.inspect(data)
        return PictureFacts(width_px=inspected.width_px, height_px=inspected.height_px)

    async def thumbnail(self, data: bytes, *, width_px: int) -> bytes:
        """See `thumbnail.thumbnail`; InputError (bad_value) for an impossible width."""
        check_width(width_px)
        job = Frame(head={"operation": "thumbnail", "width_px": width_px}, body=data)
        return await self._call(job, read=_body_of)

    async def aclose(self) -> None:
        """Drop what waits, let what runs end, stop the processes. No call works afterwards."""
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)
        while self._idle:
            self._idle.pop().stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _call(self, job: Frame, *, read: Callable[[Frame], _T]) -> _T:
        return await asyncio.wrap_future(self._threads.submit(self._run, job, read))

    def _run(self, job: Frame, read: Callable[[Frame], _T]) -> _T:
        """In a thread of the pool: one job on one process, which is kept only if it behaved."""
        try:
            process = self._take_process()
        except (ProcessLost, OSError) as error:
            _log.exception("no picture process could be started")
            raise PictureRefused("The studio could not start its picture reader; add the picture again.") from error
        behaved = False
        deadline_s = self._deadlines.of(job.body)
        try:
            answer = process.ask(job, deadline_s=deadline_s)
            refused = answer.head.get("refused")
            result = None if refused else read(answer)
            behaved = True
        except (ProcessLost, WireError) as error:
            _log.warning("picture process lost in %s of %d bytes: %s", job.head["operation"], len(job.body), error)
            raise _refusal(error, deadline_s=deadline_s) from error
        finally:
            if behaved:
                self._idle.append(process)
            else:
                process.stop()
        if result is None:
            raise PictureRefused(str(refused))
        return result

    def _start_ahead(self) -> None:
        try:
            self._idle.append(PictureProcess(self._module))
        except (ProcessLost, OSError) as error:
            # The first picture tries again, and says so to its designer if that fails too.
            _log.warning("no picture process could be started ahead: %s", error)

    def _take_process(self) -> PictureProcess:
        """The one used last, which is warm; a new one where there is none left alive."""
        while self._idle:
            process = self._idle.pop()
            if process.is_alive:
                return process
            process.stop()
        return PictureProcess(self._module)


def _refusal(error: ProcessLost | WireError, *, deadline_s: float) -> PictureRefused:
    if isinstance(error, ProcessLost) and error.expired:
        return PictureRefused(f"This picture took longer than {deadline_s:g} seconds to read; export a smaller copy.")
    return PictureRefused("Reading this picture failed half-way; open it in an image editor and export it again.")


def _picture_of(answer: Frame) -> Picture:
    """WireError where the answer does not have a picture's form: the process may have been taken over."""
    notes = answer.head.get("notes")
    if not isinstance(notes, list) or not _NOTES.issuperset(notes):
        raise WireError("unknown notes")
    return Picture(
        data=answer.body,
        mime_type=_mime_type(answer),
        width_px=_count(answer, "width_px"),
        height_px=_count(answer, "height_px"),
        notes=tuple(notes),
        source_format=str(answer.head.get("source_format")),
        frame_count=_count(answer, "frame_count"),
    )


def _inspected_of(answer: Frame) -> Inspected:
    return Inspected(
        width_px=_count(answer, "width_px"), height_px=_count(answer, "height_px"), mime_type=_mime_type(answer)
    )


def _body_of(answer: Frame) -> bytes:
    return answer.body


def _count(answer: Frame, name: str) -> int:
    value = answer.head.get(name)
    if not isinstance(value, int) or value < 1:
        raise WireError(f"{name} is not a count")
    return value


def _mime_type(answer: Frame) -> str:
    mime_type = str(answer.head.get("mime_type"))
    if mime_type not in MIME_TYPES.values():
        raise WireError("not a type that is stored")
    return mime_type
