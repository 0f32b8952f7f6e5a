"""Uploads on their way: bytes go to disk as they arrive, and are digested on the way. Never whole in memory.

An upload lives as long as the process: after a restart it has to be begun again.
"""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Literal

from studio.sandbox.files.store import Description, FileStore, StoredFile
from studio.sandbox.google_errors import GoogleError, Refused, invalid_argument

UploadStatus = Literal["active", "final", "cancelled"]

_BUFFER_BYTES: Final = 1024**2
_STALL_S: Final = 0.2
"""What has arrived is written after so long without more: who asks is told of all of it."""
_KEPT_UPLOADS: Final = 1000


class _Digest:
    """SHA-256 of what has arrived; only grows."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def write(self, target: BinaryIO, data: bytes) -> None:
        target.write(data)
        self._sha256.update(data)

    def hexdigest(self) -> str:
        return self._sha256.hexdigest()


@dataclass(slots=True)
class Upload:
    """One upload. `announced_bytes` None: the client did not say how many there will be."""

    store: FileStore
    owner: str
    described: Description
    announced_bytes: int | None
    path: Path
    status: UploadStatus = "active"
    received_bytes: int = 0
    file: StoredFile | None = None
    digest: _Digest = field(default_factory=_Digest)
    adding: asyncio.Task[None] | None = None
    """The request that is adding to it."""

    async def add(self, pieces: AsyncIterator[bytes]) -> None:
        """Append what arrives. Raises Refused where it becomes too much, or the upload is cancelled meanwhile; what was
        written stays written, also when the client leaves in the middle."""
        self.adding = asyncio.create_task(self._append(pieces))
        try:
            await self.adding
        except asyncio.CancelledError:
            if self.status != "cancelled":
                raise
            raise Refused(terminated()) from None
        finally:
            self.adding = None
            if self.status == "cancelled":
                self.path.unlink(missing_ok=True)

    async def _append(self, pieces: AsyncIterator[bytes]) -> None:
        limit = self.store.limits.file_bytes if self.announced_bytes is None else self.announced_bytes
        with await asyncio.to_thread(self.path.open, "ab") as target:
            async with aclosing(_gathered(pieces)) as blocks:
                async for block in blocks:
                    if self.received_bytes + len(block) > limit:
                        raise Refused(_wrong_size(limit, self.received_bytes + len(block)))
                    await asyncio.to_thread(self.digest.write, target, block)
                    self.received_bytes += len(block)

    async def finish(self) -> StoredFile:
        """The bytes are whole: a file from now on. Raises Refused when they are not, or the name is taken."""
        if self.announced_bytes is not None and self.announced_bytes != self.received_bytes:
            raise Refused(_wrong_size(self.announced_bytes, self.received_bytes))
        file = self.store.record(
            self.described,
            owner=self.owner,
            size_bytes=self.received_bytes,
            sha256_hex=self.digest.hexdigest(),
        )
        self.status = "final"
        await asyncio.to_thread(self.store.shelf.put, self.path, file)
        self.file = file
        return file

    def abandon(self) -> None:
        """Take no more, and forget what came; a request that is adding ends, and removes it."""
        self.status = "cancelled"
        if self.adding is None:
            self.path.unlink(missing_ok=True)
        else:
            self.adding.cancel()


@dataclass(slots=True)
class Uploads:
    """The uploads that have been begun, newest last; the oldest are forgotten."""

    store: FileStore
    begun: OrderedDict[str, Upload] = field(default_factory=OrderedDict)

    async def begin(self, described: Description, *, owner: str, announced_bytes: int | None) -> tuple[str, Upload]:
        """An upload and its id. Raises Refused where there would be no room for it."""
        path = await asyncio.to_thread(self._prepare, owner, announced_bytes or 0)
        upload = Upload(self.store, owner, described, announced_bytes=announced_bytes, path=path)
        upload_id = secrets.token_urlsafe(48)
        self.begun[upload_id] = upload
        if len(self.begun) > _KEPT_UPLOADS:
            _, oldest = self.begun.popitem(last=False)
            oldest.abandon()
        return upload_id, upload

    def _prepare(self, owner: str, size_bytes: int) -> Path:
        shelf, now = self.store.shelf, self.store.now()
        shelf.sweep(now=now, limits=self.store.limits)
        self.store.check_room(owner=owner, size_bytes=size_bytes)
        path = shelf.open() / secrets.token_hex(16)
        path.touch()
        return path


async def _gathered(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """The same bytes in blocks worth a write, or as many as have come when no more do; the last is yielded too when the
    source ends with an error."""
    held: list[bytes] = []
    size = 0
    ended = False
    while not ended:
        coming = asyncio.ensure_future(anext(pieces, None))
        try:
            if size:
                await asyncio.wait({coming}, timeout=_STALL_S)
            if size and (not coming.done() or coming.exception() is not None or size >= _BUFFER_BYTES):
                yield b"".join(held)
                held, size = [], 0
            piece = await coming
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.wait({coming})
        ended = piece is None
        held.append(piece or b"")
        size += len(piece or b"")
    if size:
        yield b"".join(held)


def terminated() -> GoogleError:
    """What an upload that is over answers."""
    return invalid_argument("Upload has already been terminated.")


def taken() -> GoogleError:
    """Not captured."""
    return GoogleError(409, "ABORTED", "Another request is adding to this upload.")


def _wrong_size(wanted: int, received: int) -> GoogleError:
    """Not captured."""
    return invalid_argument(f"The upload has {received} bytes where {wanted} bytes were expected.")
