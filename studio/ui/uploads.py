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


class BodyTooLarge(InputError):
    """A request's body is larger than what it can be for."""

    def __init__(self) -> None:
        super().__init__("request_too_large", "That is more than this can take.")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), ()


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What the tray needs of a picture that was taken in. `notes` are keys of `words.INTAKE_NOTES`."""

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
        taken = await self.pictures.take_in(await read_picture(request))
        blob = await asyncio.to_thread(self.blobs.put, taken.data, mime_type=taken.mime_type)
        picture = StoredPicture(blob=blob, width_px=taken.width_px, height_px=taken.height_px)
        await self.store.grant(owner, picture)
        return Uploaded(
            sha256=blob.sha256,
            name=clean_name(name),
            width_px=taken.width_px,
            height_px=taken.height_px,
            mime_type=blob.mime_type,
            size_bytes=blob.size_bytes,
            notes=tuple(note for note in taken.notes if note in words.INTAKE_NOTES),
        )


async def read_picture(request: Request) -> bytes:
    """The body. Raises PictureRefused when it is empty or larger than a picture may be."""
    try:
        body = await read_limited(request, limit_bytes=MAX_UPLOAD_BYTES)
    except BodyTooLarge:
        sentence = words.UPLOAD_TOO_LARGE.format(limit_mb=MAX_UPLOAD_BYTES // 1_000_000)
        raise PictureRefused(sentence) from None
    if not body:
        raise PictureRefused("The file is empty. Choose another one.")
    return body


async def read_limited(request: Request, *, limit_bytes: int) -> bytes:
    """The body, never more than the limit in memory. Raises BodyTooLarge when it is larger.

    An overlong body is read to its end and thrown away: a browser that is cut off while sending never sees the answer.
    """
    body = bytearray()
    size_bytes = 0
    async for chunk in request.stream():
        size_bytes += len(chunk)
        if size_bytes <= limit_bytes:
            body += chunk
        else:
            body.clear()
    if size_bytes > limit_bytes:
        raise BodyTooLarge
    return bytes(body)
