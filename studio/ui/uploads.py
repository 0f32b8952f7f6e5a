"""Pictures coming in: read under a limit, checked and cleaned elsewhere, stored, granted to whoever brought them."""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from studio.errors import InputError, PictureRefused
from studio.ports import BlobFiles, Pictures, Store, StoredPicture
from studio.prompt import clean_name
from studio.ui import words

MAX_UPLOAD_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What the tray needs of a picture that was taken in."""

    sha256: str
    name: str
    width_px: int
    height_px: int
    mime_type: str
    size_bytes: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uploads:
    """Takes pictures in for one studio."""

    store: Store
    blobs: BlobFiles
    pictures: Pictures

    async def take(self, request: Request, *, owner: str, name: str) -> Uploaded:
        """Raises PictureRefused with one sentence when the body is not a picture that can be used."""
        taken = await self.pictures.take_in(await read_body(request))
        blob = await asyncio.to_thread(self.blobs.put, taken.data, mime_type=taken.mime_type)
        picture = StoredPicture(blob=blob, width_px=taken.width_px, height_px=taken.height_px)
        await self.store.grant(owner, picture)
        notes = tuple(words.INTAKE_NOTES[note] for note in taken.notes if note in words.INTAKE_NOTES)
        return Uploaded(
            sha256=blob.sha256,
            name=clean_name(name),
            width_px=taken.width_px,
            height_px=taken.height_px,
            mime_type=blob.mime_type,
            size_bytes=blob.size_bytes,
            notes=notes,
        )


async def read_body(request: Request) -> bytes:
    """The body, never more than the limit in memory. Raises PictureRefused when it is larger.

    An overlong body is read to its end and thrown away: a browser that is cut off while sending never sees the answer.
    """
    body = bytearray()
    size_bytes = 0
    async for chunk in request.stream():
        size_bytes += len(chunk)
        if size_bytes <= MAX_UPLOAD_BYTES:
            body += chunk
        else:
            body.clear()
    if size_bytes > MAX_UPLOAD_BYTES:
        raise PictureRefused(words.UPLOAD_TOO_LARGE.format(limit_mb=MAX_UPLOAD_BYTES // 1_000_000))
    if not body:
        raise InputError("bad_picture", "The file is empty. Choose another one.")
    return bytes(body)
