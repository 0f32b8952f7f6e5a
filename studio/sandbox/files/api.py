"""The Files API: uploads (resumable, multipart, raw), get, list, delete, and download of what batches have made.

Shapes: a public recording of an upload (2026-08-19) and google-genai 3.4.0. What an upload is answered besides success
has hardly been published: "not captured" marks the sandbox's own words.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from studio.sandbox.asgi import JSON_TYPE, Exchange
from studio.sandbox.files.multipart import Related
from studio.sandbox.files.store import Description, FileStore, StoredFile, check_length, chosen_id, owner_of
from studio.sandbox.files.uploads import Upload, Uploads, taken, terminated
from studio.sandbox.google_errors import GoogleError, JsonObject, Refused, invalid_argument
from studio.sandbox.pages import Page, page_of
from studio.sandbox.protocol import load_json, parse
from studio.sandbox.routes import VERSION, Route, encoded, key_error, key_of, route, send, send_error

FILE: Final = r"/files/(?P<file>[^/:]+)"
_UPLOAD: Final = r"(?:/resumable)?/upload"
_UPLOADER_ID: Final = "x-guploader-uploadid"
_STATUS: Final = "x-goog-upload-status"
_LARGEST_DESCRIPTION_BYTES: Final = 1024**2
_READ_BYTES: Final = 1024**2
_MOST_DIGITS: Final = 19
"""Of a number of bytes; the service counts them in 64 bits."""
_DEFAULT_PAGE: Final = 10
_LARGEST_PAGE: Final = 100


@dataclass(slots=True)
class FileEndpoints:
    """Files, each seen by the API key it was uploaded with only."""

    store: FileStore
    uploads: Uploads = field(init=False)

    def __post_init__(self) -> None:
        self.uploads = Uploads(self.store)

    def routes(self) -> Sequence[Route]:
        uploads = _UPLOAD + VERSION + "/files"
        return (
            # the address an upload goes on at is as good as a key: the SDK sends it none
            route("POST", uploads, self._upload, keyed=False),
            route("PUT", uploads, self._upload, keyed=False),
            route("GET", VERSION + "/files", self._list),
            route("GET", VERSION + FILE, self._get),
            route("DELETE", VERSION + FILE, self._delete),
            route("GET", "(?:/download)?" + VERSION + FILE + ":download", self._download),
        )

    async def close(self) -> None:
        """What has not arrived by now will not arrive."""
        for upload in self.uploads.begun.values():
            if upload.status == "active":
                upload.abandon()

    async def _upload(self, exchange: Exchange, found: re.Match[str]) -> None:
        upload_id = exchange.query.get("upload_id")
        if upload_id is not None:
            await self._go_on(exchange, upload_id, found["version"])
            return
        refusal = key_error(key_of(exchange))
        if refusal is not None:
            await send_error(exchange, refusal)
            return
        protocol = exchange.headers.get("x-goog-upload-protocol") or exchange.query.get("uploadType", "")
        if protocol == "resumable":
            await self._start(exchange, found["version"])
        elif protocol == "multipart":
            await self._take_parts(exchange, found["version"])
        elif protocol in ("raw", "media", "simple"):
            await self._take_whole(exchange, found["version"])
        else:
            raise Refused(invalid_argument("Invalid or missing X-Goog-Upload-Protocol."))  # not captured

    async def _start(self, exchange: Exchange, version: str) -> None:
        described = _described(
            await exchange.body(_LARGEST_DESCRIPTION_BYTES),
            version=version,
            mime_type=exchange.headers.get("x-goog-upload-header-content-type", ""),
        )
        announced = _number(exchange, "x-goog-upload-header-content-length")
        upload_id, _ = await self.uploads.begin(described, owner=_owner(exchange), announced_bytes=announced)
        query = f"upload_id={upload_id}&upload_protocol=resumable"
        address = f"{exchange.base_url}{exchange.path}?{query}"
        headers = {
            _UPLOADER_ID: upload_id,
            _STATUS: "active",
            "x-goog-upload-url": address,
            "x-goog-upload-control-url": address,
            "x-goog-upload-chunk-granularity": str(self.store.limits.chunk_bytes),
        }
        await exchange.reply(200, b"", "text/plain; charset=utf-8", extra=headers)

    async def _go_on(self, exchange: Exchange, upload_id: str, version: str) -> None:
        upload = self.uploads.begun.get(upload_id)
        if upload is None:
            await exchange.drain()
            raise Refused(GoogleError(404, "NOT_FOUND", "Requested entity was not found."))  # not captured
        body, extra = b"", {_UPLOADER_ID: upload_id}
        was_active = upload.status == "active"
        try:
            body = await self._obey(exchange, upload, version, extra)
            status = 200
        except Refused as refused:
            # What a cancelled request still sends may never come.
            if not (was_active and upload.status == "cancelled"):
                await exchange.drain()
            body, status = refused.error.body(), refused.error.http_status
        content_type = JSON_TYPE if body else "text/plain; charset=utf-8"
        await exchange.reply(status, body, content_type, extra=extra | {_STATUS: upload.status})

    async def _obey(self, exchange: Exchange, upload: Upload, version: str, extra: dict[str, str]) -> bytes:
        """Carry the commands out; the answer's body. Raises Refused."""
        commands = {word.strip().lower() for word in exchange.headers.get("x-goog-upload-command", "").split(",")}
        if commands == {"query"}:
            extra["x-goog-upload-size-received"] = str(upload.received_bytes)
            extra["x-goog-upload-chunk-granularity"] = str(self.store.limits.chunk_bytes)
            return b""
        if upload.status != "active":
            raise Refused(terminated())
        if commands == {"cancel"}:
            upload.abandon()
            return b""
        if upload.adding is not None:
            raise Refused(taken())
        if not commands or not commands <= {"upload", "finalize"}:
            raise Refused(invalid_argument("Invalid X-Goog-Upload-Command."))  # not captured
        if "upload" in commands:
            self._check_chunk(exchange, upload, is_last="finalize" in commands)
            await upload.add(exchange.pieces())
        if "finalize" not in commands:
            return b""
        file = await upload.finish()
        return encoded({"file": self._value(exchange, file, version)})

    def _check_chunk(self, exchange: Exchange, upload: Upload, *, is_last: bool) -> None:
        """The chunk goes on where the last one ended, and is as large as chunks have to be."""
        offset = _number(exchange, "x-goog-upload-offset")
        if offset is None:
            raise Refused(invalid_argument("Missing X-Goog-Upload-Offset header."))
        if offset != upload.received_bytes:
            # 409 as in Google's own test server for its upload clients; the sentence was not captured
            text = f"Invalid offset: expected {upload.received_bytes}, got {offset}."
            raise Refused(GoogleError(409, "ABORTED", text))
        length = _number(exchange, "content-length")
        granularity = self.store.limits.chunk_bytes
        if not is_last and length is not None and length % granularity:
            # not captured
            raise Refused(invalid_argument(f"A chunk that is not the last has a multiple of {granularity} bytes."))

    async def _take_whole(self, exchange: Exchange, version: str) -> None:
        mime_type = exchange.headers.get("content-type", "")
        described = _described(b"", version=version, mime_type=mime_type)
        await self._take(exchange, described, exchange.pieces(), version)

    async def _take_parts(self, exchange: Exchange, version: str) -> None:
        related = Related(exchange.headers.get("content-type", ""))
        async with aclosing(related.pieces(exchange.pieces())) as pieces:
            first = await anext(pieces, b"")
            described = _described(related.metadata, version=version, mime_type=related.mime_type)

            async def again() -> AsyncGenerator[bytes]:
                yield first
                async for piece in pieces:
                    yield piece

            await self._take(exchange, described, again(), version)

    async def _take(
        self, exchange: Exchange, described: Description, pieces: AsyncGenerator[bytes], version: str
    ) -> None:
        """A whole upload in one request."""
        upload_id, upload = await self.uploads.begin(described, owner=_owner(exchange), announced_bytes=None)
        try:
            async with aclosing(pieces):
                await upload.add(pieces)
            file = await upload.finish()
        finally:
            del self.uploads.begun[upload_id]
            upload.path.unlink(missing_ok=True)
        answer = encoded({"file": self._value(exchange, file, version)})
        await exchange.reply(200, answer, extra={_UPLOADER_ID: upload_id, _STATUS: "final"})

    async def _list(self, exchange: Exchange, found: re.Match[str]) -> None:
        files = await asyncio.to_thread(self.store.shelf.listed, owner=_owner(exchange), now=self.store.now())
        page: Page[StoredFile] = page_of(
            files, exchange.query, default=_DEFAULT_PAGE, largest=_LARGEST_PAGE, id_of=lambda file: file.id
        )
        listed: JsonObject = {}
        if page.items:
            listed["files"] = [self._value(exchange, file, found["version"]) for file in page.items]
        await send(exchange, {**listed, **page.token})

    async def _get(self, exchange: Exchange, found: re.Match[str]) -> None:
        file = await self._find(exchange, found, request="GetFileRequest")
        await send(exchange, self._value(exchange, file, found["version"]))

    async def _delete(self, exchange: Exchange, found: re.Match[str]) -> None:
        check_length(found["file"], "DeleteFileRequest.name")
        if not await asyncio.to_thread(self.store.shelf.remove_damaged, found["file"]):
            file = await self._find(exchange, found)
            await asyncio.to_thread(self.store.shelf.remove, file)
        await send(exchange, {})

    async def _download(self, exchange: Exchange, found: re.Match[str]) -> None:
        file = await self._find(exchange, found)
        if not file.generated:
            # not captured; the SDK says so itself: "Only generated files can be downloaded"
            raise Refused(invalid_argument(f"The File {file.id} was uploaded. Only generated files can be downloaded."))
        await exchange.start(200, file.mime_type, length=file.size_bytes)
        await send_bytes(exchange, self.store.shelf.bytes_of(file))
        await exchange.end()

    async def _find(self, exchange: Exchange, found: re.Match[str], *, request: str = "") -> StoredFile:
        """The caller's file. `request` names the message in the refusal of an id that is too long; "": any length."""
        if request:
            check_length(found["file"], f"{request}.name")
        return await asyncio.to_thread(
            self.store.shelf.find, found["file"], owner=_owner(exchange), now=self.store.now()
        )

    def _value(self, exchange: Exchange, file: StoredFile, version: str) -> JsonObject:
        return file.value(f"{exchange.base_url}/{version}", self.store.now())


async def send_bytes(exchange: Exchange, path: Path, *, start: int = 0, end: int | None = None) -> None:
    """Write a file's bytes from `start` to `end` into an answer that was begun, a block at a time."""
    with await asyncio.to_thread(path.open, "rb") as source:
        source.seek(start)
        left = end - start if end is not None else None
        while block := await asyncio.to_thread(source.read, _READ_BYTES if left is None else min(_READ_BYTES, left)):
            await exchange.write(block)
            left = left - len(block) if left is not None else None


def _described(metadata: bytes, *, version: str, mime_type: str) -> Description:
    """What the client says of the file it sends. Raises Refused."""
    message = parse(load_json(metadata), message="CreateFileRequest", version=version)
    file = message.get("file", {})
    name = file.get("name", "")
    said = mime_type.partition(";")[0].strip() or file.get("mime_type", "") or "application/octet-stream"
    return Description(
        id=chosen_id(name, request="CreateFileRequest") if name else "",
        display_name=file.get("display_name", ""),
        mime_type=said.lower(),
    )


def _owner(exchange: Exchange) -> str:
    return owner_of(key_of(exchange))


def _number(exchange: Exchange, header: str) -> int | None:
    """A header that counts bytes. Raises Refused where it does not."""
    value = exchange.headers.get(header, "").strip()
    if not value:
        return None
    if not value.isascii() or not value.isdecimal() or len(value) > _MOST_DIGITS:
        raise Refused(invalid_argument(f"Invalid {header.title()} header."))
    return int(value)
