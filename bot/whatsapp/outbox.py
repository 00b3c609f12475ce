"""What goes out, in SQL: planned from the messages, claimed by one sender, moved forward by what Meta says.

A message is never sent by a process that could not first write down that it is about to: after a crash it is
known what may have left, and nothing of that is sent again before it is clear that it did not.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update

from bot.conversations.store import ConversationStore, TurnTransaction
from bot.conversations.tables import conversations
from bot.replies.texts import Replies
from bot.trade.outbound import Blocked, Template, UseTemplate, outbound_policy
from bot.whatsapp.contacts import Contact, contact_from
from bot.whatsapp.rendering import Part, parcels
from bot.whatsapp.states import OPEN
from bot.whatsapp.statuses import apply_statuses, earlier_statuses
from bot.whatsapp.tables import contacts, deliveries, receipts, threads

STALE = timedelta(seconds=90)
"""After this a send that nobody finished counts as unclear."""
UNCLEAR_WAIT = timedelta(minutes=2)
"""How long statuses are waited for before an unclear message is looked at again."""
UNCLEAR_END = timedelta(minutes=30)
_ALIVE = timedelta(seconds=5)
MOST_UNCLEAR = 2


@dataclass(frozen=True)
class Sending:
    """A part that this process, and no other, is to send now. ``template`` replaces it after the window."""

    id: int
    conversation_id: str
    contact: Contact
    tag: str
    part: Part
    tries: int
    template: UseTemplate | None


@dataclass(frozen=True)
class ToRead:
    """A message of the buyer to be marked as read; ``typing``: an answer is being written."""

    contact: Contact
    wamid: str
    typing: bool


@dataclass(frozen=True)
class Outbox:
    """Reads and writes deliveries; every method raises StoreUnavailable when SQL does not answer."""

    store: ConversationStore
    replies_in: Callable[[str | None], Replies]
    templates: Mapping[str, Template]

    def due(self, now: datetime, *, paused: Iterable[str] = ()) -> list[int]:
        """Return the contacts for whom there is something to do; ``paused`` numbers send nothing."""
        behind = select(threads.c.contact_id).join(conversations, conversations.c.id == threads.c.conversation_id)
        ready = select(deliveries.c.contact_id).where(deliveries.c.state.in_(OPEN), deliveries.c.due_at <= now)
        unread = select(contacts.c.id).where(
            contacts.c.last_wamid.is_not(None),
            or_(contacts.c.read_wamid.is_(None), contacts.c.read_wamid != contacts.c.last_wamid),
        )
        with self.store.reading() as transaction:
            found: set[int] = set()
            for query in (behind.where(conversations.c.last_seq > threads.c.planned_seq), ready, unread):
                found.update(transaction.connection.execute(query.limit(1_000)).scalars())
            silent = set(paused)
            if silent and found:
                query = select(contacts.c.id).where(contacts.c.id.in_(found), contacts.c.phone_number_id.in_(silent))
                found -= set(transaction.connection.execute(query).scalars())
        return sorted(found)

    def plan(self, contact_id: int, now: datetime) -> None:
        """Turn the contact's new messages of ours into deliveries."""
        with self.store.turn() as transaction:
            query = (
                select(threads.c.conversation_id, threads.c.planned_seq, conversations.c.language)
                .join(conversations, conversations.c.id == threads.c.conversation_id)
                .where(threads.c.contact_id == contact_id, conversations.c.last_seq > threads.c.planned_seq)
            )
            for row in transaction.connection.execute(query).all():
                self._plan(transaction, contact_id, row, now)

    def _plan(self, transaction: TurnTransaction, contact_id: int, row: Any, now: datetime) -> None:
        found = transaction.messages_after(row.conversation_id, row.planned_seq)
        if not found:
            return
        ours = [message for message in found if message.author != "buyer" and not message.data.get("internal")]
        uploads = transaction.uploads_of(
            row.conversation_id, [upload for message in ours for upload in message.data.get("uploads") or ()]
        )
        rows = [
            {
                "conversation_id": row.conversation_id, "first_seq": parcel.first_seq, "last_seq": parcel.last_seq,
                "part": index, "contact_id": contact_id, "tag": uuid.uuid4().hex, "purpose": parcel.purpose,
                "content": part, "state": "waiting", "tries": 0, "reason": "", "due_at": now, "updated_at": now,
            }
            for parcel in parcels(ours, uploads, self.replies_in(row.language))
            for index, part in enumerate(parcel.parts)
        ]  # fmt: skip
        if rows:
            transaction.connection.execute(insert(deliveries), rows)
        transaction.connection.execute(
            update(threads).where(threads.c.conversation_id == row.conversation_id).values(planned_seq=found[-1].seq)
        )

    def to_read(self, contact_id: int) -> ToRead | None:
        """Return which message of the buyer to mark as read, and remember that it is done: it is not tried again."""
        with self.store.turn() as transaction:
            contact = _contact(transaction, contact_id)
            if contact is None or contact.last_wamid is None or contact.last_wamid == contact.read_wamid:
                return None
            transaction.connection.execute(
                update(contacts).where(contacts.c.id == contact_id).values(read_wamid=contact.last_wamid)
            )
            waits = (
                select(func.count())
                .select_from(threads.join(conversations, conversations.c.id == threads.c.conversation_id))
                .where(threads.c.contact_id == contact_id, conversations.c.owner == "bot")
                .where(conversations.c.last_buyer_seq > conversations.c.handled_seq)
            )
            return ToRead(contact, contact.last_wamid, bool(transaction.connection.execute(waits).scalar()))

    def claim(self, contact_id: int, now: datetime) -> Sending | None:
        """Take the contact's next part, None when nothing may be sent now. What may not be sent at all is blocked."""
        with self.store.turn() as transaction:
            connection = transaction.connection
            while True:
                query = select(deliveries).where(deliveries.c.contact_id == contact_id, deliveries.c.state.in_(OPEN))
                row = connection.execute(query.order_by(deliveries.c.id).limit(1)).first()
                if row is None or row.due_at > now or not self._is_clear(transaction, row, now):
                    return None
                contact = _contact(transaction, contact_id)
                if contact is None:
                    return None
                conversation = transaction.conversation(row.conversation_id)
                way = outbound_policy(
                    purpose=row.purpose, window_ends_at=contact.window_ends_at,
                    opted_out=contact.opted_out_at is not None, language=(conversation and conversation.language) or "en",
                    templates=self.templates, now=now,
                )  # fmt: skip
                if not isinstance(way, Blocked):
                    break
                self._change(transaction, row.id, now, state="blocked", reason=f"{way.reason}: {way.text}"[:300])
            self._change(
                transaction, row.id, now, state="sending", tried_at=now, due_at=now + STALE, tries=row.tries + 1
            )
            template = way if isinstance(way, UseTemplate) else None
            return Sending(row.id, row.conversation_id, contact, row.tag, row.content, row.tries + 1, template)

    def _is_clear(self, transaction: TurnTransaction, row: Any, now: datetime) -> bool:
        """Return whether a part may be sent; one that may have left already is only sent again when Meta's silence proves it did not."""
        if row.state == "waiting":
            return True
        if row.state == "sending":
            self._change(transaction, row.id, now, state="unclear", due_at=now + UNCLEAR_WAIT)
            return False
        told = select(receipts.c.key).where(receipts.c.received_at > row.tried_at + _ALIVE).limit(1)
        webhooks_come = transaction.connection.execute(told).first() is not None
        if (webhooks_come and row.tries >= MOST_UNCLEAR) or now - row.tried_at > UNCLEAR_END:
            self._change(
                transaction, row.id, now, state="parked", reason="unconfirmed: Meta did not say whether it was sent"
            )
            return False
        if webhooks_come:
            return True
        self._change(transaction, row.id, now, due_at=now + UNCLEAR_WAIT)
        return False

    def sent(self, sending: Sending, wamid: str, now: datetime) -> None:
        """Note that Meta took a part, and apply the statuses that were quicker than its answer."""
        with self.store.turn() as transaction:
            here = and_(deliveries.c.id == sending.id, deliveries.c.wamid.is_(None))
            transaction.connection.execute(update(deliveries).where(here).values(wamid=wamid, updated_at=now))
            open_ = and_(deliveries.c.id == sending.id, deliveries.c.state.in_(OPEN))
            transaction.connection.execute(update(deliveries).where(open_).values(state="sent", updated_at=now))
            apply_statuses(transaction.connection, earlier_statuses(transaction.connection, wamid), now=now)

    def later(
        self,
        sending: Sending,
        due_at: datetime,
        now: datetime,
        *,
        code: int | None = None,
        reason: str = "",
        counts: bool = True,
    ) -> None:
        """Let a part wait; ``counts``: it was a try."""
        tries = sending.tries if counts else sending.tries - 1
        self._set(sending, now, state="waiting", due_at=due_at, tries=tries, code=code, reason=reason[:300])

    def ended(self, sending: Sending, state: str, now: datetime, *, code: int | None = None, reason: str = "") -> None:
        """Note that a part will not be sent: failed (Meta refuses it) or parked (a person may look)."""
        self._set(sending, now, state=state, code=code, reason=reason[:300])

    def unclear(self, sending: Sending, now: datetime) -> None:
        """Note that nobody knows whether a part was sent."""
        self._set(sending, now, state="unclear", due_at=now + UNCLEAR_WAIT)

    def window_closed(self, sending: Sending, now: datetime) -> None:
        """Meta says the window is over: let the policy decide again."""
        with self.store.turn() as transaction:
            transaction.connection.execute(
                update(contacts).where(contacts.c.id == sending.contact.id).values(window_ends_at=None)
            )
        self.later(sending, now, now, code=131047, counts=True)

    def _set(self, sending: Sending, now: datetime, **news: Any) -> None:
        with self.store.turn() as transaction:
            where = and_(deliveries.c.id == sending.id, deliveries.c.state == "sending")
            transaction.connection.execute(update(deliveries).where(where).values(**news, updated_at=now))

    def _change(self, transaction: TurnTransaction, delivery_id: int, now: datetime, **news: Any) -> None:
        transaction.connection.execute(
            update(deliveries).where(deliveries.c.id == delivery_id).values(**news, updated_at=now)
        )


def _contact(transaction: TurnTransaction, contact_id: int) -> Contact | None:
    row = transaction.connection.execute(select(contacts).where(contacts.c.id == contact_id)).first()
    return contact_from(row) if row else None
