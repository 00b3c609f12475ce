"""The ``liaison whatsapp`` process: sends what is due, fetches files, wakes up when something is new."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError
from sqlalchemy.engine import Engine

from bot.conversations.store import ConversationStore
from bot.errors import ConfigurationError, StoreUnavailable
from bot.inbox.keys import Keys
from bot.inbox.producer import Inbox
from bot.inbox.server import connect
from bot.language.register import load_languages
from bot.replies.texts import load_replies
from bot.settings import Settings, WhatsAppSettings
from bot.uploads.files import FileStore
from bot.whatsapp.alarms import end_alarms, token_mark
from bot.whatsapp.cloud_api import CloudApi
from bot.whatsapp.fetching import Fetcher
from bot.whatsapp.outbox import Outbox
from bot.whatsapp.sender import Sender
from bot.whatsapp.templates import load_templates

log = logging.getLogger(__name__)
_SWEEP_SECONDS = 1.0
_BREATH_SECONDS = 0.05
_RETRY_SECONDS = 1.0


@dataclass
class Channel:
    """Sender and fetcher with what wakes them: Redis at once, a look into SQL every second in any case."""

    sender: Sender
    fetcher: Fetcher
    redis: AsyncRedis[str]
    keys: Keys
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """Start nothing more; :meth:`run` returns when what is under way is done."""
        self._stopping.set()
        self._news.set()

    async def run(self) -> None:
        """Serve until :meth:`stop`."""
        listener, files = asyncio.create_task(self._listen()), asyncio.create_task(self._keep_fetching())
        try:
            while not self._stopping.is_set():
                self._news.clear()
                try:
                    await self.sender.look()
                except StoreUnavailable as err:
                    log.warning("whatsapp.store_away %s", err)
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._news.wait(), _SWEEP_SECONDS)
                await asyncio.sleep(_BREATH_SECONDS)
        finally:
            listener.cancel()
            await asyncio.gather(listener, files, return_exceptions=True)
            await self.sender.rest()

    async def _keep_fetching(self) -> None:
        while not self._stopping.is_set():
            found = 0
            try:
                found = await self.fetcher.look()
            except StoreUnavailable as err:
                log.warning("whatsapp.store_away %s", err)
            except Exception:  # the task stays claimed for some minutes and is then taken again
                log.exception("whatsapp.fetch_broken")
            if not found:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _SWEEP_SECONDS / 4)

    async def _listen(self) -> None:
        while True:
            try:
                async with self.redis.pubsub() as channel:
                    await channel.subscribe(self.keys.live)
                    while True:
                        heard: Any = await channel.get_message(ignore_subscribe_messages=True, timeout=5.0)
                        if heard and json.loads(heard["data"]).get("kind") == "messages":
                            self._news.set()
            except (RedisError, OSError, ValueError) as err:
                log.warning("whatsapp.redis_away", extra={"error": type(err).__name__})
                await asyncio.sleep(_RETRY_SECONDS)


def make_channel(settings: Settings, *, engine: Engine, keys: Keys, api: CloudApi | None = None) -> Channel:
    """Build the channel; raises ConfigurationError where something it needs to send is missing."""
    whatsapp, token = sending_settings(settings)
    languages = load_languages(settings.project / "lexicon" / "languages.yml")
    replies = load_replies(settings.project / "replies", languages)
    templates = load_templates(whatsapp.templates, [language.code for language in languages])
    redis: Any = connect(settings)
    store, inbox, files = ConversationStore(engine), Inbox(redis, keys), FileStore(settings.uploads_dir)
    api = api or CloudApi(whatsapp.api_base, token)

    def replies_in(code: str | None) -> Any:
        return replies.get(code or "en", replies["en"])

    async def announce(conversation_id: str) -> None:
        await inbox.announce(conversation_id, "delivery")

    sender = Sender(
        Outbox(store, replies_in, templates), api, FileStore(settings.uploads_dir), engine, token, _now, announce
    )
    return Channel(sender, Fetcher(store, api, files, replies_in, token, _now, inbox.put), redis, keys)


def sending_settings(settings: Settings) -> tuple[WhatsAppSettings, str]:
    """Return the channel's settings and token; raises ConfigurationError where it cannot send."""
    if settings.whatsapp is None:
        raise ConfigurationError("WhatsApp is not set up; docs/whatsapp.md shows how, step by step")
    if settings.whatsapp.token is None:
        raise ConfigurationError(
            "LIAISON_WHATSAPP_TOKEN: is missing; make a permanent token of a system user (docs/whatsapp.md)"
        )
    return settings.whatsapp, settings.whatsapp.token


async def run_channel(settings: Settings, *, engine: Engine, keys: Keys | None = None) -> None:
    """Serve until SIGTERM or SIGINT; what is being sent is finished. A new token ends alarms of the old one."""
    channel = make_channel(settings, engine=engine, keys=keys or Keys())
    with channel.sender.outbox.store.turn() as transaction:
        end_alarms(transaction, except_mark=token_mark(channel.sender.token))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, channel.stop)
    log.info("whatsapp.ready")
    await channel.run()
    await channel.sender.api.close()
    await channel.redis.close()
    log.info("whatsapp.stopped")


def _now() -> datetime:
    return datetime.now(timezone.utc)
