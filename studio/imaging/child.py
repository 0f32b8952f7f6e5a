"""The process in which untrusted pictures are decoded; `worker.ImagingWorker` starts it and speaks `wire` with it.

It inherits no environment and no open file, cannot take more than its share of memory, and dies when a job runs past
its deadline even if the studio itself is gone. It is a separate process under limits, not a full sandbox.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType, TracebackType
from typing import IO, Final

from PIL import AvifImagePlugin

from studio.errors import PictureRefused
from studio.imaging.intake import inspect, take_in
from studio.imaging.thumbnail import thumbnail
from studio.imaging.wire import Frame, read_frame, write_frame

ADDRESS_SPACE_BYTES: Final = 1_200_000_000
"""Holds a 50-megapixel picture twice over; the figure a decompression bomb runs into."""

_ALARM_AFTER_DEADLINE_S: Final = 2.0

Operation = Callable[[Frame], Frame]


def _take_in(job: Frame) -> Frame:
    picture = asdict(take_in(job.body))
    body = picture.pop("data")
    return Frame(head=picture, body=body)


def _inspect(job: Frame) -> Frame:
    return Frame(head=asdict(inspect(job.body)))


def _thumbnail(job: Frame) -> Frame:
    width_px = job.head["width_px"]
    if not isinstance(width_px, int):
        raise TypeError("width_px is a number of pixels")
    return Frame(head={}, body=thumbnail(job.body, width_px=width_px))


OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {"take_in": _take_in, "inspect": _inspect, "thumbnail": _thumbnail}
)


def serve(operations: Mapping[str, Operation], *, address_space_bytes: int = ADDRESS_SPACE_BYTES) -> None:
    """Answer jobs from standard input until it ends. Any error but a refusal ends the process, traceback sent."""
    jobs, answers = sys.stdin.buffer, _private_stdout()
    sys.excepthook = _reporter(answers)
    _limit(address_space_bytes)
    write_frame(answers, Frame(head={"ready": True}))
    while True:
        try:
            job = read_frame(jobs)
        except EOFError:
            return
        _set_alarm(job.head.get("deadline_s"))
        write_frame(answers, _answer(operations, job))
        _set_alarm(None)


def _answer(operations: Mapping[str, Operation], job: Frame) -> Frame:
    try:
        return operations[str(job.head["operation"])](job)
    except PictureRefused as refusal:
        return Frame(head={"refused": str(refusal)})
    except MemoryError:
        return Frame(head={"refused": "This picture needs more memory than one may use; export a smaller copy."})


def _private_stdout() -> IO[bytes]:
    """The pipe to the studio, out of reach of libraries that print."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _reporter(answers: IO[bytes]) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        write_frame(answers, Frame(head={"crashed": "".join(traceback.format_exception(kind, error, trace))[-16_000:]}))

    return report


def _limit(address_space_bytes: int) -> None:
    # A decoder thread per core would spend the address space on stacks and arenas on a large machine.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 2
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 — not there on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # Ctrl-C in a terminal reaches the whole process group; the studio decides when this ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (address_space_bytes, address_space_bytes))


def _set_alarm(deadline_s: object) -> None:
    """The signal's default action ends the process, also inside C code; the studio's own deadline comes first."""
    if sys.platform != "win32":
        seconds = deadline_s + _ALARM_AFTER_DEADLINE_S if isinstance(deadline_s, int | float) else 0.0
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    serve(OPERATIONS)
