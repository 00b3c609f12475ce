"""Stopping at any moment: a cancelled wait for Redis must not keep a process from ending.

Python 3.10's ``asyncio.wait_for`` swallows a cancellation that comes just when its work is done, so every
step of the event loop is tried.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from redis.asyncio import Redis as AsyncRedis

from bot.gateway.hub import Hub
from bot.inbox.consumer import Consumer
from bot.inbox.keys import Keys
from bot.inbox.leases import Leases
from bot.inbox.server import connect
from bot.settings import Settings

_STEPS = 60
_SOON = 3.0


@pytest.fixture
async def live_redis(settings: Settings) -> AsyncIterator[AsyncRedis]:
    made = connect(settings)
    await made.ping()
    yield made
    await made.close()


async def steps(count: int) -> None:
    """Let the event loop turn ``count`` times."""
    for _ in range(count):
        await asyncio.sleep(0)


async def nothing(_: datetime) -> dict[str, int]:
    return {}


async def nobody() -> list[str]:
    return []


async def test_the_hub_stops_whatever_it_waits_for(live_redis: AsyncRedis, keys: Keys) -> None:
    async def run(count: int) -> None:
        async with Hub(live_redis, keys, changed_since=nothing).running():
            await steps(count)

    stuck: list[int] = []
    for count in range(_STEPS):
        task = asyncio.create_task(run(count))
        done, _ = await asyncio.wait({task}, timeout=_SOON)
        if not done:
            stuck.append(count)
            break
    assert not stuck, f"does not stop when told so after {stuck[0]} steps of the event loop"


async def test_the_consumer_stops_whatever_it_waits_for(live_redis: AsyncRedis) -> None:
    async def serve(_: str) -> None:
        return

    stuck: list[int] = []
    for count in range(0, _STEPS * 3, 2):
        keys = Keys(prefix=f"stop-{id(live_redis)}-{count}:")
        consumer = Consumer(live_redis, keys, Leases(live_redis, keys, "w"), serve, nobody)
        task = asyncio.create_task(consumer.run())
        await steps(count)
        consumer.stop()
        done, _ = await asyncio.wait({task}, timeout=_SOON)
        if not done:
            stuck.append(count)
            break
    assert not stuck, f"does not stop when told so after {stuck[0]} steps of the event loop"
