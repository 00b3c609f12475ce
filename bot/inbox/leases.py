"""Which worker serves which partitions: leases that end by themselves when a worker dies.

Every worker signs in and aims at its fair share. A lease only spares work: should two workers ever serve
one conversation (a clock that jumped, a process that was frozen), the mark of handled messages in SQL lets
only one of them store its turn.
"""

from __future__ import annotations

import logging
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
local worker, milliseconds, share_of = ARGV[1], ARGV[2], tonumber(ARGV[3])
local clock = redis.call('time')
local now = clock[1] + clock[2] / 1000000
redis.call('zadd', KEYS[1], now, worker)
redis.call('zremrangebyscore', KEYS[1], '-inf', now - milliseconds / 1000)
local share = math.ceil(share_of / math.max(1, redis.call('zcard', KEYS[1])))
local held = {}
for place = 2, #KEYS do
  if redis.call('get', KEYS[place]) == worker then
    if #held < share then
      redis.call('pexpire', KEYS[place], milliseconds)
      held[#held + 1] = place - 2
    else
      redis.call('del', KEYS[place])
    end
  end
end
for place = 2, #KEYS do
  if #held >= share then break end
  if redis.call('set', KEYS[place], worker, 'NX', 'PX', milliseconds) then held[#held + 1] = place - 2 end
end
return held
"""
"""Sign in, renew what is mine, give back what is more than the fair share, take what is free: one round trip."""


@dataclass
class Leases:
    """The partitions that one worker holds; ``held`` shrinks as soon as a renewal fails."""

    redis: AsyncRedis[str]
    keys: Keys
    worker: str
    thinking: bool = True
    """False when its assistant fails: it still hears alarms and hands conversations to people."""
    held: set[int] = field(default_factory=set)

    async def renew(self) -> tuple[set[int], set[int]]:
        """Sign in, renew, take free partitions up to the fair share, give back what is too much.

        Returns the partitions gained and lost. Redis errors are raised.
        """
        before = set(self.held)
        if self.thinking:
            await self.redis.zadd(self.keys.minds, {self.worker: time.time()})
        names = [self.keys.workers, *(self.keys.lease(partition) for partition in range(PARTITIONS))]
        milliseconds = int(LEASE_SECONDS * 1000)
        answer = await self.redis.eval(_RENEW, len(names), *names, self.worker, str(milliseconds), str(PARTITIONS))
        self.held = {int(partition) for partition in answer}
        gained, lost = self.held - before, before - self.held
        if gained or lost:
            log.info("inbox.leases", extra={"held": len(self.held), "gained": len(gained), "lost": len(lost)})
        return gained, lost

    async def give_back_all(self) -> None:
        """Sign out, so that others need not wait for the leases to end."""
        for partition in list(self.held):
            await self._give_back(partition)
        await self.redis.zrem(self.keys.workers, self.worker)
        await self.redis.zrem(self.keys.minds, self.worker)

    async def _give_back(self, partition: int) -> None:
        await self.redis.eval(_GIVE_BACK, 1, self.keys.lease(partition), self.worker)
        self.held.discard(partition)
