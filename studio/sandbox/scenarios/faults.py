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
_NEWEST: Final = "gemini-nano-banana-2.1"
_BESIDE_IT: Final = "gemini-3-pro-image"
DEFAULT_RETRY_DELAY_S: Final = 34.286670503


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
        """Add the faults of a control request: [{"kind", "count"?, "params"?}]. ValueError for anything else."""
        if not isinstance(wanted, list):
            raise ValueError("a JSON list of faults is expected")  # noqa: TRY004 - a value from outside, not a type
        for item in wanted:
            fault, count = _fault(item)
            self.waiting.extend([fault] * count)

    def take(self) -> Fault | None:
        """The next fault, which is thereby used up."""
        return self.waiting.popleft() if self.waiting else None

    def clear(self) -> None:
        self.waiting.clear()

    def listed(self) -> list[JsonObject]:
        return [{"kind": fault.kind, "params": dict(fault.params)} for fault in self.waiting]


def _fault(item: object) -> tuple[Fault, int]:
    if not isinstance(item, dict) or item.get("kind") not in KINDS:
        raise ValueError(f"a fault needs a kind, one of {', '.join(sorted(KINDS))}")
    count, params = item.get("count", 1), item.get("params", {})
    if not isinstance(count, int) or isinstance(count, bool) or count < 1 or not isinstance(params, dict):
        raise ValueError("count is a positive number, params an object")
    return Fault(item["kind"], MappingProxyType(params)), count
