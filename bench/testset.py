"""The project's own test set, ``tests/language/<lang>.yml``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from bot.language.register import load_languages
from bot.settings import settings_from


@dataclass(frozen=True)
class TestMessage:
    """One test message with what must be found in it."""

    text: str
    language: str
    intents: tuple[str, ...]
    order_numbers: tuple[str, ...]
    risk: tuple[str, ...]


def test_messages() -> Iterator[TestMessage]:
    """Yield every test message of every language."""
    project = settings_from().project
    for language in load_languages(project / "lexicon" / "languages.yml"):
        path = project / "tests" / "language" / f"{language.code}.yml"
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["messages"]:
            yield TestMessage(
                text=entry["text"],
                language=language.code,
                intents=tuple(entry["intents"]),
                order_numbers=tuple(entry.get("order_numbers", ())),
                risk=tuple(entry.get("risk", ())),
            )
