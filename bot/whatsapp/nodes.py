"""Taking values out of decoded JSON that may hold anything."""

from __future__ import annotations

from typing import Any

LONGEST_TEXT = 20_000
_LARGEST_WHOLE = 2**62


class Unreadable(Exception):
    """An item lacks what it cannot be understood without."""


def word(value: Any) -> str:
    """Return a text (or a number as text) that any database takes; empty for everything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    if isinstance(value, int) and abs(value) > _LARGEST_WHOLE:
        return ""
    text = str(value)[:LONGEST_TEXT]
    return text.replace("\x00", "").encode("utf-8", errors="replace").decode("utf-8")


def whole(value: Any) -> int | None:
    """Return a whole number written as number or as text, None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        digits = value.strip()
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None
    return value if isinstance(value, int) and abs(value) < _LARGEST_WHOLE else None


def number(value: Any) -> float | None:
    """Return a finite number written as number or text, None for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < 1e12 else None


def node(holder: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object ``name`` of ``holder``; raises Unreadable when there is none."""
    found = holder.get(name)
    if not isinstance(found, dict):
        raise Unreadable(name)
    return found


def optional(holder: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object ``name`` of ``holder``, an empty one when there is none."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}
