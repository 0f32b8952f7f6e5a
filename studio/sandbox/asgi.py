"""The little of ASGI the sandbox needs, with the times that matter: last byte received, last byte sent."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
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
RESET_EXTENSION: Final = "retake.reset"
"""Scope extension of the sandbox's own server: a function that closes the connection without an answer."""


class ClientGone(Exception):
    """The caller left before its body was whole."""


class TooLarge(Exception):
    """The body passes the configured size."""


@dataclass(slots=True)
class Exchange:
    """One request and its reply."""

    scope: Scope
    receive: Receive
    send: Send
    status: int = 0
    sent_bytes: int = 0
    answered_at_s: float = 0.0
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
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if limit_bytes is not None and size > limit_bytes:
                raise TooLarge
            if not message.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def start(
        self, status: int, content_type: str, *, length: int | None = None, extra: Mapping[str, str] | None = None
    ) -> None:
        """Send the head; `extra` are headers beside the usual ones."""
        self.status = status
        headers = [("content-type", content_type), ("x-content-type-options", "nosniff"), *(extra or {}).items()]
        if length is not None:
            headers.append(("content-length", str(length)))
        if self.path.startswith("/v1"):
            headers.append(("x-gemini-service-tier", "standard"))
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        await self.send({"type": "http.response.start", "status": status, "headers": encoded})

    async def write(self, data: bytes) -> None:
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

    async def gone(self) -> None:
        """Return when the caller has left, or has been answered."""
        async for _ in self._messages():
            continue

    async def _messages(self) -> AsyncIterator[Message]:
        while (message := await self.receive())["type"] != "http.disconnect":
            yield message
