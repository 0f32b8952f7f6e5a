"""Scenarios where nothing is painted: lists, files, models and token counts fail for the same reasons as the rest.

They meet what is about the caller, a rate, the service or the way there and back; what is about a request to paint, or
its answer, they do not. Their luck and their counts are their own, so that a client that polls changes nothing of what
its generate calls meet.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from studio.sandbox.asgi import Exchange
from studio.sandbox.broken import break_answer
from studio.sandbox.routes import Endpoints, Handler, Route, key_of, send_error
from studio.sandbox.scenarios.circumstance import Caller
from studio.sandbox.scenarios.director import HEADER, Director

_HALF: Final = b'{"nextPageToken": '


@dataclass(frozen=True, slots=True)
class Aside:
    """A group of addresses where nothing is painted, all of them under the scenarios in force."""

    group: Endpoints
    director: Director

    def routes(self) -> Sequence[Route]:
        return [replace(known, handler=aside(known.handler, self.director)) for known in self.group.routes()]

    async def close(self) -> None:
        await self.group.close()


def aside(handler: Handler, director: Director, *, only_wished: bool = False) -> Handler:
    """The handler, where the scenarios let it answer. `only_wished`: those of the call's own header alone count."""

    async def met(exchange: Exchange, found: re.Match[str]) -> None:
        if only_wished and HEADER not in exchange.headers:
            await handler(exchange, found)
            return
        model_id = found.groupdict().get("model") or ""
        wish = exchange.headers.get(HEADER, "")
        caller = Caller(model_id, key=key_of(exchange), wish=f"none,{wish}" if only_wished else wish, aside=True)
        circumstance = director.meet(caller, takes_queued=False)
        exchange.scenarios, exchange.bytes_per_s = circumstance.scenarios, circumstance.bytes_per_s
        error = circumstance.refused_aside(model_id)
        if circumstance.has("reset_unread"):
            await exchange.reset()
        elif error is not None:
            await exchange.drain()
            await send_error(exchange, error)
        elif circumstance.broken is not None:
            await exchange.drain()
            await break_answer(exchange, circumstance.broken, half=_HALF)
        else:
            await asyncio.sleep(circumstance.number("slow", "seconds", 0.0))
            await handler(exchange, found)

    return met
