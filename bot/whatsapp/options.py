"""How quick replies are shown: as buttons, as a list, or as numbers to type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

BUTTONS, BUTTON_TITLE = 3, 20
ROWS, ROW_TITLE, ROW_DESCRIPTION = 10, 24, 72
_LONGEST_ID = 200
Way = Literal["none", "buttons", "list", "numbers"]


def way_of(options: Sequence[Mapping[str, Any]]) -> Way:
    """Return how ``options`` (id, title) can be shown within WhatsApp's limits."""
    titles = [str(option["title"]) for option in options]
    if not titles:
        return "none"
    tidy = all(title.strip() for title in titles) and all(
        0 < len(str(option["id"])) <= _LONGEST_ID for option in options
    )
    unique = len({str(option["id"]) for option in options}) == len(options)
    if not tidy or not unique:
        return "numbers"
    if len(titles) <= BUTTONS and _fit(titles, BUTTON_TITLE):
        return "buttons"
    if len(titles) <= ROWS and _fit(titles, ROW_DESCRIPTION) and _fit([short(title) for title in titles], ROW_TITLE):
        return "list"
    return "numbers"


def is_numbered(options: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the buyer chooses by typing a number."""
    return way_of(options) == "numbers"


def short(title: str) -> str:
    """Return ``title`` cut to a row; the whole of it is the row's description."""
    return title if len(title) <= ROW_TITLE else title[: ROW_TITLE - 1].rstrip() + "…"


def _fit(titles: Sequence[str], most: int) -> bool:
    """Return whether all titles are short enough and told apart."""
    return all(len(title) <= most for title in titles) and len(set(titles)) == len(titles)
