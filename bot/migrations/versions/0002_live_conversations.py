"""What waits for a turn, who a conversation belongs to, and uploaded files."""

import sqlalchemy as sa
from alembic import op

from bot.shop import tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the marks and the table of uploads; everything stored so far counts as handled."""
    with op.batch_alter_table("conversations") as batch:
        batch.add_column(sa.Column("last_buyer_seq", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("handled_seq", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE conversations SET last_buyer_seq = last_seq, handled_seq = last_seq")
    op.create_index(op.f("ix_conversations_updated_at"), "conversations", ["updated_at"])
    op.create_index(op.f("ix_conversations_buyer_id_channel"), "conversations", ["buyer_id", "channel"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_uploads_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_conversation_id"), "uploads", ["conversation_id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index(op.f("ix_uploads_conversation_id"), table_name="uploads")
    op.drop_table("uploads")
    op.drop_index(op.f("ix_conversations_buyer_id_channel"), table_name="conversations")
    op.drop_index(op.f("ix_conversations_updated_at"), table_name="conversations")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("handled_seq")
        batch.drop_column("last_buyer_seq")
