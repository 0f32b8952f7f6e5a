"""Get a Chromium: one that is installed, else Playwright's own, else the system's package manager when root."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from filelock import FileLock

from tests.support.environment import AS_STARTED

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_PLACES: Final = (
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_INSTALL_TIMEOUT_S: Final = 240
_PLAYWRIGHT_SAYS: Final = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright:\n"
    "    import sys; sys.stdout.write(playwright.chromium.executable_path)\n"
)


class NoChromium(Exception):
    """None could be found or installed; the sentence says what was tried."""


@cache
def obtain_chromium() -> Path:
    """A Chromium that starts. Installs one at most once at a time on this machine. NoChromium when there is none."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    with FileLock(Path(tempfile.gettempdir()) / f"retake-chromium-{user}.lock"):
        tried: list[str] = []
        for find in (_installed, _of_playwright, _of_the_system):
            for candidate in find(tried):
                if starts(candidate):
                    return candidate
    raise NoChromium(
        "The browser tests need Chromium. None was found that starts, and none could be installed: "
        + "; ".join(tried or ["nothing could be tried"])
        + ". Install chromium (or run `python -m playwright install --with-deps chromium`) and run the tests again."
    )


def starts(executable: Path) -> bool:
    """Whether it is there and loads: a missing library, or Ubuntu's snap signpost, does not pass."""
    if not executable.exists():
        return False
    try:
        done = subprocess.run([str(executable), "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())


def _installed(_tried: list[str]) -> Iterator[Path]:
    yield from (Path(found) for found in map(shutil.which, _NAMES) if found)
    yield from map(Path, _PLACES)


def _of_playwright(tried: list[str]) -> Iterator[Path]:
    where = subprocess.run(
        [sys.executable, "-c", _PLAYWRIGHT_SAYS],
        capture_output=True, text=True, timeout=120, check=True, env=dict(AS_STARTED),
    ).stdout  # fmt: skip
    executable = Path(where)
    yield executable
    if _run(tried, sys.executable, "-m", "playwright", "install", "chromium"):
        yield executable


def _of_the_system(tried: list[str]) -> Iterator[Path]:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not is_root or shutil.which("apt-get") is None:
        tried.append("no apt-get to use as root")
        return
    _run(tried, "apt-get", "update")
    if _run(tried, "apt-get", "install", "-y", "chromium"):
        yield from _installed(tried)


def _run(tried: list[str], *command: str) -> bool:
    shown = " ".join(Path(word).name if os.sep in word else word for word in command)
    environment = dict(AS_STARTED) | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        tried.append(f"`{shown}` failed ({type(error).__name__})")
        return False
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        tried.append(f"`{shown}` failed ({lines[-1] if lines else 'no output'})")
    return done.returncode == 0
