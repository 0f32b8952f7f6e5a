"""Quotas that are really counted, per key and model: requests a minute and a day, calls at once, money left."""

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Final, TypeVar

from studio.sandbox import google_errors
from studio.sandbox.google_errors import Quota, Refused, quota_exceeded
from studio.sandbox.scenarios.faults import LIMIT_KINDS, Fault

_MINUTE_S: Final = 60.0
_MOST_METERS: Final = 1024
_RETRY_BUSY_S: Final = 1.0
_SUNDAY: Final = 6

Held = TypeVar("Held")
Key = TypeVar("Key")


@dataclass(slots=True)
class Meter:
    """What one key did on one model."""

    times_s: deque[float] = field(default_factory=deque)
    """Unix times of the calls of the last minute."""
    day: date | None = None
    """The Pacific day `calls_today` counts."""
    calls_today: int = 0
    inside: int = 0
    """Calls being answered."""


@dataclass(slots=True)
class Bill:
    """What one key has spent, on all models."""

    usd: Decimal = Decimal(0)

    def charge(self, usd: Decimal | None) -> None:
        """Add the cost of an answer; an unknown cost is not guessed."""
        self.usd += usd or 0


@dataclass(slots=True)
class Quotas:
    """The meters. `clock` gives Unix seconds."""

    clock: Callable[[], float]
    meters: OrderedDict[tuple[str, str], Meter] = field(default_factory=OrderedDict)
    bills: OrderedDict[str, Bill] = field(default_factory=OrderedDict)

    def clear(self) -> None:
        """Begin to count anew. Calls that are being answered belong to the old count."""
        self.meters.clear()
        self.bills.clear()

    @contextmanager
    def admitted(self, limits: tuple[Fault, ...], *, key: str, model_id: str) -> Iterator[Bill]:
        """Count one call in, and out again at the end; yields the bill to charge. Refused (429) beyond a limit."""
        bill = _kept(self.bills, key, Bill)
        if not limits:
            yield bill
            return
        meter = _kept(self.meters, (key, model_id), Meter)
        now_s = self.clock()
        _move_on(meter, now_s)
        for limit in limits:
            _check(limit, meter, bill, model_id=model_id, now_s=now_s)
        meter.times_s.append(now_s)
        meter.calls_today += 1
        meter.inside += 1
        try:
            yield bill
        finally:
            meter.inside -= 1


def is_limit(fault: Fault) -> bool:
    """Whether the quotas have to count for it."""
    return fault.kind in LIMIT_KINDS


def until_midnight_pacific_s(now_s: float) -> float:
    """Seconds until the daily quotas begin anew (docs/rate-limits: midnight Pacific)."""
    here = pacific(now_s)
    midnight_s = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo).timestamp()
    # On two days a year the clocks change before midnight.
    shift = (here.utcoffset() or timedelta()) - (pacific(midnight_s).utcoffset() or timedelta())
    return midnight_s + shift.total_seconds() - now_s


def pacific(now_s: float) -> datetime:
    """The time in California. Worked out here: not every machine has a time zone database."""
    now = datetime.fromtimestamp(now_s, UTC)
    # US daylight saving time: second Sunday of March to first Sunday of November, at 2:00 local time.
    begins = _nth_sunday(now.year, 3, 2).replace(hour=10)
    ends = _nth_sunday(now.year, 11, 1).replace(hour=9)
    hours = -7 if begins <= now < ends else -8
    return now.astimezone(timezone(timedelta(hours=hours)))


def _nth_sunday(year: int, month: int, nth: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(_SUNDAY - first.weekday()) % 7 + 7 * (nth - 1))


def _move_on(meter: Meter, now_s: float) -> None:
    """Forget what is over: calls of more than a minute ago, the day that has ended."""
    while meter.times_s and meter.times_s[0] <= now_s - _MINUTE_S:
        meter.times_s.popleft()
    today = pacific(now_s).date()
    if meter.day != today:
        meter.day, meter.calls_today = today, 0


def _check(limit: Fault, meter: Meter, bill: Bill, *, model_id: str, now_s: float) -> None:
    if limit.kind == "credits":
        if bill.usd >= Decimal(str(limit.params["usd"])):
            raise Refused(google_errors.credits_gone())
        return
    most = int(limit.number("limit", 1))
    if limit.kind == "rpm" and len(meter.times_s) >= most:
        freed_by = meter.times_s[len(meter.times_s) - most] if most else now_s
        raise _exceeded(google_errors.PER_MINUTE, most, model_id, freed_by + _MINUTE_S - now_s)
    if limit.kind == "rpd" and meter.calls_today >= most:
        raise _exceeded(google_errors.PER_DAY, most, model_id, until_midnight_pacific_s(now_s))
    if limit.kind == "concurrency" and meter.inside >= most:
        raise _exceeded(google_errors.CONCURRENT, most, model_id, _RETRY_BUSY_S)


def _exceeded(quota: Quota, limit: int, model_id: str, wait_s: float) -> Refused:
    return Refused(quota_exceeded(replace(quota, limit=limit), model_id, math.ceil(wait_s * 1e6) / 1e6))


def _kept(held: OrderedDict[Key, Held], key: Key, make: Callable[[], Held]) -> Held:
    """The entry of this key, made if need be; the one unused longest goes where there are too many."""
    found = held.pop(key, None) or make()
    held[key] = found
    if len(held) > _MOST_METERS:
        held.popitem(last=False)
    return found
