"""Rate limits: token buckets in Redis, shared by all gateways; in this process alone while Redis is away."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from bot.gateway.faults import Refused
from bot.inbox.keys import Keys

log = logging.getLogger(__name__)
_MOST_LOCAL = 10_000
_TAKE = """
local rate, size, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('time')
local now = clock[1] + clock[2] / 1000000
local kept = redis.call('hmget', KEYS[1], 'level', 'at')
local level = math.min(size, (tonumber(kept[1]) or size) + (now - (tonumber(kept[2]) or now)) * rate)
local wait = 0
if level >= cost then level = level - cost else wait = (cost - level) / rate end
redis.call('hset', KEYS[1], 'level', level, 'at', now)
redis.call('pexpire', KEYS[1], math.ceil(size / rate * 1000) + 1000)
return tostring(wait)
"""


@dataclass(frozen=True)
class Limit:
    """``size`` calls at once, then ``rate`` a second."""

    name: str
    size: float
    rate: float


SESSIONS_OF_ADDRESS = Limit("sessions", size=600, rate=10)
"""Generous: whole towns share one address of a mobile network."""
MESSAGES_OF_ADDRESS = Limit("address", size=1_200, rate=100)
MESSAGES_OF_SESSION = Limit("session", size=60, rate=5)
UPLOADS_OF_SESSION = Limit("uploads", size=8, rate=0.1)
SIGN_INS_OF_ADDRESS = Limit("sign_ins", size=30, rate=0.5)
"""Checking a password costs tens of milliseconds of a core."""
REPLIES_OF_AGENT = Limit("replies", size=60, rate=3)
READS_OF_SESSION = Limit("reads", size=120, rate=10)


class RateLimiter:
    """Takes from buckets; an empty one refuses with 429 and the seconds to wait."""

    def __init__(self, redis: AsyncRedis[str], keys: Keys, *, factor: float = 1.0) -> None:
        self._redis = redis
        self._factor = factor
        self._keys = keys
        self._local: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, limit: Limit, who: str) -> None:
        """Take one call of ``who``; raises Refused (429) when there is none left."""
        limit = Limit(limit.name, limit.size * self._factor, limit.rate * self._factor)
        name = f"{limit.name}:{who}"
        try:
            answer = await self._redis.eval(_TAKE, 1, self._keys.bucket(name), str(limit.rate), str(limit.size), "1")
            wait = float(answer)
        except (RedisError, OSError):
            wait = self._take_here(limit, name)
        if wait > 0:
            raise Refused(429, "too_many", "That was a little fast. Please wait a moment.", retry_after=wait)

    def _take_here(self, limit: Limit, name: str) -> float:
        now = time.monotonic()
        level, at = self._local.pop(name, (limit.size, now))
        level = min(limit.size, level + (now - at) * limit.rate)
        wait = 0.0 if level >= 1 else (1 - level) / limit.rate
        self._local[name] = (level - 1 if wait == 0 else level, now)
        while len(self._local) > _MOST_LOCAL:
            self._local.popitem(last=False)
        return wait
