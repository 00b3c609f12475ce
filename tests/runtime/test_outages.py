"""What fails around the workers: a busy database, a Redis that forgot everything, a worker that goes."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from buyers import Buyer, client
from processes import Installation, until
from truth import Stored, stored

from bot.inbox.keys import PARTITIONS, Keys

pytestmark = pytest.mark.model
KEYS = Keys()
_ANSWERED_SECONDS = 60.0


async def crowd(place: Installation, count: int, *, each: int = 2, seed: int = 1) -> list[Buyer]:
    """Let ``count`` buyers say ``each`` things at once."""
    dice = random.Random(seed)
    async with client(place.address) as http:
        buyers = [Buyer(http, random.Random(dice.random())) for _ in range(count)]
        await asyncio.gather(*(buyer.open() for buyer in buyers))
        for number in range(each):
            await asyncio.gather(*(buyer.say(f"how much is the lace? ({number})") for buyer in buyers))
    return buyers


def leases(place: Installation) -> set[str]:
    """Return the workers that hold a lease; fails while one partition has none."""
    with place.redis() as redis:
        held = redis.mget([KEYS.lease(partition) for partition in range(PARTITIONS)])
    return {str(holder) for holder in held} if all(held) else set()


def all_answered(place: Installation, buyers: list[Buyer]) -> dict[str, Stored]:
    """Wait until nothing waits, and check what SQL holds then."""
    mine = {buyer.conversation: buyer for buyer in buyers}

    def done() -> dict[str, Stored] | None:
        truth = {name: c for name, c in stored(place.folder / "liaison.db").items() if name in mine}
        waiting = [c for c in truth.values() if any(seq > c.handled for seq, *_ in c.of("buyer"))]
        return None if waiting or len(truth) < len(mine) else truth

    truth: dict[str, Stored] = until(done, seconds=_ANSWERED_SECONDS, what="all answered", every=0.3)
    faults = {name: found for name, c in truth.items() if (found := mine[name].faults + c.faults(mine[name].sent))}
    assert not faults, faults
    return truth


def test_two_workers_share_the_load_and_answer_nothing_twice(place: Installation) -> None:
    until(lambda: len(leases(place)) == 2, seconds=20, what="both workers hold leases")
    truth = all_answered(place, asyncio.run(crowd(place, 60, each=3)))
    assert all(c.of("bot") for c in truth.values())


def test_a_busy_database_delays_and_loses_nothing(place: Installation) -> None:
    with contextlib.closing(sqlite3.connect(place.folder / "liaison.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def meanwhile() -> list[Buyer]:
            posting = asyncio.create_task(crowd(place, 20, each=1))
            done, _ = await asyncio.wait({posting}, timeout=3.0)
            assert not done, "nothing can be stored while another process writes"
            other.execute("COMMIT")
            return await posting

        buyers = asyncio.run(meanwhile())
    all_answered(place, buyers)


def test_a_redis_that_lost_everything_loses_no_message(place: Installation) -> None:
    async def flushed_in_between() -> list[Buyer]:
        posting = asyncio.create_task(crowd(place, 40, each=3, seed=3))
        with place.redis() as redis:
            while not posting.done():
                redis.flushall()
                await asyncio.sleep(0.2)
        return await posting

    buyers = asyncio.run(flushed_in_between())
    all_answered(place, buyers)
    until(lambda: place.state().get("ready"), seconds=20, what="ready again")


def test_stored_but_never_queued_messages_are_swept_up(place: Installation) -> None:
    with place.redis() as redis:
        redis.config_set("maxmemory", "1")  # every XADD is refused now
        try:
            buyers = asyncio.run(crowd(place, 3, each=1))
        finally:
            redis.config_set("maxmemory", "0")
    all_answered(place, buyers)


def test_a_worker_told_to_stop_finishes_and_another_takes_over_at_once(place: Installation) -> None:
    until(lambda: len(leases(place)) == 2, seconds=20, what="both workers hold leases")

    async def stopped_in_between() -> tuple[list[Buyer], int, float]:
        posting = asyncio.create_task(crowd(place, 60, each=3, seed=5))
        await asyncio.sleep(1.0)
        status = await asyncio.to_thread(place.stop, "worker1")
        stopped = time.monotonic()
        await asyncio.to_thread(until, lambda: len(leases(place)) == 1, seconds=20, what="the other has all leases")
        return await posting, status, time.monotonic() - stopped

    buyers, status, seconds = asyncio.run(stopped_in_between())
    assert status == 0
    assert "worker.stopped" in place.log("worker1")
    assert seconds < 5, f"leases were not given back: taken over after {seconds:.1f} s"
    all_answered(place, buyers)


def test_a_gateway_told_to_stop_ends_long_polls_and_exits(place: Installation) -> None:
    async def stopped_while_waiting() -> int:
        async with client(place.address) as http:
            buyer = Buyer(http, random.Random(1))
            await buyer.open()
            poll = asyncio.create_task(
                http.get("/v1/messages", params={"wait": 25}, headers=buyer.headers)
            )  # fmt: skip
            await asyncio.sleep(0.5)
            status = await asyncio.to_thread(place.stop, "gateway")
            await asyncio.gather(poll, return_exceptions=True)
            return status

    started = time.monotonic()
    try:
        assert asyncio.run(stopped_while_waiting()) in (0, -signal.SIGTERM)  # uvicorn ends by the signal it got
        assert time.monotonic() - started < 15
    finally:
        place.start("gateway")
        until(lambda: place.state().get("store"), seconds=60, what="the gateway is back")


def test_logs_hold_no_words_of_buyers(place: Installation) -> None:
    logs = [path for path in Path(place.folder).glob("*.log") if "redis" not in path.name]
    assert logs
    for path in logs:
        assert "lace" not in path.read_text(encoding="utf-8", errors="replace"), path.name
