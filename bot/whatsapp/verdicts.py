"""What Meta's error codes mean for a message: send it again, otherwise, not at all, or stop altogether."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

Verdict = Literal["slow_down", "slow_down_pair", "few_tries", "template", "refuse", "alarm"]
MOST_TRIES: dict[Verdict, int] = {"slow_down": 8, "slow_down_pair": 8, "few_tries": 3}
_BASE_SECONDS: dict[Verdict, float] = {"slow_down": 2, "slow_down_pair": 6, "few_tries": 2}
_LONGEST_WAIT = 600.0
_CODES: dict[int, Verdict] = {
    **dict.fromkeys((4, 80007, 130429, 131048), "slow_down"),
    131056: "slow_down_pair",
    **dict.fromkeys((2, 131000, 131016, 131057), "few_tries"),
    131047: "template",
    **dict.fromkeys((100, 131008, 131009, 131026, 131049, 131051), "refuse"),
    **dict.fromkeys((0, 3, 10, 190, 368, 131005, 131031), "alarm"),
}  # type: ignore[assignment]
_PERMISSIONS = range(200, 300)
_TEMPLATES = range(132000, 133000)
_REGISTRATION = range(133000, 134000)


def judge(code: int | None, status: int) -> Verdict:
    """Return what to do after an answer with Meta's ``code`` and the HTTP ``status``."""
    if code is not None:
        if code in _CODES:
            return _CODES[code]
        if code in _PERMISSIONS or code in _REGISTRATION:
            return "alarm"
        if code in _TEMPLATES:
            return "refuse"
    if status in (401, 403):
        return "alarm"
    if status == 429:
        return "slow_down"
    return "few_tries" if status >= 500 else "refuse"


def wait_before(verdict: Verdict, tries: int, *, chance: Callable[[], float] = random.random) -> timedelta | None:
    """Return how long to wait after ``tries`` tries, half of it by chance; None when it is given up."""
    if tries >= MOST_TRIES.get(verdict, 0):
        return None
    seconds = min(_LONGEST_WAIT, _BASE_SECONDS[verdict] * 2 ** (tries - 1) * (2 if verdict == "few_tries" else 1))
    return timedelta(seconds=seconds * (0.5 + 0.5 * chance()))
