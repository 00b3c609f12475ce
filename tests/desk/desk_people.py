"""Agents and buyers in tests of the desk."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.conversations.requests import hand_over
from bot.conversations.store import ConversationStore, NewCase

NOW = datetime(2026, 11, 23, 4, tzinfo=timezone.utc)
"""Monday noon in Shanghai: the desk is open."""
PASSWORD = "correct horse battery"
FINDING = {
    "category": "fraud", "severity": "critical", "term": "scam", "language": "en", "start": 10, "end": 14,
    "gloss": {"en": "a fraud", "zh": "诈骗"},
}  # fmt: skip


@dataclass
class AtDesk:
    """One agent's signed-in console."""

    client: httpx.AsyncClient
    name: str
    csrf: str

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(f"/desk/api/{path}", params=query)

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(f"/desk/api/{path}", json=body or {}, headers={"X-CSRF-Token": self.csrf})

    async def reply(self, conversation: str, text: str, **more: Any) -> httpx.Response:
        return await self.post(f"conversations/{conversation}/reply", {"id": str(uuid.uuid4()), "text": text, **more})


def desk_client(app: Starlette) -> httpx.AsyncClient:
    """A browser on this machine."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 4711))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=30)


async def signed_in(app: Starlette, name: str) -> AtDesk:
    """Sign ``name`` in."""
    client = desk_client(app)
    answer = await client.post("/desk/api/login", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return AtDesk(client, name, answer.json()["csrf"])


@dataclass
class Buyer:
    """Puts conversations into the store as worker and gateway would."""

    store: ConversationStore

    def asks(
        self, conversation: str = "c1", *, text: str = "this is a scam", priority: str = "critical", queue: str = "after_sale",
        language: str = "en", buyer_id: str | None = None, now: datetime | None = None, reason: str = "risk_fraud",
        **packet: Any,
    ) -> int:  # fmt: skip
        """Let a conversation wait for a person; returns its version."""
        now = now or datetime.now(timezone.utc)
        case = NewCase(
            reason, queue, priority, True, language, f"{reason} — “{text}”", {"findings": [FINDING], **packet}
        )
        with self.store.turn() as transaction:
            made = transaction.open(conversation_id=conversation, channel="widget", buyer_id=buyer_id, now=now)
            transaction.set_language(conversation, language)
            transaction.append(conversation, author="buyer", text=text, now=now)
            transaction.add_case(conversation, case, now=now)
            assert hand_over(transaction, made, case, now=now)
        return made.version + 1

    def says(self, conversation: str, text: str) -> None:
        """Store a message of the buyer."""
        with self.store.turn() as transaction:
            transaction.append(conversation, author="buyer", text=text, now=datetime.now(timezone.utc))

    def state(self, conversation: str) -> Any:
        with self.store.reading() as transaction:
            return transaction.conversation(conversation)

    def messages(self, conversation: str) -> list[Any]:
        with self.store.reading() as transaction:
            return transaction.transcript(conversation)
