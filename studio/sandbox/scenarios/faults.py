"""What can happen to a call, by kind; and the failures that a test can queue.

A fault either answers in place of the model (`error_for`), breaks the way an answer travels, or bends an answer: the
script knows those by name. A queued one is consumed by the next generate call, whatever that call asks; scenarios
(scenarios.toml) are made of the same kinds and of a few more.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from studio.sandbox import google_errors
from studio.sandbox.google_errors import GoogleError, JsonObject

DOOR_KINDS: Final = frozenset({"invalid_key", "leaked", "permission", "region"})
"""Errors about who calls: they come before anybody reads the request."""
TRANSPORT_KINDS: Final = frozenset({"html", "bad_json", "reset"})
ANSWER_KINDS: Final = frozenset({
    "truncated_stream", "stream_error", "refuse_safety", "refuse_prompt", "no_image", "text_only", "thoughts_only",
    "two_images", "text_first", "unflagged_draft", "corrupt_image", "wrong_size", "slow",
})  # fmt: skip
BREAK_KINDS: Final = TRANSPORT_KINDS | {"reset_unread", "no_answer"}
"""No answer of the service's at all. The last two can only be asked for by a scenario, as all that follow."""
CUT_KINDS: Final = frozenset({"cut_in_image", "reset_in_image"})
LIMIT_KINDS: Final = frozenset({"rpm", "rpd", "credits", "concurrency"})
CONDITION_KINDS: Final = frozenset({
    "cut_after_thoughts", "garbled_image", "live_latency", "trickle", "drift", "image_tokens", "signatures_forgotten",
    "signature_lifetime",
})  # fmt: skip
BATCH_KINDS: Final = frozenset({"batch_fails", "batch_expires"})
"""How a batch made under them ends."""
_RATE_KINDS: Final = frozenset({"rate_minute", "rate_day"})
_SOME_QUOTA: Final = "Resource has been exhausted (e.g. check quota)."
_FORBIDDEN: Final = 403
_SERVERS_FAULT: Final = 500
_NEWEST: Final = "gemini-nano-banana-2.1"
_BESIDE_IT: Final = "gemini-3-pro-image"
DEFAULT_RETRY_DELAY_S: Final = 34.286670503
_MOST_WAITING: Final = 10_000
_LONGEST_TEXT: Final = 2000
_BODILESS: Final = frozenset({204, 205, 304})
"""A page with one of these is no HTTP: their answers have no body."""
_RANGES: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({
    "p": (0.0, 1.0), "status": (200.0, 599.0), "amount": (0.0, 10.0), "bytes_per_s": (1.0, 1e9),
})  # fmt: skip
_ANY_RANGE: Final = (0.0, 1e9)
_QUEUED_PARAMS: Final[Mapping[str, Mapping[str, type]]] = MappingProxyType({
    "no_billing": {"retry_delay_s": float}, "rate_minute": {"retry_delay_s": float},
    "rate_day": {"retry_delay_s": float}, "retired": {"successor": str}, "html": {"status": int},
    "slow": {"seconds": float}, "refuse_safety": {"reason": str, "message": str}, "refuse_prompt": {"reason": str},
    "no_image": {"content": str},
})  # fmt: skip
"""What a queued fault may be told, by kind."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that happens to a call. What `params` may hold depends on the kind; scenarios.toml shows all of it."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def number(self, name: str, default: float) -> float:
        """A number among the params."""
        return float(self.params.get(name, default))

    def text(self, name: str, default: str) -> str:
        """A text among the params; "" counts as left out."""
        return str(self.params.get(name) or default)


def error_for(fault: Fault, model_id: str) -> GoogleError | None:
    """The error a fault answers with; None for a fault of another sort."""
    make = _ERRORS.get(fault.kind) or _SCENARIO_ERRORS.get(fault.kind)
    return make(fault, model_id) if make else None


def error_aside(fault: Fault, model_id: str) -> GoogleError | None:
    """The error a fault answers with at an address where nothing is painted: that of the key, the region, a quota or
    the service itself; None for a fault that is about a generate call."""
    error = error_for(fault, model_id)
    if error is None or fault.kind in DOOR_KINDS:
        return error
    if fault.kind in _RATE_KINDS:
        # Which quotas lists and files have was not captured; this is Google's sentence for one without a name.
        return error if model_id else GoogleError(error.http_status, error.status, _SOME_QUOTA)
    return error if error.http_status == _FORBIDDEN or error.http_status >= _SERVERS_FAULT else None


def _quota(quota: google_errors.Quota) -> Callable[[Fault, str], GoogleError]:
    def make(fault: Fault, model_id: str) -> GoogleError:
        delay_s = fault.number("retry_delay_s", DEFAULT_RETRY_DELAY_S)
        return google_errors.quota_exceeded(quota, model_id, delay_s)

    return make


def _successor(fault: Fault, model_id: str) -> str:
    """The model to change to; never the retired one itself."""
    named = fault.text("successor", _NEWEST)
    return named if named != model_id else _BESIDE_IT


def _always(make: Callable[[], GoogleError]) -> Callable[[Fault, str], GoogleError]:
    return lambda _fault, _model_id: make()


_ERRORS: Final[Mapping[str, Callable[[Fault, str], GoogleError]]] = MappingProxyType({
    "invalid_key": _always(google_errors.api_key_invalid),
    "leaked": _always(google_errors.leaked_key),
    "permission": _always(google_errors.permission_denied),
    "region": _always(google_errors.wrong_region),
    "no_billing": _quota(google_errors.NO_FREE_TIER),
    "rate_minute": _quota(google_errors.PER_MINUTE),
    "rate_day": _quota(google_errors.PER_DAY),
    "credits_gone": _always(google_errors.credits_gone),
    "internal": _always(google_errors.internal),
    "overloaded": _always(google_errors.overloaded),
    "deadline": _always(google_errors.deadline_exceeded),
    "retired": lambda fault, model_id: google_errors.model_retired(model_id, _successor(fault, model_id)),
    "signature_expired": _always(google_errors.corrupted_signature),
})  # fmt: skip


def _any_error(fault: Fault, model_id: str) -> GoogleError:
    """The error its params spell out: code, status, message and, for a schema violation, its field."""
    message = fault.text("message", "").replace("{model}", model_id)
    if "field" in fault.params:
        return google_errors.bad_request([(fault.text("field", ""), message)])
    return GoogleError(int(fault.number("code", 400)), fault.text("status", "INVALID_ARGUMENT"), message)


_SCENARIO_ERRORS: Final[Mapping[str, Callable[[Fault, str], GoogleError]]] = MappingProxyType({"error": _any_error})

KINDS: Final = frozenset(_ERRORS) | TRANSPORT_KINDS | ANSWER_KINDS
"""What can be queued."""
ALL_KINDS: Final = frozenset({"mix"}).union(
    KINDS, _SCENARIO_ERRORS, BREAK_KINDS, CUT_KINDS, LIMIT_KINDS, CONDITION_KINDS, BATCH_KINDS
)


@dataclass(slots=True)
class FaultQueue:
    """Faults in the order they will be met."""

    waiting: deque[Fault] = field(default_factory=deque)

    def queue(self, wanted: object) -> None:
        """Add the faults of a control request: [{"kind", "count"?, "params"?}], all of them or, with a ValueError for
        anything else, none."""
        if not isinstance(wanted, list):
            raise ValueError("a JSON list of faults is expected")  # noqa: TRY004 - a value from outside, not a type
        found = [_fault(item) for item in wanted]
        if len(self.waiting) + sum(count for _, count in found) > _MOST_WAITING:
            raise ValueError(f"at most {_MOST_WAITING} faults can wait")
        for fault, count in found:
            self.waiting.extend([fault] * count)

    def take(self) -> Fault | None:
        """The next fault, which is thereby used up."""
        return self.waiting.popleft() if self.waiting else None

    def clear(self) -> None:
        self.waiting.clear()

    def listed(self) -> list[JsonObject]:
        return [{"kind": fault.kind, "params": dict(fault.params)} for fault in self.waiting]


def _fault(item: object) -> tuple[Fault, int]:
    kind = item.get("kind") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"a fault needs a kind, one of {', '.join(sorted(KINDS))}")
    count, params = item.get("count", 1), item.get("params", {})
    if not isinstance(count, int) or isinstance(count, bool) or count < 1 or not isinstance(params, dict):
        raise ValueError("count is a positive whole number, params an object")
    takes = _QUEUED_PARAMS.get(kind, {})
    for name, value in params.items():
        if name not in takes:
            raise ValueError(f"{kind} does not take {name!r}; it takes {', '.join(takes) or 'nothing'}")
        if not _is_fit(name, value, takes[name]):
            raise ValueError(f"{kind}: {name} is not {_fitting(name, takes[name])}")
    return Fault(kind, MappingProxyType(params)), count


def _is_fit(name: str, value: object, wanted: type) -> bool:
    if wanted is str:
        return isinstance(value, str) and len(value) <= _LONGEST_TEXT
    if isinstance(value, bool) or not isinstance(value, int if wanted is int else int | float):
        return False
    return can_be(name, value)


def _fitting(name: str, wanted: type) -> str:
    return f"a text of at most {_LONGEST_TEXT} characters" if wanted is str else range_said(name, wanted)


def can_be(name: str, number: float) -> bool:
    """Whether a param of this name can be this number."""
    smallest, largest = _RANGES.get(name, _ANY_RANGE)
    return smallest <= number <= largest and not (name == "status" and number in _BODILESS)


def range_said(name: str, wanted: type) -> str:
    """What a param of this name can be, as a refusal says it."""
    smallest, largest = _RANGES.get(name, _ANY_RANGE)
    noun = "whole number" if wanted is int else "number"
    besides = f", but {', '.join(map(str, sorted(_BODILESS)))}" if name == "status" else ""
    return f"a {noun} from {smallest:g} to {largest:g}{besides}"
