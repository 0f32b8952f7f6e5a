"""Content-addressed bytes on the local disk: `ab/cd/<sha256>`, complete or absent, never half written."""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from studio.errors import StoreError
from studio.parts import Blob
from studio.store.folder import unwritable

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_UNFINISHED: Final = ".unfinished"
_PRIVATE: Final = 0o700


@dataclass(frozen=True, slots=True)
class LocalBlobs:
    """Implements `ports.Blobs` under one folder. Blocking: call it from a thread.

    Any number of threads and processes may put and get at once: a name stands for its bytes, so the last rename wins
    with the same content.
    """

    folder: Path

    def put(self, data: bytes, *, mime_type: str) -> Blob:
        """Store bytes; on return they survive a power cut. Raises StoreError when the folder cannot be written."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path_of(sha256)
        try:
            path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            if not _holds(path, len(data)):
                self._write(path, data)
            # Also when another writer was first: its rename may not have reached the disk yet.
            for folder in (path.parent, path.parent.parent, self.folder):
                _sync_folder(folder)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        return Blob(sha256=sha256, size_bytes=len(data), mime_type=mime_type)

    def get(self, sha256: str) -> bytes:
        """The bytes of a digest. Raises StoreError when they are gone or no longer match it."""
        path = self.path(sha256)
        if path is None:
            raise StoreError(f"A picture is missing from the data folder {self.folder}. Restore it from a backup.")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise StoreError(
                f"A picture in the data folder {self.folder} cannot be read. Check the disk and its permissions."
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(f"A picture in the data folder {self.folder} is damaged. Restore it from a backup.")
        return data

    def path(self, sha256: str) -> Path | None:
        """The file that holds a digest's bytes, unchecked; None when there is none or it is not a digest."""
        if not _DIGEST.fullmatch(sha256):
            return None
        path = self._path_of(sha256)
        return path if path.is_file() else None

    def size_bytes(self, sha256: str) -> int | None:
        """The stored size; None when there is nothing."""
        path = self.path(sha256)
        return None if path is None else path.stat().st_size

    def verify(self, sha256: str) -> bool:
        """Whether the stored bytes are there and still match their digest."""
        path = self.path(sha256)
        if path is None:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def remove_unfinished(self) -> int:
        """Delete what interrupted writes left behind, and say how many. Only while no other process writes here."""
        left = [path for path in (self.folder / _UNFINISHED).glob("*") if path.is_file()]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _path_of(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _write(self, path: Path, data: bytes) -> None:
        unfinished = self.folder / _UNFINISHED
        unfinished.mkdir(mode=_PRIVATE, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=unfinished)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _holds(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and its renames need no sync.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
