"""Values ↔ rows. A conversation, a turn and an attempt have a column for each of their fields, of the same name."""

from dataclasses import fields
from typing import Any, Final, TypeVar, get_args

from sqlalchemy import RowMapping

from studio.branch import Conversation
from studio.parts import Blob
from studio.turn import Attempt, Turn, TurnStatus, is_end
from studio.version import Version

Whole = TypeVar("Whole", Conversation, Turn, Attempt)
Columns = dict[str, Any]

RUNNING_STATUSES: Final = tuple(status for status in get_args(TurnStatus) if not is_end(status))


def columns_of(value: Conversation | Turn | Attempt) -> Columns:
    """A column for every field."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def value_of(kind: type[Whole], row: RowMapping) -> Whole:
    """The value whose fields are the row's columns."""
    return kind(**{field.name: row[field.name] for field in fields(kind)})


def version_columns(conversation_id: str, version: Version) -> Columns:
    return {
        "conversation_id": conversation_id,
        "number": version.number,
        "parent": version.parent,
        "turn_id": version.turn_id,
        "attempt_id": version.attempt_id,
        "part_index": version.part_index,
        "image_sha256": version.image.sha256,
        "image_mime_type": version.image.mime_type,
        "width_px": version.width_px,
        "height_px": version.height_px,
        "name": version.name,
        "created_at": version.created_at,
    }


def version_of(row: RowMapping) -> Version:
    """The version of a row of versions joined with blobs."""
    return Version(
        number=row["number"],
        parent=row["parent"],
        image=image_of(row),
        width_px=row["width_px"],
        height_px=row["height_px"],
        created_at=row["created_at"],
        turn_id=row["turn_id"],
        attempt_id=row["attempt_id"],
        part_index=row["part_index"],
        name=row["name"],
    )


def image_of(row: RowMapping) -> Blob:
    """The picture of a row of versions joined with blobs."""
    return Blob(sha256=row["image_sha256"], size_bytes=row["size_bytes"], mime_type=row["image_mime_type"])
