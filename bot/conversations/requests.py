"""Requests for a person and the steps of ownership around them, inside a turn's transaction.

Every change of the owner goes through :func:`step`: the table of :mod:`bot.trade.ownership` says whether it may
be, compare-and-set on the version says whether it still can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.conversations.store import Conversation, NewCase, TurnTransaction
from bot.conversations.tables import cases, conversations, requests
from bot.trade import ownership
from bot.trade.routing import RANKS, queue_for

_CLEARED: dict[str, Any] = {"pending": [], "options": [], "awaiting": None, "unclear_turns": 0, "case_request": None}
"""Slots that would lead straight back to a person or to a question nobody remembers."""


@dataclass(frozen=True)
class Request:
    """A wish for a person; ``ended_at`` is None while it is open."""

    id: int
    conversation_id: str
    queue: str
    priority: str
    reason: str
    language: str
    requested_at: datetime
    stage: str
    assignee: str | None
    first_reply_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    suggestion: dict[str, Any] | None


def step(
    transaction: TurnTransaction, conversation: Conversation, *, actor: ownership.Actor, action: ownership.Action,
    now: datetime,
) -> Conversation | None:  # fmt: skip
    """Return the conversation after ``action``; None when it may not be done from there or somebody was first."""
    owner = ownership.after(conversation.owner, actor=actor, action=action)
    if owner is None or not transaction.change_owner(conversation, owner, now=now):
        return None
    return replace(conversation, owner=owner, version=conversation.version + 1)


def open_request(transaction: TurnTransaction, conversation_id: str) -> Request | None:
    """Return the open request of a conversation."""
    query = select(requests).where(requests.c.conversation_id == conversation_id, requests.c.ended_at.is_(None))
    return _request(transaction.connection.execute(query).first())


def last_request(transaction: TurnTransaction, conversation_id: str) -> Request | None:
    """Return the newest request of a conversation, open or ended."""
    query = (
        select(requests).where(requests.c.conversation_id == conversation_id).order_by(requests.c.id.desc()).limit(1)
    )
    return _request(transaction.connection.execute(query).first())


def start_request(
    transaction: TurnTransaction, conversation_id: str, *, queue: str, priority: str, reason: str, language: str,
    now: datetime, assignee: str | None = None,
) -> int:  # fmt: skip
    """Store a new open request; returns its number."""
    row = {
        "conversation_id": conversation_id, "queue": queue, "priority": priority, "rank": RANKS.get(priority, 2),
        "reason": reason, "language": language, "requested_at": now, "unanswered_since": now, "stage": "offered",
        "assignee": assignee, "offered_at": now if assignee else None, "tried": [],
    }  # fmt: skip
    return int(transaction.connection.execute(insert(requests).values(**row)).inserted_primary_key[0])


def change_request(transaction: TurnTransaction, request_id: int, **values: Any) -> None:
    """Write ``values`` into a request."""
    transaction.connection.execute(update(requests).where(requests.c.id == request_id).values(**values))


def hand_over(transaction: TurnTransaction, conversation: Conversation, case: NewCase, *, now: datetime) -> bool:
    """Let the conversation wait for a person because of ``case``; False when it is not the bot's any more."""
    if step(transaction, conversation, actor="bot", action="hand_over", now=now) is None:
        return False
    queue = queue_for(reason=case.reason, queue=case.queue, intents=case.packet.get("intents", ()))
    start_request(
        transaction,
        conversation.id,
        queue=queue,
        priority=case.priority,
        reason=case.reason,
        language=case.language,
        now=now,
    )
    return True


def buyer_wrote(
    transaction: TurnTransaction, conversation_id: str, *, now: datetime, case: NewCase | None = None
) -> None:
    """Note that the buyer waits for an answer; a worse ``case`` moves the open request up."""
    request = open_request(transaction, conversation_id)
    if request is None:
        return
    open_one = requests.c.id == request.id
    transaction.connection.execute(
        update(requests).where(open_one, requests.c.unanswered_since.is_(None)).values(unanswered_since=now)
    )
    if case is not None and RANKS.get(case.priority, 2) < RANKS.get(request.priority, 2):
        change_request(transaction, request.id, priority=case.priority, rank=RANKS[case.priority])


def end_request(
    transaction: TurnTransaction, conversation_id: str, *, outcome: str, now: datetime, close_reason: str | None = None
) -> None:
    """End the open request and close the open cases of a conversation."""
    transaction.connection.execute(
        update(requests)
        .where(requests.c.conversation_id == conversation_id, requests.c.ended_at.is_(None))
        .values(ended_at=now, outcome=outcome, close_reason=close_reason, unanswered_since=None)
    )
    status = "closed" if outcome == "cancelled" else "resolved"
    transaction.connection.execute(
        update(cases).where(cases.c.conversation_id == conversation_id, cases.c.status == "open").values(status=status)
    )


def back_to_bot(
    transaction: TurnTransaction, conversation: Conversation, *, actor: ownership.Actor, action: ownership.Action,
    outcome: str, said: str, now: datetime,
) -> Conversation | None:  # fmt: skip
    """Give the conversation back to the bot, which says ``said``; None when that may not be or somebody was first.

    The request and its cases end, all that was written so far counts as handled, and the stored dialogue gets
    what makes Rasa listen again without the questions that led to a person. The mark of handled messages moves
    in any case, so that a worker that keeps the dialogue in memory reads it afresh.
    """
    after = step(transaction, conversation, actor=actor, action=action, now=now)
    if after is None:
        return None
    end_request(transaction, conversation.id, outcome=outcome, now=now)
    transaction.append_events(conversation.id, listening_events(now))
    seq, _ = transaction.append(conversation.id, author="bot", text=said, now=now)
    transaction.connection.execute(
        update(conversations).where(conversations.c.id == conversation.id).values(handled_seq=seq)
    )
    return after


def listening_events(now: datetime) -> list[dict[str, Any]]:
    """Return the tracker events after which Rasa listens and remembers no open question."""
    at = now.timestamp()
    slots = [{"event": "slot", "timestamp": at, "name": name, "value": value} for name, value in _CLEARED.items()]
    listen = {
        "event": "action", "timestamp": at, "name": "action_listen", "policy": None, "confidence": None,
        "action_text": None, "hide_rule_turn": False,
    }  # fmt: skip
    return [{"event": "resume", "timestamp": at}, *slots, listen]


def waits_measured(transaction: TurnTransaction, queue: str, *, since: datetime, most: int = 50) -> list[float]:
    """Return the seconds from hand-off to a person's first reply of the last requests of ``queue``."""
    query = (
        select(requests.c.requested_at, requests.c.first_reply_at)
        .where(requests.c.queue == queue, requests.c.requested_at >= since, requests.c.first_reply_at.isnot(None))
        .order_by(requests.c.requested_at.desc())
        .limit(most)
    )
    return [(row.first_reply_at - row.requested_at).total_seconds() for row in transaction.connection.execute(query)]


def position(transaction: TurnTransaction, request_id: int) -> int | None:
    """Return the place in line of an open request nobody has answered yet, from 1; None for any other."""
    mine = transaction.connection.execute(select(requests).where(requests.c.id == request_id)).first()
    if mine is None or mine.ended_at is not None or mine.taken_at is not None:
        return None
    query = select(requests.c.id, requests.c.rank, requests.c.requested_at).where(
        requests.c.ended_at.is_(None), requests.c.taken_at.is_(None), requests.c.queue == mine.queue,
        requests.c.rank <= mine.rank,
    )  # fmt: skip
    place = (mine.rank, mine.requested_at, mine.id)
    return 1 + sum((row.rank, row.requested_at, row.id) < place for row in transaction.connection.execute(query))


def rating_asked_since(transaction: TurnTransaction, conversation_id: str, since: datetime) -> bool:
    """Return whether the buyer was asked for a rating since then."""
    query = select(requests.c.id).where(
        requests.c.conversation_id == conversation_id, requests.c.rating_asked_at >= since
    )
    return transaction.connection.execute(query.limit(1)).first() is not None


def rate(transaction: TurnTransaction, conversation_id: str, stars: int, *, now: datetime) -> bool:
    """Store the rating of the last request that asked for one; False when there is none or it has one."""
    query = (
        select(requests.c.id, requests.c.rating)
        .where(requests.c.conversation_id == conversation_id, requests.c.rating_asked_at.isnot(None))
        .order_by(requests.c.id.desc())
        .limit(1)
    )
    row = transaction.connection.execute(query).first()
    if row is None or row.rating is not None:
        return False
    change_request(transaction, row.id, rating=stars, rated_at=now)
    return True


def suggest(transaction: TurnTransaction, conversation_id: str, suggestion: dict[str, Any]) -> None:
    """Keep what the bot would have said for the one who answers."""
    transaction.connection.execute(
        update(requests)
        .where(requests.c.conversation_id == conversation_id, requests.c.ended_at.is_(None))
        .values(suggestion=suggestion)
    )


def _request(row: Any) -> Request | None:
    if row is None:
        return None
    names: Sequence[str] = tuple(Request.__dataclass_fields__)
    return Request(**{name: row._mapping[name] for name in names})
