"""One reading of the list serves all agents who ask at nearly the same time: told of a change, all ask at once."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool

from bot.conversations.store import ConversationStore
from bot.desk.lists import Wanted, counts, newest_change, open_list
from bot.trade.routing import DeskClock

_FRESH_SECONDS = 0.2
"""Less than the pause between two frames that tell of changes, so that what a console reads then is new."""
_MOST_KEPT = 200
Key = tuple[Wanted, str]


@dataclass
class _Kept:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    read_at: float = float("-inf")
    value: Any = None


class SharedLists:
    """Pages of the list by what was asked for, at most 0.2 seconds old."""

    def __init__(self, store: ConversationStore, clock: DeskClock) -> None:
        self._store = store
        self._clock = clock
        self._pages: OrderedDict[Key, _Kept] = OrderedDict()
        self._counts = _Kept()

    async def read(self, key: Key, agent: str) -> dict[str, Any]:
        """Return {cases, counts, version}; ``cases`` without what an agent has not seen."""
        page = self._pages.setdefault(key, _Kept())
        self._pages.move_to_end(key)
        while len(self._pages) > _MOST_KEPT:
            self._pages.popitem(last=False)
        cases, version = await self._fresh(page, lambda: self._page(key[0], agent))
        return {"cases": cases, "counts": await self._fresh(self._counts, self._count), "version": version}

    @staticmethod
    async def _fresh(kept: _Kept, read: Any) -> Any:
        async with kept.lock:
            if time.monotonic() - kept.read_at > _FRESH_SECONDS:
                started = time.monotonic()
                kept.value = await run_in_threadpool(read)
                kept.read_at = started
        return kept.value

    def _page(self, wanted: Wanted, agent: str) -> tuple[list[dict[str, Any]], int]:
        with self._store.reading() as transaction:
            version = newest_change(transaction)
            now = datetime.now(timezone.utc)
            return open_list(transaction, wanted, agent=agent, now=now, clock=self._clock), version

    def _count(self) -> dict[str, dict[str, int]]:
        with self._store.reading() as transaction:
            return counts(transaction)
