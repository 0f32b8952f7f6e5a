"""What the conversation needs from outside, as protocols; the folders implement them and app.py wires them."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

from studio.branch import Conversation, Tree
from studio.errors import ErrorFacts
from studio.parts import Blob
from studio.prompt import Draft
from studio.request import ImageRequest
from studio.response import ImageResponse
from studio.turn import Attempt, Turn, TurnNote, TurnStatus
from studio.version import Version

ProviderKind = Literal["sandbox", "developer", "enterprise", "gateway"]


@dataclass(frozen=True, slots=True)
class Provider:
    """Who answers. `id` is what turns record: the kind, or a gateway's address."""

    kind: ProviderKind
    id: str

    @property
    def simulated(self) -> bool:
        """Whether its costs are only what Gemini would have charged."""
        return self.kind == "sandbox"


@dataclass(frozen=True, slots=True)
class ThoughtText:
    """A piece of the model's deliberation, as it streams in."""

    text: str


@dataclass(frozen=True, slots=True)
class DraftImage:
    """A picture flagged as a thought, as it streams in; already stored."""

    image: Blob


@dataclass(frozen=True, slots=True)
class Answered:
    """The whole answer; its pictures and signatures are already stored. Always the last event."""

    response: ImageResponse


EngineEvent = ThoughtText | DraftImage | Answered


@dataclass(frozen=True, slots=True)
class EngineCheck:
    """What asking for the model (free) showed."""

    works: bool
    model: str
    error: ErrorFacts | None = None


class Blobs(Protocol):
    """Content-addressed bytes. `put` returns when they are safely on disk."""

    def put(self, data: bytes, *, mime_type: str) -> Blob: ...

    def get(self, sha256: str) -> bytes:
        """Raises StoreError when the bytes are not there or no longer match their digest."""
        ...


class BlobFiles(Blobs, Protocol):
    """Stored bytes that can be sent from their file."""

    def path(self, sha256: str) -> Path | None:
        """The file that holds the bytes; None when there is none."""
        ...


class TakenPicture(Protocol):
    """A picture that was checked and cleaned; `notes` name what was done to it."""

    @property
    def data(self) -> bytes: ...
    @property
    def mime_type(self) -> str: ...
    @property
    def width_px(self) -> int: ...
    @property
    def height_px(self) -> int: ...
    @property
    def notes(self) -> Sequence[str]: ...


class Pictures(Protocol):
    """Takes in untrusted pictures and makes thumbnails, away from this process. Raises PictureRefused."""

    async def take_in(self, data: bytes) -> TakenPicture: ...

    async def thumbnail(self, data: bytes, *, width_px: int) -> bytes: ...


class ImageEngine(Protocol):
    """Something that answers an ImageRequest. Raises EngineError; a refusal is an answer."""

    @property
    def provider(self) -> Provider: ...

    def generate(self, request: ImageRequest) -> AsyncIterator[EngineEvent]: ...

    async def check(self, model: str) -> EngineCheck: ...


class Engines(Protocol):
    """The engine in use now; the connection panel can change it while turns run on the earlier one."""

    @property
    def current(self) -> ImageEngine: ...


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A decoded picture's size in pixels."""

    width_px: int
    height_px: int


class Inspector(Protocol):
    """Decodes a picture the service sent, to prove it whole. Raises PictureRefused."""

    async def measure(self, data: bytes) -> PictureFacts: ...


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A row of the conversation list."""

    id: str
    title: str
    updated_at: datetime
    version_count: int
    cover: Blob | None


@dataclass(frozen=True, slots=True)
class NewImage:
    """A picture of an answer that is to become a version."""

    image: Blob
    width_px: int
    height_px: int
    part_index: int


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A stored picture and its size in pixels as displayed; 0 × 0 for a draft, which nobody measured."""

    blob: Blob
    width_px: int
    height_px: int


class Store(Protocol):
    """The record. Every method is one transaction; every write is on disk when it returns."""

    async def create_conversation(self, conversation: Conversation) -> None: ...

    async def conversations(self, owner: str) -> Sequence[ConversationSummary]:
        """Those not deleted, newest first."""
        ...

    async def tree(self, *, owner: str, conversation_id: str) -> Tree | None:
        """The whole conversation; None when it does not exist or is another owner's."""
        ...

    async def rename(self, conversation_id: str, *, title: str, by_hand: bool, at: datetime) -> None: ...

    async def set_deleted(self, conversation_id: str, *, at: datetime | None) -> None: ...

    async def save_draft(self, conversation_id: str, draft: Draft) -> Draft:
        """Returns the draft that is kept: the stored one where that has a higher `rev`."""
        ...

    async def set_tip(self, conversation_id: str, number: int | None) -> None: ...

    async def set_budget(self, conversation_id: str, *, cap_usd: Decimal | None, simulated: bool) -> None: ...

    async def add_original(self, conversation_id: str, version: Version, *, owner: str) -> None:
        """Write version 0 and make it the tip."""
        ...

    async def open_turn(self, turn: Turn, *, reserve_usd: Decimal, cap_usd: Decimal | None, simulated: bool) -> None:
        """Write a turn and hold `reserve_usd` for it, atomically. Raises BudgetReached when the cap would be passed."""
        ...

    async def move_turn(
        self, turn_id: str, *, status: TurnStatus, at: datetime | None = None, error: ErrorFacts | None = None
    ) -> bool:
        """Move a turn along (`turn.may_move`); False when it may not, and nothing is written. Ends free its reserve."""
        ...

    async def restart_turn_fresh(self, turn: Turn) -> None:
        """Rewrite a turn's prompt, `starts_fresh` and notes for its one fresh start after refused signatures."""
        ...

    async def note_turn(self, turn_id: str, notes: Sequence[TurnNote]) -> None: ...

    async def start_attempt(self, attempt: Attempt, *, hold_usd: Decimal) -> None:
        """Write the ledger row before the call. `hold_usd` keeps counting if the outcome stays unknown."""
        ...

    async def finish_attempt(self, attempt: Attempt, *, owner: str, images: Sequence[NewImage]) -> Sequence[Version]:
        """Commit an answer: parts, usage, cost and its pictures as versions, numbered on arrival; the turn's first
        result becomes the tip when the tip is still where the turn started. Returns the new versions."""
        ...

    async def interrupt_running(self, at: datetime) -> int:
        """After a restart: every turn and attempt still running becomes interrupted. Returns how many turns."""
        ...

    async def spent_usd(self, conversation_id: str, *, simulated: bool) -> Decimal:
        """What counts against the cap: known costs, plus what is held for running calls and unknown outcomes."""
        ...

    async def grant(self, owner: str, picture: StoredPicture) -> None:
        """Let an owner read a stored picture."""
        ...

    async def owned_picture(self, owner: str, sha256: str) -> StoredPicture | None:
        """The picture, if this owner may read it."""
        ...

    async def usual_durations_s(self, *, provider: str, model: str, image_size: str | None) -> Sequence[float]:
        """How long the last answered calls of that kind took, newest first, at most 20."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """Which engine is in use and what may be said of it: never more of the key than its last four characters."""

    provider: Provider
    key_last_four: str | None = None
    address: str | None = None
    can_use_key: bool = False
    other_key_wins: bool = False
    """A key saved to `.env` would lose at the next start, to GOOGLE_API_KEY."""


class Connection(Engines, Protocol):
    """The engine in use, and the ways to change it while the studio runs."""

    @property
    def facts(self) -> ConnectionFacts: ...

    async def use_key(self, key: str) -> None:
        """Go to Google with this key from now on; the key stays in this process."""
        ...

    async def use_sandbox(self) -> None: ...

    def save_key(self, key: str) -> bool:
        """Write the key to `.env`, readable by its owner only; False when that file cannot be written."""
        ...


@dataclass(frozen=True, slots=True)
class RetryWait:
    """The runner is waiting before the next attempt. `until` is aware UTC."""

    until: datetime
    next_number: int
    error: ErrorFacts


@dataclass(frozen=True, slots=True)
class VariantProgress:
    """Where one image of a running turn stands."""

    variant: int
    attempt_number: int = 0
    thoughts: str = ""
    drafts: tuple[Blob, ...] = ()
    retry: RetryWait | None = None
    queued_until: datetime | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What is going on in a running turn, for the page; lost with the process, unlike the turn."""

    turn_id: str
    started_at: datetime
    variants: tuple[VariantProgress, ...] = field(default=())


class Runner(Protocol):
    """Runs turns in tasks of their own, which outlive the event and the page."""

    def submit(self, *, owner: str, conversation_id: str, turn_id: str) -> None: ...

    async def cancel(self, turn_id: str) -> bool:
        """Stop a turn; False when it was not running. Returns when the turn's end is written."""
        ...

    def stop_when_it_comes(self, turn_id: str) -> Literal[True]:
        """A stop overtook its turn: stop that one before it sends anything."""
        ...

    def retry_now(self, turn_id: str) -> None:
        """Cut short the wait before the next attempt."""
        ...

    def progress(self, turn_id: str) -> Progress | None: ...

    async def recover(self) -> int:
        """Deal with turns a previous process left running. Returns how many."""
        ...

    async def close(self) -> None: ...


class Feed(Protocol):
    """Tells every open page of a conversation that something changed."""

    def publish(self, conversation_id: str, *, streaming: bool = False) -> None:
        """`streaming`: only thoughts or drafts came in, the record is as it was."""
        ...

    def changes(self, conversation_id: str) -> AsyncGenerator[int, None]:
        """Yields a number at once and then after every change; it grows when the record changed."""
        ...
