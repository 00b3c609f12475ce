"""WhatsApp in tests: the gateway in process, a real Redis and SQLite, and Meta's side as a real HTTP server."""

from __future__ import annotations

import dataclasses
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import Engine
from webhooks import APP_SECRET, NUMBER, TOKEN, VERIFY_TOKEN

sys.path.append(str(Path(__file__).parents[1] / "gateway"))

from redis_server import redis_url  # noqa: E402, F401
from starlette.applications import Starlette  # noqa: E402
from talks import SECRET, SHOP_SECRET, running  # noqa: E402

from bot.conversations.store import ConversationStore  # noqa: E402
from bot.gateway.app import make_app  # noqa: E402
from bot.gateway.whatsapp import make_intake  # noqa: E402
from bot.inbox.keys import Keys  # noqa: E402
from bot.settings import Settings, WhatsAppSettings  # noqa: E402
from bot.whatsapp.intake import Intake  # noqa: E402


@pytest.fixture
def keys() -> Keys:
    return Keys(prefix=f"test-{secrets.token_hex(6)}:")


@pytest.fixture
def settings(tmp_path: Path, engine: Engine, redis_url: str) -> Settings:  # noqa: F811
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
