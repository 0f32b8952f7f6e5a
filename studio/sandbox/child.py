"""The sandbox as a child process of the studio, on a free loopback port."""

import logging
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from studio.errors import SettingsError

_START_TIMEOUT_S: Final = 60.0
_STOP_TIMEOUT_S: Final = 5.0
_READY: Final = "sandbox listening on "
_log = logging.getLogger(__name__)


class SandboxChild:
    """A running sandbox. It ends with its parent: its standard input closes when the parent goes."""

    def __init__(self, *, data_dir: Path, home: Path) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "studio.sandbox",
                "--port",
                "0",
                "--exit-with-parent",
                "--no-inspector",
                "--data-dir",
                str(data_dir),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=home,
            text=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, name="sandbox output", daemon=True).start()
        self.base_url = self._wait_until_ready()

    def stop(self) -> None:
        """End the child."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _wait_until_ready(self) -> str:
        try:
            while (line := self._lines.get(timeout=_START_TIMEOUT_S)) is not None:
                if line.startswith(_READY):
                    return line.removeprefix(_READY).strip()
        except queue.Empty:
            self.stop()
        raise SettingsError(("The sandbox could not be started; its last words stand above. Try again.",))

    def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        for line in stream:
            self._lines.put(line)
            _log.debug("sandbox: %s", line.rstrip())
        self._lines.put(None)
