"""The SQL tables of conversations. Rows of ``messages`` and ``tracker_events`` are appended, never changed;
only files that arrive after their message are added to it.

``conversations`` keeps two marks: ``last_buyer_seq``, the newest message of the buyer, and ``handled_seq``,
up to which messages were answered or given to a person. What lies between waits for a turn.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.shop.tables import Instant, metadata

conversations = Table(
    "conversations", metadata,
    Column("id", String(64), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("buyer_id", String(64)),
    Column("language", String(8)),
    Column("owner", String(8), nullable=False, default="bot"),
    Column("version", Integer, nullable=False, default=1),
    Column("last_seq", Integer, nullable=False, default=0),
    Column("last_buyer_seq", Integer, nullable=False, default=0, server_default="0"),
    Column("handled_seq", Integer, nullable=False, default=0, server_default="0"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index(None, "updated_at"),
    Index(None, "buyer_id", "channel"),
)  # fmt: skip

messages = Table(
    "messages", metadata,
    Column("conversation_id", String(64), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("client_id", String(300), nullable=False),
    Column("author", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("conversation_id", "client_id"),
)  # fmt: skip

tracker_events = Table(
    "tracker_events", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), ForeignKey("conversations.id"), nullable=False),
    Column("event", JSON, nullable=False),
    Index(None, "conversation_id", "id"),
)  # fmt: skip

cases = Table(
    "cases", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), ForeignKey("conversations.id"), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("queue", String(16), nullable=False),
    Column("priority", String(8), nullable=False),
    Column("handoff", Boolean, nullable=False),
    Column("status", String(8), nullable=False, default="open"),
    Column("language", String(8), nullable=False),
    Column("summary", Text, nullable=False),
    Column("packet", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "status", "queue", "created_at"),
    Index(None, "conversation_id"),
)  # fmt: skip

requests = Table(
    "requests", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), ForeignKey("conversations.id"), nullable=False),
    Column("queue", String(16), nullable=False),
    Column("priority", String(8), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("language", String(8), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("unanswered_since", Instant),
    Column("stage", String(10), nullable=False, default="offered"),
    Column("assignee", String(64)),
    Column("offered_at", Instant),
    Column("tried", JSON, nullable=False, default=list),
    Column("taken_at", Instant),
    Column("first_reply_at", Instant),
    Column("first_reply_by", String(64)),
    Column("ended_at", Instant),
    Column("outcome", String(16)),
    Column("close_reason", String(64)),
    Column("suggestion", JSON),
    Column("rating_asked_at", Instant),
    Column("rating", Integer),
    Column("rated_at", Instant),
    Index(None, "ended_at", "rank", "requested_at"),
    Index(None, "requested_at"),
    Index(
        "uq_requests_open", "conversation_id", unique=True,
        sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
    ),
    Index(None, "conversation_id", "id"),
)  # fmt: skip
"""One wish for a person, from hand-off to its end; a conversation has at most one that is open."""

uploads = Table(
    "uploads", metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", String(64), ForeignKey("conversations.id"), nullable=False),
    Column("type", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "conversation_id"),
)  # fmt: skip

identity_failures = Table(
    "identity_failures", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(160), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "key", "at"),
)  # fmt: skip
