"""Buyers' programs in tests: sessions, messages, uploads over the HTTP interface."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import jwt
from asgi_lifespan import LifespanManager
from redis.exceptions import RedisError
from starlette.applications import Starlette

from bot.conversations.store import ConversationStore

SECRET = "s" * 40
SHOP_SECRET = "shop-secret-" + "j" * 40
ORIGIN = "https://shop.example"


def client_of(app: Starlette, *, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """Return a client that ``app`` sees coming from ``address``."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=30)


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Run ``app`` in process; where Redis answers, from when its hub listens."""
    services = app.state.services
    async with LifespanManager(app, shutdown_timeout=30), client_of(app) as client:
        with suppress(RedisError, OSError):
            while not (await services.redis.pubsub_numsub(services.keys.live))[0][1]:
                await asyncio.sleep(0.005)
        yield client


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


def seller_says(store: ConversationStore, conversation: str, text: str, **data: Any) -> int:
    """Append a bot message as a worker does; returns its seq."""
    with store.turn() as transaction:
        return transaction.append(conversation, author="bot", text=text, now=datetime.now(timezone.utc), data=data)[0]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refused request, and check its form."""
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "field"}
    return answer.status_code, error["code"]


def signed(claims: dict[str, Any], *, secret: str = SHOP_SECRET, lives: float = 3600) -> str:
    """Return an identity token that ends in ``lives`` seconds; ``claims`` may say otherwise."""
    ends = datetime.now(timezone.utc) + timedelta(seconds=lives)
    return jwt.encode({"exp": ends, **claims}, secret, "HS256")
