"""The data folder and its lock."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.errors import StoreError
from studio.store.folder import prepare_folder, unwritable
from studio.store.lock import DataFolderLock

HOLDS_THE_LOCK = """
import sys, time
from pathlib import Path
from studio.store.lock import DataFolderLock
lock = DataFolderLock(Path(sys.argv[1]))
assert lock.acquire()
sys.stdout.write("held\\n")
sys.stdout.flush()
time.sleep(60)
"""
PROJECT = Path(__file__).parents[2]


def test_a_new_folder_is_made_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"
    prepare_folder(folder)
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o077 == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_file_in_place_of_the_folder_is_refused_with_one_sentence(tmp_path: Path, below: str) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        prepare_folder(tmp_path / "data" / below)
    sentence = str(caught.value)
    assert str(tmp_path / "data") in sentence
    assert "a file is in its place" in sentence
    assert "STUDIO_DATA_DIR" in sentence


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.EACCES, "you may not write there. Make it writable"),
        (errno.EROFS, "it is on a read-only disk. Make it writable"),
        (errno.ENOSPC, "the disk is full. Free some space"),
        (errno.ESTALE, "stale. Make it writable"),
    ],
)
def test_the_reason_and_the_remedy_are_said(code: int, said: str) -> None:
    assert said in str(unwritable(Path("pictures"), OSError(code, "stale")))


def test_only_one_may_hold_a_folder(tmp_path: Path) -> None:
    first, second = DataFolderLock(tmp_path), DataFolderLock(tmp_path)
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert not first.held
    assert second.acquire()
    second.release()


def test_a_lock_is_freed_at_the_end_of_its_block(tmp_path: Path) -> None:
    with DataFolderLock(tmp_path) as lock:
        assert lock.held
        assert not DataFolderLock(tmp_path).acquire()
    assert not lock.held


def test_a_process_that_dies_leaves_no_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS_THE_LOCK, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        lock = DataFolderLock(tmp_path)
        assert not lock.acquire()
        other.send_signal(signal.SIGKILL)
    assert lock.acquire()
    lock.release()


def test_a_lock_in_a_folder_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match="a file is in its place"):
        DataFolderLock(tmp_path / "data").acquire()
