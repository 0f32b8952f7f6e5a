"""Decides what each call meets: the scenarios in force, the caller's own wish, the queue; and counts what is counted.

The same seed and the same calls in the same order meet the same things. Luck is drawn per wish and per how often that
wish has been met, so that one scenario's draws do not depend on another's.
"""

import hashlib
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from studio.sandbox.google_errors import Refused, invalid_argument
from studio.sandbox.scenarios import table as scenarios
from studio.sandbox.scenarios.circumstance import Caller, Circumstance
from studio.sandbox.scenarios.faults import Fault, FaultQueue
from studio.sandbox.scenarios.quotas import Bill, Quotas, is_limit
from studio.sandbox.scenarios.table import Chosen, UnknownScenario

HEADER: Final = "x-sandbox-scenario"
_MOST_COUNTS: Final = 4096
_LONG_S: Final = 86_400.0


@dataclass(slots=True)
class Director:
    """One sandbox's scenarios. `clock` gives Unix seconds."""

    seed: int = 0
    active: tuple[Chosen, ...] = ()
    clock: Callable[[], float] = time.time
    faults: FaultQueue = field(default_factory=FaultQueue)
    quotas: Quotas = field(init=False)
    since_s: float = field(init=False)
    """When the active scenarios began."""
    counts: OrderedDict[str, int] = field(default_factory=OrderedDict)
    """How often each wish has been met, newest last."""

    def __post_init__(self) -> None:
        self.quotas = Quotas(self.clock)
        self.since_s = self.clock()

    def meet(self, caller: Caller, *, takes_queued: bool = True) -> Circumstance:
        """What this call meets; a queued fault is used up by it, unless it takes none, as batches do: nobody knows
        when they run. Raises Refused (400) for a wish that is none."""
        found = [(one, fault) for one in self._chosen(caller.wish) if (fault := self._fault(one, caller)) is not None]
        return Circumstance(
            queued=self.faults.take() if takes_queued else None,
            faults=tuple(fault for _, fault in found),
            scenarios=tuple(one.text for one, _ in found),
            signatures_since_s=max((self._signatures_since(one, fault) for one, fault in found), default=0.0),
        )

    @contextmanager
    def admitted(self, caller: Caller, circumstance: Circumstance) -> Iterator[Bill]:
        """Let a sound request in for as long as it is answered; charge its cost to what this yields.

        Raises Refused: a quota is used up, or the service fails.
        """
        limits = tuple(fault for fault in circumstance if is_limit(fault))
        with self.quotas.admitted(limits, key=caller.key, model_id=caller.model_id) as bill:
            error = circumstance.refused_by_the_service(caller.model_id)
            if error is not None:
                raise Refused(error)
            yield bill

    def play(self, chosen: Sequence[Chosen]) -> None:
        """Make these the active ones; counting and luck begin anew."""
        self.active, self.since_s = tuple(chosen), self.clock()
        self.counts.clear()
        self.quotas.clear()

    def listed(self) -> dict[str, Any]:
        """For the control endpoint: what is active, and all there is."""
        known = [scenario.listed() for scenario in scenarios.known().values()]
        return {"active": [one.text for one in self.active], "seed": self.seed, "known": known}

    def seed_of(self, digest: bytes, nth: int) -> bytes:
        """32 bytes: the seed of the nth answer to a request. The sandbox's own seed changes every one of them."""
        own = str(self.seed).encode() if self.seed else b""
        return hashlib.sha256(digest + nth.to_bytes(8, "big") + own).digest()

    def _chosen(self, wish: str) -> tuple[Chosen, ...]:
        try:
            keeps, wished = scenarios.parse_header(wish)
        except UnknownScenario as error:
            text = f"The sandbox, not Gemini, refuses the header {HEADER}. {error}"
            raise Refused(invalid_argument(text)) from error
        return (*self.active, *wished) if keeps else wished

    def _fault(self, one: Chosen, caller: Caller) -> Fault | None:
        if one.when.model not in ("", caller.model_id):
            return None
        counted = f"{one.text} aside" if caller.aside else one.text
        nth = self._nth(counted)
        dice = random.Random(hashlib.sha256(f"{self.seed}|{counted}|{nth}".encode()).digest())
        return one.fault(dice) if one.when.happens(nth, dice) else None

    def _nth(self, text: str) -> int:
        nth = self.counts.pop(text, 0) + 1
        self.counts[text] = nth
        if len(self.counts) > _MOST_COUNTS:
            self.counts.popitem(last=False)
        return nth

    def _signatures_since(self, one: Chosen, fault: Fault) -> float:
        if fault.kind == "signature_lifetime":
            return self.clock() - fault.number("seconds", 0.0)
        if fault.kind == "signatures_forgotten":
            # In a header it means every signature there is: none was made as late as that.
            return self.since_s if any(one is known for known in self.active) else self.clock() + _LONG_S
        return 0.0
