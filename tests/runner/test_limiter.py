"""At most so many starts in any 60 seconds, on a clock of the test's own."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from studio.runner.limiter import RequestLimiter

pytestmark = pytest.mark.anyio


class Clock:
    """The wall clock; sleeping moves it."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0
        self.slept_s: list[float] = []

    def time(self) -> float:
        return self.now_s

    async def sleep(self, delay_s: float) -> None:
        self.slept_s.append(delay_s)
        self.now_s += delay_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock.time)
    return clock


async def test_no_minute_has_more_starts_than_allowed(clock: Clock) -> None:
    limiter = RequestLimiter(requests_per_minute=5, sleep=clock.sleep)
    starts_s: list[float] = []
    for number in range(23):
        await limiter.wait(lambda _until: None)
        starts_s.append(clock.now_s)
        clock.now_s += (number % 4) * 0.7

    assert all(later - earlier >= 60 for earlier, later in zip(starts_s, starts_s[5:], strict=False))
    assert clock.slept_s


async def test_nothing_waits_below_the_limit(clock: Clock) -> None:
    limiter = RequestLimiter(requests_per_minute=60, sleep=clock.sleep)
    reports: list[datetime | None] = []
    for _ in range(60):
        await limiter.wait(reports.append)

    assert (clock.slept_s, reports) == ([], [])


async def test_a_wait_says_until_when_and_when_it_is_over(clock: Clock) -> None:
    limiter = RequestLimiter(requests_per_minute=1, sleep=clock.sleep)
    reports: list[datetime | None] = []
    await limiter.wait(reports.append)
    began = datetime.now(UTC)
    await limiter.wait(reports.append)

    until, over = reports
    assert until is not None
    assert 59 < (until - began).total_seconds() < 62
    assert over is None


async def test_a_stopped_wait_takes_no_place(clock: Clock) -> None:
    limiter = RequestLimiter(requests_per_minute=1, sleep=asyncio.sleep)
    await limiter.wait(lambda _until: None)
    asleep = asyncio.Event()
    waiting = asyncio.create_task(limiter.wait(lambda _until: asleep.set()))
    await asleep.wait()
    waiting.cancel()
    await asyncio.wait({waiting})
    clock.now_s += 61
    slow = RequestLimiter.wait(limiter, lambda _until: pytest.fail("there was a place"))

    await slow
    assert waiting.cancelled()
