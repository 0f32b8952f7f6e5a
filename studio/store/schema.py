"""The tables. What is searched, summed or guarded has a column of its own; the rest of a value is JSON text.

Changing one needs a migration beside `migrations/versions/0001_first.py`; a test compares the two.
"""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from studio.store.codec import DRAFT, ERROR, NOTES, PROMPT, RESPONSE
from studio.store.columns import JsonValue, Money, UtcTime

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# `sequence` is the order of writing, which is the order of the tree; two rows can share a microsecond.
CONVERSATIONS: Final = Table(
    "conversations",
    METADATA,
    Column("sequence", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("owner", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("titled_by_hand", Boolean, nullable=False),
    Column("tip", Integer),
    Column("draft", JsonValue(DRAFT), nullable=False),
    Column("budget_usd", Money),
    Column("simulated_budget_usd", Money),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),
    Index(None, "owner", "updated_at"),
)

TURNS: Final = Table(
    "turns",
    METADATA,
    Column("sequence", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("parent", Integer),
    Column("prompt", JsonValue(PROMPT), nullable=False),
    Column("provider", String(255), nullable=False),
    Column("model", String(128), nullable=False),
    Column("image_size", String(16)),
    Column("simulated", Boolean, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("reserve_usd", Money, nullable=False),
    Column("error", JsonValue(ERROR)),
    Column("notes", JsonValue(NOTES), nullable=False),
    Column("starts_fresh", Boolean, nullable=False),
    Column("left_out_turns", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index(None, "provider", "model", "image_size"),
)

ATTEMPTS: Final = Table(
    "attempts",
    METADATA,
    Column("sequence", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("turn_id", ForeignKey("turns.id"), nullable=False),
    Column("variant", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("billed", String(8)),
    Column("hold_usd", Money, nullable=False),
    Column("cost_usd", Money),
    Column("cost_confirmed", Boolean, nullable=False),
    Column("body_bytes", Integer, nullable=False),
    Column("response", JsonValue(RESPONSE)),
    Column("error", JsonValue(ERROR)),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    # One paid call per row: a recovered run that comes here again is refused instead of paying twice.
    UniqueConstraint("turn_id", "variant", "number"),
)

BLOBS: Final = Table(
    "blobs",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("size_bytes", Integer, nullable=False),
)

# The type is the owner's own word for the bytes: another owner's must not change how they are served. Pixels are 0 × 0
# for a draft, which nobody measured.
BLOB_OWNERS: Final = Table(
    "blob_owners",
    METADATA,
    Column("owner", String(128), primary_key=True),
    Column("sha256", ForeignKey("blobs.sha256"), primary_key=True),
    Column("mime_type", String(128), nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
)

VERSIONS: Final = Table(
    "versions",
    METADATA,
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("parent", Integer),
    Column("turn_id", ForeignKey("turns.id")),
    Column("attempt_id", ForeignKey("attempts.id"), index=True),
    Column("part_index", Integer),
    Column("image_sha256", ForeignKey("blobs.sha256"), nullable=False),
    Column("image_mime_type", String(128), nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    CheckConstraint("number >= 0", name="number"),
)
