"""Counters of all workers in one Redis hash, which the gateway shows at ``/metrics``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from bot.inbox.keys import Keys

if TYPE_CHECKING:
    from bot.conversations.turn import TurnResult

log = logging.getLogger(__name__)
TURN_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""Upper bounds of the histogram of turn times."""


class RedisFigures:
    """Adds up turns, their time, hand-overs and languages."""

    def __init__(self, redis: AsyncRedis[str], keys: Keys) -> None:
        self._redis = redis
        self._name = keys.figures

    async def turn_taken(self, result: TurnResult, *, seconds: float) -> None:
        """Count one turn."""
        bound = next((str(bound) for bound in TURN_SECONDS if seconds <= bound), "+Inf")
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hincrby(self._name, f"turns:{result.language}:{result.owner}", 1)
                pipe.hincrby(self._name, f"bucket:{bound}", 1)
                pipe.hincrbyfloat(self._name, "seconds", seconds)
                if result.case is not None:
                    pipe.hincrby(self._name, f"cases:{result.case.queue}:{result.case.reason}", 1)
                await pipe.execute()
        except (RedisError, OSError) as err:
            log.warning("figures.lost", extra={"error": type(err).__name__})
