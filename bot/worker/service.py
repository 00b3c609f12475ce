"""Serving one conversation: wait for the rest of a burst, take turns until nothing waits, tell who looks on."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.conversations.store import Message
from bot.conversations.turn import TurnResult, Turns
from bot.inbox.producer import Inbox
from bot.worker.pace import wait_seconds

log = logging.getLogger(__name__)
_UNHANDLED_AFTER = timedelta(seconds=5)
_SHOW_TYPING_FROM = 0.3
_MOST_NAP = 0.25


class Figures(Protocol):
    """Counts what the worker does."""

    async def turn_taken(self, result: TurnResult, *, seconds: float) -> None: ...


@dataclass
class ConversationService:
    """Answers conversations. Turns need the processor, so one runs at a time; waiting overlaps."""

    turns: Turns
    inbox: Inbox
    figures: Figures
    burst_seconds: float
    clock: Callable[[], datetime]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def serve(self, conversation_id: str) -> None:
        """Handle everything that waits in the conversation. Raises StoreUnavailable: try again later."""
        while await self._wait_for_the_rest(conversation_id):
            async with self._turn:
                started = time.perf_counter()
                result = await self.turns.answer(conversation_id)
                seconds = time.perf_counter() - started
            if result is None:
                return
            await self.inbox.announce(conversation_id, "messages")
            await self.inbox.announce(conversation_id, "owner", owner=result.owner, language=result.language)
            await self.figures.turn_taken(result, seconds=seconds)

    async def unhandled(self) -> list[str]:
        """Return conversations whose messages were stored seconds ago and never handled."""
        with self.turns.store.reading() as transaction:
            return transaction.unhandled(before=self.clock() - _UNHANDLED_AFTER)

    async def _wait_for_the_rest(self, conversation_id: str) -> bool:
        """Wait while more seems to come; return whether anything waits for an answer."""
        shown = False
        try:
            while True:
                channel, waiting, owned_by_bot, language = self._waiting(conversation_id)
                if not waiting:
                    return False
                if not owned_by_bot:
                    return True
                pause = wait_seconds(
                    waiting,
                    channel=channel,
                    typing=await self.inbox.is_typing(conversation_id),
                    alarming=any(self.turns.is_alarming(message.text, language) for message in waiting),
                    now=self.clock(),
                    burst_seconds=self.burst_seconds,
                )
                if pause <= 0:
                    return True
                if pause >= _SHOW_TYPING_FROM and not shown:
                    shown = True
                    await self.inbox.announce(conversation_id, "typing", typing=True)
                await asyncio.sleep(min(pause, _MOST_NAP))
        finally:
            if shown:
                await self.inbox.announce(conversation_id, "typing", typing=False)

    def _waiting(self, conversation_id: str) -> tuple[str, list[Message], bool, str | None]:
        with self.turns.store.reading() as transaction:
            conversation = transaction.conversation(conversation_id)
            if conversation is None:
                return "", [], False, None
            waiting = transaction.waiting_messages(conversation)
        return conversation.channel, waiting, conversation.owner == "bot", conversation.language
