"""The people on our numbers and their conversations, inside one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.engine import Connection, Row

from bot.conversations.store import Conversation, TurnTransaction
from bot.conversations.tables import conversations
from bot.whatsapp.payloads import Sender
from bot.whatsapp.tables import contacts, deliveries, former_numbers, threads

CHANNEL = "whatsapp"


@dataclass(frozen=True)
class Contact:
    """One person on one of our numbers. ``window_ends_at``: until then free text may be sent."""

    id: int
    phone_number_id: str
    wa_id: str | None
    user_id: str | None
    name: str
    window_ends_at: datetime | None
    opted_out_at: datetime | None
    last_wamid: str | None
    read_wamid: str | None


class ContactBook:
    """Finds, makes, joins and moves contacts; reads what a batch needs with one query."""

    def __init__(self, transaction: TurnTransaction, *, now: datetime) -> None:
        self._transaction = transaction
        self._connection: Connection = transaction.connection
        self._now = now
        self._by_wa: dict[tuple[str, str], Contact] = {}
        self._by_user: dict[tuple[str, str], Contact] = {}
        self._conversations: dict[int, Conversation] = {}
        self.left: set[str] = set()
        """Numbers whose owner left them just now."""

    def load(self, senders: Iterable[Sender]) -> None:
        """Read the contacts of ``senders`` and their open conversations."""
        given = list(senders)
        wa_ids = {sender.wa_id for sender in given if sender.wa_id}
        user_ids = {sender.user_id for sender in given if sender.user_id}
        rows = self._connection.execute(
            select(contacts).where(or_(contacts.c.wa_id.in_(wa_ids), contacts.c.user_id.in_(user_ids)))
        ).all()
        for row in rows:
            self._note(contact_from(row))
        found = self._connection.execute(
            select(conversations, threads.c.contact_id)
            .join(threads, threads.c.conversation_id == conversations.c.id)
            .where(threads.c.contact_id.in_([row.id for row in rows]), conversations.c.owner != "closed")
            .order_by(threads.c.created_at)
        )
        for row in found:
            self._conversations[row.contact_id] = Conversation(
                row.id, row.channel, row.buyer_id, row.language, row.owner, row.version, row.last_seq, row.handled_seq
            )

    def contact(self, phone_number_id: str, sender: Sender) -> Contact:
        """Return the contact of ``sender``, made when unknown; one known by number and by id is joined.

        A number that comes with another account's id has a new owner: the old contact loses it, and it is no proof.
        """
        by_wa = self._by_wa.get((phone_number_id, sender.wa_id)) if sender.wa_id else None
        by_user = self._by_user.get((phone_number_id, sender.user_id)) if sender.user_id else None
        if by_wa and sender.user_id and by_wa.user_id not in (None, sender.user_id):
            self._leave(by_wa.wa_id)
            self.change(by_wa, wa_id=None)
            by_wa = None
        if by_wa and by_user and by_wa.id != by_user.id:
            self._join(by_user, into=by_wa)
        elif by_user and sender.wa_id and by_user.wa_id not in (None, sender.wa_id):
            return self.move(by_user, sender.wa_id)
        found = by_wa or by_user
        if found is None:
            return self._make(phone_number_id, sender)
        news: dict[str, Any] = {
            name: value for name, value in (("wa_id", sender.wa_id), ("user_id", sender.user_id))
            if value and value != getattr(found, name)
        }  # fmt: skip
        if sender.name and sender.name != found.name:
            news["name"] = sender.name
        return self.change(found, **news) if news else found

    def change(self, contact: Contact, **news: Any) -> Contact:
        """Store ``news`` of a contact and return it as it is then."""
        self._connection.execute(update(contacts).where(contacts.c.id == contact.id).values(**news))
        self._forget(contact)
        changed = replace(contact, **news)
        self._note(changed)
        return changed

    def move(self, contact: Contact, new_wa_id: str) -> Contact:
        """Let a contact follow to another number; the old one proves nothing any more."""
        other = self._by_wa.get((contact.phone_number_id, new_wa_id))
        if other is not None and other.id != contact.id:
            self._join(other, into=contact)
        self._leave(contact.wa_id)
        return self.change(contact, wa_id=new_wa_id)

    def conversation(self, contact: Contact, buyer_id: str | None) -> Conversation:
        """Return the contact's open conversation, made when there is none; ``buyer_id`` is proven by the number."""
        found = self._conversations.get(contact.id)
        if found is None:
            found = self._transaction.open(
                conversation_id=uuid.uuid4().hex, channel=CHANNEL, buyer_id=buyer_id, now=self._now
            )
            row = {"conversation_id": found.id, "contact_id": contact.id, "planned_seq": 0, "created_at": self._now}
            self._connection.execute(insert(threads).values(**row))
        elif buyer_id and found.buyer_id is None and self._transaction.set_buyer(found.id, buyer_id):
            found = replace(found, buyer_id=buyer_id)
        self._conversations[contact.id] = found
        return found

    def known_buyer(self, contact: Contact) -> str | None:
        """Return the buyer of the contact's open conversation."""
        found = self._conversations.get(contact.id)
        return found.buyer_id if found else None

    def _make(self, phone_number_id: str, sender: Sender) -> Contact:
        row = {"phone_number_id": phone_number_id, "wa_id": sender.wa_id, "user_id": sender.user_id}
        done = self._connection.execute(insert(contacts).values(**row, name=sender.name, created_at=self._now))
        made = Contact(
            int(done.inserted_primary_key[0]), phone_number_id, sender.wa_id, sender.user_id, sender.name,
            window_ends_at=None, opted_out_at=None, last_wamid=None, read_wamid=None,
        )  # fmt: skip
        self._note(made)
        return made

    def _leave(self, wa_id: str | None) -> None:
        self.left.add(wa_id or "")
        known = select(former_numbers.c.wa_id).where(former_numbers.c.wa_id == wa_id)
        if wa_id and self._connection.execute(known).first() is None:
            self._connection.execute(insert(former_numbers).values(wa_id=wa_id, left_at=self._now))

    def _join(self, gone: Contact, *, into: Contact) -> None:
        """Give all that ``gone`` has to ``into``; the newest conversation goes on."""
        for table in (threads, deliveries):
            self._connection.execute(update(table).where(table.c.contact_id == gone.id).values(contact_id=into.id))
        self._connection.execute(delete(contacts).where(contacts.c.id == gone.id))
        self._forget(gone)
        moved = self._conversations.pop(gone.id, None)
        if moved is not None:
            self._conversations.setdefault(into.id, moved)
        if gone.opted_out_at and not into.opted_out_at:
            self.change(into, opted_out_at=gone.opted_out_at)

    def _note(self, contact: Contact) -> None:
        if contact.wa_id:
            self._by_wa[contact.phone_number_id, contact.wa_id] = contact
        if contact.user_id:
            self._by_user[contact.phone_number_id, contact.user_id] = contact

    def _forget(self, contact: Contact) -> None:
        self._by_wa.pop((contact.phone_number_id, contact.wa_id or ""), None)
        self._by_user.pop((contact.phone_number_id, contact.user_id or ""), None)


def contact_from(row: Row) -> Contact:
    """Return the contact of one row."""
    return Contact(
        row.id, row.phone_number_id, row.wa_id, row.user_id, row.name, row.window_ends_at, row.opted_out_at,
        row.last_wamid, row.read_wamid,
    )  # fmt: skip
