"""The lead's figures. The first response counts from the hand-off and only a person's message is one."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from statistics import mean, median
from typing import Any

from sqlalchemy import func, select

from bot.conversations.store import TurnTransaction
from bot.conversations.tables import conversations, requests
from bot.desk.accounts import all_agents
from bot.desk.offering import loads

_COLUMNS = (
    "request", "conversation", "channel", "language", "queue", "priority", "reason", "requested_at", "taken_at",
    "first_reply_at", "first_response_seconds", "first_reply_by", "assignee", "ended_at", "outcome", "close_reason", "rating",
)  # fmt: skip
_TAKEN = "taken_over"
"""Requests that an agent began unasked: nobody waited, so they count for no response time."""


def report(transaction: TurnTransaction, *, since: datetime, until: datetime) -> dict[str, Any]:
    """Return the figures of the requests that began from ``since`` (incl.) to ``until`` (excl.)."""
    rows = _rows(transaction, since, until)
    states = Counter(row.owner if row.ended_at is None else row.outcome for row in rows)
    ratings = [row.rating for row in rows if row.rating is not None]
    busy = loads(transaction)
    by_agent: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.first_reply_by:
            by_agent[row.first_reply_by].append(row)
    return {
        "from": since.isoformat(),
        "to": until.isoformat(),
        "cases_by_state": dict(states),
        "by_queue": dict(Counter(row.queue for row in rows)),
        "by_reason": dict(Counter(row.reason for row in rows)),
        "agents": [
            {
                "name": agent.name, "display_name": agent.display_name, "presence": agent.presence,
                "capacity": agent.capacity, "load": busy.get(agent.name, 0), "answered": len(by_agent[agent.name]),
                "first_response": first_response(by_agent[agent.name]), "csat": _csat(by_agent[agent.name]),
            }
            for agent in all_agents(transaction)
        ],
        "first_response": first_response(rows),
        "csat": {"average": round(mean(ratings), 2) if ratings else None, "count": len(ratings)},
        "conversations": _started(transaction, since, until),
    }  # fmt: skip


def first_response(rows: Iterable[Any]) -> dict[str, Any]:
    """Return median seconds and the shares within one and three minutes; those still waiting count as not answered.

    The shares are of all that asked for a person and were not withdrawn by the buyer before an answer.
    """
    asked = [
        row for row in rows if row.reason != _TAKEN and not (row.first_reply_at is None and row.outcome == "cancelled")
    ]
    seconds = [_seconds(row) for row in asked if row.first_reply_at is not None]
    within = {limit: sum(taken <= limit for taken in seconds) for limit in (60, 180)}
    return {
        "median_s": round(median(seconds), 1) if seconds else None,
        "within_1_min": round(within[60] / len(asked), 3) if asked else None,
        "within_3_min": round(within[180] / len(asked), 3) if asked else None,
        "count": len(seconds),
        "asked": len(asked),
    }


def report_csv(transaction: TurnTransaction, *, since: datetime, until: datetime) -> str:
    """Return one line a request; cells that a spreadsheet would run are made text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for row in _rows(transaction, since, until):
        values = {
            **row._mapping, "request": row.id, "conversation": row.conversation_id,
            "first_response_seconds": round(_seconds(row), 1) if row.first_reply_at and row.reason != _TAKEN else "",
        }  # fmt: skip
        writer.writerow([_cell(values[name]) for name in _COLUMNS])
    return out.getvalue()


def _rows(transaction: TurnTransaction, since: datetime, until: datetime) -> list[Any]:
    query = (
        select(requests, conversations.c.owner, conversations.c.channel)
        .join(conversations, conversations.c.id == requests.c.conversation_id)
        .where(requests.c.requested_at >= since, requests.c.requested_at < until)
        .order_by(requests.c.requested_at)
    )
    return list(transaction.connection.execute(query).all())


def _started(transaction: TurnTransaction, since: datetime, until: datetime) -> int:
    query = select(func.count()).where(conversations.c.created_at >= since, conversations.c.created_at < until)
    return int(transaction.connection.execute(query).scalar_one())


def _seconds(row: Any) -> float:
    return float((row.first_reply_at - row.requested_at).total_seconds())


def _csat(rows: list[Any]) -> dict[str, Any]:
    ratings = [row.rating for row in rows if row.rating is not None]
    return {"average": round(mean(ratings), 2) if ratings else None, "count": len(ratings)}


def _cell(value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
