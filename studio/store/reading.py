"""Transactions that only look."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, func, select

from studio.branch import Conversation, Tree
from studio.parts import Blob
from studio.ports import ConversationSummary, StoredPicture
from studio.store import ledger
from studio.store.rows import RUNNING_STATUSES, image_of, value_of, version_of
from studio.store.schema import ATTEMPTS, BLOB_OWNERS, BLOBS, CONVERSATIONS, TURNS, VERSIONS
from studio.turn import Attempt, Turn
from studio.version import Version

_DURATIONS: Final = 20


def summaries(connection: Connection, owner: str) -> Sequence[ConversationSummary]:
    """An owner's conversations that are not deleted, newest first; the cover is the tip, else the newest version."""
    counts = (
        select(
            VERSIONS.c.conversation_id,
            func.count().label("version_count"),
            func.max(VERSIONS.c.number).label("newest"),
        )
        .group_by(VERSIONS.c.conversation_id)
        .subquery()
    )
    cover = VERSIONS.join(BLOBS, BLOBS.c.sha256 == VERSIONS.c.image_sha256)
    found = connection.execute(
        select(
            CONVERSATIONS.c.id,
            CONVERSATIONS.c.title,
            CONVERSATIONS.c.updated_at,
            func.coalesce(counts.c.version_count, 0).label("version_count"),
            VERSIONS.c.image_sha256,
            VERSIONS.c.image_mime_type,
            BLOBS.c.size_bytes,
        )
        .select_from(
            CONVERSATIONS.outerjoin(counts, counts.c.conversation_id == CONVERSATIONS.c.id).outerjoin(
                cover,
                (VERSIONS.c.conversation_id == CONVERSATIONS.c.id)
                & (VERSIONS.c.number == func.coalesce(CONVERSATIONS.c.tip, counts.c.newest)),
            )
        )
        .where(CONVERSATIONS.c.owner == owner, CONVERSATIONS.c.deleted_at.is_(None))
        .order_by(CONVERSATIONS.c.updated_at.desc(), CONVERSATIONS.c.sequence.desc())
    )
    return tuple(
        ConversationSummary(
            id=row["id"],
            title=row["title"],
            updated_at=row["updated_at"],
            version_count=row["version_count"],
            cover=None if row["image_sha256"] is None else image_of(row),
        )
        for row in found.mappings()
    )


def tree(connection: Connection, *, owner: str, conversation_id: str) -> Tree | None:
    """A conversation with everything in it, deleted ones too; None for another owner's."""
    wanted = select(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id, CONVERSATIONS.c.owner == owner)
    row = connection.execute(wanted).mappings().one_or_none()
    if row is None:
        return None
    return Tree(
        conversation=value_of(Conversation, row),
        turns=_turns(connection, conversation_id),
        attempts=_attempts(connection, conversation_id),
        versions=_versions(connection, conversation_id),
    )


def spent_usd(connection: Connection, conversation_id: str, *, simulated: bool) -> Decimal:
    """What counts against one of a conversation's two caps."""
    of_kind = (TURNS.c.conversation_id == conversation_id) & (TURNS.c.simulated == simulated)
    running = select(TURNS.c.id, TURNS.c.reserve_usd).where(of_kind, TURNS.c.status.in_(RUNNING_STATUSES))
    calls = select(
        ATTEMPTS.c.turn_id,
        ATTEMPTS.c.variant,
        ATTEMPTS.c.number,
        (ATTEMPTS.c.state == "running").label("running"),
        ATTEMPTS.c.billed,
        ATTEMPTS.c.hold_usd,
        ATTEMPTS.c.cost_usd,
    ).join(TURNS, TURNS.c.id == ATTEMPTS.c.turn_id)
    return ledger.spent_usd(
        reserves={row["id"]: row["reserve_usd"] for row in connection.execute(running).mappings()},
        calls=[ledger.Call(**row) for row in connection.execute(calls.where(of_kind)).mappings()],
    )


def owned_picture(connection: Connection, owner: str, sha256: str) -> StoredPicture | None:
    """A stored picture under the type its owner knows it by; None when it is not theirs."""
    found = connection.execute(
        select(BLOBS.c.size_bytes, BLOB_OWNERS)
        .join(BLOB_OWNERS, BLOB_OWNERS.c.sha256 == BLOBS.c.sha256)
        .where(BLOB_OWNERS.c.owner == owner, BLOB_OWNERS.c.sha256 == sha256)
    )
    row = found.mappings().one_or_none()
    if row is None:
        return None
    blob = Blob(sha256=sha256, size_bytes=row["size_bytes"], mime_type=row["mime_type"])
    return StoredPicture(blob=blob, width_px=row["width_px"], height_px=row["height_px"])


def usual_durations_s(connection: Connection, *, provider: str, model: str, image_size: str | None) -> Sequence[float]:
    """Seconds that the last answered calls of a kind took, newest first."""
    found = connection.execute(
        select(ATTEMPTS.c.started_at, ATTEMPTS.c.ended_at)
        .join(TURNS, TURNS.c.id == ATTEMPTS.c.turn_id)
        .where(
            TURNS.c.provider == provider,
            TURNS.c.model == model,
            TURNS.c.image_size == image_size,
            ATTEMPTS.c.state == "done",
            ATTEMPTS.c.ended_at.is_not(None),
        )
        .order_by(ATTEMPTS.c.ended_at.desc(), ATTEMPTS.c.sequence.desc())
        .limit(_DURATIONS)
    )
    return tuple((row["ended_at"] - row["started_at"]).total_seconds() for row in found.mappings())


def versions_of_attempt(connection: Connection, attempt_id: str) -> tuple[Version, ...]:
    """The versions an answer became."""
    found = connection.execute(
        select(VERSIONS, BLOBS.c.size_bytes)
        .join(BLOBS, BLOBS.c.sha256 == VERSIONS.c.image_sha256)
        .where(VERSIONS.c.attempt_id == attempt_id)
        .order_by(VERSIONS.c.number)
    )
    return tuple(version_of(row) for row in found.mappings())


def _turns(connection: Connection, conversation_id: str) -> tuple[Turn, ...]:
    found = select(TURNS).where(TURNS.c.conversation_id == conversation_id).order_by(TURNS.c.sequence)
    return tuple(value_of(Turn, row) for row in connection.execute(found).mappings())


def _attempts(connection: Connection, conversation_id: str) -> tuple[Attempt, ...]:
    found = (
        select(ATTEMPTS)
        .join(TURNS, TURNS.c.id == ATTEMPTS.c.turn_id)
        .where(TURNS.c.conversation_id == conversation_id)
        .order_by(ATTEMPTS.c.sequence)
    )
    return tuple(value_of(Attempt, row) for row in connection.execute(found).mappings())


def _versions(connection: Connection, conversation_id: str) -> tuple[Version, ...]:
    found = (
        select(VERSIONS, BLOBS.c.size_bytes)
        .join(BLOBS, BLOBS.c.sha256 == VERSIONS.c.image_sha256)
        .where(VERSIONS.c.conversation_id == conversation_id)
        .order_by(VERSIONS.c.number)
    )
    return tuple(version_of(row) for row in connection.execute(found).mappings())
