"""The first schema: conversations, turns, attempts, blobs and their owners, versions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _conversations()
    _turns()
    _attempts()
    _blobs()
    _versions()


def downgrade() -> None:
    for table in ("versions", "blob_owners", "blobs", "attempts", "turns", "conversations"):
        op.drop_table(table)


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("titled_by_hand", sa.Boolean(), nullable=False),
        sa.Column("tip", sa.Integer()),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("budget_usd", sa.String(64)),
        sa.Column("simulated_budget_usd", sa.String(64)),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("updated_at", sa.String(32), nullable=False),
        sa.Column("deleted_at", sa.String(32)),
        sa.PrimaryKeyConstraint("sequence", name="pk_conversations"),
        sa.UniqueConstraint("id", name="uq_conversations_id"),
    )
    op.create_index("ix_conversations_owner_updated_at", "conversations", ["owner", "updated_at"])


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("parent", sa.Integer()),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("provider", sa.String(255), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("image_size", sa.String(16)),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reserve_usd", sa.String(64), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("starts_fresh", sa.Boolean(), nullable=False),
        sa.Column("left_out_turns", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.PrimaryKeyConstraint("sequence", name="pk_turns"),
        sa.UniqueConstraint("id", name="uq_turns_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id"),
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id"])
    op.create_index("ix_turns_status", "turns", ["status"])
    op.create_index("ix_turns_provider_model_image_size", "turns", ["provider", "model", "image_size"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("turn_id", sa.String(64), nullable=False),
        sa.Column("variant", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("billed", sa.String(8)),
        sa.Column("hold_usd", sa.String(64), nullable=False),
        sa.Column("cost_usd", sa.String(64)),
        sa.Column("cost_confirmed", sa.Boolean(), nullable=False),
        sa.Column("body_bytes", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.PrimaryKeyConstraint("sequence", name="pk_attempts"),
        sa.UniqueConstraint("id", name="uq_attempts_id"),
        sa.UniqueConstraint("turn_id", "variant", "number", name="uq_attempts_turn_id_variant_number"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_attempts_turn_id"),
    )
    op.create_index("ix_attempts_state", "attempts", ["state"])


def _blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )
    op.create_table(
        "blob_owners",
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("mime_type", sa.String(128), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "sha256", name="pk_blob_owners"),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name="fk_blob_owners_sha256"),
    )


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("parent", sa.Integer()),
        sa.Column("turn_id", sa.String(64)),
        sa.Column("attempt_id", sa.String(64)),
        sa.Column("part_index", sa.Integer()),
        sa.Column("image_sha256", sa.String(64), nullable=False),
        sa.Column("image_mime_type", sa.String(128), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "number", name="pk_versions"),
        sa.CheckConstraint("number >= 0", name=op.f("ck_versions_number")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_versions_conversation_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_versions_turn_id"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_versions_attempt_id"),
        sa.ForeignKeyConstraint(["image_sha256"], ["blobs.sha256"], name="fk_versions_image_sha256"),
    )
    op.create_index("ix_versions_attempt_id", "versions", ["attempt_id"])
