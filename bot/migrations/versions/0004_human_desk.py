"""Requests for a person, and the agents, sessions, notes, tags and audit of the desk."""

import sqlalchemy as sa
from alembic import op

from bot.shop import tables

revision = "0004"
down_revision = "0003"

_OPEN_REQUESTS = """
INSERT INTO requests (conversation_id, queue, priority, rank, reason, language, requested_at, unanswered_since, stage, tried)
SELECT v.id, COALESCE(c.queue, 'overflow'), COALESCE(c.priority, 'high'),
       CASE c.priority WHEN 'critical' THEN 0 WHEN 'normal' THEN 2 ELSE 1 END,
       COALESCE(c.reason, 'asked_for_person'), COALESCE(c.language, v.language, 'en'),
       COALESCE(c.created_at, v.updated_at), COALESCE(c.created_at, v.updated_at), 'offered', '[]'
FROM conversations v
LEFT JOIN cases c ON c.id = (
    SELECT MAX(x.id) FROM cases x WHERE x.conversation_id = v.id AND x.status = 'open' AND x.handoff
)
WHERE v.owner IN ('waiting', 'human')
"""


def upgrade() -> None:
    """Create the tables; conversations that wait for a person get a request; audit lines can't be changed."""
    op.create_table(
        "agents",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("interface", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("presence", sa.String(length=8), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_agents")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_conversation_id_id"), "audit", ["conversation_id", "id"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_key_at"), "sign_in_failures", ["key", "at"], unique=False)
    op.create_table(
        "agent_reads",
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_agent_reads_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("agent", "conversation_id", name=op.f("pk_agent_reads")),
    )
    op.create_table(
        "agent_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("expires_at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent"], ["agents.name"], name=op.f("fk_agent_sessions_agent_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_agent_sessions")),
    )
    op.create_index(op.f("ix_agent_sessions_agent"), "agent_sessions", ["agent"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_notes_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_conversation_id_id"), "notes", ["conversation_id", "id"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("requested_at", tables.Instant(), nullable=False),
        sa.Column("unanswered_since", tables.Instant(), nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("assignee", sa.String(length=64), nullable=True),
        sa.Column("offered_at", tables.Instant(), nullable=True),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("taken_at", tables.Instant(), nullable=True),
        sa.Column("first_reply_at", tables.Instant(), nullable=True),
        sa.Column("first_reply_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", tables.Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("close_reason", sa.String(length=64), nullable=True),
        sa.Column("suggestion", sa.JSON(), nullable=True),
        sa.Column("rating_asked_at", tables.Instant(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rated_at", tables.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_requests_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index(op.f("ix_requests_conversation_id_id"), "requests", ["conversation_id", "id"], unique=False)
    op.create_index(
        op.f("ix_requests_ended_at_rank_requested_at"), "requests", ["ended_at", "rank", "requested_at"], unique=False
    )
    op.create_index(op.f("ix_requests_requested_at"), "requests", ["requested_at"], unique=False)
    op.create_index(
        "uq_requests_open",
        "requests",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "tags",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_tags_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "tag", name=op.f("pk_tags")),
    )
    op.create_index(op.f("ix_tags_tag"), "tags", ["tag"], unique=False)

    op.execute(_OPEN_REQUESTS)
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{action.lower()} BEFORE {action} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit lines are only added'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit lines are only added'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()"
        )


def downgrade() -> None:
    """Drop them again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_append_only ON audit")
        op.execute("DROP FUNCTION audit_is_append_only()")
    op.drop_index(op.f("ix_tags_tag"), table_name="tags")
    op.drop_table("tags")
    op.drop_index(
        "uq_requests_open",
        table_name="requests",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_requests_requested_at"), table_name="requests")
    op.drop_index(op.f("ix_requests_ended_at_rank_requested_at"), table_name="requests")
    op.drop_index(op.f("ix_requests_conversation_id_id"), table_name="requests")
    op.drop_table("requests")
    op.drop_index(op.f("ix_notes_conversation_id_id"), table_name="notes")
    op.drop_table("notes")
    op.drop_index(op.f("ix_agent_sessions_agent"), table_name="agent_sessions")
    op.drop_table("agent_sessions")
    op.drop_table("agent_reads")
    op.drop_index(op.f("ix_sign_in_failures_key_at"), table_name="sign_in_failures")
    op.drop_table("sign_in_failures")
    op.drop_index(op.f("ix_audit_conversation_id_id"), table_name="audit")
    op.drop_index(op.f("ix_audit_at"), table_name="audit")
    op.drop_table("audit")
    op.drop_table("agents")
