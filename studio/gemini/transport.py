"""An HTTP transport under the SDK that carries pictures and signatures between the socket and the blob store.

The SDK writes and reads every message, but only with tickets in it; this transport puts the stored bytes in on the way
out and takes them out on the way in, in pieces of a few hundred kilobytes, so that the event loop is never held for
long.
"""

import asyncio
import binascii
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import replace
from typing import Any, Final

import httpx2

from studio.errors import EngineError, StoreError
from studio.gemini.guard import check_call
from studio.gemini.long_strings import Keep, LongStrings
from studio.gemini.overheard import LISTENER, Overheard
from studio.gemini.tickets import Stored, Tickets
from studio.parts import Blob
from studio.ports import Blobs

_CONNECT_TIMEOUT_S: Final = 15.0
"""The SDK knows one timeout for everything; an address that does not answer the door is given up sooner."""

_PIECE_BYTES: Final = 3 * 128 * 1024
"""A multiple of three, so that base64 pieces join without padding."""


class BlobTransport(httpx2.AsyncBaseTransport):
    """Wraps another transport; one per engine."""

    def __init__(self, *, inner: httpx2.AsyncBaseTransport, blobs: Blobs, tickets: Tickets) -> None:
        self._inner = inner
        self._blobs = blobs
        self._tickets = tickets

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        check_call(str(request.url))
        response = await self._inner.handle_async_request(await self._with_blobs(request))
        stream = response.stream
        if not isinstance(stream, httpx2.AsyncByteStream) or response.headers.get("content-encoding"):
            return response
        headers = [(name, value) for name, value in response.headers.raw if name.lower() != b"content-length"]
        return httpx2.Response(
            status_code=response.status_code,
            headers=headers,
            stream=_TicketStream(stream, keep=self._keep, listener=LISTENER.get()),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _with_blobs(self, request: httpx2.Request) -> httpx2.Request:
        pieces = tuple(self._tickets.split(await request.aread()))
        size_bytes = sum(
            _base64_size(piece.size_bytes) if isinstance(piece, Stored) else len(piece) for piece in pieces
        )
        headers = httpx2.Headers(request.headers)
        # A compressed answer could not be scanned as it arrives, and pictures do not compress.
        headers["accept-encoding"] = "identity"
        if request.method != "GET":
            headers["content-length"] = str(size_bytes)
        return httpx2.Request(
            method=request.method,
            url=request.url,
            headers=headers,
            stream=_BlobStream(pieces, self._blobs),
            extensions=_with_quick_connect(request.extensions),
        )

    async def _keep(self, data: bytes) -> bytes:
        blob = await keep_received(self._blobs, data, mime_type="application/octet-stream")
        return self._tickets.ticket(Stored(sha256=blob.sha256, size_bytes=blob.size_bytes))


async def keep_received(blobs: Blobs, data: bytes, *, mime_type: str) -> Blob:
    """Store bytes of an answer. Raises EngineError when they cannot be: the answer itself may well be billed."""
    try:
        return await asyncio.to_thread(blobs.put, data, mime_type=mime_type)
    except StoreError as error:
        raise EngineError(replace(error.facts, stage="answer", billed="unknown")) from error


class _BlobStream(httpx2.AsyncByteStream):
    """An outgoing body in which stored bytes are read and sent as base64, one at a time."""

    def __init__(self, pieces: tuple[bytes | Stored, ...], blobs: Blobs) -> None:
        self._pieces = pieces
        self._blobs = blobs

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            data = memoryview(await asyncio.to_thread(self._blobs.get, piece.sha256))
            for start in range(0, len(data), _PIECE_BYTES):
                yield binascii.b2a_base64(data[start : start + _PIECE_BYTES], newline=False)
                await asyncio.sleep(0)


class _TicketStream(httpx2.AsyncByteStream):
    """An incoming body whose long base64 strings are stored and replaced by tickets."""

    def __init__(self, inner: httpx2.AsyncByteStream, *, keep: Keep, listener: Overheard | None) -> None:
        self._inner = inner
        self._strings = LongStrings(keep)
        self._listener = listener

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            passed = await self._strings.feed(chunk)
            if passed:
                if self._listener is not None:
                    self._listener.hear(passed)
                yield passed
        rest = self._strings.flush()
        if rest:
            yield rest

    async def aclose(self) -> None:
        await self._inner.aclose()


def _with_quick_connect(extensions: MutableMapping[str, Any]) -> dict[str, Any]:
    timeout = dict(extensions.get("timeout") or {})
    connect_s = timeout.get("connect")
    timeout["connect"] = min(connect_s, _CONNECT_TIMEOUT_S) if connect_s else _CONNECT_TIMEOUT_S
    return {**extensions, "timeout": timeout}


def _base64_size(size_bytes: int) -> int:
    return -(-size_bytes // 3) * 4
