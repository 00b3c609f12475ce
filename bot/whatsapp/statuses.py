"""What became of our messages: applying Meta's statuses, in whatever order and however often they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Connection

from bot.whatsapp.payloads import STATUS_NAMES, Status
from bot.whatsapp.states import forward
from bot.whatsapp.tables import contacts, deliveries, receipts

WINDOW_CLOSED = 131047
"""Meta's code for "more than 24 hours since the buyer's last message"."""
_AGAIN = 100
"""Added to the part of a message that is sent once more, as a template."""


def status_key(wamid: str, name: str) -> str:
    """Return the key of a status in the receipts."""
    return f"{wamid}|{name}"


def apply_statuses(connection: Connection, statuses: Sequence[Status], *, now: datetime) -> set[str]:
    """Move our deliveries forward; returns the conversations in which something changed."""
    if not statuses:
        return set()
    query = select(deliveries).where(
        or_(
            deliveries.c.wamid.in_([s.wamid for s in statuses]),
            deliveries.c.tag.in_([s.tag for s in statuses if s.tag]),
        )
    )
    rows = connection.execute(query).all()
    by_wamid = {row.wamid: dict(row._mapping) for row in rows if row.wamid}
    by_tag = {row.tag: by_wamid.get(row.wamid) or dict(row._mapping) for row in rows}
    changed: set[str] = set()
    for status in statuses:
        row = by_wamid.get(status.wamid) or (by_tag.get(status.tag) if status.tag else None)
        if row is not None and _apply(connection, row, status, now):
            changed.add(row["conversation_id"])
    return changed


def earlier_statuses(connection: Connection, wamid: str) -> list[Status]:
    """Return the statuses that came before it was known which message ``wamid`` is."""
    keys = {status_key(wamid, name): name for name in STATUS_NAMES}
    found = connection.execute(select(receipts.c.key, receipts.c.raw).where(receipts.c.key.in_(list(keys))))
    result = []
    for row in found:
        code, _, reason = row.raw.partition(" ")
        result.append(Status(wamid, keys[row.key], 0, code=int(code) if code.isdigit() else None, reason=reason))
    return sorted(result, key=lambda status: STATUS_NAMES.index(status.name))


def status_raw(status: Status) -> str:
    """Return what is kept of a status: its error."""
    return f"{status.code} {status.reason}" if status.code is not None else ""


def _apply(connection: Connection, row: dict[str, Any], status: Status, now: datetime) -> bool:
    if not forward(row["state"], status.name):
        return False
    news: dict[str, Any] = {"state": status.name, "updated_at": now}
    if row["wamid"] is None:
        news["wamid"] = status.wamid
    if status.name == "failed":
        news |= {"code": status.code, "reason": status.reason}
    connection.execute(update(deliveries).where(deliveries.c.id == row["id"]).values(**news))
    row |= news
    if status.name == "failed" and status.code == WINDOW_CLOSED and row["part"] < _AGAIN:
        _again(connection, row, now)
    return True


def _again(connection: Connection, row: dict[str, Any], now: datetime) -> None:
    """Let the sender decide anew, now that Meta says the window is over."""
    connection.execute(update(contacts).where(contacts.c.id == row["contact_id"]).values(window_ends_at=None))
    fresh = {
        "part": row["part"] + _AGAIN, "tag": f"{row['tag']}-t", "state": "waiting", "wamid": None, "code": None,
        "reason": "", "tries": 0, "due_at": now, "tried_at": None, "updated_at": now,
    }  # fmt: skip
    kept = ("conversation_id", "first_seq", "last_seq", "contact_id", "purpose", "content")
    connection.execute(insert(deliveries).values(**{name: row[name] for name in kept}, **fresh))
