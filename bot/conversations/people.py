"""What a buyer is told around a person's help: how long it takes, that it is over, how it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.conversations.requests import (
    back_to_bot,
    change_request,
    last_request,
    open_request,
    position,
    rate,
    rating_asked_since,
    start_request,
    step,
    waits_measured,
)
from bot.conversations.store import Conversation, TurnTransaction
from bot.replies.texts import Replies
from bot.replies.values import Moment, Value, Wait
from bot.trade.desk import CANCEL, RATING, DeskRules, usual_wait

Told = tuple[str, tuple[dict[str, str], ...]]
"""Text and quick replies."""


@dataclass(frozen=True)
class People:
    """The rules of the desk and the words for them."""

    replies_in: Callable[[str | None], Replies]
    rules: DeskRules = field(default_factory=DeskRules)

    def about_the_wait(self, transaction: TurnTransaction, conversation_id: str, language: str, now: datetime) -> Told:
        """Return when somebody answers, as far as that is known, and the way out of the line.

        While the desk is open: the place in line, and the usual wait where at least five were measured. While it
        is closed: when it opens, and the wish for contact and order number.
        """
        replies = self.replies_in(language)
        buttons = ({"id": CANCEL, "title": replies.render("desk.cancel")},)
        if not self.rules.hours.is_open(now):
            return " ".join((self._away(replies, now), replies.render("desk.contact"))), buttons
        request = open_request(transaction, conversation_id)
        place = position(transaction, request.id) if request else None
        said = [replies.render("desk.position", {"position": place})] if place else []
        wait = self.usual_wait(transaction, request.queue, now) if request else None
        said.append(replies.render("desk.usual", {"wait": Wait(wait)}) if wait else replies.render("desk.soon"))
        return " ".join(said), buttons

    def usual_wait(self, transaction: TurnTransaction, queue: str, now: datetime) -> int | None:
        """Return the measured usual wait in minutes, None where too few were measured lately."""
        since = now - timedelta(hours=self.rules.usual_wait_hours)
        return usual_wait(waits_measured(transaction, queue, since=since))

    def cancel(self, transaction: TurnTransaction, conversation: Conversation, now: datetime) -> str | None:
        """Take the buyer out of the line; returns what is said, None when a person was faster."""
        said = self.replies_in(conversation.language).render("desk.cancelled")
        done = back_to_bot(
            transaction, conversation, actor="buyer", action="cancel", outcome="cancelled", said=said, now=now
        )
        return said if done else None

    def rate(self, transaction: TurnTransaction, conversation: Conversation, stars: int, now: datetime) -> str | None:
        """Store a rating; returns the thanks, None for a second one or where none was asked for."""
        if not rate(transaction, conversation.id, stars, now=now):
            return None
        if conversation.owner not in ("bot", "closed"):
            return None
        said = self.replies_in(conversation.language).render("desk.rated")
        transaction.append(conversation.id, author="bot", text=said, now=now)
        return said

    def ask_rating(
        self, transaction: TurnTransaction, conversation: Conversation, request_id: int, now: datetime
    ) -> None:
        """Ask how it was, unless this buyer was asked lately."""
        since = now - timedelta(days=self.rules.rating_again_days)
        if not self.rules.ask_rating or rating_asked_since(transaction, conversation.id, since):
            return
        text = self.replies_in(conversation.language).render("desk.rating")
        buttons = [{"id": f"{RATING}{stars}", "title": f"{stars} ★"} for stars in range(1, 6)]
        transaction.append(conversation.id, author="bot", text=text, now=now, data={"quick_replies": buttons})
        change_request(transaction, request_id, rating_asked_at=now)

    def may_reopen(self, transaction: TurnTransaction, conversation: Conversation, now: datetime) -> bool:
        """Return whether a message to a closed conversation goes to a person again, not to the bot."""
        last = last_request(transaction, conversation.id)
        return last is not None and last.ended_at is not None and now - last.ended_at <= self.rules.reopens_for

    def reopen(
        self, transaction: TurnTransaction, conversation: Conversation, language: str, now: datetime
    ) -> Told | None:
        """Let a closed conversation wait for a person again, for the one it was with; None when somebody was first."""
        last = last_request(transaction, conversation.id)
        if last is None or step(transaction, conversation, actor="buyer", action="reopen", now=now) is None:
            return None
        start_request(
            transaction, conversation.id, queue=last.queue, priority=last.priority, reason="reopened", language=language,
            now=now, assignee=last.assignee,
        )  # fmt: skip
        told, buttons = self.about_the_wait(transaction, conversation.id, language, now)
        said = f"{self.replies_in(language).render('desk.reopened')}\n\n{told}"
        data: dict[str, Any] = {"quick_replies": list(buttons)}
        transaction.append(conversation.id, author="bot", text=said, now=now, data=data)
        return said, buttons

    def _away(self, replies: Replies, now: datetime) -> str:
        opens = self.rules.hours.opens_at(now)
        if opens is None:
            return replies.render("desk.away_unknown")
        minutes = max(1, round((opens - now).total_seconds() / 60))
        values: dict[str, Value] = {"moment": Moment(opens), "ahead": Wait(minutes, ahead=True)}
        return replies.render("desk.away", values)
