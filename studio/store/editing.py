"""Transactions on a conversation itself: its title, draft, tip, budgets, original and readable bytes.

All raise InputError("not_found") for a conversation that is not there.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, insert, select, update

from studio.branch import Conversation
from studio.errors import InputError, StoreError
from studio.parts import Blob
from studio.ports import StoredPicture
from studio.prompt import Draft
from studio.store.database import add_missing
from studio.store.rows import Columns, columns_of, version_columns
from studio.store.schema import BLOB_OWNERS, BLOBS, CONVERSATIONS, TURNS, VERSIONS
from studio.version import Version


def create(connection: Connection, conversation: Conversation) -> None:
    connection.execute(insert(CONVERSATIONS).values(columns_of(conversation)))


def locked(connection: Connection, conversation_id: str) -> RowMapping:
    """The conversation's row, held until the transaction ends, so that what is counted under it stays true."""
    # SQLite's BEGIN IMMEDIATE already holds everything, and leaves FOR UPDATE out.
    wanted = select(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id).with_for_update()
    row = connection.execute(wanted).mappings().one_or_none()
    if row is None:
        raise InputError("not_found")
    return row


def change(connection: Connection, conversation_id: str, values: Columns) -> None:
    """Set columns of a conversation."""
    changed = connection.execute(update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation_id).values(values))
    if changed.rowcount == 0:
        raise InputError("not_found")


def rename(connection: Connection, conversation_id: str, *, title: str, by_hand: bool, at: datetime) -> None:
    """A title given by hand stays: an automatic one that comes later is dropped."""
    if locked(connection, conversation_id)["titled_by_hand"] and not by_hand:
        return
    change(connection, conversation_id, {"title": title, "titled_by_hand": by_hand, "updated_at": at})


def save_draft(connection: Connection, conversation_id: str, draft: Draft) -> Draft:
    """The draft that is kept: one that the studio itself has changed since (a higher `rev`) stays."""
    kept: Draft = locked(connection, conversation_id)["draft"]
    if draft.rev < kept.rev or draft == kept:
        return kept
    change(connection, conversation_id, {"draft": draft})
    return draft


def set_budget(connection: Connection, conversation_id: str, *, cap_usd: Decimal | None, simulated: bool) -> None:
    change(connection, conversation_id, {"simulated_budget_usd" if simulated else "budget_usd": cap_usd})


def set_tip(connection: Connection, conversation_id: str, number: int | None) -> None:
    locked(connection, conversation_id)
    if number is not None and not _has_version(connection, conversation_id, number):
        raise InputError("not_found")
    change(connection, conversation_id, {"tip": number})


def add_original(connection: Connection, conversation_id: str, version: Version, *, owner: str) -> None:
    """Version 0 of an empty conversation. Raises ValueError for another number, StoreError when it is not empty."""
    if version.number != 0:
        raise ValueError("an original is version 0")
    if locked(connection, conversation_id)["owner"] != owner:
        raise InputError("not_found")
    if _is_begun(connection, conversation_id):
        raise StoreError("This conversation already has pictures. Start a new one to work on another original.")
    grant(connection, owner, (StoredPicture(version.image, version.width_px, version.height_px),))
    connection.execute(insert(VERSIONS).values(version_columns(conversation_id, version)))
    change(connection, conversation_id, {"tip": 0, "updated_at": version.created_at})


def grant(connection: Connection, owner: str, pictures: tuple[StoredPicture, ...]) -> None:
    """Record stored pictures and let an owner read them, under the type they were first granted with.

    A draft that nobody measured gets its size when it comes again measured.
    """
    record_blobs(connection, tuple(picture.blob for picture in pictures))
    rows = [
        {
            "owner": owner,
            "sha256": picture.blob.sha256,
            "mime_type": picture.blob.mime_type,
            "width_px": picture.width_px,
            "height_px": picture.height_px,
        }
        for picture in pictures
    ]
    add_missing(connection, BLOB_OWNERS, rows)
    for picture in pictures:
        same = (BLOB_OWNERS.c.owner == owner) & (BLOB_OWNERS.c.sha256 == picture.blob.sha256)
        pixels = {"width_px": picture.width_px, "height_px": picture.height_px}
        connection.execute(update(BLOB_OWNERS).where(same, BLOB_OWNERS.c.width_px == 0).values(pixels))


def record_blobs(connection: Connection, blobs: tuple[Blob, ...]) -> None:
    """Record that bytes are stored, for nobody to read yet."""
    add_missing(connection, BLOBS, [{"sha256": blob.sha256, "size_bytes": blob.size_bytes} for blob in blobs])


def _has_version(connection: Connection, conversation_id: str, number: int) -> bool:
    wanted = select(VERSIONS.c.number).where(VERSIONS.c.conversation_id == conversation_id, VERSIONS.c.number == number)
    return connection.execute(wanted).first() is not None


def _is_begun(connection: Connection, conversation_id: str) -> bool:
    version = select(VERSIONS.c.number).where(VERSIONS.c.conversation_id == conversation_id).limit(1)
    turn = select(TURNS.c.id).where(TURNS.c.conversation_id == conversation_id).limit(1)
    return connection.execute(version).first() is not None or connection.execute(turn).first() is not None
