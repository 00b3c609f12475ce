"""Five hundred conversations while everything dies and comes back: nothing lost, nothing twice, all in order.

The chaos is drawn from a seed that a failure names; every process is killed at least once while posts are under way.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from buyers import Buyer, client
from processes import Installation, installation
from truth import stored

pytestmark = pytest.mark.model

CONVERSATIONS = 500
AT_ONCE = 24
_QUIET_SECONDS = 180.0
_TEXTS = (
    "how much is the lace?",
    "do you ship to Chile?",
    "can I pay by card?",
    "what is the minimum order?",
    "thank you!",
)
"""Questions that the assistant answers itself: a conversation that goes to a person is silent from then on."""


async def chaos(place: Installation, dice: random.Random, progress: Callable[[], int]) -> list[str]:
    """Kill and restart each process twice, Redis once, while between 5 and 85 of 100 conversations are done."""
    plan = ["gateway", "gateway", "worker1", "worker1", "redis"]
    dice.shuffle(plan)
    moments = sorted(dice.randrange(CONVERSATIONS // 20, CONVERSATIONS * 17 // 20) for _ in plan)
    for name, moment in zip(plan, moments):
        while progress() < moment:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(place.kill, name)
        await asyncio.sleep(dice.uniform(0.0, 1.0))
        place.start(name)
    return plan


async def test_nothing_is_lost_doubled_or_out_of_order_while_processes_die(
    tmp_path: Path, filled_database: Path
) -> None:
    seed = int(os.environ.get("LIAISON_TEST_SEED") or random.randrange(10**6))
    dice = random.Random(seed)
    with installation(tmp_path, filled_database) as place:
        async with client(place.address) as http:
            buyers = [Buyer(http, random.Random(dice.random())) for _ in range(CONVERSATIONS)]
            gate, done = asyncio.Semaphore(AT_ONCE), 0

            async def live(buyer: Buyer) -> None:
                nonlocal done
                async with gate:
                    await buyer.open()
                    await buyer.say_all([f"{text} ({n})" for n, text in enumerate(buyer.dice.sample(_TEXTS, k=2))])
                    await buyer.read()
                done += 1

            happened, *_ = await asyncio.gather(chaos(place, dice, lambda: done), *(live(buyer) for buyer in buyers))
            await asyncio.to_thread(place.wait_ready)
            await quiet(tmp_path)
            for buyer in buyers:
                await buyer.read()
        conversations = stored(tmp_path / "liaison.db")
    faults = {}
    for buyer in buyers:
        truth = conversations[buyer.conversation]
        found = buyer.faults + truth.faults(buyer.sent)
        if [(m["seq"], m["author"], m["text"]) for m in buyer.seen] != [(s, a, t) for s, a, _, t in truth.said]:
            found.append("polling showed something else than SQL holds")
        if buyer.acknowledged != {client_id: seq for seq, client_id, _ in truth.of("buyer")}:
            found.append("acknowledged numbers are not the stored ones")
        if truth.owner != "bot":
            found.append(f"owner is {truth.owner}")
        if found:
            faults[buyer.conversation] = found
    assert not faults, f"seed {seed}, {len(faults)} conversations, {happened}: {dict(list(faults.items())[:5])}"
    assert {"gateway", "worker1", "redis"} <= set(happened)
    assert len({buyer.conversation for buyer in buyers}) == CONVERSATIONS


async def quiet(folder: Path) -> None:
    """Wait until no message waits for an answer."""
    ends = time.monotonic() + _QUIET_SECONDS
    while True:
        everything = stored(folder / "liaison.db").values()
        waiting = [c for c in everything if any(seq > c.handled for seq, *_ in c.of("buyer"))]
        if not waiting:
            return
        assert time.monotonic() < ends, f"{len(waiting)} conversations still wait, for instance {waiting[0]}"
        await asyncio.sleep(0.5)
