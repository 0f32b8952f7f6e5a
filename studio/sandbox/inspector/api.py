"""The inspector at /: the last calls part by part, for whoever debugs a client of their own. Seen from here only."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from studio.sandbox.asgi import JSON_TYPE, Exchange
from studio.sandbox.google_errors import Refused, route_not_found
from studio.sandbox.guard import from_here
from studio.sandbox.inspector.sightings import Sightings
from studio.sandbox.routes import Handler, Route, route

OWN_PATHS: Final = re.compile(r"/|/favicon\.ico|/inspector/.*|/control/.*")
"""Addresses of which the inspector does not tell: its own, and those that steer the sandbox."""

_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
_PAGE_FILES: Final = {
    "page.html": "text/html; charset=UTF-8",
    "inspector.css": "text/css; charset=UTF-8",
    "inspector.js": "text/javascript; charset=UTF-8",
}


@dataclass(frozen=True, slots=True)
class InspectorEndpoints:
    """The page, its two files, what it shows, and the one thing it may do: clear the list."""

    sightings: Sightings

    def routes(self) -> Sequence[Route]:
        return (
            _guarded("GET", "/", self._page),
            _guarded("GET", r"/inspector/(?P<name>inspector\.css|inspector\.js)", self._file),
            _guarded("GET", r"/favicon\.ico", self._no_icon),
            _guarded("GET", "/inspector/calls", self._calls),
            _guarded("GET", r"/inspector/calls/(?P<number>\d{1,12})", self._call),
            _guarded("GET", r"/inspector/pictures/(?P<sha256>[0-9a-f]{64})", self._picture),
            _guarded("POST", "/inspector/clear", self._clear),
        )

    async def close(self) -> None:
        await self.sightings.close()

    async def _page(self, exchange: Exchange, _found: re.Match[str]) -> None:
        await _reply(exchange, _content("page.html"), _PAGE_FILES["page.html"])

    async def _file(self, exchange: Exchange, found: re.Match[str]) -> None:
        await _reply(exchange, _content(found["name"]), _PAGE_FILES[found["name"]])

    async def _no_icon(self, exchange: Exchange, _found: re.Match[str]) -> None:
        """Browsers ask for one and complain of a 404."""
        await _reply(exchange, b"", "image/x-icon")

    async def _calls(self, exchange: Exchange, _found: re.Match[str]) -> None:
        """The list; its version alone for a page that has seen it."""
        await _reply(exchange, json.dumps(self.sightings.listed(exchange.query.get("version", ""))).encode())

    async def _call(self, exchange: Exchange, found: re.Match[str]) -> None:
        detail = self.sightings.detail_of(int(found["number"]))
        if detail is None:
            raise Refused(route_not_found())
        await _reply(exchange, detail)

    async def _picture(self, exchange: Exchange, found: re.Match[str]) -> None:
        thumbnail = self.sightings.thumbnails.get(found["sha256"])
        if thumbnail is None:
            raise Refused(route_not_found())
        await _reply(exchange, thumbnail, "image/webp")

    async def _clear(self, exchange: Exchange, _found: re.Match[str]) -> None:
        self.sightings.clear()
        await _reply(exchange, b"{}")


def _guarded(method: str, pattern: str, handler: Handler) -> Route:
    return route(method, pattern, from_here(handler), keyed=False)


async def _reply(exchange: Exchange, body: bytes, content_type: str = JSON_TYPE) -> None:
    await exchange.reply(200, body, content_type, extra=_HEADERS)


@cache
def _content(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
