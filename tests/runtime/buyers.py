"""Buyers' programs that don't give up: the same message under the same id until it is acknowledged."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

_GIVE_UP_SECONDS = 100.0


@dataclass
class Buyer:
    """One conversation of one buyer; ``sent`` holds the texts by id, ``seen`` what polling showed, in order."""

    http: httpx.AsyncClient
    dice: random.Random
    conversation: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    seen: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """Get a conversation."""
        answer = await self._insist("POST", "/v1/sessions", json={})
        self.conversation = answer["conversation"]
        self.headers = {"Authorization": f"Bearer {answer['token']}"}

    async def say_all(self, texts: list[str]) -> None:
        """Send every text, some twice, in any order; all under way at once."""
        ids = {str(uuid.uuid4()): text for text in texts}
        self.sent |= ids
        posts = [*ids, *self.dice.sample(list(ids), k=self.dice.randint(0, len(ids)))]
        self.dice.shuffle(posts)
        await asyncio.gather(*(self._say(client_id) for client_id in posts))

    async def say(self, text: str) -> None:
        """Send one text."""
        client_id = str(uuid.uuid4())
        self.sent[client_id] = text
        await self._say(client_id)

    async def _say(self, client_id: str) -> None:
        answer = await self._insist("POST", "/v1/messages", json={"id": client_id, "text": self.sent[client_id]})
        if self.acknowledged.setdefault(client_id, answer["seq"]) != answer["seq"]:
            self.faults.append(f"{client_id} has two numbers")

    async def read(self, *, wait: int = 0) -> None:
        """Ask once for what came after the last message seen."""
        after = self.seen[-1]["seq"] if self.seen else 0
        answer = await self._insist("GET", "/v1/messages", params={"after": after, "wait": wait})
        self.seen += answer["messages"]

    async def _insist(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        ends = time.monotonic() + _GIVE_UP_SECONDS
        while True:
            try:
                answer = await self.http.request(method, path, headers=self.headers, **options)
                if answer.status_code in (200, 201, 202):
                    body: dict[str, Any] = answer.json()
                    return body
                if answer.status_code not in (429, 503):
                    self.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
                    raise AssertionError(self.faults[-1])
                pause, why = float(answer.headers.get("Retry-After", 1)), answer.text
            except httpx.TransportError as err:
                pause, why = 0.3, repr(err)
            assert time.monotonic() < ends, f"{method} {path}: not in {_GIVE_UP_SECONDS:.0f} s; at last {why}"
            await asyncio.sleep(pause * self.dice.uniform(0.5, 1.5))


def client(address: str, *, connections: int = 40) -> httpx.AsyncClient:
    """Return a client for many buyers at once."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=address, limits=limits, timeout=httpx.Timeout(30, pool=None))
