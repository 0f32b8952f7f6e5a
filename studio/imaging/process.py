"""One picture process as the studio sees it: start, ask under a deadline, stop.

Blocking; `worker` calls it from threads.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from studio.imaging.wire import Frame, WireError, read_frame, write_frame

_START_DEADLINE_S: Final = 30.0
_STOP_DEADLINE_S: Final = 5.0


class ProcessLost(Exception):
    """The process ended, or was ended, before it answered; `why` is for the log."""

    def __init__(self, why: str, *, expired: bool = False) -> None:
        super().__init__(why)
        self.expired = expired


class PictureProcess:
    """Not for two threads at once."""

    def __init__(self, module: str) -> None:
        """Starts it. ProcessLost when it does not come up within 30 s."""
        self._process = subprocess.Popen(
            (sys.executable, "-P", "-m", module),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        try:
            self._exchange(None, deadline_s=_START_DEADLINE_S)
        except ProcessLost:
            self.stop()
            raise

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def ask(self, job: Frame, *, deadline_s: float) -> Frame:
        """Its answer. ProcessLost when it crashed, spoke nonsense or ran past the deadline: then stop() it."""
        head = {**job.head, "deadline_s": deadline_s}
        answer = self._exchange(Frame(head=head, body=job.body), deadline_s=deadline_s)
        if "crashed" in answer.head:
            raise ProcessLost(str(answer.head["crashed"]))
        return answer

    def stop(self) -> None:
        """End it and free its pipes; safe to call again."""
        self._process.kill()
        self._process.wait(_STOP_DEADLINE_S)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                _close(stream)

    def _exchange(self, job: Frame | None, *, deadline_s: float) -> Frame:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise ProcessLost("started without pipes")
        with self._killed_after(deadline_s) as expired:
            try:
                if job is not None:
                    write_frame(stdin, job)
                return read_frame(stdout)
            except (OSError, EOFError, WireError) as error:
                code = self._process.poll()
                why = f"past {deadline_s:g} s" if expired.is_set() else f"{error!r}, exit code {code}"
                raise ProcessLost(why, expired=expired.is_set()) from error

    @contextmanager
    def _killed_after(self, deadline_s: float) -> Iterator[threading.Event]:
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self._process.kill()

        timer = threading.Timer(deadline_s, expire)
        timer.start()
        try:
            yield expired
        finally:
            timer.cancel()
            timer.join()


def _environment() -> dict[str, str] | None:
    """Only where to import from; the API key and the rest of the environment are none of a decoder's business."""
    if sys.platform == "win32":
        # Python does not start there without SYSTEMROOT.
        return None
    path = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
    return {"PYTHONPATH": path, "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}


def _close(stream: IO[bytes]) -> None:
    """Closing flushes, and flushing to a dead process fails; the descriptor is freed either way."""
    try:
        stream.close()
    except OSError:
        return
