"""Bytes by their digest: whole or absent."""

import errno
import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.errors import StoreError
from studio.store.blobs import LocalBlobs

DATA = b"\x89PNG a picture"
DIGEST = hashlib.sha256(DATA).hexdigest()


def files_in(blobs: LocalBlobs) -> list[Path]:
    return [path for path in blobs.folder.rglob("*") if path.is_file()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.binary(max_size=4096))
def test_what_is_put_is_got_back_under_its_digest(blobs: LocalBlobs, data: bytes) -> None:
    blob = blobs.put(data, mime_type="image/png")
    assert (blob.sha256, blob.size_bytes, blob.mime_type) == (hashlib.sha256(data).hexdigest(), len(data), "image/png")
    assert blobs.get(blob.sha256) == data
    assert blobs.size_bytes(blob.sha256) == len(data)
    assert blobs.verify(blob.sha256)


def test_a_blob_lies_two_folders_deep(blobs: LocalBlobs) -> None:
    blobs.put(DATA, mime_type="image/png")
    expected = blobs.folder / DIGEST[:2] / DIGEST[2:4] / DIGEST
    assert blobs.path(DIGEST) == expected
    assert files_in(blobs) == [expected]


def test_putting_twice_keeps_the_file_that_is_there(blobs: LocalBlobs) -> None:
    first = blobs.put(DATA, mime_type="image/png")
    path = blobs.path(first.sha256)
    assert path is not None
    before = path.stat().st_ino
    assert blobs.put(DATA, mime_type="image/png") == first
    assert path.stat().st_ino == before


def test_many_threads_putting_the_same_bytes_make_one_whole_file(blobs: LocalBlobs) -> None:
    data = os.urandom(200_000)
    with ThreadPoolExecutor(8) as threads:
        digests = {blob.sha256 for blob in threads.map(lambda _: blobs.put(data, mime_type="image/png"), range(32))}
    assert len(digests) == 1
    assert len(files_in(blobs)) == 1
    assert blobs.get(digests.pop()) == data


def test_a_file_cut_short_is_written_again(blobs: LocalBlobs) -> None:
    blobs.put(DATA, mime_type="image/png")
    path = blobs.path(DIGEST)
    assert path is not None
    path.write_bytes(DATA[:4])
    blobs.put(DATA, mime_type="image/png")
    assert blobs.get(DIGEST) == DATA


@pytest.mark.parametrize("damage", [DATA[:-1], DATA[:-1] + b"!", b""])
def test_bytes_that_no_longer_match_their_digest_are_refused(blobs: LocalBlobs, damage: bytes) -> None:
    blobs.put(DATA, mime_type="image/png")
    path = blobs.path(DIGEST)
    assert path is not None
    path.write_bytes(damage)
    assert not blobs.verify(DIGEST)
    with pytest.raises(StoreError, match="damaged"):
        blobs.get(DIGEST)


def test_what_was_never_put_is_absent(blobs: LocalBlobs) -> None:
    assert blobs.path(DIGEST) is None
    assert blobs.size_bytes(DIGEST) is None
    assert not blobs.verify(DIGEST)
    with pytest.raises(StoreError, match="missing"):
        blobs.get(DIGEST)


@pytest.mark.parametrize("name", ["", "../../secret", "/etc/passwd", DIGEST.upper(), DIGEST + "\n", DIGEST[:-1]])
def test_what_is_no_digest_names_no_file(blobs: LocalBlobs, name: str) -> None:
    blobs.put(DATA, mime_type="image/png")
    (blobs.folder / "secret").write_text("not a picture")
    assert blobs.path(name) is None
    with pytest.raises(StoreError):
        blobs.get(name)


def test_an_interrupted_write_is_ignored_and_can_be_removed(blobs: LocalBlobs) -> None:
    blobs.put(DATA, mime_type="image/png")
    left = blobs.folder / ".unfinished" / "half"
    left.write_bytes(b"ha")
    assert blobs.get(DIGEST) == DATA
    assert blobs.remove_unfinished() == 1
    assert files_in(blobs) == [blobs.path(DIGEST)]


def test_a_full_disk_is_said_and_leaves_nothing_behind(blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("studio.store.blobs.os.fsync", no_space)
    with pytest.raises(StoreError) as caught:
        blobs.put(DATA, mime_type="image/png")
    assert str(blobs.folder) in str(caught.value)
    assert "the disk is full. Free some space" in str(caught.value)
    assert files_in(blobs) == []


def test_a_file_in_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("in the way")
    with pytest.raises(StoreError, match="a file is in its place"):
        LocalBlobs(tmp_path / "blobs").put(DATA, mime_type="image/png")


def test_the_bytes_are_synced_before_they_get_their_name(blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        steps.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        sync(descriptor)

    def noted_rename(path: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(path, target)

    monkeypatch.setattr("studio.store.blobs.os.fsync", noted_sync)
    monkeypatch.setattr("studio.store.blobs.Path.replace", noted_rename)
    blobs.put(DATA, mime_type="image/png")
    assert steps == ["sync file", "rename", "sync folder", "sync folder", "sync folder"]
