"""Rate limits: a clear answer with the time to wait, refilled buckets, and none of it lost with Redis."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import Engine
from talks import Talk, client_of, open_talk, refusal, running

from bot.gateway.app import make_app
from bot.gateway.limits import Limit
from bot.inbox.keys import Keys
from bot.settings import Settings


@pytest.fixture
def three_messages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("bot.gateway.messages.MESSAGES_OF_SESSION", Limit("session", size=3, rate=1.0))
    yield


async def statuses(talk: Talk, count: int) -> list[int]:
    return [(await talk.say("x")).status_code for _ in range(count)]


@pytest.mark.usefixtures("three_messages")
async def test_the_fourth_message_at_once_is_refused_with_the_time_to_wait(talk: Talk) -> None:
    assert await statuses(talk, 3) == [202, 202, 202]
    refused = await talk.say("x")
    assert refusal(refused) == (429, "too_many")
    assert 1 <= int(refused.headers["retry-after"]) <= 2
    assert len(await talk.texts()) == 3


@pytest.mark.usefixtures("three_messages")
async def test_a_bucket_refills_and_the_refused_message_may_be_sent_again(talk: Talk) -> None:
    await statuses(talk, 3)
    body = {"id": str(uuid.uuid4()), "text": "again"}
    refused = await talk.post(body)
    assert refused.status_code == 429
    await asyncio.sleep(int(refused.headers["retry-after"]))
    assert (await talk.post(body)).status_code == 202


@pytest.mark.usefixtures("three_messages")
async def test_one_session_does_not_use_up_the_bucket_of_another(client: httpx.AsyncClient, talk: Talk) -> None:
    assert 429 in await statuses(talk, 6)
    assert (await (await open_talk(client)).say("x")).status_code == 202


async def test_sessions_are_limited_by_address(
    app: object, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.sessions.SESSIONS_OF_ADDRESS", Limit("sessions", size=2, rate=0.01))
    assert [(await client.post("/v1/sessions")).status_code for _ in range(3)] == [201, 201, 429]
    async with client_of(app, address="203.0.113.9") as elsewhere:  # type: ignore[arg-type]
        assert (await elsewhere.post("/v1/sessions")).status_code == 201
        forged = {"X-Forwarded-For": "198.51.100.7"}
        assert (await client.post("/v1/sessions", headers=forged)).status_code == 429


async def test_uploads_and_reads_are_limited(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateway.messages.READS_OF_SESSION", Limit("reads", size=2, rate=0.01))
    monkeypatch.setattr("bot.gateway.uploads.UPLOADS_OF_SESSION", Limit("uploads", size=2, rate=0.01))
    assert [(await talk.read()).status_code for _ in range(3)] == [200, 200, 429]
    assert [(await talk.upload(b"x")).status_code for _ in range(3)] == [415, 415, 429]


async def test_two_gateways_share_a_bucket(
    client: httpx.AsyncClient, talk: Talk, settings: Settings, engine: Engine, keys: Keys,
    three_messages: None,
) -> None:  # fmt: skip
    second = make_app(settings, engine=engine, keys=keys)
    async with running(second) as other:
        here, there = talk, Talk(other, talk.conversation, talk.token)
        assert await statuses(here, 2) + await statuses(there, 2) == [202, 202, 202, 429]


@pytest.mark.usefixtures("three_messages")
async def test_limits_hold_and_messages_are_stored_while_redis_is_away(
    settings: Settings, engine: Engine, keys: Keys, tmp_path: Path
) -> None:
    lonely = dataclasses.replace(settings, redis_url=f"unix://{tmp_path / 'nobody.sock'}")
    app = make_app(lonely, engine=engine, keys=keys)
    async with running(app) as client:
        talk = await open_talk(client)
        assert await statuses(talk, 5) == [202, 202, 202, 429, 429]
        assert len(await talk.texts()) == 3
