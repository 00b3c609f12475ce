"""Takes conversations off the inbox, in order and one turn at a time each, and sweeps up what was left behind."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError, ResponseError

from bot.errors import StoreUnavailable
from bot.inbox.ending import end_tasks
from bot.inbox.keys import GROUP, PARTITIONS, Keys, partition_of
from bot.inbox.leases import RENEW_SECONDS, Leases

log = logging.getLogger(__name__)
Entry = tuple[str, str]
"""Stream and entry id."""
_READ_AT_ONCE = 64
_BLOCK_MILLISECONDS = 500
_SWEEP_SECONDS = 2.0
_RETRY_SECONDS = 0.5

Serve = Callable[[str], Awaitable[None]]
"""Handles all that waits in a conversation; raises StoreUnavailable when it must be tried again."""
FindUnhandled = Callable[[], Awaitable[list[str]]]
"""Conversations whose messages were stored a while ago and never handled."""


@dataclass
class Consumer:
    """Serves the partitions it holds. A conversation has at most one task; different ones run side by side."""

    redis: AsyncRedis[str]
    keys: Keys
    leases: Leases
    serve: Serve
    find_unhandled: FindUnhandled
    _waiting: defaultdict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """Take nothing more; :meth:`run` returns when the turns under way are stored."""
        self._stopping.set()

    async def run(self) -> None:
        """Serve until :meth:`stop`; outages of Redis are waited out."""
        keepers = [asyncio.create_task(self._keep_leases()), asyncio.create_task(self._keep_sweeping())]
        try:
            while not self._stopping.is_set():
                try:
                    await self._read()
                except (RedisError, OSError) as err:
                    log.warning("inbox.redis_down", extra={"error": type(err).__name__})
                    await self._pause(_RETRY_SECONDS)
        finally:
            await end_tasks(*keepers)
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            try:
                await self.leases.give_back_all()
            except (RedisError, OSError):
                log.info("inbox.leases_left")

    async def _keep_leases(self) -> None:
        while True:
            try:
                gained, _ = await self.leases.renew()
                for partition in gained:
                    await self._take_over(partition)
            except (RedisError, OSError) as err:
                self.leases.held.clear()
                log.warning("inbox.no_leases", extra={"error": type(err).__name__})
            await asyncio.sleep(RENEW_SECONDS)

    async def _take_over(self, partition: int) -> None:
        """Claim what the worker before me read and never acknowledged."""
        stream = self.keys.stream(partition)
        await self._make_group(stream)
        start = "0-0"
        while True:
            start, claimed, *_ = await self.redis.xautoclaim(
                stream, GROUP, self.leases.worker, min_idle_time=0, start_id=start, count=_READ_AT_ONCE
            )
            for entry, fields in claimed:
                self._note(stream, entry, fields)
            if start == "0-0":
                return

    async def _make_group(self, stream: str) -> None:
        try:
            await self.redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
        except ResponseError as err:
            if "BUSYGROUP" not in str(err):
                raise

    async def _read(self) -> None:
        held = sorted(self.leases.held)
        if not held:
            await self._pause(0.05)
            return
        streams: dict[str, str] = {self.keys.stream(partition): ">" for partition in held}
        try:
            answer = await self.redis.xreadgroup(
                GROUP,
                self.leases.worker,
                streams,  # type: ignore[arg-type]
                count=_READ_AT_ONCE,
                block=_BLOCK_MILLISECONDS,
            )
        except ResponseError as err:
            if "NOGROUP" not in str(err):
                raise
            for stream in streams:  # the server lost its data: make the groups again
                await self._make_group(stream)
            return
        for stream, entries in answer or ():
            for entry, fields in entries:
                self._note(stream, entry, fields)

    async def _keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                for conversation_id in await self.find_unhandled():
                    if partition_of(conversation_id) in self.leases.held:
                        self._start(conversation_id)
            except StoreUnavailable as err:
                log.warning("inbox.sweep_failed", extra={"error": str(err)})

    def _note(self, stream: str, entry: str, fields: dict[str, str]) -> None:
        conversation_id = fields.get("conversation", "")
        self._waiting[conversation_id].append((stream, entry))
        self._start(conversation_id)

    def _start(self, conversation_id: str) -> None:
        if conversation_id not in self._tasks:
            task = asyncio.create_task(self._attend(conversation_id))
            self._tasks[conversation_id] = task
            task.add_done_callback(lambda _: self._done(conversation_id))

    def _done(self, conversation_id: str) -> None:
        self._tasks.pop(conversation_id, None)
        if self._waiting.get(conversation_id) and not self._stopping.is_set():
            self._start(conversation_id)

    async def _attend(self, conversation_id: str) -> None:
        """Serve one conversation, then acknowledge what had announced it before."""
        entries = self._waiting.pop(conversation_id, [])
        while not self._stopping.is_set():
            try:
                await self.serve(conversation_id)
                break
            except StoreUnavailable as err:
                log.warning("inbox.turn_later", extra={"conversation": conversation_id, "error": str(err)})
                await self._pause(_RETRY_SECONDS)
            except Exception:  # one broken conversation must not end the others; the sweep comes back to it
                log.exception("inbox.turn_failed", extra={"conversation": conversation_id})
                await self._pause(_RETRY_SECONDS)
                return
        else:
            return  # stopping: whoever holds the lease next claims the entries
        if entries:
            await self._acknowledge(entries)

    async def _acknowledge(self, entries: list[Entry]) -> None:
        by_stream: defaultdict[str, list[str]] = defaultdict(list)
        for stream, entry in entries:
            by_stream[stream].append(entry)
        try:
            async with self.redis.pipeline(transaction=False) as pipe:
                for stream, ids in by_stream.items():
                    pipe.xack(stream, GROUP, *ids)
                    pipe.xdel(stream, *ids)
                await pipe.execute()
        except (RedisError, OSError) as err:
            log.warning("inbox.not_acknowledged", extra={"error": type(err).__name__})

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except asyncio.TimeoutError:
            return


async def waiting_entries(redis: AsyncRedis[str], keys: Keys) -> int:
    """Return how many entries stand in all streams."""
    async with redis.pipeline(transaction=False) as pipe:
        for partition in range(PARTITIONS):
            pipe.xlen(keys.stream(partition))
        return sum(await pipe.execute())
