"""The live list of the desk: open requests with their conversations, the most urgent first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from bot.conversations.store import TurnTransaction
from bot.conversations.tables import cases, conversations, messages, requests
from bot.desk.tables import reads, tags
from bot.shop.tables import buyers
from bot.trade.routing import QUEUES, DeskClock, level

_SHORT = 120
MOST_CASES = 200


@dataclass(frozen=True)
class Wanted:
    """What is asked for; None is everything. ``after`` is the request number a page starts behind."""

    queue: str | None = None
    state: str | None = None
    mine: bool = False
    search: str = ""
    limit: int = 100
    after: int | None = None


def open_list(
    transaction: TurnTransaction, wanted: Wanted, *, agent: str, now: datetime, clock: DeskClock
) -> list[dict[str, Any]]:
    """Return the rows of one page as the console shows them, but for what each agent has not seen."""
    query = (
        select(
            requests, conversations.c.owner, conversations.c.channel, conversations.c.version, conversations.c.buyer_id,
            conversations.c.language.label("spoken"), conversations.c.last_seq, buyers.c.name.label("buyer_name"),
            buyers.c.country, messages.c.text.label("last_text"), messages.c.created_at.label("last_at"),
        )
        .join(conversations, conversations.c.id == requests.c.conversation_id)
        .outerjoin(buyers, buyers.c.id == conversations.c.buyer_id)
        .outerjoin(
            messages,
            and_(messages.c.conversation_id == conversations.c.id, messages.c.seq == conversations.c.last_seq),
        )
        .where(*_conditions(transaction, wanted, agent))
        .order_by(requests.c.rank, requests.c.requested_at, requests.c.id)
        .limit(min(wanted.limit, MOST_CASES))
    )  # fmt: skip
    rows = transaction.connection.execute(query).all()
    ids = [row.conversation_id for row in rows]
    facts = _facts_of(transaction, ids)
    return [_shown(row, facts[row.conversation_id], now, clock) for row in rows]


def _conditions(transaction: TurnTransaction, wanted: Wanted, agent: str) -> list[Any]:
    found: list[Any] = [requests.c.ended_at.is_(None)]
    if wanted.queue:
        found.append(requests.c.queue == wanted.queue)
    if wanted.state:
        found.append(conversations.c.owner == wanted.state)
    if wanted.mine:
        found.append(requests.c.assignee == agent)
    if wanted.search:
        found.append(_matches(wanted.search))
    if wanted.after is not None:
        mark = transaction.connection.execute(select(requests).where(requests.c.id == wanted.after)).first()
        if mark is not None:
            later = and_(requests.c.requested_at == mark.requested_at, requests.c.id > mark.id)
            behind = and_(requests.c.rank == mark.rank, or_(requests.c.requested_at > mark.requested_at, later))
            found.append(or_(requests.c.rank > mark.rank, behind))
    return found


def _matches(search: str) -> Any:
    """Return the condition for a search: conversation, buyer, reason, tag, or words that were written."""
    escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = f"%{escaped}%"
    said = messages.alias()
    written = select(said.c.seq).where(
        said.c.conversation_id == requests.c.conversation_id, said.c.text.ilike(pattern, escape="\\")
    )
    tagged = select(tags.c.tag).where(
        tags.c.conversation_id == requests.c.conversation_id, tags.c.tag.ilike(pattern, escape="\\")
    )
    return or_(
        conversations.c.id == search, conversations.c.buyer_id == search, buyers.c.name.ilike(pattern, escape="\\"),
        buyers.c.email.ilike(pattern, escape="\\"), requests.c.reason.ilike(pattern, escape="\\"),
        tagged.exists(), written.exists(),
    )  # fmt: skip


def _facts_of(transaction: TurnTransaction, ids: list[str]) -> defaultdict[str, dict[str, Any]]:
    found: defaultdict[str, dict[str, Any]] = defaultdict(lambda: {"cases": [], "tags": []})
    if not ids:
        return found
    connection = transaction.connection
    query = select(cases.c.conversation_id, cases.c.id, cases.c.reason, cases.c.summary).where(
        cases.c.conversation_id.in_(ids), cases.c.status == "open"
    )
    for row in connection.execute(query.order_by(cases.c.id)):
        found[row.conversation_id]["cases"].append(row)
    for row in connection.execute(select(tags).where(tags.c.conversation_id.in_(ids)).order_by(tags.c.tag)):
        found[row.conversation_id]["tags"].append(row.tag)
    return found


def unread_of(transaction: TurnTransaction, ids: list[str], agent: str) -> dict[str, int]:
    """Return how many messages of the buyer ``agent`` has not seen, by conversation."""
    if not ids:
        return {}
    seen = and_(reads.c.conversation_id == messages.c.conversation_id, reads.c.agent == agent)
    query = (
        select(messages.c.conversation_id, func.count().label("number"))
        .outerjoin(reads, seen)
        .where(
            messages.c.conversation_id.in_(ids), messages.c.author == "buyer",
            messages.c.seq > func.coalesce(reads.c.seq, 0),
        )
        .group_by(messages.c.conversation_id)
    )  # fmt: skip
    return {row.conversation_id: row.number for row in transaction.connection.execute(query)}


def _shown(row: Any, facts: dict[str, Any], now: datetime, clock: DeskClock) -> dict[str, Any]:
    since: datetime | None = row.unanswered_since
    seconds = max(0, int((now - since).total_seconds())) if since else 0
    last = " ".join((row.last_text or "").split())
    own = facts["cases"]
    return {
        "request": row.id,
        "conversation": row.conversation_id,
        "version": row.version,
        "case_ids": [case.id for case in own],
        "queue": row.queue,
        "priority": row.priority,
        "reasons": list(dict.fromkeys([row.reason, *(case.reason for case in own)])),
        "owner": row.owner,
        "assignee": row.assignee,
        "everybody": row.stage == "everybody",
        "language": row.spoken or row.language,
        "buyer_name": row.buyer_name,
        "country": row.country,
        "channel": row.channel,
        "summary": own[-1].summary if own else "",
        "last_text": last[:_SHORT] + ("…" if len(last) > _SHORT else ""),
        "last_at": row.last_at.isoformat() if row.last_at else None,
        "waiting_since": since.isoformat() if since else None,
        "waiting_seconds": seconds,
        "level": level(seconds, clock) if since else "ok",
        "tags": facts["tags"],
    }


def counts(transaction: TurnTransaction) -> dict[str, dict[str, int]]:
    """Return how many wait and how many are with a person, by queue."""
    query = (
        select(requests.c.queue, conversations.c.owner, func.count().label("number"))
        .join(conversations, conversations.c.id == requests.c.conversation_id)
        .where(requests.c.ended_at.is_(None))
        .group_by(requests.c.queue, conversations.c.owner)
    )
    found: dict[str, dict[str, int]] = {queue: {"waiting": 0, "human": 0} for queue in QUEUES}
    for row in transaction.connection.execute(query):
        if row.queue in found and row.owner in found[row.queue]:
            found[row.queue][row.owner] = row.number
    return found


def newest_change(transaction: TurnTransaction) -> int:
    """Return a number that grows when any conversation changes: milliseconds of the last change."""
    newest = transaction.connection.execute(select(func.max(conversations.c.updated_at))).scalar()
    return int(newest.timestamp() * 1000) if newest else 0
