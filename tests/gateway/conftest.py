"""The gateway in process, as buyers' programs meet it: real Redis, real SQLite, no worker.

:func:`talks.seller_says` stands in for the worker where a test needs an answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from live_server import LiveServer
from redis_server import keys, redis_url  # noqa: F401  (a fixture)
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from talks import ORIGIN, SECRET, SHOP_SECRET, Talk, open_talk, running

from bot.conversations.store import ConversationStore
from bot.gateway.app import make_app
from bot.inbox.keys import Keys
from bot.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, engine: Engine, redis_url: str) -> Settings:
    return Settings(
        database_url=str(engine.url),
        var_dir=tmp_path / "var",
        redis_url=redis_url,
        secrets=(SECRET,),
        shop_jwt_secret=SHOP_SECRET,
        allowed_origins=(ORIGIN,),
    )


@pytest.fixture
def app(settings: Settings, engine: Engine, keys: Keys) -> Starlette:
    return make_app(settings, engine=engine, keys=keys)


@pytest.fixture
def store(engine: Engine) -> ConversationStore:
    return ConversationStore(engine)


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as made:
        yield made


@pytest.fixture
def server(app: Starlette) -> Iterator[LiveServer]:
    """The same gateway behind uvicorn on a free port, for sockets and for programs of others."""
    with LiveServer.running(app) as made:
        yield made


@pytest.fixture
async def talk(client: httpx.AsyncClient) -> Talk:
    return await open_talk(client)


@pytest.fixture
async def live_talk(server: LiveServer) -> AsyncIterator[Talk]:
    async with httpx.AsyncClient(base_url=server.http, timeout=30) as client:
        yield await open_talk(client)
