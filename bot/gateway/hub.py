"""Wakes those who wait for something new: sockets and long polls of this gateway.

Redis tells at once; a look into SQL every second or two finds what was not told. Nobody is sent
anything from here: who is woken reads SQL, so that nothing can be missed or said twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from bot.errors import StoreUnavailable
from bot.inbox.ending import end_tasks
from bot.inbox.keys import Keys

log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.5
_OVERLAP = timedelta(seconds=20)
_RETRY_SECONDS = 0.3
_MOST_EVENTS = 100
EVERYTHING = "*"
"""Who listens under this name is told about every conversation; ``conversation`` then stands in the event."""

State = tuple[int, int]
"""Newest message number and version of the owner of a conversation."""
ChangedSince = Callable[[datetime], Awaitable[dict[str, State]]]


@dataclass(eq=False)
class Listener:
    """One who waits. ``events`` holds what was told; a full queue drops, because SQL has it all."""

    events: asyncio.Queue[dict[str, Any]] = field(default_factory=lambda: asyncio.Queue(_MOST_EVENTS))

    def tell(self, event: dict[str, Any]) -> None:
        """Put ``event`` where :meth:`next` finds it."""
        if not self.events.full():
            self.events.put_nowait(event)

    async def next(self, seconds: float) -> dict[str, Any] | None:
        """Return the next event, None when there was none for ``seconds``."""
        try:
            return await asyncio.wait_for(self.events.get(), max(0.0, seconds))
        except asyncio.TimeoutError:
            return None


class Hub:
    """Listens to Redis and looks into SQL on behalf of all listeners of this process."""

    def __init__(self, redis: AsyncRedis[str], keys: Keys, *, changed_since: ChangedSince) -> None:
        self._redis = redis
        self._keys = keys
        self._changed_since = changed_since
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._seen: dict[str, State] = {}
        self._all_seen: dict[str, State] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def listeners(self) -> int:
        """How many wait."""
        return sum(len(group) for group in self._listeners.values())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen while the gateway runs."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._look())]
        try:
            yield
        finally:
            await end_tasks(*self._tasks)
            for conversation_id in list(self._listeners):
                self.tell(conversation_id, {"kind": "closing"})

    @asynccontextmanager
    async def listener(self, conversation_id: str) -> AsyncIterator[Listener]:
        """Be told what happens in a conversation. Read SQL after entering: what came before is not told."""
        listener = Listener()
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            group = self._listeners[conversation_id]
            group.discard(listener)
            if not group:
                del self._listeners[conversation_id]
                self._seen.pop(conversation_id, None)

    def tell(self, conversation_id: str, event: dict[str, Any]) -> None:
        """Wake the listeners of a conversation."""
        for listener in tuple(self._listeners.get(conversation_id, ())):
            listener.tell(event)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(self._keys.live)
                    while True:
                        message = await channel.get_message(ignore_subscribe_messages=True, timeout=5.0)
                        if message is not None:
                            self._told(message["data"])
            except (RedisError, OSError) as err:
                log.warning("hub.redis_down", extra={"error": type(err).__name__})
                await asyncio.sleep(_RETRY_SECONDS)

    def _told(self, data: str) -> None:
        try:
            event = json.loads(data)
            self.tell(EVERYTHING, dict(event))
            self.tell(event.pop("conversation"), event)
        except (ValueError, KeyError, AttributeError):
            log.warning("hub.not_understood")

    async def _look(self) -> None:
        since = datetime.now(timezone.utc) - _OVERLAP
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if not self._listeners:
                since = datetime.now(timezone.utc) - _OVERLAP
                continue
            started = datetime.now(timezone.utc)
            try:
                changed = await self._changed_since(since - _OVERLAP)
            except StoreUnavailable as err:
                log.warning("hub.sql_down %s", err)
                continue
            since = started
            if EVERYTHING in self._listeners:
                self._tell_all(changed)
            for conversation_id in self._listeners.keys() & changed.keys():
                if self._seen.get(conversation_id) != changed[conversation_id]:
                    self._seen[conversation_id] = changed[conversation_id]
                    self.tell(conversation_id, {"kind": "messages"})

    def _tell_all(self, changed: dict[str, State]) -> None:
        """Tell those who listen to everything what changed since the last look."""
        for conversation_id, state in changed.items():
            if self._all_seen.get(conversation_id) != state:
                self.tell(EVERYTHING, {"kind": "messages", "conversation": conversation_id})
        self._all_seen = dict(changed)
