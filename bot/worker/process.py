"""One worker process: load the assistant, warm it up, serve until told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import uuid
from datetime import datetime, timezone

from bot.inbox.consumer import Consumer
from bot.inbox.figures import RedisFigures
from bot.inbox.keys import Keys
from bot.inbox.leases import Leases
from bot.inbox.producer import Inbox
from bot.inbox.server import connect
from bot.settings import Settings
from bot.worker.service import ConversationService

log = logging.getLogger(__name__)
_WARM_UP = ("hello", "precio por 100?", "包裹到哪了", "где мой заказ")


async def run_worker(settings: Settings, *, keys: Keys | None = None) -> None:
    """Serve until SIGTERM or SIGINT; turns under way are finished and leases given back."""
    from bot.assistant import load_turns

    keys = keys or Keys()
    _, turns = await load_turns()
    thinking = all([await turns.warm_up(text) for text in _WARM_UP])
    redis = connect(settings)
    name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    service = ConversationService(
        turns=turns,
        inbox=Inbox(redis, keys),
        figures=RedisFigures(redis, keys),
        burst_seconds=settings.burst_seconds,
        clock=lambda: datetime.now(timezone.utc),
    )
    consumer = Consumer(redis, keys, Leases(redis, keys, name, thinking), service.serve, service.unhandled)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, consumer.stop)
    log.info("worker.ready", extra={"worker": name, "assistant": "answers" if thinking else "FAILS: run `make train`"})
    await consumer.run()
    await redis.close()
    log.info("worker.stopped", extra={"worker": name})
