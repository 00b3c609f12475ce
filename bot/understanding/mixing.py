"""Messages that ask several things, made from single ones: so that the classifier learns to hear two at once."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COURTESIES = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "provide_info", "out_of_scope"})
"""Named only when a message asks nothing else (``docs/labelling.md``)."""

_JOINERS: Mapping[str, tuple[str, ...]] = {
    "en": (" and ", " also ", ". ", "? ", ", ", "\n", " plus ", " "),
    "es": (" y ", " tambien ", ". ", "? ", ", ", "\n", " "),
    "pt": (" e ", " tambem ", ". ", "? ", ", ", "\n", " "),
    "ru": (" и ", " а также ", ". ", "? ", ", ", "\n", " и еще ", " "),
    "de": (" und ", " ausserdem ", ". ", "? ", ", ", "\n", " "),
    "fr": (" et ", " aussi ", ". ", "? ", ", ", "\n", " "),
    "ar": (" و", " وكمان ", ". ", "؟ ", "، ", "\n", " "),
    "zh": ("，", "。", "？", "还有", "另外，", "\n", " ", "，还有"),
}
_PLAIN_JOINERS = (". ", "? ", ", ", "\n", " ")
_LONGEST = 90
_THREE_SHARE = 0.25
_GREETED_SHARE = 0.25


@dataclass(frozen=True)
class Example:
    """One training message with its intents in the order asked."""

    text: str
    intents: tuple[str, ...]
    language: str


def mixed(examples: Sequence[Example], *, a_language: int, rng: random.Random) -> list[Example]:
    """Return about ``a_language`` messages a language that join two or three of ``examples``."""
    result: list[Example] = []
    for language in sorted({example.language for example in examples}):
        own = [e for e in examples if e.language == language and len(e.text) < _LONGEST]
        asking = [e for e in own if e.intents[0] not in COURTESIES]
        greetings = [e.text for e in own if e.intents[0] in {"greet", "thank"}] or [""]
        if len(asking) < 3:
            continue
        joiners = _JOINERS.get(language, _PLAIN_JOINERS)
        for _ in range(a_language):
            parts = rng.sample(asking, 3 if rng.random() < _THREE_SHARE else 2)
            if len({part.intents for part in parts}) < len(parts):
                continue
            text = parts[0].text
            for part in parts[1:]:
                text = text.rstrip("?.!？。؟ ") + rng.choice(joiners) + part.text
            if rng.random() < _GREETED_SHARE:
                text = f"{rng.choice(greetings)}{rng.choice((' ', ', ', '! ', chr(10)))}{text}"
            result.append(Example(text, tuple(part.intents[0] for part in parts), language))
        for part in rng.sample(asking, min(len(asking), a_language // 5)):
            result.append(Example(f"{rng.choice(greetings)}, {part.text}", part.intents, language))
    return result
