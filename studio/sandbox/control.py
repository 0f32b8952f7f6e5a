"""/control/*: what a test tells the sandbox, and asks it afterwards."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.sandbox.asgi import Exchange
from studio.sandbox.google_errors import Refused, invalid_argument
from studio.sandbox.guard import from_here
from studio.sandbox.journal import Journal
from studio.sandbox.protocol import read_json
from studio.sandbox.routes import Handler, Route, route
from studio.sandbox.scenarios.director import Director
from studio.sandbox.scenarios.table import Chosen, parse


@dataclass(frozen=True, slots=True)
class ControlEndpoints:
    """Scenarios in force (GET, PUT or POST, DELETE), faults to come (GET, POST, DELETE), calls made (GET, DELETE)."""

    director: Director
    journal: Journal

    def routes(self) -> Sequence[Route]:
        scenarios, faults, requests = "/control/scenarios", "/control/faults", "/control/requests"
        return (
            _guarded("GET", scenarios, self._list_scenarios),
            _guarded("PUT", scenarios, self._play_scenarios),
            _guarded("POST", scenarios, self._play_scenarios),
            _guarded("DELETE", scenarios, self._clear_scenarios),
            _guarded("GET", faults, self._list_faults),
            _guarded("POST", faults, self._queue_faults),
            _guarded("DELETE", faults, self._clear_faults),
            _guarded("GET", requests, self._list_requests),
            _guarded("DELETE", requests, self._clear_requests),
        )

    async def close(self) -> None:
        """Nothing runs here between two calls."""

    async def _list_scenarios(self, exchange: Exchange, _found: re.Match[str]) -> None:
        await exchange.reply(200, json.dumps(self.director.listed()).encode())

    async def _play_scenarios(self, exchange: Exchange, found: re.Match[str]) -> None:
        try:
            self.director.play(_wishes(await _sent(exchange)))
        except ValueError as error:
            raise Refused(invalid_argument(str(error))) from error
        await self._list_scenarios(exchange, found)

    async def _clear_scenarios(self, exchange: Exchange, found: re.Match[str]) -> None:
        self.director.play(())
        await self._list_scenarios(exchange, found)

    async def _list_faults(self, exchange: Exchange, _found: re.Match[str]) -> None:
        await exchange.reply(200, json.dumps(self.director.faults.listed()).encode())

    async def _queue_faults(self, exchange: Exchange, found: re.Match[str]) -> None:
        try:
            self.director.faults.queue(await _sent(exchange))
        except ValueError as error:
            raise Refused(invalid_argument(str(error))) from error
        await self._list_faults(exchange, found)

    async def _clear_faults(self, exchange: Exchange, found: re.Match[str]) -> None:
        self.director.faults.clear()
        await self._list_faults(exchange, found)

    async def _list_requests(self, exchange: Exchange, _found: re.Match[str]) -> None:
        await exchange.reply(200, json.dumps(list(self.journal.entries)).encode())

    async def _clear_requests(self, exchange: Exchange, found: re.Match[str]) -> None:
        self.journal.clear()
        await self._list_requests(exchange, found)


def _guarded(method: str, pattern: str, handler: Handler) -> Route:
    """No key, but only for callers on this machine that are no web page from elsewhere."""
    return route(method, pattern, from_here(handler), keyed=False)


async def _sent(exchange: Exchange) -> object:
    """The body's JSON. Raises ValueError where there is none, or too deep a one."""
    try:
        return read_json(await exchange.body())
    except RecursionError as error:
        raise ValueError("the body is nested too deeply") from error


def _wishes(wanted: object) -> tuple[Chosen, ...]:
    """From "a,b:x=1", a list of such, or {"scenarios": either}. Raises ValueError for anything else."""
    if isinstance(wanted, dict) and set(wanted) == {"scenarios"}:
        wanted = wanted["scenarios"]
    given = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise ValueError('scenarios are expected as "a,b:param=1" or as a list of such')
    return parse(given)
