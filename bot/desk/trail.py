"""The audit: who saw, sent, took and closed what. Lines are added, never changed; the database refuses it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from bot.conversations.store import TurnTransaction
from bot.desk.tables import audit


def note_down(
    transaction: TurnTransaction, *, agent: str, action: str, now: datetime, conversation_id: str | None = None,
    **detail: Any,
) -> None:  # fmt: skip
    """Add one line; ``detail`` holds ids and numbers, never words of a message."""
    row = {"at": now, "agent": agent, "action": action, "conversation_id": conversation_id, "detail": detail}
    transaction.connection.execute(insert(audit).values(**row))


def lines_of(transaction: TurnTransaction, conversation_id: str, *, most: int = 100) -> list[dict[str, Any]]:
    """Return the newest lines of a conversation, oldest first: {at, agent, action, detail}."""
    query = select(audit).where(audit.c.conversation_id == conversation_id).order_by(audit.c.id.desc()).limit(most)
    rows = reversed(transaction.connection.execute(query).all())
    return [{"at": row.at.isoformat(), "agent": row.agent, "action": row.action, "detail": row.detail} for row in rows]
