"""WhatsApp: contacts, their conversations, what came in, what goes out, and what is left to do.

The id a sender gives a message may be as long as WhatsApp's; orders are found by their phone number.
"""

import sqlalchemy as sa
from alembic import op

from bot.shop import tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of the channel."""
    op.create_table(
        "whatsapp_alarms",
        sa.Column("phone_number_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("token_mark", sa.String(length=16), nullable=False),
        sa.Column("since", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("phone_number_id", name=op.f("pk_whatsapp_alarms")),
    )
    op.create_table(
        "whatsapp_contacts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("phone_number_id", sa.String(length=32), nullable=False),
        sa.Column("wa_id", sa.String(length=32), nullable=True),
        sa.Column("user_id", sa.String(length=160), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("window_ends_at", tables.Instant(), nullable=True),
        sa.Column("opted_out_at", tables.Instant(), nullable=True),
        sa.Column("last_wamid", sa.String(length=300), nullable=True),
        sa.Column("read_wamid", sa.String(length=300), nullable=True),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_contacts")),
        sa.UniqueConstraint("phone_number_id", "user_id", name=op.f("uq_whatsapp_contacts_phone_number_id_user_id")),
        sa.UniqueConstraint("phone_number_id", "wa_id", name=op.f("uq_whatsapp_contacts_phone_number_id_wa_id")),
    )
    op.create_index(op.f("ix_whatsapp_contacts_wa_id"), "whatsapp_contacts", ["wa_id"], unique=False)
    op.create_table(
        "whatsapp_former_numbers",
        sa.Column("wa_id", sa.String(length=32), nullable=False),
        sa.Column("left_at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("wa_id", name=op.f("pk_whatsapp_former_numbers")),
    )
    op.create_table(
        "whatsapp_receipts",
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("received_at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_whatsapp_receipts")),
    )
    op.create_index(op.f("ix_whatsapp_receipts_received_at"), "whatsapp_receipts", ["received_at"], unique=False)
    op.create_table(
        "whatsapp_deliveries",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("wamid", sa.String(length=300), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", tables.Instant(), nullable=False),
        sa.Column("tried_at", tables.Instant(), nullable=True),
        sa.Column("updated_at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["whatsapp_contacts.id"], name=op.f("fk_whatsapp_deliveries_contact_id_whatsapp_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_whatsapp_deliveries_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_deliveries")),
        sa.UniqueConstraint(
            "conversation_id", "first_seq", "part", name=op.f("uq_whatsapp_deliveries_conversation_id_first_seq_part")
        ),
        sa.UniqueConstraint("tag", name=op.f("uq_whatsapp_deliveries_tag")),
        sa.UniqueConstraint("wamid", name=op.f("uq_whatsapp_deliveries_wamid")),
    )
    op.create_index(
        op.f("ix_whatsapp_deliveries_contact_id_state"), "whatsapp_deliveries", ["contact_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_whatsapp_deliveries_state_due_at"), "whatsapp_deliveries", ["state", "due_at"], unique=False
    )
    op.create_table(
        "whatsapp_tasks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", tables.Instant(), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_whatsapp_tasks_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_tasks")),
    )
    op.create_index(op.f("ix_whatsapp_tasks_state_due_at"), "whatsapp_tasks", ["state", "due_at"], unique=False)
    op.create_table(
        "whatsapp_threads",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("planned_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["whatsapp_contacts.id"], name=op.f("fk_whatsapp_threads_contact_id_whatsapp_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_whatsapp_threads_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_whatsapp_threads")),
    )
    op.create_index(op.f("ix_whatsapp_threads_contact_id"), "whatsapp_threads", ["contact_id"], unique=False)
    with op.batch_alter_table("messages") as batch:
        batch.alter_column("client_id", existing_type=sa.String(length=64), type_=sa.String(length=300))
    op.create_index(op.f("ix_orders_phone"), "orders", ["phone"], unique=False)


def downgrade() -> None:
    """Drop them again."""
    op.drop_index(op.f("ix_orders_phone"), table_name="orders")
    with op.batch_alter_table("messages") as batch:
        batch.alter_column("client_id", existing_type=sa.String(length=300), type_=sa.String(length=64))
    op.drop_index(op.f("ix_whatsapp_threads_contact_id"), table_name="whatsapp_threads")
    op.drop_table("whatsapp_threads")
    op.drop_index(op.f("ix_whatsapp_tasks_state_due_at"), table_name="whatsapp_tasks")
    op.drop_table("whatsapp_tasks")
    op.drop_index(op.f("ix_whatsapp_deliveries_state_due_at"), table_name="whatsapp_deliveries")
    op.drop_index(op.f("ix_whatsapp_deliveries_contact_id_state"), table_name="whatsapp_deliveries")
    op.drop_table("whatsapp_deliveries")
    op.drop_index(op.f("ix_whatsapp_receipts_received_at"), table_name="whatsapp_receipts")
    op.drop_table("whatsapp_receipts")
    op.drop_table("whatsapp_former_numbers")
    op.drop_index(op.f("ix_whatsapp_contacts_wa_id"), table_name="whatsapp_contacts")
    op.drop_table("whatsapp_contacts")
    op.drop_table("whatsapp_alarms")
