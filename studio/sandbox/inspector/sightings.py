"""The last calls as the inspector shows them, and what they have come to. Bounded, whatever is sent.

At most, for 50 calls: 50 × 0.4 MB of parts as JSON, 400 thumbnails of about 6 KB, and 64 MB of bodies and answers that
are waiting to be looked into. That is done while somebody watches the list or nobody calls: no call waits for it.
"""

import asyncio
import json
import logging
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from studio.sandbox.asgi import Exchange
from studio.sandbox.google_errors import JsonObject
from studio.sandbox.inspector.dissection import dissect
from studio.sandbox.inspector.evidence import Evidence, client_headers
from studio.sandbox.journal import KEPT_CALLS
from studio.sandbox.workers import Workers

MOST_THUMBNAILS: Final = 400
MOST_WAITING_BYTES: Final = 64_000_000
MOST_DETAIL_BYTES: Final = 400_000
_MOST_MODELS: Final = 20
_OTHER_MODELS: Final = "other models"
_WATCHING_S: Final = 3.0
"""For so long after a page has asked for the list somebody is taken to look at it."""
_PAUSE_S: Final = 0.3
_GLANCE_S: Final = 0.1
_LOG: Final = logging.getLogger(__name__)
_NOTHING: Final = b"{}"
_ROW_FIELDS: Final = (
    "model", "method", "path", "batch", "key_tail", "body_bytes", "status", "scenarios", "fault", "answer_bytes",
    "engine_s",
)  # fmt: skip
_MOST_VERDICT_CHARS: Final = 2_000
_MOST_ERROR_CHARS: Final = 20_000


@dataclass(slots=True)
class Sighting:
    """One call, or several of no consequence that were alike."""

    number: int
    row: JsonObject
    entry: JsonObject
    detail: bytes = _NOTHING
    """JSON, once somebody has looked."""
    pictures: tuple[str, ...] = ()
    """SHA-256 of each picture in it."""


@dataclass(slots=True)
class Spending:
    """What the calls of one model have come to. `unknown` counts those whose cost nobody knows."""

    calls: int = 0
    refused: int = 0
    usd: Decimal = Decimal(0)
    unconfirmed_usd: Decimal = Decimal(0)
    unknown: int = 0

    def as_json(self) -> JsonObject:
        return {
            "calls": self.calls,
            "refused": self.refused,
            "usd": f"{self.usd:f}",
            "unconfirmed_usd": f"{self.unconfirmed_usd:f}",
            "unknown": self.unknown,
        }


@dataclass(slots=True)
class Sightings:
    """What has been seen; belongs to the event loop."""

    workers: Workers
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    calls: deque[Sighting] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    others: deque[Sighting] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    """Requests that ask for no picture: files, models, batches, addresses that do not exist."""
    thumbnails: OrderedDict[str, bytes | None] = field(default_factory=OrderedDict)
    spending: dict[str, Spending] = field(default_factory=dict)
    version: int = 0
    """Grows with every change."""
    waiting_bytes: int = 0
    _last: int = 0
    _waiting: OrderedDict[int, tuple[Sighting, Evidence]] = field(default_factory=OrderedDict)
    _looker: asyncio.Task[None] | None = None
    _closed: bool = False
    _saw_s: float = 0.0
    """time.monotonic() of the last call."""
    _watched_s: float = -_WATCHING_S
    """time.monotonic() of the last look at the list."""

    def saw(self, entry: JsonObject, evidence: Evidence) -> None:
        """A call is over."""
        self._last += 1
        row = {name: entry.get(name) for name in _ROW_FIELDS}
        row |= {
            "number": self._last,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "verdict": entry.get("verdict", "")[:_MOST_VERDICT_CHARS],
            "error_status": _error_status(entry),
            "cost": _cost_of(entry),
        }
        sighting = Sighting(self._last, row, entry)
        self.calls.append(sighting)
        self._count(row)
        self.version += 1
        self._saw_s = time.monotonic()
        self._wait_for(sighting, evidence)

    def saw_other(self, exchange: Exchange, engine_s: float) -> None:
        """A request that the journal does not tell of has been answered; one like the last is only counted."""
        kind = {"method": exchange.method, "path": exchange.path[:500], "status": exchange.status}
        now = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "verdict": exchange.verdict[:_MOST_VERDICT_CHARS],
            "scenarios": list(exchange.scenarios),
            "answer_bytes": exchange.sent_bytes,
            "engine_s": engine_s,
        }
        newest = self.others[-1] if self.others else None
        self.version += 1
        if newest is not None and newest.number == self._last and kind.items() <= newest.row.items():
            newest.row |= now | {"times": newest.row["times"] + 1}
            return
        self._last += 1
        detail = json.dumps({"headers": client_headers(exchange)}).encode()
        row = {"number": self._last, "other": True, "times": 1, **kind, **now}
        self.others.append(Sighting(self._last, row, {}, detail))

    def listed(self, known_version: str = "") -> JsonObject:
        """Everything the list shows, newest first; to who knows this version the version alone."""
        self._watched_s = time.monotonic()
        if known_version == str(self.version):
            return {"version": self.version}
        rows = sorted((each.row for each in (*self.calls, *self.others)), key=_number_of, reverse=True)
        return {
            "version": self.version,
            "started": self.started.isoformat(timespec="seconds"),
            "rows": rows,
            "spending": {model: spent.as_json() for model, spent in self.spending.items()},
        }

    def detail_of(self, number: int) -> bytes | None:
        """JSON of one call; None when it is not kept any more."""
        found = next((each for each in (*self.calls, *self.others) if each.number == number), None)
        if found is None:
            return None
        told: JsonObject = {"row": found.row, **{name: found.entry.get(name) for name in ("usage", "bill", "error")}}
        told["thumbnails"] = [name for name in found.pictures if self.thumbnails.get(name)]
        return json.dumps(told)[:-1].encode() + b', "detail": ' + found.detail + b"}"

    def clear(self) -> None:
        """Forget the calls; what they have cost stays."""
        self.calls.clear()
        self.others.clear()
        self._waiting.clear()
        self.waiting_bytes = 0
        self.thumbnails.clear()
        self.version += 1

    async def close(self) -> None:
        """Look into nothing more, also of the calls that end now."""
        self._closed = True
        if self._looker is not None:
            self._looker.cancel()
            await asyncio.gather(self._looker, return_exceptions=True)

    def _wait_for(self, sighting: Sighting, evidence: Evidence) -> None:
        """Queue a call to be looked into; of those that wait the oldest go when there is too much of them."""
        self._waiting[sighting.number] = (sighting, evidence)
        self.waiting_bytes += evidence.size_bytes
        while self.waiting_bytes > MOST_WAITING_BYTES or len(self._waiting) > KEPT_CALLS:
            passed_over, unread = self._waiting.popitem(last=False)[1]
            self.waiting_bytes -= unread.size_bytes
            self._done_with(passed_over, "There were too many calls at once to look into this one.")
        if not self._closed and (self._looker is None or self._looker.done()):
            self._looker = asyncio.get_running_loop().create_task(self._look_on())

    async def _look_on(self) -> None:
        """Look into one call after the other, the newest first: it is what somebody is waiting for."""
        while self._waiting:
            if not self._may_look():
                await asyncio.sleep(_GLANCE_S)
                continue
            sighting, evidence = self._waiting.popitem()[1]
            self.waiting_bytes -= evidence.size_bytes
            [failure] = await asyncio.gather(self._look_into(sighting, evidence), return_exceptions=True)
            if failure is not None:
                # Whatever a stranger's request holds, the sandbox goes on answering.
                _LOG.error("the inspector could not look into call %d", sighting.number, exc_info=failure)
                self._done_with(sighting, "This call could not be taken apart; the sandbox's log says why.")

    def _may_look(self) -> bool:
        """Whoever sends call after call and watches none of them shall not wait for the inspector."""
        now_s = time.monotonic()
        return now_s - self._watched_s < _WATCHING_S or now_s - self._saw_s > _PAUSE_S

    async def _look_into(self, sighting: Sighting, evidence: Evidence) -> None:
        seen = await self.workers.run(dissect, evidence, sighting.entry, frozenset(self.thumbnails))
        self._keep(seen.thumbnails)
        told = {"asked": seen.asked, "pictures_in": seen.pictures_in, "pictures_out": seen.pictures_out, "seen": True}
        sighting.row.update(told)
        if len(seen.detail) > MOST_DETAIL_BYTES:
            self._done_with(sighting, "This call is too long to be kept.")
            return
        sighting.detail, sighting.pictures = seen.detail, seen.pictures
        self._done_with(sighting)

    def _done_with(self, sighting: Sighting, problem: str = "") -> None:
        if problem:
            sighting.row["unseen"] = problem
        sighting.entry = _kept_of(sighting.entry)
        self.version += 1

    def _keep(self, thumbnails: dict[str, bytes | None]) -> None:
        for name, data in thumbnails.items():
            self.thumbnails[name] = data
            self.thumbnails.move_to_end(name)
        while len(self.thumbnails) > MOST_THUMBNAILS:
            self.thumbnails.popitem(last=False)

    def _count(self, row: JsonObject) -> None:
        model = row["model"] if row["model"] in self.spending or len(self.spending) < _MOST_MODELS else _OTHER_MODELS
        spent = self.spending.setdefault(model, Spending())
        spent.calls += 1
        spent.refused += row["status"] != 200
        cost: JsonObject = row["cost"]
        if cost["kind"] == "unknown":
            spent.unknown += 1
        elif cost["kind"] == "unconfirmed":
            spent.unconfirmed_usd += Decimal(cost["usd"])
        else:
            spent.usd += Decimal(cost["usd"])


def _cost_of(entry: JsonObject) -> JsonObject:
    """What may be said of the money: "no charge" only of an HTTP 4xx, and what nobody knows is unknown."""
    bill = entry.get("bill")
    if bill is not None:
        return {"kind": "unconfirmed" if bill["unconfirmed"] else "billed", "usd": bill["usd"]}
    if 400 <= entry["status"] < 500:
        return {"kind": "no charge", "usd": "0"}
    return {"kind": "unknown", "usd": None}


def _kept_of(entry: JsonObject) -> JsonObject:
    """What is told of an entry beside its parts."""
    kept: JsonObject = {name: entry.get(name) for name in ("usage", "bill", "error")}
    if len(json.dumps(kept["error"])) > _MOST_ERROR_CHARS:
        kept["error"] = {"left out": "The error's body is too long to be kept."}
    return kept


def _error_status(entry: JsonObject) -> str | None:
    """The name of the error: Google's status, or the code of an interaction's."""
    error: Any = (entry.get("error") or {}).get("error", entry.get("error") or {})
    return error.get("status") or error.get("code") if isinstance(error, dict) else None


def _number_of(row: JsonObject) -> int:
    number: int = row["number"]
    return number
