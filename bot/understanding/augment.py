"""Training messages as thumbs type them: swapped, dropped, doubled letters. Case and accents fold away anyway."""

from __future__ import annotations

import random

_SHORTEST = 4


def with_typo(text: str, rng: random.Random) -> str:
    """Return ``text`` with one slip of the thumb in one of its longer words, unchanged where there is none."""
    words = text.split(" ")
    long_ones = [i for i, word in enumerate(words) if len(word) >= _SHORTEST and word.isalpha()]
    if not long_ones:
        return text
    place = rng.choice(long_ones)
    word = words[place]
    at = rng.randrange(1, len(word) - 1)
    slip = rng.randrange(3)
    if slip == 0:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    elif slip == 1:
        word = word[:at] + word[at + 1 :]
    else:
        word = word[:at] + word[at] + word[at:]
    return " ".join([*words[:place], word, *words[place + 1 :]])
