"""When people are at the desk: hours per weekday in a time zone, without the holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_DAYS_AHEAD = 60


@dataclass(frozen=True)
class Shift:
    """From ``start`` until ``end`` of one day, both local; an ``end`` of midnight is the end of the day."""

    start: time
    end: time

    def holds(self, moment: time) -> bool:
        """Return whether ``moment`` lies within."""
        return self.start <= moment and (self.end == time(0) or moment < self.end)


@dataclass(frozen=True)
class BusinessHours:
    """``shifts`` by weekday (``mon`` … ``sun``); a day without any is free. No weekday at all: always open."""

    time_zone: str = "UTC"
    shifts: Mapping[str, tuple[Shift, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def is_open(self, now: datetime) -> bool:
        """Return whether somebody is there at ``now`` (aware)."""
        if not self.shifts:
            return True
        local = now.astimezone(ZoneInfo(self.time_zone))
        return any(shift.holds(local.time()) for shift in self._of(local.date()))

    def opens_at(self, now: datetime) -> datetime | None:
        """Return the next opening after ``now`` in local time; ``now`` itself while open, None without one in 60 days."""
        zone = ZoneInfo(self.time_zone)
        local = now.astimezone(zone)
        if self.is_open(now):
            return local
        for ahead in range(_MOST_DAYS_AHEAD + 1):
            day = local.date() + timedelta(days=ahead)
            for shift in sorted(self._of(day), key=lambda shift: shift.start):
                opening = datetime.combine(day, shift.start, zone)
                if opening > local:
                    return opening
        return None

    def _of(self, day: date) -> tuple[Shift, ...]:
        return () if day in self.holidays else self.shifts.get(WEEKDAYS[day.weekday()], ())
