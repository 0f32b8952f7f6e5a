"""Who may see and steer a sandbox: a caller on this machine, never a web page that a browser here happens to show."""

import re
from typing import Final
from urllib.parse import urlsplit

from studio.sandbox.asgi import Exchange
from studio.sandbox.google_errors import GoogleError
from studio.sandbox.routes import Handler, send_error

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_FOREIGN: Final = ("cross-site", "same-site")


async def refused_stranger(exchange: Exchange) -> bool:
    """Refuse what a web page from elsewhere sends, at any address: a form of it could upload files, or have work done.
    Whether it was refused. Clients that are no browser say nothing of where they come from; a page served from this
    machine may, from whichever port."""
    if not _is_from_a_stranger(exchange):
        return False
    text = "The sandbox, not Gemini, refuses what a web page from elsewhere sends."
    await send_error(exchange, GoogleError(403, "PERMISSION_DENIED", text))
    return True


def from_here(handler: Handler) -> Handler:
    """The handler behind that check: a name that was bound to this address by somebody else (DNS rebinding) and a
    request from another origin are refused with 403."""

    async def guarded(exchange: Exchange, found: re.Match[str]) -> None:
        if is_from_here(exchange):
            await handler(exchange, found)
        else:
            text = "The sandbox answers this address only to callers on its own machine, by a loopback name."
            await send_error(exchange, GoogleError(403, "PERMISSION_DENIED", text))

    return guarded


def is_from_here(exchange: Exchange) -> bool:
    """Whether the request names a loopback host and comes from no other origin."""
    host = exchange.headers.get("host", "")
    origin = exchange.headers.get("origin")
    if _hostname(f"//{host}") not in _LOOPBACK:
        return False
    if exchange.headers.get("sec-fetch-site") in _FOREIGN:
        return False
    return origin is None or origin in (f"http://{host}", f"https://{host}")


def _is_from_a_stranger(exchange: Exchange) -> bool:
    origin = exchange.headers.get("origin")
    if origin is not None:
        return _hostname(origin) not in _LOOPBACK
    return exchange.headers.get("sec-fetch-site") == "cross-site"


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
