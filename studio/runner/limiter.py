"""Keeps to STUDIO_REQUESTS_PER_MINUTE across everything this process sends: at most N starts in any 60 seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

_KEY: Final = "gemini"
_MARGIN_S: Final = 0.05


class RequestLimiter:
    """One window for the whole process. `wait` is visible: it reports until when, before it sleeps."""

    def __init__(self, *, requests_per_minute: int, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._item = RateLimitItemPerMinute(requests_per_minute)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    async def wait(self, report: Callable[[datetime | None], None]) -> None:
        """Return when a request may start; calls `report` with the expected time while waiting, then with None."""
        waited = False
        while not self._window.hit(self._item, _KEY):
            free_at_s = self._window.get_window_stats(self._item, _KEY).reset_time
            delay_s = max(free_at_s - time.time(), 0.0) + _MARGIN_S
            report(datetime.now(UTC) + timedelta(seconds=delay_s))
            waited = True
            await self._sleep(delay_s)
        if waited:
            report(None)
