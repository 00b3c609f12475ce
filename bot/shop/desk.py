"""``shop/desk.yml`` read into :class:`bot.trade.desk.DeskRules`."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.errors import DataFault, Fault
from bot.trade.desk import DeskRules
from bot.trade.hours import WEEKDAYS, BusinessHours, Shift
from bot.trade.routing import DeskClock

_NUMBERS = {
    "warn_seconds": (10, 86_400), "reassign_seconds": (20, 86_400), "capacity": (1, 1_000), "alarm_reserve": (0, 100),
    "reopen_days": (0, 365), "rating_again_days": (0, 3_650), "usual_wait_hours": (1, 720),
}  # fmt: skip
_KNOWN = {"time_zone", "hours", "holidays", "ask_rating", *_NUMBERS}


def load_desk_rules(path: Path) -> DeskRules:
    """Read ``path``; raises DataFault naming every value that is wrong. A file that is not there means: always open."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return DeskRules()
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as err:
        raise DataFault([Fault(str(path), f"cannot be read ({type(err).__name__})", "correct it")]) from err
    if not isinstance(data, dict):
        raise DataFault([Fault(str(path), "is no mapping", f"write {', '.join(sorted(_KNOWN))}")])
    faults = [
        Fault(str(path), f"{key} is unknown", f"use {', '.join(sorted(_KNOWN))}") for key in data if key not in _KNOWN
    ]
    numbers = {name: _number(data, name, faults, path) for name in _NUMBERS if name in data}
    hours = _hours(data, faults, path)
    clock = DeskClock(numbers.pop("warn_seconds", 100), numbers.pop("reassign_seconds", 170))
    if clock.warn_seconds >= clock.reassign_seconds:
        faults.append(Fault(str(path), "warn_seconds is not below reassign_seconds", "exchange them"))
    asks = data.get("ask_rating", True)
    if not isinstance(asks, bool):
        faults.append(Fault(str(path), f"ask_rating is {asks!r}", "write true or false"))
    if faults:
        raise DataFault(faults)
    return DeskRules(hours=hours, clock=clock, ask_rating=asks, **numbers)


def _number(data: dict[str, Any], name: str, faults: list[Fault], path: Path) -> int:
    low, high = _NUMBERS[name]
    given = data[name]
    if type(given) is not int or not low <= given <= high:
        faults.append(Fault(str(path), f"{name} is {given!r}", f"write a whole number from {low} to {high}"))
        return low
    return given


def _hours(data: dict[str, Any], faults: list[Fault], path: Path) -> BusinessHours:
    zone = str(data.get("time_zone", "UTC"))
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        faults.append(Fault(str(path), f"time_zone {zone!r} is unknown", "use one such as Asia/Shanghai"))
    given = data.get("hours") or {}
    shifts: dict[str, tuple[Shift, ...]] = {}
    for day, spans in given.items() if isinstance(given, dict) else ():
        if day not in WEEKDAYS:
            faults.append(Fault(str(path), f"hours.{day} is unknown", f"use {', '.join(WEEKDAYS)}"))
            continue
        found = [_shift(span) for span in (spans if isinstance(spans, list) else [spans])]
        if None in found:
            faults.append(Fault(str(path), f"hours.{day} is {spans!r}", 'write a list such as ["08:30-18:00"]'))
        shifts[day] = tuple(shift for shift in found if shift is not None)
    holidays = data.get("holidays") or []
    for day in holidays:
        if not isinstance(day, date):
            faults.append(Fault(str(path), f"holidays holds {day!r}", "write dates as 2027-01-01"))
    return BusinessHours(zone, shifts, frozenset(day for day in holidays if isinstance(day, date)))


def _shift(span: Any) -> Shift | None:
    try:
        start, end = str(span).split("-")
        ends = time(0) if end.strip() == "24:00" else time.fromisoformat(end.strip())
        begins = time.fromisoformat(start.strip())
    except ValueError:
        return None
    return Shift(begins, ends) if ends == time(0) or begins < ends else None
