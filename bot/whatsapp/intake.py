"""Taking in a webhook: everything it tells is stored in one transaction, once, before Meta gets its answer."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.conversations.receiving import storable
from bot.conversations.store import ConversationStore, NewMessage, TurnTransaction
from bot.errors import StoreUnavailable
from bot.replies.texts import Replies
from bot.shop.tables import buyers
from bot.trade.outbound import WINDOW
from bot.whatsapp.contacts import Contact, ContactBook
from bot.whatsapp.desk import Desk, Room
from bot.whatsapp.identity import buyers_of
from bot.whatsapp.optout import OptOutWords
from bot.whatsapp.payloads import BuyerMessage, Change, Envelope, Odd, Sender, Status
from bot.whatsapp.statuses import apply_statuses, status_key, status_raw
from bot.whatsapp.tables import contacts, receipts, tasks

log = logging.getLogger(__name__)
_LONGEST_KEY = 300
_LONGEST_NAME = 64
_LONGEST_WA_ID, _LONGEST_USER_ID, _LONGEST_NUMBER_ID = 20, 160, 32


_CHANGE_CONTACT = (
    update(contacts)
    .where(contacts.c.id == bindparam("of"))
    .values(
        window_ends_at=bindparam("ends"), opted_out_at=bindparam("opted_out"), last_wamid=bindparam("newest")
    )
)  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """``to_answer`` and ``to_show`` are conversations; ``counts`` says how often what came, for the metrics."""

    to_answer: tuple[str, ...] = ()
    to_show: tuple[str, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Intake:
    """Stores webhooks. ``numbers`` are our phone number ids; empty: all are."""

    store: ConversationStore
    replies_in: Callable[[str | None], Replies]
    optout: OptOutWords
    numbers: frozenset[str] = frozenset()

    def take(self, envelope: Envelope, *, now: datetime) -> Taken:
        """Store what is new of ``envelope``; raises StoreUnavailable when nothing was stored."""
        for beside_us in (True, True, False):
            try:
                with self.store.turn() as transaction:
                    return _Batch(self, transaction, now).take(envelope)
            except StoreUnavailable as err:
                if not (beside_us and isinstance(err.__cause__, IntegrityError)):
                    raise
                # the same webhook is being stored beside us: look again at what is known
        raise AssertionError

    def is_ours(self, change: Change) -> bool:
        """Return whether a change is about one of our numbers."""
        number = change.phone_number_id
        return bool(number) and len(number) <= _LONGEST_NUMBER_ID and (not self.numbers or number in self.numbers)


class _Batch:
    """One webhook in its transaction."""

    def __init__(self, intake: Intake, transaction: TurnTransaction, now: datetime) -> None:
        self._intake = intake
        self._transaction = transaction
        self._connection: Connection = transaction.connection
        self._now = now
        self._book = ContactBook(transaction, now=now)
        self._rooms: dict[str, Room] = {}
        self._receipts: dict[str, dict[str, Any]] = {}
        self._counts: Counter[str] = Counter()

    def take(self, envelope: Envelope) -> Taken:
        """Store what is new."""
        messages, statuses = self._new(envelope)
        changed = apply_statuses(self._connection, statuses, now=self._now)
        if messages:
            self._take_messages(messages)
        if self._receipts:
            self._connection.execute(insert(receipts), list(self._receipts.values()))
        answer = tuple(room.conversation.id for room in self._rooms.values() if room.needs_answer)
        return Taken(answer, tuple(changed | (set(self._rooms) - set(answer))), self._counts)

    def _new(self, envelope: Envelope) -> tuple[list[tuple[str, BuyerMessage]], list[Status]]:
        """Return what was never seen before, messages by the time they were written."""
        odd = list(envelope.odd)
        messages: dict[str, tuple[str, BuyerMessage]] = {}
        statuses: dict[str, Status] = {}
        for change in envelope.changes:
            if not self._intake.is_ours(change):
                self._counts["foreign"] += len(change.messages) + len(change.statuses)
                odd.append(Odd("field", "foreign", change.phone_number_id[:_LONGEST_NAME]))
                continue
            for message in change.messages:
                if (tidy := _tidy(message)) is None:
                    odd.append(Odd("broken", "sender", message.wamid))
                else:
                    messages.setdefault(_key(message.wamid), (change.phone_number_id, tidy))
            for status in change.statuses:
                statuses.setdefault(_key(status_key(status.wamid, status.name)), status)
        oddities = {_key(f"{one.kind}|{hashlib.sha256(one.raw.encode()).hexdigest()}"): one for one in odd}
        known = self._known([*messages, *statuses, *oddities])
        told = sum(len(change.messages) for change in envelope.changes if self._intake.is_ours(change))
        self._counts["duplicate"] += max(0, told - len(messages)) + len(known)
        for key, one in oddities.items():
            if key not in known:
                self._counts[one.kind] += 1
                self._note(key, one.kind, one.name, raw=one.raw)
        for key, status in statuses.items():
            if key not in known:
                self._counts["status"] += 1
                self._note(key, "status", status.name, raw=status_raw(status))
        fresh = [(key, number, message) for key, (number, message) in messages.items() if key not in known]
        fresh.sort(key=lambda item: item[2].sent_at)
        for key, _, message in fresh:
            self._counts["unknown" if message.heard == "unknown" else "message"] += 1
            self._note(key, "message", message.type)
        return [(number, message) for _, number, message in fresh], [
            status for key, status in statuses.items() if key not in known
        ]

    def _known(self, keys: list[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            found.update(self._connection.execute(select(receipts.c.key).where(receipts.c.key.in_(part))).scalars())
        return found

    def _note(self, key: str, kind: str, name: str, *, raw: str = "") -> None:
        self._receipts[key] = {
            "key": key, "kind": kind, "name": storable(name)[:_LONGEST_NAME], "conversation_id": None, "seq": None,
            "raw": storable(raw), "received_at": self._now,
        }  # fmt: skip

    def _take_messages(self, messages: list[tuple[str, BuyerMessage]]) -> None:
        followed = [Sender(message.new_wa_id) for _, message in messages if message.new_wa_id]
        self._book.load([*(message.sender for _, message in messages), *followed])
        proven = buyers_of(self._connection, [m.sender.wa_id for _, m in messages if m.sender.wa_id])
        desk = Desk(self._transaction, self._intake.replies_in, self._intake.optout, now=self._now)
        desk.load_names([message for _, message in messages])
        languages = self._buyer_languages(set(proven.values()))
        news: dict[int, dict[str, Any]] = {}
        for number, message in messages:
            contact = self._book.contact(number, message.sender)
            if message.new_wa_id:
                contact = self._book.move(contact, message.new_wa_id)
            vouched = contact.wa_id is not None and contact.wa_id not in self._book.left
            conversation = self._book.conversation(contact, proven.get(contact.wa_id or "") if vouched else None)
            if conversation.language is None and (known := languages.get(conversation.buyer_id or "")):
                conversation = replace(conversation, language=known)
            room = self._rooms.setdefault(conversation.id, Room(conversation))
            before = news.setdefault(contact.id, _state(contact))
            wish = desk.enter(room, replace(contact, opted_out_at=before["opted_out"]), message)
            before |= _contact_news(message, wish, before, self._now)
            if wish and contact.wa_id:  # the wish holds for all numbers of the shop
                others = update(contacts).where(contacts.c.wa_id == contact.wa_id)
                self._connection.execute(others.values(opted_out_at=before["opted_out"]))
        self._connection.execute(_CHANGE_CONTACT, list(news.values()))
        self._store([room for room in self._rooms.values() if room.entries])

    def _buyer_languages(self, ids: set[str]) -> dict[str, str]:
        if not ids:
            return {}
        rows = self._connection.execute(select(buyers.c.id, buyers.c.language).where(buyers.c.id.in_(ids)))
        return {row.id: row.language for row in rows}

    def _store(self, rooms: list[Room]) -> None:
        new = {
            room.conversation.id: [NewMessage(e.author, storable(e.text), e.client_id, e.data) for e in room.entries]
            for room in rooms
        }
        seqs = self._transaction.append_all(new, now=self._now)
        files = []
        for room in rooms:
            conversation_id = room.conversation.id
            for entry, seq in zip(room.entries, seqs[conversation_id], strict=True):
                if receipt := self._receipts.get(_key(entry.client_id)):
                    receipt |= {"conversation_id": conversation_id, "seq": seq}
                if entry.media:
                    files.append({"conversation_id": conversation_id, "seq": seq, "data": {**entry.media.__dict__}})
            if room.withdrawn:
                self._transaction.settle(conversation_id)
        if files:
            always = {"kind": "media", "state": "open", "tries": 0, "due_at": self._now, "created_at": self._now}
            self._connection.execute(insert(tasks), [{**file, **always} for file in files])


def _state(contact: Contact) -> dict[str, Any]:
    """Return what messages may change about a contact, under the names of :data:`_CHANGE_CONTACT`."""
    return {
        "of": contact.id, "ends": contact.window_ends_at, "opted_out": contact.opted_out_at, "newest": contact.last_wamid
    }  # fmt: skip


def _contact_news(message: BuyerMessage, wish: str | None, before: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return what ``message`` changes about its contact."""
    news: dict[str, Any] = {}
    if message.heard == "system":
        return news
    at = min(now, datetime.fromtimestamp(min(message.sent_at, 4_000_000_000), timezone.utc)) if message.sent_at else now
    if before["ends"] is None or at + WINDOW > before["ends"]:
        news["ends"] = at + WINDOW
    if message.heard not in ("reaction", "revoke"):
        news["newest"] = message.wamid
    if wish:
        news["opted_out"] = now if wish == "stop" else None
    return news


def _key(name: str) -> str:
    """Return ``name``, or its digest where it is too long for the table."""
    return name if len(name) <= _LONGEST_KEY else "sha256:" + hashlib.sha256(name.encode()).hexdigest()


def _tidy(message: BuyerMessage) -> BuyerMessage | None:
    """Return ``message`` with a sender that fits the tables, None when nobody is left."""
    sender = message.sender
    wa_id = sender.wa_id if sender.wa_id and len(sender.wa_id) <= _LONGEST_WA_ID else None
    user_id = sender.user_id if sender.user_id and len(sender.user_id) <= _LONGEST_USER_ID else None
    if wa_id is None and user_id is None:
        return None
    new = message.new_wa_id if message.new_wa_id and len(message.new_wa_id) <= _LONGEST_WA_ID else None
    return replace(message, sender=replace(sender, wa_id=wa_id, user_id=user_id), new_wa_id=new)
