"""The SQL tables of the desk. Rows of ``audit`` and ``notes`` are appended, never changed."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.conversations.tables import conversations, requests
from bot.shop.tables import Instant, metadata

__all__ = ["agents", "audit", "conversations", "notes", "reads", "requests", "sessions", "sign_in_failures", "tags"]

agents = Table(
    "agents", metadata,
    Column("name", String(64), primary_key=True),
    Column("display_name", String(80), nullable=False),
    Column("role", String(8), nullable=False),
    Column("languages", JSON, nullable=False),
    Column("interface", String(2), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("presence", String(8), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
)  # fmt: skip

sessions = Table(
    "agent_sessions", metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent", String(64), ForeignKey("agents.name", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "agent"),
)  # fmt: skip

sign_in_failures = Table(
    "sign_in_failures", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(160), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "key", "at"),
)  # fmt: skip

notes = Table(
    "notes", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", String(64), ForeignKey("conversations.id"), nullable=False),
    Column("author", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "conversation_id", "id"),
)  # fmt: skip

tags = Table(
    "tags", metadata,
    Column("conversation_id", String(64), ForeignKey("conversations.id"), primary_key=True),
    Column("tag", String(40), primary_key=True),
    Index(None, "tag"),
)  # fmt: skip

reads = Table(
    "agent_reads", metadata,
    Column("agent", String(64), primary_key=True),
    Column("conversation_id", String(64), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, nullable=False),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("agent", String(64), nullable=False),
    Column("action", String(24), nullable=False),
    Column("conversation_id", String(64)),
    Column("detail", JSON, nullable=False),
    Index(None, "conversation_id", "id"),
    Index(None, "at"),
)  # fmt: skip
