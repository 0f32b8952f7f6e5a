"""/control/*: what a test tells the sandbox, and asks it afterwards."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.sandbox.asgi import Exchange
from studio.sandbox.faults import FaultQueue
from studio.sandbox.google_errors import Refused, invalid_argument
from studio.sandbox.journal import Journal
from studio.sandbox.routes import Route, route


@dataclass(frozen=True, slots=True)
class ControlEndpoints:
    """Faults to come (GET, POST, DELETE) and calls that were made (GET, DELETE)."""

    faults: FaultQueue
    journal: Journal

    def routes(self) -> Sequence[Route]:
        faults, requests = "/control/faults", "/control/requests"
        return (
            route("GET", faults, self._list_faults, keyed=False),
            route("POST", faults, self._queue_faults, keyed=False),
            route("DELETE", faults, self._clear_faults, keyed=False),
            route("GET", requests, self._list_requests, keyed=False),
            route("DELETE", requests, self._clear_requests, keyed=False),
        )

    async def close(self) -> None:
        """Nothing runs here between two calls."""

    async def _list_faults(self, exchange: Exchange, _found: re.Match[str]) -> None:
        await exchange.reply(200, json.dumps(self.faults.listed()).encode())

    async def _queue_faults(self, exchange: Exchange, found: re.Match[str]) -> None:
        try:
            self.faults.queue(json.loads(await exchange.body()))
        except ValueError as error:
            raise Refused(invalid_argument(str(error))) from error
        await self._list_faults(exchange, found)

    async def _clear_faults(self, exchange: Exchange, found: re.Match[str]) -> None:
        self.faults.clear()
        await self._list_faults(exchange, found)

    async def _list_requests(self, exchange: Exchange, _found: re.Match[str]) -> None:
        await exchange.reply(200, json.dumps(list(self.journal.entries)).encode())

    async def _clear_requests(self, exchange: Exchange, found: re.Match[str]) -> None:
        self.journal.clear()
        await self._list_requests(exchange, found)
