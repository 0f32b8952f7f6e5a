"""SqlStore: the `ports.Store` over a database. Each method is one short transaction in a thread of its own."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeVar

from sqlalchemy import Connection

from studio.branch import Conversation, Tree
from studio.errors import ErrorFacts
from studio.ports import Clock, ConversationSummary, NewImage, StoredPicture
from studio.prompt import Draft
from studio.store import editing, reading, turns
from studio.store.database import Database
from studio.turn import Attempt, Turn, TurnNote, TurnStatus
from studio.version import Version

Result = TypeVar("Result")

_READERS: Final = 3


class SystemClock:
    """The computer's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SqlStore:
    """The record of one data folder, usable from any event loop.

    Every method raises StoreError when the database fails, and InputError("not_found") when a conversation, turn or
    attempt it is told to change is not there. A cancelled caller is held until its transaction has ended.
    """

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        # One thread for writes: they queue here in order, instead of polling for SQLite's only write lock.
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-write")
        self._readers = ThreadPoolExecutor(max_workers=_READERS, thread_name_prefix="store-read")

    def close(self) -> None:
        """Finish what was begun, and close the database."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._database.close()

    async def create_conversation(self, conversation: Conversation) -> None:
        await self._write(lambda connection: editing.create(connection, conversation))

    async def conversations(self, owner: str) -> Sequence[ConversationSummary]:
        return await self._read(lambda connection: reading.summaries(connection, owner))

    async def tree(self, *, owner: str, conversation_id: str) -> Tree | None:
        """The whole conversation, also a deleted one, so that it can be restored."""
        return await self._read(
            lambda connection: reading.tree(connection, owner=owner, conversation_id=conversation_id)
        )

    async def rename(self, conversation_id: str, *, title: str, by_hand: bool, at: datetime) -> None:
        """A title given by hand is not replaced by an automatic one."""
        await self._write(
            lambda connection: editing.rename(connection, conversation_id, title=title, by_hand=by_hand, at=at)
        )

    async def set_deleted(self, conversation_id: str, *, at: datetime | None) -> None:
        await self._write(lambda connection: editing.change(connection, conversation_id, {"deleted_at": at}))

    async def save_draft(self, conversation_id: str, draft: Draft) -> Draft:
        """One that the studio itself has changed since (a higher `rev`) is kept and returned instead."""
        return await self._write(lambda connection: editing.save_draft(connection, conversation_id, draft))

    async def set_tip(self, conversation_id: str, number: int | None) -> None:
        await self._write(lambda connection: editing.set_tip(connection, conversation_id, number))

    async def set_budget(self, conversation_id: str, *, cap_usd: Decimal | None, simulated: bool) -> None:
        await self._write(
            lambda connection: editing.set_budget(connection, conversation_id, cap_usd=cap_usd, simulated=simulated)
        )

    async def add_original(self, conversation_id: str, version: Version, *, owner: str) -> None:
        """Raises ValueError for a number other than 0, StoreError when the conversation is not empty."""
        await self._write(lambda connection: editing.add_original(connection, conversation_id, version, owner=owner))

    async def open_turn(self, turn: Turn, *, reserve_usd: Decimal, cap_usd: Decimal | None, simulated: bool) -> None:
        """Raises BudgetReached, with the figures, when what counts already and `reserve_usd` pass the cap."""
        await self._write(
            lambda connection: turns.open_turn(
                connection, turn, reserve_usd=reserve_usd, cap_usd=cap_usd, simulated=simulated
            )
        )

    async def move_turn(
        self, turn_id: str, *, status: TurnStatus, at: datetime | None = None, error: ErrorFacts | None = None
    ) -> bool:
        moment = at or self._clock.now()
        return await self._write(
            lambda connection: turns.move_turn(connection, turn_id, status=status, at=moment, error=error)
        )

    async def restart_turn_fresh(self, turn: Turn) -> None:
        """Leaves a turn that is no longer running as it is."""
        await self._write(lambda connection: turns.restart_fresh(connection, turn))

    async def note_turn(self, turn_id: str, notes: Sequence[TurnNote]) -> None:
        """Adds to the notes that are there."""
        await self._write(lambda connection: turns.note(connection, turn_id, notes))

    async def start_attempt(self, attempt: Attempt, *, hold_usd: Decimal) -> None:
        """Raises StoreError when the ledger already has that turn, variant and number."""
        await self._write(lambda connection: turns.start_attempt(connection, attempt, hold_usd=hold_usd))

    async def finish_attempt(self, attempt: Attempt, *, owner: str, images: Sequence[NewImage]) -> Sequence[Version]:
        """An attempt that already has its answer keeps it; its versions are returned."""
        moment = attempt.ended_at or self._clock.now()
        return await self._write(
            lambda connection: turns.finish_attempt(connection, attempt, owner=owner, images=images, at=moment)
        )

    async def interrupt_running(self, at: datetime) -> int:
        return await self._write(lambda connection: turns.interrupt_running(connection, at))

    async def spent_usd(self, conversation_id: str, *, simulated: bool) -> Decimal:
        return await self._read(lambda connection: reading.spent_usd(connection, conversation_id, simulated=simulated))

    async def grant(self, owner: str, picture: StoredPicture) -> None:
        await self._write(lambda connection: editing.grant(connection, owner, (picture,)))

    async def owned_picture(self, owner: str, sha256: str) -> StoredPicture | None:
        return await self._read(lambda connection: reading.owned_picture(connection, owner, sha256))

    async def usual_durations_s(self, *, provider: str, model: str, image_size: str | None) -> Sequence[float]:
        return await self._read(
            lambda connection: reading.usual_durations_s(
                connection, provider=provider, model=model, image_size=image_size
            )
        )

    async def _read(self, work: Callable[[Connection], Result]) -> Result:
        return await _run(self._readers, self._database.read, work)

    async def _write(self, work: Callable[[Connection], Result]) -> Result:
        return await _run(self._writer, self._database.write, work)


async def _run(
    threads: ThreadPoolExecutor,
    transaction: Callable[[], AbstractContextManager[Connection]],
    work: Callable[[Connection], Result],
) -> Result:
    def run() -> Result:
        with transaction() as connection:
            return work(connection)

    running = asyncio.get_running_loop().run_in_executor(threads, run)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        # Stop must not tear a commit: the row is written or it is not, and the caller goes on after that.
        await asyncio.wait((running,))
        raise
