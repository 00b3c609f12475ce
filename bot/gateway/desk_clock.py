"""The clock of the desk: one gateway at a time offers waiting requests to agents, every two seconds."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone

from redis.exceptions import RedisError
from starlette.concurrency import run_in_threadpool

from bot.desk.offering import offer_round
from bot.errors import StoreUnavailable
from bot.gateway.services import Services
from bot.inbox.ending import end_tasks

log = logging.getLogger(__name__)
ROUND_SECONDS = 2.0
_HELD_MILLISECONDS = 6_000
_KEEP = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
return redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0
"""


@asynccontextmanager
async def running(services: Services) -> AsyncIterator[None]:
    """Keep time while the gateway runs."""
    task = asyncio.create_task(_keep_time(services, secrets.token_hex(8)))
    try:
        yield
    finally:
        await end_tasks(task)


async def _keep_time(services: Services, name: str) -> None:
    while True:
        try:
            mine = await services.redis.eval(_KEEP, 1, services.keys.desk_clock, name, str(_HELD_MILLISECONDS))
            if mine:
                await tick(services, now=datetime.now(timezone.utc))
        except (RedisError, OSError, StoreUnavailable) as err:
            log.warning("desk.clock_stands", extra={"error": type(err).__name__})
        except Exception:  # the clock must go on
            log.exception("desk.clock_failed")
        await asyncio.sleep(ROUND_SECONDS)


async def tick(services: Services, *, now: datetime) -> int:
    """Do one round of offers; returns how many requests changed. What is offered twice is written once (compare-and-set)."""
    seen = await services.presence.all_seen()
    rules = services.desk.people.rules
    done = await run_in_threadpool(offer_round, services.store, seen=seen, now=now, rules=rules)
    for conversation_id, offer in done:
        await services.inbox.announce(f"desk:{conversation_id}", "offer", stage=offer.stage, assignee=offer.assignee)
    return len(done)
