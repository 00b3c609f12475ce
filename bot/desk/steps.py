"""What agents do with a conversation. Every step is one transaction: compare-and-set, the change, the audit line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, update

from bot.conversations.people import People
from bot.conversations.requests import back_to_bot, change_request, end_request, open_request, start_request, step
from bot.conversations.store import Conversation, ConversationStore, TurnTransaction
from bot.conversations.tables import conversations
from bot.desk.accounts import Agent, agent_named
from bot.desk.tables import notes, tags
from bot.desk.trail import note_down
from bot.trade.ownership import Action, held_by_another
from bot.trade.routing import QUEUES


class Unknown(Exception):
    """There is no such conversation, agent or file."""


class Conflict(Exception):
    """It can't be done from there: ``code`` is taken, closed, changed or not_waiting; ``by`` is who has it."""

    def __init__(self, code: str, by: str | None = None) -> None:
        super().__init__(code)
        self.code, self.by = code, by


@dataclass(frozen=True)
class Sent:
    """A stored reply; ``new`` is False when the same one was stored before."""

    seq: int
    version: int
    new: bool


@dataclass(frozen=True)
class Desk:
    """The steps of the agents."""

    store: ConversationStore
    people: People

    def take(self, agent: Agent, conversation_id: str, *, version: int | None, now: datetime) -> int:
        """Take the conversation over; returns its new version. A lead may take it from a colleague."""
        with self.store.turn() as transaction:
            conversation = self._held(transaction, agent, conversation_id, now, version=version, lead_may=True)
            return self._take(transaction, agent, conversation, "take", now).version

    def reply(
        self, agent: Agent, conversation_id: str, *, client_id: str, text: str, uploads: Sequence[str],
        version: int | None, now: datetime,
    ) -> Sent:  # fmt: skip
        """Send a message to the buyer; whoever sends has the conversation from then on.

        The same ``client_id`` is stored once. ``version`` is what the agent saw: a colleague who was faster wins.
        """
        key = f"{agent.name}:{client_id}"[:64]
        with self.store.turn() as transaction:
            conversation = self._found(transaction, conversation_id)
            sent_before = transaction.seq_of(conversation_id, key)
            if sent_before is not None:
                return Sent(sent_before, conversation.version, False)
            if len(transaction.uploads_of(conversation_id, uploads)) < len(set(uploads)):
                raise Unknown("upload")
            mine = conversation.owner == "human"
            conversation = self._held(transaction, agent, conversation_id, now, version=None if mine else version)
            request = open_request(transaction, conversation_id)
            if conversation.owner != "human" or request is None or request.assignee != agent.name:
                conversation = self._take(transaction, agent, conversation, "reply", now)
                request = open_request(transaction, conversation_id)
            data = {"name": agent.display_name, "agent": agent.name} | ({"uploads": list(uploads)} if uploads else {})
            seq, _ = transaction.append(
                conversation_id, author="human", text=text, now=now, client_id=key, data=data
            )  # fmt: skip
            assert request is not None
            first = {} if request.first_reply_at else {"first_reply_at": now, "first_reply_by": agent.name}
            change_request(transaction, request.id, unanswered_since=None, suggestion=None, **first)
            note_down(transaction, agent=agent.name, action="sent", conversation_id=conversation_id, now=now, seq=seq)
        return Sent(seq, conversation.version, True)

    def assign(
        self,
        agent: Agent,
        conversation_id: str,
        *,
        to: str | None,
        queue: str | None,
        version: int | None,
        now: datetime,
    ) -> int:
        """Give the conversation to a colleague, or back into a queue; returns its new version."""
        with self.store.turn() as transaction:
            conversation = self._held(transaction, agent, conversation_id, now, version=version, lead_may=True)
            if to is not None:
                colleague = agent_named(transaction, to)
                if colleague is None:
                    raise Unknown("agent")
                after = self._take(transaction, colleague, conversation, "take", now, by=agent.name)
                return after.version
            if queue not in QUEUES:
                raise Unknown("queue")
            if conversation.owner == "bot":
                conversation = self._take(transaction, agent, conversation, "take", now)
            after_release = step(transaction, conversation, actor="agent", action="release", now=now)
            request = open_request(transaction, conversation_id)
            if after_release is None or request is None:
                raise Conflict("changed")
            change_request(
                transaction, request.id, queue=queue, assignee=None, offered_at=None, taken_at=None, stage="offered",
                tried=[agent.name],
            )  # fmt: skip
            note_down(
                transaction, agent=agent.name, action="queued", conversation_id=conversation_id, now=now, queue=queue
            )
            return after_release.version

    def close(self, agent: Agent, conversation_id: str, *, reason: str, version: int | None, now: datetime) -> int:
        """Close the conversation as solved; the buyer is asked how it was, if a person had answered."""
        with self.store.turn() as transaction:
            conversation = self._held(transaction, agent, conversation_id, now, version=version, lead_may=True)
            request = open_request(transaction, conversation_id)
            after = step(transaction, conversation, actor="agent", action="close", now=now)
            if after is None:
                raise Conflict("changed")
            end_request(transaction, conversation_id, outcome="closed", now=now, close_reason=reason)
            if request is not None and request.first_reply_at is not None:
                self.people.ask_rating(transaction, after, request.id, now)
            self._nothing_waits(transaction, conversation_id)
            note_down(
                transaction, agent=agent.name, action="closed", conversation_id=conversation_id, now=now, reason=reason
            )
            return after.version

    def give_back(self, agent: Agent, conversation_id: str, *, version: int | None, now: datetime) -> int:
        """Give the conversation back to the bot, which tells the buyer; what was written so far counts as handled."""
        with self.store.turn() as transaction:
            conversation = self._held(transaction, agent, conversation_id, now, version=version, lead_may=True)
            said = self.people.replies_in(conversation.language).render("desk.back")
            after = back_to_bot(
                transaction, conversation, actor="agent", action="give_back", outcome="returned", said=said, now=now
            )
            if after is None:
                raise Conflict("changed" if conversation.owner != "bot" else "not_waiting")
            note_down(transaction, agent=agent.name, action="gave_back", conversation_id=conversation_id, now=now)
            return after.version

    def write_note(self, agent: Agent, conversation_id: str, text: str, *, now: datetime) -> int:
        """Add a note that only colleagues see; returns its number."""
        with self.store.turn() as transaction:
            self._found(transaction, conversation_id)
            row = {"conversation_id": conversation_id, "author": agent.name, "text": text, "at": now}
            number = int(transaction.connection.execute(insert(notes).values(**row)).inserted_primary_key[0])
            note_down(
                transaction, agent=agent.name, action="noted", conversation_id=conversation_id, now=now, note=number
            )
        return number

    def set_tags(self, agent: Agent, conversation_id: str, wanted: Sequence[str], *, now: datetime) -> list[str]:
        """Replace the tags of a conversation; returns them sorted."""
        kept = sorted(set(wanted))
        with self.store.turn() as transaction:
            self._found(transaction, conversation_id)
            transaction.connection.execute(delete(tags).where(tags.c.conversation_id == conversation_id))
            if kept:
                rows = [{"conversation_id": conversation_id, "tag": tag} for tag in kept]
                transaction.connection.execute(insert(tags), rows)
            note_down(
                transaction, agent=agent.name, action="tagged", conversation_id=conversation_id, now=now, tags=kept
            )
        return kept

    @staticmethod
    def _found(transaction: TurnTransaction, conversation_id: str) -> Conversation:
        conversation = transaction.locked(conversation_id)
        if conversation is None:
            raise Unknown("conversation")
        return conversation

    def _held(
        self, transaction: TurnTransaction, agent: Agent, conversation_id: str, now: datetime, *, version: int | None,
        lead_may: bool = False,
    ) -> Conversation:  # fmt: skip
        """Return the conversation if ``agent`` may act on it as it was seen; raises Conflict or Unknown."""
        conversation = self._found(transaction, conversation_id)
        if conversation.owner == "closed":
            raise Conflict("closed")
        request = open_request(transaction, conversation_id)
        holder = request.assignee if request else None
        if held_by_another(conversation.owner, holder=holder, agent=agent.name):
            if not (lead_may and agent.leads and version == conversation.version):
                raise Conflict("taken", holder)
        elif version is not None and version != conversation.version:
            raise Conflict("changed", holder)
        return conversation

    def _take(
        self, transaction: TurnTransaction, agent: Agent, conversation: Conversation, action: Action, now: datetime,
        *, by: str | None = None,
    ) -> Conversation:  # fmt: skip
        """Give the conversation to ``agent``, with a request where none is open."""
        after = step(transaction, conversation, actor="agent", action=action, now=now)
        if after is None:
            raise Conflict("changed")
        request = open_request(transaction, conversation.id)
        if request is None:
            number = start_request(
                transaction, conversation.id, queue="overflow", priority="normal", reason="taken_over",
                language=conversation.language or "en", now=now, assignee=agent.name,
            )  # fmt: skip
        else:
            number = request.id
        change_request(transaction, number, assignee=agent.name, taken_at=now, offered_at=now)
        note_down(
            transaction, agent=by or agent.name, action="assigned" if by else "took", conversation_id=conversation.id,
            now=now, **({"to": agent.name} if by else {}),
        )  # fmt: skip
        return after

    @staticmethod
    def _nothing_waits(transaction: TurnTransaction, conversation_id: str) -> None:
        """What the buyer wrote before the end belongs to it."""
        transaction.connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(handled_seq=conversations.c.last_buyer_seq)
        )
