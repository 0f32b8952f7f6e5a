"""A conversation's page as server-sent events: a view at once, after every change, and a sign of life in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Final

from studio.conversation import ConversationManager
from studio.errors import StudioError
from studio.ui.pages import Pages
from studio.ui.shapes import PageView

_PING_S: Final = 15.0
_PACE_S: Final = 0.08
"""The least time between two views: thoughts stream in faster than anyone reads."""


async def page_events(pages: Pages, manager: ConversationManager) -> AsyncIterator[bytes]:
    """Server-sent events until the page goes away or the conversation does."""
    async with aclosing(pages.changes(manager)) as views:
        upcoming: asyncio.Future[PageView] | None = None
        try:
            while True:
                upcoming = upcoming or asyncio.ensure_future(anext(views))
                done, _ = await asyncio.wait({upcoming}, timeout=_PING_S)
                if not done:
                    yield _event("ping", {})
                    continue
                finished, upcoming = upcoming, None
                yield _event("view", asdict(finished.result()))
                await asyncio.sleep(_PACE_S)
        except (StudioError, StopAsyncIteration):
            yield _event("gone", {})
        finally:
            if upcoming is not None:
                upcoming.cancel()
                await asyncio.wait({upcoming})


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
