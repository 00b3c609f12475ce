"""When to answer: at once when a message stands for itself, a moment later when more seems to come.

Buyers cut one thought into several messages ("hi", "the lace", "price for 100?"). Answering each costs
them reading and us turns. Waiting always would cost every buyer a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import regex

from bot.conversations.store import Message

_SENTENCE_ENDS = frozenset(".?!。？！؟…")
_FEW_WORDS = 3
_MOST_ROUNDS = 3
_WORD = regex.compile(r"\p{Script=Han}{1,2}|[\p{L}\p{M}\p{N}]+")
_FILE_SECONDS = 20.0
"""Longest wait for a file that is still being fetched; it is answered by itself when it comes later."""
_CHANNELS_WITHOUT_TYPING = frozenset({"whatsapp"})


def wait_seconds(
    waiting: Sequence[Message], *, channel: str, typing: bool, alarming: bool, now: datetime, burst_seconds: float
) -> float:
    """Return how many seconds to wait for more before the ``waiting`` messages are answered; 0 is at once.

    Alarms and tapped replies never wait. A buyer who still types is waited for, likewise the second message
    within ``burst_seconds`` and a fragment without an end; on channels that don't show typing every message.
    Never longer than three times ``burst_seconds`` after the first, but for a file that is on its way.
    """
    if not waiting or alarming or any(message.data.get("choice") for message in waiting):
        return 0.0
    if (left := _file_seconds(waiting, now)) > 0:
        return left
    first, last = waiting[0], waiting[-1]
    in_a_row = len(waiting) > 1
    if not (typing or in_a_row or channel in _CHANNELS_WITHOUT_TYPING or _is_fragment(last)):
        return 0.0
    quiet = (now - last.created_at).total_seconds()
    total = (now - first.created_at).total_seconds()
    left = burst_seconds if typing else burst_seconds - quiet
    return max(0.0, min(left, _MOST_ROUNDS * burst_seconds - total))


def _file_seconds(waiting: Sequence[Message], now: datetime) -> float:
    """Return how long files that are being fetched may still be waited for."""
    ages = [
        (now - message.created_at).total_seconds()
        for message in waiting
        if message.data.get("media", {}).get("state") == "waiting"
    ]
    return max((_FILE_SECONDS - age for age in ages), default=0.0)


def _is_fragment(message: Message) -> bool:
    """Return whether a message looks like the beginning of something: a few words, no end, no file."""
    text = message.text.strip()
    if message.data.get("uploads") or not text:
        return False
    return text[-1] not in _SENTENCE_ENDS and 0 < len(_WORD.findall(text)) <= _FEW_WORDS
