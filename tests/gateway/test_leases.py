"""Leases while the worker is busy: turns block the event loop, and a lease must not end for that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis as AsyncRedis

from bot.inbox.keys import PARTITIONS, Keys
from bot.inbox.leases import LEASE_SECONDS, RENEW_SECONDS, Leases
from bot.inbox.server import connect
from bot.settings import Settings

_TURN_SECONDS = 0.15
"""A turn on a slow, shared core."""


@pytest.fixture
async def live_redis(settings: Settings) -> AsyncIterator[AsyncRedis]:
    made = connect(settings)
    await made.ping()
    yield made
    await made.close()


async def turns_without_end() -> None:
    """Keep the event loop as busy as a worker under load does."""
    while True:
        time.sleep(_TURN_SECONDS)
        await asyncio.sleep(0)


async def test_a_busy_worker_renews_before_its_leases_end(live_redis: AsyncRedis, keys: Keys) -> None:
    leases = Leases(live_redis, keys, "w")
    await leases.renew()
    assert len(leases.held) == PARTITIONS
    busy = asyncio.create_task(turns_without_end())
    try:
        started = time.monotonic()
        gained, lost = await leases.renew()
        took = time.monotonic() - started
    finally:
        busy.cancel()
    assert took + RENEW_SECONDS < LEASE_SECONDS, f"a renewal takes {took:.1f} s while turns run"
    assert (gained, lost) == (set(), set())


async def test_workers_share_fairly_and_a_gone_one_leaves_everything(live_redis: AsyncRedis, keys: Keys) -> None:
    first, second = Leases(live_redis, keys, "a"), Leases(live_redis, keys, "b")
    await first.renew()
    await second.renew()
    await first.renew()
    await second.renew()
    assert (len(first.held), len(second.held)) == (PARTITIONS // 2, PARTITIONS // 2)
    assert not first.held & second.held
    await first.give_back_all()
    gained, _ = await second.renew()
    assert len(gained) == PARTITIONS // 2
    assert len(second.held) == PARTITIONS
