"""Who of the agents is there, looks at what and writes where. Lives in Redis; lost, it comes back within seconds."""

from __future__ import annotations

import logging
import time

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from bot.inbox.keys import Keys

log = logging.getLogger(__name__)
VIEWING_SECONDS = 45.0
_DRAFTING_MILLISECONDS = 8_000


class Presence:
    """Signs of life of agents; what fails here only makes the desk show less."""

    def __init__(self, redis: AsyncRedis[str], keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def seen(self, agent: str) -> None:
        """Note a sign of life."""
        try:
            await self._redis.zadd(self._keys.agents_seen, {agent: time.time()})
        except (RedisError, OSError) as err:
            log.warning("desk.presence_unknown", extra={"error": type(err).__name__})

    async def gone(self, agent: str) -> None:
        """Forget an agent who signed out."""
        try:
            await self._redis.zrem(self._keys.agents_seen, agent)
        except (RedisError, OSError) as err:
            log.warning("desk.presence_unknown", extra={"error": type(err).__name__})

    async def all_seen(self) -> dict[str, float]:
        """Return the time (seconds) of each agent's last sign of life."""
        try:
            found = await self._redis.zrange(self._keys.agents_seen, 0, -1, withscores=True)
        except (RedisError, OSError):
            return {}
        return {name: float(at) for name, at in found}

    async def view(self, agent: str, conversation_id: str, *, looking: bool) -> None:
        """Note that ``agent`` looks at a conversation, or no longer does."""
        key = self._keys.viewers(conversation_id)
        try:
            if looking:
                await self._redis.zadd(key, {agent: time.time() + VIEWING_SECONDS})
                await self._redis.expire(key, int(VIEWING_SECONDS * 2))
            else:
                await self._redis.zrem(key, agent)
        except (RedisError, OSError) as err:
            log.warning("desk.presence_unknown", extra={"error": type(err).__name__})

    async def viewers(self, conversation_id: str) -> list[str]:
        """Return the names of those who look at a conversation."""
        try:
            return list(await self._redis.zrangebyscore(self._keys.viewers(conversation_id), time.time(), "+inf"))
        except (RedisError, OSError):
            return []

    async def draft(self, agent: str, conversation_id: str, *, typing: bool) -> None:
        """Note that ``agent`` writes an answer, or stopped."""
        key = self._keys.drafting(conversation_id)
        try:
            if typing:
                await self._redis.set(key, agent, px=_DRAFTING_MILLISECONDS)
            elif await self._redis.get(key) == agent:
                await self._redis.delete(key)
        except (RedisError, OSError) as err:
            log.warning("desk.presence_unknown", extra={"error": type(err).__name__})

    async def drafting(self, conversation_id: str) -> str | None:
        """Return the name of the one who writes an answer."""
        try:
            name = await self._redis.get(self._keys.drafting(conversation_id))
        except (RedisError, OSError):
            return None
        return name or None
