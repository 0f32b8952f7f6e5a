"""A conversation's page as server-sent events: a view at once and after every change, patches while thoughts stream in,
and a sign of life in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Final

from studio.conversation import ConversationManager
from studio.errors import StudioError
from studio.finish import to_the_end
from studio.ui.pages import Pages
from studio.ui.shapes import PageView, RunningPatch

_PING_S: Final = 15.0
_PACE_S: Final = 0.08
"""The least time after a patch: thoughts stream in faster than anyone reads."""


async def page_events(pages: Pages, manager: ConversationManager) -> AsyncIterator[bytes]:
    """Server-sent events until the page goes away or the conversation does."""
    async with aclosing(pages.changes(manager)) as views:
        upcoming: asyncio.Future[PageView | RunningPatch] | None = None
        try:
            while True:
                upcoming = upcoming or asyncio.ensure_future(anext(views))
                done, _ = await asyncio.wait({upcoming}, timeout=_PING_S)
                if not done:
                    yield _event("ping", {})
                    continue
                change, upcoming = upcoming.result(), None
                if isinstance(change, PageView):
                    yield _event("view", asdict(change))
                    continue
                yield _event("running", asdict(change))
                await asyncio.sleep(_PACE_S)
        except (StudioError, StopAsyncIteration):
            yield _event("gone", {})
        finally:
            if upcoming is not None:
                await to_the_end(_ended(upcoming))


async def _ended(upcoming: asyncio.Future[PageView | RunningPatch]) -> None:
    """A view that is being made is given up before its generator is closed; a second cancellation waits for that."""
    upcoming.cancel()
    await asyncio.wait({upcoming})


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
