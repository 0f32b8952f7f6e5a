"""What one call meets: the failures and conditions that scenarios and the queue have in store for it.

They apply in this order, the first that answers winning: a connection reset before the request was read; a queued
error; errors about the caller (key, region); broken transport; the request's own mistakes; counted quotas; the
service's errors; then, to an answer that is given, every condition there is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from studio.sandbox.google_errors import GoogleError
from studio.sandbox.scenarios.faults import BREAK_KINDS, CUT_KINDS, DOOR_KINDS, Fault, error_aside, error_for
from studio.sandbox.signatures import Signer


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what: enough to decide what the call meets. `wish` is the header x-sandbox-scenario."""

    model_id: str
    key: str
    wish: str = ""
    aside: bool = False
    """Whether the call asks for nothing to be painted: such calls are counted apart."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What happens to one call. Of several things of one kind, the first counts."""

    queued: Fault | None = None
    """From /control/faults: the caller is not asked for a sound request first."""
    faults: tuple[Fault, ...] = ()
    """From scenarios, in their order."""
    scenarios: tuple[str, ...] = ()
    """The scenarios these come from, as they were asked for."""
    signatures_since_s: float = 0.0
    """Unix time before which no signature is remembered; 0 remembers all."""

    def __iter__(self) -> Iterator[Fault]:
        if self.queued is not None:
            yield self.queued
        yield from self.faults

    def first(self, *kinds: str) -> Fault | None:
        """The first fault of these kinds."""
        return next((fault for fault in self if fault.kind in kinds), None)

    def has(self, *kinds: str) -> bool:
        return self.first(*kinds) is not None

    def number(self, kind: str, param: str, default: float) -> float:
        """A number of the first fault of this kind, `default` where there is none."""
        fault = self.first(kind)
        return fault.number(param, default) if fault else default

    @property
    def bytes_per_s(self) -> float | None:
        """How fast an answer trickles; None: as fast as it goes."""
        return self.number("trickle", "bytes_per_s", 0.0) or None

    @property
    def broken(self) -> Fault | None:
        """What takes the answer's place on its way."""
        return self.first(*BREAK_KINDS)

    @property
    def cut(self) -> Fault | None:
        """What ends an answer in the middle of its picture."""
        return self.first(*CUT_KINDS)

    def refused_at_the_door(self, model_id: str) -> GoogleError | None:
        """The error that comes before the request is looked at."""
        if self.queued is not None and (error := error_for(self.queued, model_id)) is not None:
            return error
        return self._error(model_id, at_the_door=True)

    def refused_aside(self, model_id: str) -> GoogleError | None:
        """The error that a call meets which asks for nothing to be painted."""
        errors = (error_aside(fault, model_id) for fault in self.faults)
        return next((error for error in errors if error is not None), None)

    def refused_by_the_service(self, model_id: str) -> GoogleError | None:
        """The error that a sound request meets."""
        return self._error(model_id, at_the_door=False)

    def forgetful(self, signer: Signer) -> Signer:
        """The signer as this call meets it."""
        return replace(signer, since_s=self.signatures_since_s) if self.signatures_since_s else signer

    def _error(self, model_id: str, *, at_the_door: bool) -> GoogleError | None:
        errors = (error_for(fault, model_id) for fault in self.faults if (fault.kind in DOOR_KINDS) is at_the_door)
        return next((error for error in errors if error is not None), None)


CALM: Final = Circumstance()
"""Nothing happens."""
