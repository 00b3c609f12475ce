"""One conversation as its agent sees it: everything needed to answer, in one reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.conversations.people import People
from bot.conversations.requests import open_request, position
from bot.conversations.store import Conversation, Message, TurnTransaction
from bot.conversations.tables import requests
from bot.desk.tables import notes, reads, tags
from bot.desk.trail import lines_of
from bot.trade.model import Buyer

MOST_MESSAGES = 500
ShowMessage = Callable[[Message], dict[str, Any]]


def talk(
    transaction: TurnTransaction, conversation: Conversation, *, people: People, buyer: Buyer | None, show: ShowMessage,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Return the conversation without the order card, which needs the shop's words."""
    request = open_request(transaction, conversation.id)
    cases = transaction.cases_of(conversation.id)
    newest: dict[str, Any] = next((case["packet"] for case in reversed(cases)), {})
    wait = people.usual_wait(transaction, request.queue, now) if request else None
    found = {
        "conversation": conversation.id,
        "owner": conversation.owner,
        "version": conversation.version,
        "assignee": request.assignee if request else None,
        "queue": request.queue if request else None,
        "priority": request.priority if request else None,
        "language": conversation.language or (request.language if request else "en"),
        "channel": conversation.channel,
        "buyer": _buyer(conversation, buyer),
        "slots": {name: value for name, value in (newest.get("slots") or {}).items() if value},
        "cases": [_case(case) for case in cases],
        "messages": shown_messages(transaction, conversation.id, cases, transaction.transcript(conversation.id, most=MOST_MESSAGES), show),
        "notes": _notes(transaction, conversation.id),
        "tags": _tags(transaction, conversation.id),
        "events": lines_of(transaction, conversation.id),
        "order_number": next((o["number"] for c in reversed(cases) if (o := c["packet"].get("order"))), None),
        "rating": _rating(transaction, conversation.id),
    }  # fmt: skip
    place = position(transaction, request.id) if request else None
    if place is not None:
        found["position"] = place
    if wait is not None:
        found["usual_wait_seconds"] = wait * 60
    return found


def shown_messages(
    transaction: TurnTransaction, conversation_id: str, cases: list[dict[str, Any]], messages: list[Message],
    show: ShowMessage,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return messages with the alarm words found in them, at their place in the text."""
    findings = [finding for case in cases for finding in case["packet"].get("findings", ())]
    found = []
    for message in messages:
        shown = show(message)
        shown["findings"] = _placed(findings, message.text) if message.author == "buyer" else []
        found.append(shown)
    return found


def _placed(findings: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Return the findings whose word stands in ``text``: a burst is read as one text, so places are looked up."""
    placed: dict[tuple[int, int], dict[str, Any]] = {}
    folded = text.casefold()
    if len(folded) != len(text):
        folded = text
    for finding in findings:
        term = str(finding["term"])
        start = folded.find(term.casefold() if folded is not text else term)
        if start < 0 and term and text[finding["start"] : finding["end"]].casefold() == term.casefold():
            start = finding["start"]
        if start >= 0 and term:
            end = start + len(term)
            kept = {name: finding[name] for name in ("category", "severity", "gloss")}
            placed[start, end] = {"start": start, "end": end, **kept}
    return [placed[key] for key in sorted(placed)]


def mark_read(transaction: TurnTransaction, agent: str, conversation_id: str, seq: int) -> bool:
    """Remember up to where ``agent`` read; returns whether it is new."""
    mine = (reads.c.agent == agent, reads.c.conversation_id == conversation_id)
    known = transaction.connection.execute(select(reads.c.seq).where(*mine)).scalar()
    if known is not None and known >= seq:
        return False
    if known is None:
        row = {"agent": agent, "conversation_id": conversation_id, "seq": seq}
        transaction.connection.execute(reads.insert().values(**row))
    else:
        transaction.connection.execute(reads.update().where(*mine).values(seq=seq))
    return True


def _buyer(conversation: Conversation, buyer: Buyer | None) -> dict[str, Any]:
    if buyer is None:
        return {"id": conversation.buyer_id, "verified": False}
    return {
        "id": buyer.id, "name": buyer.name, "country": buyer.country, "email": buyer.email, "phone": buyer.phone,
        "tier": buyer.tier, "verified": True,
    }  # fmt: skip


def _case(case: dict[str, Any]) -> dict[str, Any]:
    kept = {name: case[name] for name in ("id", "reason", "queue", "priority", "status", "summary")}
    return {**kept, "findings": case["packet"].get("findings", []), "created_at": case["created_at"].isoformat()}


def _notes(transaction: TurnTransaction, conversation_id: str) -> list[dict[str, Any]]:
    query = select(notes).where(notes.c.conversation_id == conversation_id).order_by(notes.c.id)
    rows = transaction.connection.execute(query)
    return [{"id": row.id, "author": row.author, "text": row.text, "at": row.at.isoformat()} for row in rows]


def _tags(transaction: TurnTransaction, conversation_id: str) -> list[str]:
    query = select(tags.c.tag).where(tags.c.conversation_id == conversation_id).order_by(tags.c.tag)
    return list(transaction.connection.execute(query).scalars())


def _rating(transaction: TurnTransaction, conversation_id: str) -> int | None:
    query = (
        select(requests.c.rating)
        .where(requests.c.conversation_id == conversation_id, requests.c.rating.isnot(None))
        .order_by(requests.c.id.desc())
        .limit(1)
    )
    rating: int | None = transaction.connection.execute(query).scalar()
    return rating
