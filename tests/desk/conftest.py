"""The desk in process: the gateway with real Redis and SQLite, agents who sign in, and no worker."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "gateway"))

import httpx
import pytest
from desk_people import NOW, PASSWORD, AtDesk, Buyer, signed_in
from live_server import LiveServer
from redis_server import keys, redis_url  # noqa: F401
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from talks import ORIGIN, SECRET, SHOP_SECRET, running

from bot.conversations.store import ConversationStore
from bot.desk.accounts import add_agent
from bot.gateway.app import make_app
from bot.inbox.keys import Keys
from bot.settings import Settings


@pytest.fixture
def store(engine: Engine) -> ConversationStore:
    made = ConversationStore(engine)
    for name, role, languages in (
        ("ann", "agent", ["en", "de"]),
        ("bo", "agent", ["en", "zh"]),
        ("lea", "lead", ["en"]),
    ):
        add_agent(
            made, name=name, password=PASSWORD, role=role, languages=languages, now=NOW, display_name=name.title()
        )
    return made


@pytest.fixture
def app(tmp_path: Path, engine: Engine, store: ConversationStore, redis_url: str, keys: Keys) -> Starlette:  # noqa: F811
    settings = Settings(
        database_url=str(engine.url), var_dir=tmp_path / "var", redis_url=redis_url, secrets=(SECRET,),
        shop_jwt_secret=SHOP_SECRET, allowed_origins=(ORIGIN,),
    )  # fmt: skip
    return make_app(settings, engine=engine, keys=keys)


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as made:
        yield made


@pytest.fixture
def server(app: Starlette) -> Iterator[LiveServer]:
    with LiveServer.running(app) as made:
        yield made


@pytest.fixture
async def ann(app: Starlette, client: httpx.AsyncClient) -> AtDesk:
    return await signed_in(app, "ann")


@pytest.fixture
async def bo(app: Starlette, client: httpx.AsyncClient) -> AtDesk:
    return await signed_in(app, "bo")


@pytest.fixture
async def lea(app: Starlette, client: httpx.AsyncClient) -> AtDesk:
    return await signed_in(app, "lea")


@pytest.fixture
def buyer(store: ConversationStore) -> Buyer:
    return Buyer(store)
