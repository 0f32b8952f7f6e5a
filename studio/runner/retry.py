"""Which failures are tried again by themselves, and after how long. The loop itself is tenacity's.

Retried: a per-minute quota, an overloaded model, a quick internal error, a refused connection: nothing was drawn, so
nothing is paid twice. Everything whose outcome is unknown is offered to the designer, never repeated unasked.
"""

from dataclasses import dataclass
from typing import Final

from tenacity import RetryCallState

from studio.errors import Category, EngineError, ErrorFacts

QUICK_ERROR_S: Final = 5.0
"""A 500 that answers within this has drawn nothing; a later one may have."""

_RETRIED: Final[frozenset[Category]] = frozenset({"rate_minute", "overloaded", "server_error", "connection_refused"})
_JITTER: Final = 0.2


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential from `base_s`, doubling, ± 20 %, at most `max_s`; the server's own delay where it is longer."""

    max_retries: int = 5
    base_s: float = 10.0
    max_s: float = 300.0

    def delay_s(self, *, failures: int, facts: ErrorFacts, random: float) -> float:
        """Seconds to wait after the `failures`-th failure in a row; `random` is uniform in [0, 1)."""
        backoff_s = self.base_s * 2.0 ** (failures - 1) * (1 + _JITTER * (2 * random - 1))
        return max(min(backoff_s, self.max_s), facts.retry_after_s or 0.0)


def is_retried(error: BaseException) -> bool:
    """Whether the failure is tried again by itself."""
    return isinstance(error, EngineError) and error.facts.category in _RETRIED


def facts_of(state: RetryCallState) -> ErrorFacts:
    """The facts of the failure a tenacity state ended with."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, EngineError):
        return error.facts
    return ErrorFacts(category="internal", detail=type(error).__name__)


def after_elapsed(facts: ErrorFacts, elapsed_s: float) -> ErrorFacts:
    """The facts, knowing how long the call took: an internal error that came late leaves the outcome unknown."""
    if facts.category == "server_error" and elapsed_s > QUICK_ERROR_S:
        return ErrorFacts(
            category="outcome_unknown",
            stage="wait",
            billed="unknown",
            http_status=facts.http_status,
            detail=facts.detail,
        )
    return facts
