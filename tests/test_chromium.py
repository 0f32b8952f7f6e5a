"""Getting a Chromium: what is tried, in which order, and what is said when nothing works."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import chromium


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    chromium.obtain_chromium.cache_clear()
    yield
    chromium.obtain_chromium.cache_clear()


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nothing is installed and nothing can be; the commands that would have run."""
    ran: list[str] = []

    def run(tried: list[str], *command: str) -> bool:
        ran.append(" ".join(command).replace(sys.executable, "python"))
        tried.append(f"`{ran[-1]}` failed (no network)")
        return False

    monkeypatch.setattr(chromium, "_run", run)
    monkeypatch.setattr(chromium, "starts", lambda _path: False)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
    return ran


def test_playwright_is_asked_before_the_package_manager(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(chromium.NoChromium):
        chromium.obtain_chromium()
    assert commands == [
        "python -m playwright install chromium",
        "apt-get update",
        "apt-get install -y chromium",
    ]


def test_only_root_asks_the_package_manager(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(chromium.NoChromium, match="none could be installed") as refused:
        chromium.obtain_chromium()
    assert commands == ["python -m playwright install chromium"]
    assert "Install chromium" in str(refused.value)


def test_one_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    signpost = tmp_path / "chromium-browser"
    signpost.write_text("#!/bin/sh\necho 'requires the chromium snap' >&2\nexit 1\n")
    signpost.chmod(0o755)
    assert not chromium.starts(signpost)
    assert not chromium.starts(tmp_path / "missing")


def test_one_that_starts_is_taken(tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\necho 'Chromium 156'\n")
    browser.chmod(0o755)
    assert chromium.starts(browser)


def test_a_failed_command_is_remembered_with_its_last_line() -> None:
    tried: list[str] = []
    code = "import sys; sys.exit('first\\nlast line')"
    assert not chromium._run(tried, sys.executable, "-c", code)
    assert tried
    assert tried[0].endswith("failed (last line)")
