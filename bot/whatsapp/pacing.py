"""Meta's speed limits kept before it has to complain: per buyer, and per number of ours."""

from __future__ import annotations

from dataclasses import dataclass, field

PAIR_BURST, PAIR_SECONDS = 45, 6.0
"""To one buyer: 45 at once, then one in 6 seconds."""
NUMBER_PER_SECOND = 80
_MOST_BUCKETS = 20_000


@dataclass
class Bucket:
    """Holds up to ``size`` permits; one comes back every ``seconds``. Times are seconds of a monotonic clock."""

    size: int
    seconds: float
    left: float
    at: float

    def take(self, now: float) -> float:
        """Take one permit and return 0, or return the seconds until there is one."""
        self.left = min(self.size, self.left + max(0.0, now - self.at) / self.seconds)
        self.at = now
        if self.left >= 1 - 1e-9:
            self.left -= 1
            return 0.0
        return (1 - self.left) * self.seconds


@dataclass
class Pace:
    """All buckets of one sender process."""

    _pairs: dict[int, Bucket] = field(default_factory=dict)
    _numbers: dict[str, Bucket] = field(default_factory=dict)

    def wait_for_pair(self, contact_id: int, now: float) -> float:
        """Take a permit to write to a contact; returns the seconds to wait where there is none."""
        if contact_id not in self._pairs and len(self._pairs) >= _MOST_BUCKETS:
            del self._pairs[next(iter(self._pairs))]
        bucket = self._pairs.setdefault(contact_id, Bucket(PAIR_BURST, PAIR_SECONDS, PAIR_BURST, now))
        return bucket.take(now)

    def wait_for_number(self, number: str, now: float) -> float:
        """Take a permit to send from a number; returns the seconds to wait where there is none."""
        fresh = Bucket(NUMBER_PER_SECOND, 1 / NUMBER_PER_SECOND, NUMBER_PER_SECOND, now)
        return self._numbers.setdefault(number, fresh).take(now)
