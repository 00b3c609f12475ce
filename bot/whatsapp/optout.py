"""Words that stop what the shop sends of its own accord, in every language (``lexicon/optout.yml``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import regex
import yaml

from bot.errors import DataFault, Fault
from bot.language.folding import fold

Wish = Literal["stop", "start"]
WISHES: tuple[Wish, ...] = ("stop", "start")
_AROUND = regex.compile(r"^[\p{P}\p{S}\p{Z}\p{C}]+|[\p{P}\p{S}\p{Z}\p{C}]+$")
_SPACES = regex.compile(r"\s+")
_LONGEST = 60


@dataclass(frozen=True)
class OptOutWords:
    """``languages`` holds, for every wish and word, the languages that have it."""

    languages: Mapping[tuple[Wish, str], tuple[str, ...]]

    def wish(self, text: str, *, language: str | None) -> tuple[Wish, str] | None:
        """Return what the whole message ``text`` asks for and the language to confirm it in, None for other messages.

        A word of several languages is confirmed in ``language``, that of the talk, where it belongs to it.
        """
        if len(text) > _LONGEST:
            return None
        word = bare(text)
        for wish in WISHES:
            if found := self.languages.get((wish, word)):
                return wish, language if language in found else found[0]
        return None


def bare(text: str) -> str:
    """Return ``text`` folded, without marks around it."""
    return _SPACES.sub(" ", _AROUND.sub("", fold(text)))


def load_optout(path: Path, codes: Iterable[str]) -> OptOutWords:
    """Read the words; raises DataFault naming every language without words and every word with two meanings."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as err:
        raise DataFault([Fault(str(path), "cannot be read", "write 'en: {stop: [...], start: [...]}'")]) from err
    faults: list[Fault] = []
    found: defaultdict[tuple[Wish, str], list[str]] = defaultdict(list)
    for code in codes:
        entry = content.get(code) if isinstance(content, dict) else None
        for wish in WISHES:
            words = entry.get(wish) if isinstance(entry, dict) else None
            if not isinstance(words, list) or not words:
                faults.append(Fault(str(path), f"{code}: no words under {wish}", "write at least one"))
                continue
            for one in words:
                if not isinstance(one, str):
                    faults.append(Fault(str(path), f"{code}: {one!r} is no text", "put it in quotes"))
                elif code not in found[wish, bare(one)]:
                    found[wish, bare(one)].append(code)
    for wish, word in list(found):
        if wish == "stop" and ("start", word) in found:
            faults.append(Fault(str(path), f"{word!r} stands under stop and start", "keep it once"))
    if faults:
        raise DataFault(faults)
    return OptOutWords({key: tuple(codes) for key, codes in found.items()})
