"""The little of ASGI the sandbox needs, with the times that matter: last byte received, last byte sent."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Mapping, MutableMapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON_TYPE: Final = "application/json; charset=UTF-8"
EVENT_STREAM_TYPE: Final = "text/event-stream"
_SLICE_S: Final = 0.1
RESET_EXTENSION: Final = "retake.reset"
"""Scope extension of the sandbox's own server: a function that closes the connection without an answer."""


class ClientGone(Exception):
    """The caller left before its body was whole."""


class TooLarge(Exception):
    """The body passes the size it may have here."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(limit_bytes)
        self.limit_bytes = limit_bytes

    def __str__(self) -> str:
        return f"Request payload size exceeds the limit: {self.limit_bytes} bytes."


@dataclass(slots=True)
class Exchange:
    """One request and its reply."""

    scope: Scope
    receive: Receive
    send: Send
    status: int = 0
    sent_bytes: int = 0
    answered_at_s: float = 0.0
    is_read: bool = False
    """Whether the whole body has been received."""
    bytes_per_s: float | None = None
    """How fast the body may leave; None: as fast as it is taken."""
    in_journal: bool = False
    """Whether the journal will tell of it."""
    verdict: str = ""
    """The sentence it was refused with."""
    scenarios: tuple[str, ...] = ()
    """Those it met, where the journal does not tell of them."""
    names_tier: bool = True
    """Whether the answer tells the service tier, as those of the API's own addresses do."""
    query: dict[str, str] = field(init=False)
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.query = dict(parse_qsl(self.scope.get("query_string", b"").decode("latin-1")))
        self.headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.scope.get("headers", [])
        }

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    async def body(self, limit_bytes: int | None = None) -> bytes:
        """The whole body. Raises ClientGone, or TooLarge beyond `limit_bytes`."""
        chunks: list[bytes] = []
        size = 0
        async with aclosing(self.pieces()) as pieces:
            async for piece in pieces:
                chunks.append(piece)
                size += len(piece)
                if limit_bytes is not None and size > limit_bytes:
                    raise TooLarge(limit_bytes)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The body as it arrives; what has been read does not come again. Raises ClientGone."""
        while not self.is_read:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            self.is_read = not message.get("more_body", False)
            yield message.get("body", b"")

    async def drain(self) -> None:
        """Read what nobody wants: a client that is still sending does not see its answer. Raises ClientGone."""
        async with aclosing(self.pieces()) as pieces:
            async for _ in pieces:
                continue

    @property
    def base_url(self) -> str:
        """Where the caller found this sandbox: the scheme and the host it asked for, without a path."""
        host = self.headers.get("host")
        if host is None:
            name, port = self.scope.get("server") or ("localhost", None)
            host = f"{name}:{port}" if port else name
        return f"{self.scope.get('scheme', 'http')}://{host}"

    async def start(
        self, status: int, content_type: str, *, length: int | None = None, extra: Mapping[str, str] | None = None
    ) -> None:
        """Send the head; `extra` are headers beside the usual ones."""
        self.status = status
        headers = [("content-type", content_type), ("x-content-type-options", "nosniff"), *(extra or {}).items()]
        if length is not None:
            headers.append(("content-length", str(length)))
        if self.names_tier and self.path.startswith("/v1"):
            headers.append(("x-gemini-service-tier", "standard"))
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        await self.send({"type": "http.response.start", "status": status, "headers": encoded})

    async def write(self, data: bytes) -> None:
        if self.bytes_per_s is None:
            await self._write(data)
            return
        slice_bytes = max(1, int(self.bytes_per_s * _SLICE_S))
        for start in range(0, len(data), slice_bytes):
            piece = data[start : start + slice_bytes]
            await self._write(piece)
            await asyncio.sleep(len(piece) / self.bytes_per_s)

    async def _write(self, data: bytes) -> None:
        self.sent_bytes += len(data)
        await self.send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self) -> None:
        # An empty last piece: the server lets it pass only when everything before it has left its buffer.
        await self.send({"type": "http.response.body", "body": b"", "more_body": False})
        self.answered_at_s = time.monotonic()

    async def reply(
        self, status: int, body: bytes, content_type: str = JSON_TYPE, *, extra: Mapping[str, str] | None = None
    ) -> None:
        """The whole answer at once."""
        await self.start(status, content_type, length=len(body), extra=extra)
        await self.write(body)
        await self.end()

    async def reset(self) -> None:
        """Close the connection without an answer. Where there is no connection to close, ConnectionResetError."""
        close = self.scope.get("extensions", {}).get(RESET_EXTENSION)
        if close is None:
            raise ConnectionResetError("the sandbox was asked to close this connection")
        close()
        await self.gone()

    async def while_listened_to(self, answering: Coroutine[Any, Any, None]) -> bool:
        """Let it run, unless the caller leaves first: nobody paints for an empty room. Whether it came to its end."""
        answer = asyncio.ensure_future(answering)
        leaving = asyncio.ensure_future(self.gone())
        try:
            await asyncio.wait({answer, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                answer.result()
                return True
            return False
        finally:
            answer.cancel()
            leaving.cancel()
            await asyncio.gather(answer, leaving, return_exceptions=True)

    async def gone(self) -> None:
        """Return when the caller has left, or has been answered."""
        async for _ in self._messages():
            continue

    async def _messages(self) -> AsyncIterator[Message]:
        while (message := await self.receive())["type"] != "http.disconnect":
            yield message
