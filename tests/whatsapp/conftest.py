"""WhatsApp in tests: the gateway in process, a real Redis and SQLite, and Meta's side as a real HTTP server."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloud import VERSION, Cloud
from sqlalchemy import select
from sqlalchemy.engine import Engine
from webhooks import APP_SECRET, BUYER, NUMBER, TOKEN, VERIFY_TOKEN, say, text

sys.path.append(str(Path(__file__).parents[1] / "gateway"))

from live_server import LiveServer
from redis_server import keys, redis_url  # noqa: F401
from starlette.applications import Starlette
from talks import SECRET, SHOP_SECRET, running

from bot.conversations.store import ConversationStore, Message
from bot.gateway.app import make_app
from bot.gateway.whatsapp import make_intake
from bot.inbox.keys import Keys
from bot.settings import Settings, WhatsAppSettings
from bot.trade.outbound import Template
from bot.uploads.files import FileStore
from bot.whatsapp.cloud_api import CloudApi
from bot.whatsapp.fetching import Fetcher
from bot.whatsapp.intake import Intake
from bot.whatsapp.outbox import Outbox
from bot.whatsapp.progress import progress_of
from bot.whatsapp.sender import Sender
from bot.whatsapp.tables import contacts, threads


@pytest.fixture
def settings(tmp_path: Path, engine: Engine, redis_url: str) -> Settings:
    return Settings(
        database_url=str(engine.url),
        var_dir=tmp_path / "var",
        redis_url=redis_url,
        secrets=(SECRET,),
        shop_jwt_secret=SHOP_SECRET,
        whatsapp=WhatsAppSettings(APP_SECRET, VERIFY_TOKEN, token=TOKEN, phone_number_ids=(NUMBER,)),
    )


@pytest.fixture
def store(engine: Engine) -> ConversationStore:
    return ConversationStore(engine)


@pytest.fixture(scope="session")
def shared_intake(project: Path) -> Intake:
    """Texts and words are read once; the store is put in by every test."""
    settings = Settings("", project, whatsapp=WhatsAppSettings(APP_SECRET, VERIFY_TOKEN, phone_number_ids=(NUMBER,)))
    made = make_intake(settings, store=None)  # type: ignore[arg-type]
    assert made is not None
    return made


@pytest.fixture
def intake(shared_intake: Intake, store: ConversationStore) -> Intake:
    return dataclasses.replace(shared_intake, store=store)


@pytest.fixture
def app(settings: Settings, engine: Engine, keys: Keys, intake: Intake, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.setattr("bot.gateway.whatsapp.make_intake", lambda settings, store: intake)
    return make_app(settings, engine=engine, keys=keys)


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as made:
        yield made


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Meta's side as a real HTTP server."""
    made = Cloud()
    with LiveServer.running(made.app()) as server:
        made.base = server.http
        yield made


@dataclass
class Clock:
    """The present, which tests may move on."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(timezone.utc) + self.ahead

    def pass_by(self, **time: float) -> None:
        """Let time pass."""
        self.ahead += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def api(cloud: Cloud) -> AsyncIterator[CloudApi]:
    client = httpx.AsyncClient(timeout=httpx.Timeout(0.4, connect=2.0))
    made = CloudApi(f"{cloud.base}/{VERSION}", TOKEN, client=client)
    yield made
    await made.close()


@dataclass
class Shop:
    """The shop's side of the channel: what its processes do, step by step."""

    client: httpx.AsyncClient
    store: ConversationStore
    sender: Sender
    fetcher: Fetcher
    queued: list[str]

    async def run(self) -> None:
        """Do everything that is due."""
        while await self.fetcher.look():
            pass
        await self.sender.look()
        await self.sender.rest()

    def conversation(self, wa_id: str = BUYER) -> str:
        """Return the newest conversation of a number."""
        with self.store.reading() as transaction:
            query = (
                select(threads.c.conversation_id)
                .join(contacts, contacts.c.id == threads.c.contact_id)
                .where(contacts.c.wa_id == wa_id)
                .order_by(threads.c.created_at.desc())
            )
            return str(transaction.connection.execute(query).scalars().first())

    def reply(self, words: str, *, author: str = "bot", language: str = "en", **data: Any) -> int:
        """Let the assistant (or a person) answer; returns the message's number."""
        conversation = self.conversation()
        with self.store.turn() as transaction:
            transaction.set_language(conversation, language)
            current = transaction.conversation(conversation)
            assert current is not None
            transaction.mark_handled(current, current.last_seq)
            return transaction.append(
                conversation, author=author, text=words, now=datetime.now(timezone.utc), data=data
            )[0]  # type: ignore[arg-type]

    def progress(self) -> dict[int, dict[str, Any]]:
        """Return how far the messages have come."""
        conversation = self.conversation()
        with self.store.reading() as transaction:
            seqs = [message.seq for message in transaction.transcript(conversation)]
            return progress_of(transaction, conversation, seqs)

    def talk(self) -> list[Message]:
        """Return the conversation."""
        conversation = self.conversation()
        with self.store.reading() as transaction:
            return transaction.transcript(conversation)


@pytest.fixture
def templates() -> dict[str, Template]:
    return {"reply": Template("answer_waiting", {"en": "en_US", "es": "es_MX"}, ("text",))}


@pytest.fixture
async def shop(
    client: httpx.AsyncClient, store: ConversationStore, engine: Engine, api: CloudApi, intake: Intake, clock: Clock,
    tmp_path: Path, templates: dict[str, Template],
) -> Shop:  # fmt: skip
    """A shop to which one buyer has just written."""
    files, queued = FileStore(tmp_path / "uploads"), []  # type: ignore[var-annotated]

    async def put(conversation_id: str) -> None:
        queued.append(conversation_id)

    sender = Sender(Outbox(store, intake.replies_in, templates), api, files, engine, TOKEN, clock, put)
    made = Shop(client, store, sender, Fetcher(store, api, files, intake.replies_in, TOKEN, clock, put), queued)
    await say(client, text("hello"))
    return made


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A small WebP photo."""
    import io

    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 30, 30)).save(made, "WEBP")
    return made.getvalue()
