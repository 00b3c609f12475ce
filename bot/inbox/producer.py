"""Telling the workers, and everybody who looks at a conversation, that something is new."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from bot.inbox.keys import Keys, partition_of

log = logging.getLogger(__name__)
_MOST_ENTRIES = 100_000
"""Entries a stream keeps at least; workers delete what they handled."""
_TYPING_MILLISECONDS = 4_000


class Inbox:
    """Queues conversations for the workers and announces changes; what fails here a sweep makes good."""

    def __init__(self, redis: AsyncRedis[str], keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def put(self, conversation_id: str) -> bool:
        """Queue a conversation that has a stored, unhandled message; False when Redis did not take it."""
        stream = self._keys.stream(partition_of(conversation_id))
        fields: dict[Any, Any] = {"conversation": conversation_id}
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.xadd(stream, fields, maxlen=_MOST_ENTRIES, approximate=True)
                pipe.publish(self._keys.live, json.dumps({"conversation": conversation_id, "kind": "messages"}))
                await pipe.execute()
        except (RedisError, OSError) as err:
            log.warning("inbox.not_queued", extra={"conversation": conversation_id, "error": type(err).__name__})
            return False
        return True

    async def put_all(self, to_answer: Iterable[str], to_show: Iterable[str] = ()) -> bool:
        """Queue several conversations at once and announce those of ``to_show``; False when Redis did not take them."""
        queued = tuple(to_answer)
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for conversation_id in queued:
                    fields: dict[Any, Any] = {"conversation": conversation_id}
                    stream = self._keys.stream(partition_of(conversation_id))
                    pipe.xadd(stream, fields, maxlen=_MOST_ENTRIES, approximate=True)
                for conversation_id in (*queued, *to_show):
                    pipe.publish(self._keys.live, json.dumps({"conversation": conversation_id, "kind": "messages"}))
                await pipe.execute()
        except (RedisError, OSError) as err:
            log.warning("inbox.not_queued", extra={"conversations": len(queued), "error": type(err).__name__})
            return False
        return True

    async def announce(self, conversation_id: str, kind: str, **facts: Any) -> None:
        """Tell the gateways: ``messages`` (something to read in SQL), ``owner`` or ``typing``."""
        event = {"conversation": conversation_id, "kind": kind, **facts}
        try:
            await self._redis.publish(self._keys.live, json.dumps(event))
        except (RedisError, OSError) as err:
            log.warning("inbox.not_announced", extra={"conversation": conversation_id, "error": type(err).__name__})

    async def buyer_types(self, conversation_id: str, typing: bool) -> None:
        """Remember for some seconds that the buyer types: an answer then waits for the rest."""
        key = self._keys.typing(conversation_id)
        try:
            if typing:
                await self._redis.set(key, "1", px=_TYPING_MILLISECONDS)
            else:
                await self._redis.delete(key)
        except (RedisError, OSError) as err:
            log.warning("inbox.typing_unknown", extra={"error": type(err).__name__})

    async def is_typing(self, conversation_id: str) -> bool:
        """Return whether the buyer types; False when Redis does not answer."""
        try:
            return bool(await self._redis.exists(self._keys.typing(conversation_id)))
        except (RedisError, OSError):
            return False
