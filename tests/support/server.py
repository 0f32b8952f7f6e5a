"""A studio in a process of its own, as a user starts it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self

from tests.support.environment import ROOT, for_child
from tests.support.offline.network_guard import MARK

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
TEST_KEY = "test-key-of-nobody"
_READY_TIMEOUT_S = 90.0
_STOP_TIMEOUT_S = 15.0


class ServerDied(AssertionError):
    """A process under test ended, or never answered; carries what it wrote."""


def free_port() -> int:
    """A port nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def get(url: str, *, timeout_s: float = 10.0) -> bytes:
    """The body of a GET on this machine. URLError as urllib raises it."""
    with _OPENER.open(url, timeout=timeout_s) as answer:
        body: bytes = answer.read()
    return body


class Studio:
    """`python app.py` on a data folder: with its own sandbox, or with `engine_url` as behind a gateway.

    `environment` is said on top of the defaults. `output` is all it wrote, over restarts, both streams.
    """

    def __init__(
        self, *, data_dir: Path, engine_url: str | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir, self.port = data_dir, free_port()
        self.log = data_dir.parent / f"{data_dir.name}-studio.log"
        self.command = [sys.executable, "app.py", "--port", str(self.port), "--data-dir", str(data_dir), "--no-open"]
        if engine_url is None:
            self.command.append("--sandbox")
        keys = {
            "GEMINI_API_KEY": TEST_KEY,
            "GOOGLE_API_KEY": TEST_KEY,
        }  # both, or a developer's .env would fill the gap
        gateway = {"GOOGLE_GEMINI_BASE_URL": engine_url, **keys} if engine_url else {}
        self.environment: Mapping[str, str] = gateway | dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._sink: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """Everything it wrote so far, over restarts."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    @property
    def pid(self) -> int:
        """The process's id. ServerDied when it is not running."""
        if self._process is None:
            raise ServerDied(f"not started: {' '.join(self.command)}")
        return self._process.pid

    def start(self) -> Self:
        """Start it and wait until it answers. ServerDied with its output when it does not."""
        self._sink = self.log.open("ab")
        self._process = subprocess.Popen(
            self.command, cwd=ROOT, env=for_child(self.environment), stdin=subprocess.DEVNULL,
            stdout=self._sink, stderr=subprocess.STDOUT, start_new_session=os.name == "posix",
        )  # fmt: skip
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """End it as Ctrl+C or a service manager would, and wait."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerDied(f"did not stop within {_STOP_TIMEOUT_S:.0f} s of being asked:\n{self.output}") from None
        self._forget()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._forget()

    def restart(self) -> Self:
        """Stop, then start with the same data on the same port."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.check_stayed_local()

    def check_stayed_local(self) -> None:
        """AssertionError when it, or a child of it, tried to reach another machine."""
        left = [line for line in self.output.splitlines() if MARK in line]
        assert not left, "\n".join(left)

    def _wait_until_ready(self) -> None:
        give_up_at = time.monotonic() + _READY_TIMEOUT_S
        while time.monotonic() < give_up_at:
            if self._process is not None and self._process.poll() is not None:
                raise ServerDied(f"ended with {self._process.returncode} before it answered:\n{self.output}")
            try:
                get(f"{self.url}/healthz", timeout_s=5)
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return
        raise ServerDied(f"no answer from {self.url}/healthz within {_READY_TIMEOUT_S:.0f} s:\n{self.output}")

    def _forget(self) -> None:
        self._process = None
        if self._sink is not None:
            self._sink.close()
            self._sink = None
