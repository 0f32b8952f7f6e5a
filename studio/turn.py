"""A turn: one prompt and its answer, and the attempts (paid calls) it took to get there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from studio.errors import ErrorFacts
from studio.prompt import Prompt
from studio.response import ImageResponse

TurnStatus = Literal[
    "sending", "waiting", "retrying", "done", "refused", "failed", "cancelled", "interrupted"
]  # fmt: skip
AttemptState = Literal["running", "done", "refused", "empty", "failed", "cancelled", "interrupted"]

TurnNote = Literal[
    "fresh_start_provider", "fresh_start_signature", "fresh_start_unsigned", "fresh_start_budget",
    "fresh_start_candidate", "history_trimmed", "some_images_failed", "size_differs", "settings_text_cleaned",
]  # fmt: skip

SANDBOX_ID: Final = "sandbox"

_ENDS: Final[frozenset[TurnStatus]] = frozenset({"done", "refused", "failed", "cancelled", "interrupted"})
_PAUSES: Final[frozenset[TurnStatus]] = frozenset({"waiting", "retrying"})
_FROM_RUNNING: Final[frozenset[TurnStatus]] = _PAUSES | _ENDS
_MOVES: Final[Mapping[TurnStatus, frozenset[TurnStatus]]] = MappingProxyType({
    "sending": _FROM_RUNNING,
    "waiting": _FROM_RUNNING,
    "retrying": _FROM_RUNNING,
    # An answer that arrives after Stop was paid for: it is kept, and the turn becomes done.
    "cancelled": frozenset({"done"}),
    "done": frozenset(), "refused": frozenset(), "failed": frozenset(), "interrupted": frozenset(),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """`parent` is the number of the version it continues from, None for a root. `provider` names who answered
    ("sandbox", "developer", "enterprise" or a gateway's address): histories never cross it.
    `starts_fresh` says that its request replayed no earlier turn. Times are aware UTC."""

    id: str
    conversation_id: str
    parent: int | None
    prompt: Prompt
    provider: str
    status: TurnStatus
    created_at: datetime
    ended_at: datetime | None = None
    error: ErrorFacts | None = None
    notes: tuple[TurnNote, ...] = ()
    starts_fresh: bool = False
    left_out_turns: int = 0

    @property
    def running(self) -> bool:
        return self.status not in _ENDS

    @property
    def simulated(self) -> bool:
        """Whether its costs are only what Gemini would have charged."""
        return self.provider == SANDBOX_ID


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call, a row of the ledger. `variant` counts the turn's images from 1, `number` the tries at that image.

    `cost_usd` is None when the cost is unknown. What is held against the budget meanwhile is the store's business.
    """

    id: str
    turn_id: str
    variant: int
    number: int
    state: AttemptState
    started_at: datetime
    ended_at: datetime | None = None
    response: ImageResponse | None = None
    error: ErrorFacts | None = None
    cost_usd: Decimal | None = None
    cost_confirmed: bool = True
    body_bytes: int = 0


def may_move(status: TurnStatus, to: TurnStatus) -> bool:
    """Whether a turn in `status` may become `to`."""
    return to in _MOVES[status]


def is_end(status: TurnStatus) -> bool:
    """Whether nothing more happens to a turn in `status` unless the designer asks."""
    return status in _ENDS
