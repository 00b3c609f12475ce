"""Names in Redis. What stands there can be lost: the truth is in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

PARTITIONS = 16
"""Streams the conversations are spread over; also the most workers that share the load."""
GROUP = "workers"


@dataclass(frozen=True)
class Keys:
    """All names begin with ``prefix``, so that several shops or tests can share one server."""

    prefix: str = "liaison:"

    def stream(self, partition: int) -> str:
        """Conversations of one partition that have something new."""
        return f"{self.prefix}inbox:{partition}"

    def lease(self, partition: int) -> str:
        """Holds the name of the worker that serves the partition, for some seconds."""
        return f"{self.prefix}lease:{partition}"

    @property
    def workers(self) -> str:
        """Sorted set: worker name by the time (seconds) of its last sign of life."""
        return f"{self.prefix}workers"

    @property
    def minds(self) -> str:
        """Sorted set like ``workers``, of those whose assistant answers."""
        return f"{self.prefix}minds"

    @property
    def live(self) -> str:
        """Channel on which it is told that a conversation changed."""
        return f"{self.prefix}live"

    @property
    def figures(self) -> str:
        """Hash of counters of all workers."""
        return f"{self.prefix}figures"

    def typing(self, conversation_id: str) -> str:
        """Exists while the buyer types."""
        return f"{self.prefix}typing:{conversation_id}"

    @property
    def agents_seen(self) -> str:
        """Sorted set: agent name by the time (seconds) of the last sign of life."""
        return f"{self.prefix}desk:seen"

    def viewers(self, conversation_id: str) -> str:
        """Sorted set: agents who look at a conversation by the time (seconds) until which that holds."""
        return f"{self.prefix}desk:viewers:{conversation_id}"

    def drafting(self, conversation_id: str) -> str:
        """Holds the agent who writes an answer, for some seconds."""
        return f"{self.prefix}desk:drafting:{conversation_id}"

    @property
    def desk_clock(self) -> str:
        """Held by the gateway that offers waiting requests to agents, for some seconds."""
        return f"{self.prefix}desk:clock"

    def bucket(self, name: str) -> str:
        """A token bucket of the rate limits."""
        return f"{self.prefix}bucket:{name}"


def partition_of(conversation_id: str) -> int:
    """Return the partition that a conversation always belongs to."""
    return crc32(conversation_id.encode()) % PARTITIONS
