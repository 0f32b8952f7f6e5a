"""Which address is answered by whom, and what every answer has in common: the key, the version, plain JSON."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from studio.sandbox import google_errors
from studio.sandbox.asgi import Exchange
from studio.sandbox.google_errors import GoogleError, JsonObject, Refused

VERSION: Final = r"/(?P<version>v1|v1beta)"
_BAD_KEY_PREFIX: Final = "bad"

Handler = Callable[[Exchange, re.Match[str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `keyed` means that a call without a good key is refused before the handler sees it."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    keyed: bool = True


class Endpoints(Protocol):
    """A group of addresses; `close` ends what the group has running."""

    def routes(self) -> Sequence[Route]: ...

    async def close(self) -> None: ...


@runtime_checkable
class Resuming(Protocol):
    """A group that has work left from an earlier process."""

    async def resume(self) -> None: ...


def route(method: str, pattern: str, handler: Handler, *, keyed: bool = True) -> Route:
    """`pattern` is a regular expression of the whole path."""
    return Route(method, re.compile(pattern), handler, keyed)


async def dispatch(exchange: Exchange, routes: Sequence[Route]) -> None:
    """Let the first route that fits answer. A Refused raised before an answer was begun becomes the answer."""
    for known in routes:
        found = known.pattern.fullmatch(exchange.path) if exchange.method == known.method else None
        if found is None:
            continue
        refusal = key_error(key_of(exchange)) if known.keyed else None
        if refusal is not None:
            await send_error(exchange, refusal)
            return
        try:
            await known.handler(exchange, found)
        except Refused as refused:
            if exchange.status:
                raise
            await send_error(exchange, refused.error)
        return
    await send_error(exchange, google_errors.route_not_found())


def key_of(exchange: Exchange) -> str:
    return exchange.headers.get("x-goog-api-key") or exchange.query.get("key", "")


def key_error(key: str) -> GoogleError | None:
    """Any key will do but one that starts with "bad", so that a wrong key can be shown."""
    if not key:
        return google_errors.no_key()
    return google_errors.api_key_invalid() if key.startswith(_BAD_KEY_PREFIX) else None


async def send(exchange: Exchange, answer: JsonObject | GoogleError) -> None:
    if isinstance(answer, GoogleError):
        await send_error(exchange, answer)
    else:
        await exchange.reply(200, encoded(answer))


def encoded(answer: JsonObject) -> bytes:
    """An answer as the service writes it."""
    return json.dumps(answer, indent=2, ensure_ascii=False).encode() + b"\n"


async def send_error(exchange: Exchange, error: GoogleError) -> None:
    exchange.names_tier = not error.refuses_key
    exchange.verdict = error.message
    await exchange.reply(error.http_status, error.body())
