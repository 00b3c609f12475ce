"""Which worker serves which partitions: leases that end by themselves when a worker dies.

Every worker signs in and aims at its fair share. A lease only spares work: should two workers ever serve
one conversation (a clock that jumped, a process that was frozen), the mark of handled messages in SQL lets
only one of them store its turn.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, field

from redis.asyncio import Redis as AsyncRedis

from bot.inbox.keys import PARTITIONS, Keys

log = logging.getLogger(__name__)
LEASE_SECONDS = 6.0
RENEW_SECONDS = 1.5
_GIVE_BACK = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""
_RENEW = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
return 0
"""


@dataclass
class Leases:
    """The partitions that one worker holds; ``held`` shrinks as soon as a renewal fails."""

    redis: AsyncRedis[str]
    keys: Keys
    worker: str
    held: set[int] = field(default_factory=set)

    async def renew(self) -> tuple[set[int], set[int]]:
        """Sign in, renew, take free partitions up to the fair share, give back what is too much.

        Returns the partitions gained and lost. Redis errors are raised.
        """
        before = set(self.held)
        now = time.time()
        await self.redis.zadd(self.keys.workers, {self.worker: now})
        await self.redis.zremrangebyscore(self.keys.workers, "-inf", now - LEASE_SECONDS)
        alive = max(1, int(await self.redis.zcard(self.keys.workers)))
        share = math.ceil(PARTITIONS / alive)
        milliseconds = int(LEASE_SECONDS * 1000)
        for partition in sorted(self.held):
            kept = await self.redis.eval(_RENEW, 1, self.keys.lease(partition), self.worker, str(milliseconds))
            if not kept:
                self.held.discard(partition)
        for partition in sorted(self.held, reverse=True)[: max(0, len(self.held) - share)]:
            await self._give_back(partition)
        for partition in range(PARTITIONS):
            if len(self.held) >= share:
                break
            if partition in self.held:
                continue
            if await self.redis.set(self.keys.lease(partition), self.worker, nx=True, px=milliseconds):
                self.held.add(partition)
        gained, lost = self.held - before, before - self.held
        if gained or lost:
            log.info("inbox.leases", extra={"held": len(self.held), "gained": len(gained), "lost": len(lost)})
        return gained, lost

    async def give_back_all(self) -> None:
        """Sign out, so that others need not wait for the leases to end."""
        for partition in list(self.held):
            await self._give_back(partition)
        await self.redis.zrem(self.keys.workers, self.worker)

    async def _give_back(self, partition: int) -> None:
        await self.redis.eval(_GIVE_BACK, 1, self.keys.lease(partition), self.worker)
        self.held.discard(partition)
