"""Who may see and steer a sandbox: a caller on this machine, never a web page that a browser here happens to show."""

import re
from typing import Final
from urllib.parse import urlsplit

from studio.sandbox.asgi import Exchange
from studio.sandbox.google_errors import GoogleError
from studio.sandbox.routes import Handler, send_error

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_FOREIGN: Final = ("cross-site", "same-site")


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


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
