"""Tells every open page of a conversation that something changed, within this process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator


class LocalFeed:
    """Implements `ports.Feed`. Changes that come while a page is busy are told once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = defaultdict(int)
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)

    def publish(self, conversation_id: str, *, streaming: bool = False) -> None:
        if not streaming:
            self._numbers[conversation_id] += 1
        for listener in self._listeners.get(conversation_id, ()):
            listener.set()

    async def changes(self, conversation_id: str) -> AsyncGenerator[int, None]:
        listener = asyncio.Event()
        self._listeners[conversation_id].add(listener)
        try:
            while True:
                listener.clear()
                yield self._numbers[conversation_id]
                await listener.wait()
        finally:
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]
