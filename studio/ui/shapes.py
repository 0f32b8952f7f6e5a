"""What the page shows, as plain frozen data: the JSON contract between the server and assets/js.

Money comes twice: `…_usd` is exact text for tests and sorting (None: unknown), the other is what is shown. Times are
epoch milliseconds. Digests address `/blobs/{sha256}` and `/blobs/{sha256}/thumb?w=`. Every string is text, no markup.
"""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "ok", "warn", "bad"]
State = Literal[
    "idle", "sending", "waiting", "retrying", "done", "refused", "failed", "cancelled", "interrupted"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActionView:
    """A button that does something about a state: `command` is one of the page's commands, `argument` its one value."""

    command: str
    label: str
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationRow:
    id: str
    title: str
    when: str
    version_count: int
    cover: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class EngineView:
    """The badge and the connection panel. `tone` and `health` say how the last call to the engine went."""

    kind: Literal["sandbox", "developer", "enterprise", "gateway"]
    badge: str
    badge_note: str
    tone: Tone
    health: str
    simulated: bool
    title: str
    sentence: str
    key_last_four: str | None
    address: str | None
    can_use_key: bool
    can_use_sandbox: bool


@dataclass(frozen=True, slots=True)
class StatusView:
    """`#status`: the open conversation's state. `detail` is the service's own words, folded."""

    state: State
    category: str | None
    sentence: str
    detail: str | None
    tone: Tone
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class EstimateView:
    """`#cost-estimate`. None figures are unknown and `likely` says so."""

    likely_usd: str | None
    likely: str
    under: str
    tail: str
    simulated: bool
    fits_budget: bool


@dataclass(frozen=True, slots=True)
class RequestView:
    """What the next Send will carry. `notice` is what must be known before it: a fresh start, history left out."""

    estimate: EstimateView
    size: str
    left_out: str
    notice: str | None
    problem: str | None
    problem_category: str | None


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """A picture in the tray, or one used before."""

    sha256: str
    name: str
    role: Literal["object", "person", "style", "other"]
    pinned: bool
    width_px: int
    height_px: int
    mime_type: str
    size_bytes: int
    notes: tuple[str, ...]
    """What was done to the file when it was taken in; `Boot.intake_notes` has the sentences."""


@dataclass(frozen=True, slots=True)
class DraftView:
    """The prompt being written, as the server last stored it; `rev` grows only when the server changed it itself."""

    rev: int
    text: str
    structured: dict[str, str]
    settings: dict[str, str | int | bool | None]
    references: tuple[ReferenceView, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    title: str
    uri: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """A card of the transcript. `forked_from` is set where the turn does not continue from the version before it.

    `folded_notes`: what the turn before says already, and what became of each image that did
    not arrive.
    """

    id: str
    parent: int | None
    forked_from: int | None
    text: str
    state: State
    when_ms: int
    versions: tuple[int, ...]
    model: str
    settings: str
    cost_usd: str | None
    cost: str
    answer: str
    thoughts: str
    drafts: tuple[str, ...]
    references: tuple[ReferenceView, ...]
    sources: tuple[SourceView, ...]
    notes: tuple[str, ...]
    folded_notes: tuple[str, ...]
    problem: str | None
    problem_detail: str | None
    billed: str | None
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class VersionView:
    """A thumbnail of the strip and what the stage shows of it. `siblings`: all candidates of its turn, itself too."""

    number: int
    parent: int | None
    turn_id: str | None
    sha256: str
    width_px: int
    height_px: int
    mime_type: str
    label: str
    request: str
    model: str
    cost_usd: str | None
    cost: str
    siblings: tuple[int, ...]
    file_name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RetryView:
    until_ms: int
    sentence: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class VariantView:
    variant: int
    thoughts: str
    drafts: tuple[str, ...]
    retry: RetryView | None
    queued_until_ms: int | None
    ended: bool


@dataclass(frozen=True, slots=True)
class RunningView:
    """The turn in flight."""

    turn_id: str
    text: str
    started_ms: int
    usual_s: float
    aspect_ratio: str | None
    variants: tuple[VariantView, ...]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    label: str
    tokens: str
    usd: str


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One call. `title` begins with the version or the state; `lines` is the actual by modality, unfolded."""

    attempt_id: str
    version: int | None
    title: str
    tokens: str
    cost_usd: str | None
    cost: str
    note: str
    tone: Tone
    bar: float
    lines: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    name: str
    cost: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class CostView:
    """`panel-cost`, `#cost-total` and `#budget`."""

    total_usd: str
    total: str
    cap_usd: str | None
    cap: str
    share: float
    simulated: bool
    other_total: str | None
    unknown_calls: int
    rows: tuple[LedgerRow, ...]
    comparison_title: str
    comparison: tuple[ComparisonRow, ...]
    comparison_note: str
    price_note: str


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything the page shows of one conversation. `rev` grows; an older one that arrives late is dropped."""

    rev: int
    conversation_id: str
    title: str
    tip: int | None
    conversations: tuple[ConversationRow, ...]
    engine: EngineView
    status: StatusView
    draft: DraftView
    request: RequestView
    turns: tuple[TurnView, ...]
    versions: tuple[VersionView, ...]
    running: RunningView | None
    used_references: tuple[ReferenceView, ...]
    cost: CostView
    read_only: bool


@dataclass(frozen=True, slots=True)
class RunningPatch:
    """Only the turn in flight, while thoughts and drafts stream in."""

    rev: int
    conversation_id: str
    running: RunningView | None


@dataclass(frozen=True, slots=True)
class Notice:
    """A toast. `undo` names the command that takes it back."""

    sentence: str
    tone: Tone = "plain"
    undo: ActionView | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command answers. `view` is None where nothing changed; `request` alone answers a draft."""

    ok: bool
    view: PageView | None = None
    request: RequestView | None = None
    notice: Notice | None = None
    problem: str | None = None
    problem_category: str | None = None
