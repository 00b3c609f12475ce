"""Whether it lives, whether it serves, and how it does: for machines, and for nobody else."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import Engine
from talks import Talk, client_of, refusal, running

from bot.gateway.app import make_app
from bot.inbox.keys import Keys
from bot.inbox.leases import Leases
from bot.settings import Settings

TOKEN = "metrics-token"


@asynccontextmanager
async def gateway(settings: Settings, engine: Engine, keys: Keys, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Run a gateway with other settings."""
    app = make_app(dataclasses.replace(settings, **changed), engine=engine, keys=keys)
    async with running(app) as client:
        yield client


async def test_it_lives(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_a_worker_it_is_not_ready_and_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "store": True, "redis": True, "workers": 0, "assistants": 0}


async def test_with_a_worker_it_is_ready_until_the_worker_signs_out(
    client: httpx.AsyncClient, app: Any, keys: Keys
) -> None:
    leases = Leases(app.state.services.redis, keys, "worker-1")
    await leases.renew()
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["workers"]) == (200, 1)
    await leases.give_back_all()
    assert (await client.get("/readyz")).status_code == 503


async def test_a_worker_that_gave_no_sign_of_life_does_not_count(
    client: httpx.AsyncClient, app: Any, keys: Keys
) -> None:
    await app.state.services.redis.zadd(keys.workers, {"dead": time.time() - 7})
    assert (await client.get("/readyz")).json()["workers"] == 0


async def test_without_redis_it_lives_and_is_not_ready(
    settings: Settings, engine: Engine, keys: Keys, tmp_path: Path
) -> None:
    async with gateway(settings, engine, keys, redis_url=f"unix://{tmp_path / 'nobody.sock'}") as client:
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "store": True, "redis": False, "workers": 0, "assistants": 0}
        assert (await client.get("/healthz")).status_code == 200


async def test_without_the_store_it_is_not_ready_and_stores_nothing(
    client: httpx.AsyncClient, talk: Talk, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE conversations RENAME TO away")
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["store"]) == (503, False)
    refused = await talk.say("hello")
    assert refusal(refused) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) >= 1
    with engine.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO conversations")
    assert await talk.texts() == []


@pytest.mark.parametrize(("address", "status"), [
    ("127.0.0.1", 200), ("10.1.2.3", 200), ("192.168.0.9", 200), ("::1", 200), ("8.8.8.8", 403), ("2600::1", 403),
    ("unknown", 403),
])  # fmt: skip
async def test_metrics_are_for_near_addresses(client: httpx.AsyncClient, app: Any, address: str, status: int) -> None:
    async with client_of(app, address=address) as asking:
        answer = await asking.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("header", "status"),
    [(f"Bearer {TOKEN}", 200), (f"Bearer {TOKEN}x", 401), ("Bearer ÿ", 401), (f"Basic {TOKEN}", 401), (None, 401)],
)
async def test_with_a_token_set_metrics_are_for_who_has_it(
    settings: Settings, engine: Engine, keys: Keys, header: str | None, status: int
) -> None:
    async with gateway(settings, engine, keys, metrics_token=TOKEN) as client:
        headers = [(b"authorization", header.encode("latin-1"))] if header else []
        assert (await client.get("/metrics", headers=headers)).status_code == status


async def test_metrics_count_requests_by_route_and_what_waits(client: httpx.AsyncClient, talk: Talk) -> None:
    await talk.say("hello")
    await client.get("/nothing/here")
    text = (await client.get("/metrics")).text
    assert 'liaison_http_requests_total{route="/v1/messages",status="202"}' in text
    assert 'liaison_http_requests_total{route="other",status="404"}' in text
    assert "/nothing/here" not in text
    assert "liaison_inbox_entries 1.0" in text
    assert "liaison_workers 0.0" in text
    (oldest,) = [line for line in text.splitlines() if line.startswith("liaison_oldest_unhandled_seconds ")]
    assert 0 < float(oldest.split()[1]) < 60
    assert "hello" not in text
    assert talk.conversation not in text


async def test_metrics_come_without_redis_too(settings: Settings, engine: Engine, keys: Keys, tmp_path: Path) -> None:
    async with gateway(settings, engine, keys, redis_url=f"unix://{tmp_path / 'nobody.sock'}") as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "liaison_inbox_entries -1.0" in answer.text
