"""Conversations in SQL: one open transaction a turn; everything of a turn is written together or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import case, func, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.conversations.tables import cases, conversations, identity_failures, messages, tracker_events, uploads
from bot.errors import StoreUnavailable

Owner = Literal["bot", "waiting", "human", "closed"]
Author = Literal["buyer", "bot", "human", "system"]


@dataclass(frozen=True)
class Conversation:
    """One buyer's talk on one channel. ``version`` grows with every change of ``owner``."""

    id: str
    channel: str
    buyer_id: str | None
    language: str | None
    owner: Owner
    version: int
    last_seq: int = 0
    handled_seq: int = 0


@dataclass(frozen=True)
class Message:
    """One message; ``seq`` counts from 1 inside its conversation, ``data`` holds buttons, cards, uploads."""

    seq: int
    client_id: str
    author: Author
    text: str
    data: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Upload:
    """A file a buyer sent: ``type`` was found in its content, ``name`` is what the buyer called it."""

    id: str
    type: str
    size: int
    sha256: str
    name: str


@dataclass(frozen=True)
class NewCase:
    """A case to be stored; ``packet`` is all a person needs: findings, facts, transcript."""

    reason: str
    queue: str
    priority: str
    handoff: bool
    language: str
    summary: str
    packet: dict[str, Any]


class ConversationStore:
    """Opens transactions; every SQL failure comes out as StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writing=True)

    @contextmanager
    def turn(self) -> Iterator[TurnTransaction]:
        """Open one transaction; it is committed at the end and rolled back on any error."""
        with _transaction(self._writing) as transaction:
            yield transaction

    @contextmanager
    def reading(self) -> Iterator[TurnTransaction]:
        """Open one transaction that only reads; on SQLite it waits for no writer."""
        with _transaction(self._engine) as transaction:
            yield transaction

    def failed_since(self, keys: Sequence[str], since: datetime) -> int:
        """Return the most failures of any of ``keys`` since then."""
        query = (
            select(func.count())
            .where(identity_failures.c.key.in_([key[:160] for key in keys]), identity_failures.c.at >= since)
            .group_by(identity_failures.c.key)
        )
        with self.turn() as transaction:
            return max((row[0] for row in transaction.connection.execute(query)), default=0)

    def record_failure(self, keys: Sequence[str], at: datetime) -> None:
        """Remember one failed proof under each of ``keys``."""
        with self.turn() as transaction:
            transaction.connection.execute(insert(identity_failures), [{"key": key[:160], "at": at} for key in keys])


@contextmanager
def _transaction(engine: Engine) -> Iterator[TurnTransaction]:
    try:
        with engine.begin() as connection:
            yield TurnTransaction(connection)
    except SQLAlchemyError as err:
        raise StoreUnavailable(f"the conversation store did not answer: {type(err).__name__}") from err


class TurnTransaction:
    """What a turn may read and write."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def open(self, *, conversation_id: str | None, channel: str, buyer_id: str | None, now: datetime) -> Conversation:
        """Return the conversation, made when it does not exist."""
        found = self.conversation(conversation_id) if conversation_id else None
        if found:
            return found
        made = conversation_id or uuid.uuid4().hex
        row = {"id": made, "channel": channel, "buyer_id": buyer_id, "owner": "bot", "version": 1, "last_seq": 0}
        self.connection.execute(insert(conversations).values(**row, created_at=now, updated_at=now))
        return Conversation(made, channel, buyer_id, None, "bot", 1)

    def newest_of(self, buyer_id: str, channel: str, *, reopens_since: datetime | None = None) -> Conversation | None:
        """Return the buyer's newest conversation on ``channel``, None where there is none.

        A closed one counts if it changed after ``reopens_since``: a message opens it again.
        """
        alive = conversations.c.owner != "closed"
        if reopens_since is not None:
            alive = or_(alive, conversations.c.updated_at >= reopens_since)
        query = (
            select(conversations)
            .where(conversations.c.buyer_id == buyer_id, conversations.c.channel == channel)
            .where(alive)
            .order_by(conversations.c.created_at.desc())
            .limit(1)
        )
        row = self.connection.execute(query).first()
        return _conversation(row) if row else None

    def set_buyer(self, conversation_id: str, buyer_id: str) -> bool:
        """Give an anonymous conversation its buyer; False when it has one."""
        done = self.connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.buyer_id.is_(None))
            .values(buyer_id=buyer_id)
        )
        return bool(done.rowcount)

    def conversation(self, conversation_id: str) -> Conversation | None:
        """Return the conversation of that id, None where there is none."""
        row = self.connection.execute(select(conversations).where(conversations.c.id == conversation_id)).first()
        return _conversation(row) if row else None

    def locked(self, conversation_id: str) -> Conversation | None:
        """Return the conversation and keep others from changing it until this transaction ends."""
        query = select(conversations).where(conversations.c.id == conversation_id).with_for_update()
        row = self.connection.execute(query).first()
        return _conversation(row) if row else None

    def append(
        self, conversation_id: str, *, author: Author, text: str, now: datetime, client_id: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> tuple[int, bool]:  # fmt: skip
        """Store a message; returns its seq and whether it is new (the same ``client_id`` is stored once)."""
        client_id = client_id or uuid.uuid4().hex
        earlier = self.seq_of(conversation_id, client_id)
        if earlier is not None:
            return earlier, False
        following = conversations.c.last_seq + 1
        marks = {"last_buyer_seq": following} if author == "buyer" else {}
        self.connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(last_seq=following, updated_at=now, **marks)
        )
        seq = self.connection.execute(
            select(conversations.c.last_seq).where(conversations.c.id == conversation_id)
        ).scalar_one()
        row = {"conversation_id": conversation_id, "seq": seq, "client_id": client_id, "author": author}
        try:
            self.connection.execute(insert(messages).values(**row, text=text, data=data or {}, created_at=now))
        except IntegrityError as err:
            raise StoreUnavailable("the same message arrived twice at once; send it again") from err
        return int(seq), True

    def seq_of(self, conversation_id: str, client_id: str) -> int | None:
        """Return the number of the message that its sender called ``client_id``, None when it is not stored."""
        known = select(messages.c.seq).where(
            messages.c.conversation_id == conversation_id, messages.c.client_id == client_id
        )
        seq = self.connection.execute(known).scalar()
        return None if seq is None else int(seq)

    def transcript(self, conversation_id: str, *, most: int = 50) -> list[Message]:
        """Return the last ``most`` messages, oldest first."""
        query = (
            select(messages)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.seq.desc())
            .limit(most)
        )
        return [_message(row) for row in reversed(self.connection.execute(query).all())]

    def messages_after(self, conversation_id: str, seq: int, *, most: int = 500) -> list[Message]:
        """Return the messages with a higher number than ``seq``, oldest first, at most ``most``."""
        query = (
            select(messages)
            .where(messages.c.conversation_id == conversation_id, messages.c.seq > seq)
            .order_by(messages.c.seq)
            .limit(most)
        )
        return [_message(row) for row in self.connection.execute(query)]

    def waiting_messages(self, conversation: Conversation, *, most: int = 50) -> list[Message]:
        """Return the buyer's messages that no turn has handled yet, oldest first."""
        query = (
            select(messages)
            .where(messages.c.conversation_id == conversation.id, messages.c.seq > conversation.handled_seq)
            .where(messages.c.author == "buyer")
            .order_by(messages.c.seq)
            .limit(most)
        )
        return [_message(row) for row in self.connection.execute(query)]

    def mark_handled(self, conversation: Conversation, seq: int) -> bool:
        """Compare-and-set the mark up to which messages are handled; False when another turn was first."""
        done = self.connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation.id, conversations.c.handled_seq == conversation.handled_seq)
            .values(handled_seq=seq)
        )
        return bool(done.rowcount)

    def unhandled(self, *, before: datetime, most: int = 500) -> list[str]:
        """Return conversations with a message that nobody handled and nothing new since ``before``, oldest first."""
        query = (
            select(conversations.c.id)
            .where(conversations.c.last_buyer_seq > conversations.c.handled_seq, conversations.c.updated_at < before)
            .order_by(conversations.c.updated_at)
            .limit(most)
        )
        return list(self.connection.execute(query).scalars())

    def oldest_unhandled(self) -> datetime | None:
        """Return when the conversation that waits longest for a turn changed last, None when none waits."""
        query = select(func.min(conversations.c.updated_at)).where(
            conversations.c.last_buyer_seq > conversations.c.handled_seq
        )
        found: datetime | None = self.connection.execute(query).scalar()
        return found

    def changed_since(self, moment: datetime, *, most: int = 5_000) -> dict[str, tuple[int, int]]:
        """Return the conversations that changed since then, with newest message number and version of the owner."""
        query = (
            select(conversations.c.id, conversations.c.last_seq, conversations.c.version)
            .where(conversations.c.updated_at >= moment)
            .limit(most)
        )
        return {row.id: (row.last_seq, row.version) for row in self.connection.execute(query)}

    def add_upload(self, conversation_id: str, upload: Upload, *, now: datetime) -> None:
        """Remember a file that was stored."""
        row = {**upload.__dict__, "conversation_id": conversation_id, "created_at": now}
        self.connection.execute(insert(uploads).values(**row))

    def uploads_of(self, conversation_id: str, ids: Sequence[str]) -> dict[str, Upload]:
        """Return those of ``ids`` that belong to the conversation."""
        if not ids:
            return {}
        query = select(uploads).where(uploads.c.conversation_id == conversation_id, uploads.c.id.in_(list(ids)))
        rows = self.connection.execute(query)
        return {row.id: Upload(row.id, row.type, row.size, row.sha256, row.name) for row in rows}

    def set_language(self, conversation_id: str, language: str) -> None:
        """Remember the language of the conversation."""
        self.connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(language=language)
        )

    def change_owner(self, conversation: Conversation, owner: Owner, *, now: datetime) -> bool:
        """Compare-and-set: False when somebody else changed the owner meanwhile."""
        done = self.connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation.id, conversations.c.version == conversation.version)
            .values(owner=owner, version=conversation.version + 1, updated_at=now)
        )
        return bool(done.rowcount)

    def add_case(self, conversation_id: str, new: NewCase, *, now: datetime) -> int:
        """Store ``new`` and return its number; an open case of the same reason is kept instead."""
        known = self.connection.execute(
            select(cases.c.id).where(
                cases.c.conversation_id == conversation_id, cases.c.reason == new.reason, cases.c.status == "open"
            )
        ).scalar()
        if known is not None:
            return int(known)
        row = {"conversation_id": conversation_id, "status": "open", "created_at": now, **new.__dict__}
        return int(self.connection.execute(insert(cases).values(**row)).inserted_primary_key[0])

    def cases_of(self, conversation_id: str) -> list[dict[str, Any]]:
        """Return the cases of a conversation, oldest first."""
        query = select(cases).where(cases.c.conversation_id == conversation_id).order_by(cases.c.id)
        return [dict(row._mapping) for row in self.connection.execute(query)]

    def open_cases(self) -> list[dict[str, Any]]:
        """Return all open cases, the most urgent first, then the oldest."""
        urgency = case({"critical": 0, "high": 1}, value=cases.c.priority, else_=2)
        query = select(cases).where(cases.c.status == "open").order_by(urgency, cases.c.created_at)
        return [dict(row._mapping) for row in self.connection.execute(query)]

    def append_events(self, conversation_id: str, events: Sequence[dict[str, Any]]) -> None:
        """Append tracker events."""
        if events:
            rows = [{"conversation_id": conversation_id, "event": event} for event in events]
            self.connection.execute(insert(tracker_events), rows)

    def last_events(self, conversation_id: str, *, most: int) -> list[dict[str, Any]]:
        """Return the last ``most`` tracker events, oldest first."""
        query = (
            select(tracker_events.c.event)
            .where(tracker_events.c.conversation_id == conversation_id)
            .order_by(tracker_events.c.id.desc())
            .limit(most)
        )
        return [row.event for row in reversed(self.connection.execute(query).all())]


def _conversation(row: Row) -> Conversation:
    return Conversation(
        row.id, row.channel, row.buyer_id, row.language, row.owner, row.version, row.last_seq, row.handled_seq
    )


def _message(row: Row) -> Message:
    return Message(row.seq, row.client_id, row.author, row.text, row.data, row.created_at)
