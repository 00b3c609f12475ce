"""``shop/canned/<lang>.yml``: answers agents send often, in the buyer's language, filled from the order."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import DataFault, Fault

PLACEHOLDERS = frozenset({"buyer", "order", "tracking", "carrier", "date", "total", "agent", "shop"})
REFERENCE = "en"


@dataclass(frozen=True)
class Canned:
    """One answer: ``key`` is the same in all languages, ``titles`` (en, zh) are for agents, ``text`` for the buyer."""

    key: str
    titles: Mapping[str, str]
    text: str


def load_canned(folder: Path, languages: Sequence[str]) -> dict[str, tuple[Canned, ...]]:
    """Read all languages and ``titles.yml``; raises DataFault for a missing key, an unknown placeholder or a broken file."""
    faults: list[Fault] = []
    titles = _read(folder / "titles.yml", faults)
    texts = {code: _read(folder / f"{code}.yml", faults) for code in languages}
    found = {
        code: tuple(
            Canned(key, _both(titles.get(key), key, folder, faults), _text(text)) for key, text in entries.items()
        )
        for code, entries in texts.items()
    }
    wanted = set(titles)
    for code, answers in found.items():
        name = str(folder / f"{code}.yml")
        keys = {one.key for one in answers}
        faults.extend(_text_faults(name, answers))
        faults.extend(Fault(name, f"{key} is missing", "write it") for key in sorted(wanted - keys))
        faults.extend(
            Fault(name, f"{key} is unknown", "add it to titles.yml or remove it") for key in sorted(keys - wanted)
        )
    if faults:
        raise DataFault(faults)
    return found


def filled(answer: Canned, values: Mapping[str, str], *, interface: str = REFERENCE) -> dict[str, Any]:
    """Return {key, title, text, missing}: a placeholder without a value stays as it is and is named in ``missing``."""
    missing: list[str] = []
    parts: list[str] = []
    for text, name, _, _ in string.Formatter().parse(answer.text):
        parts.append(text)
        if name is not None:
            value = values.get(name, "")
            parts.append(value or f"{{{name}}}")
            if not value:
                missing.append(name)
    title = answer.titles.get(interface) or answer.titles.get(REFERENCE, answer.key)
    return {"key": answer.key, "title": title, "text": "".join(parts), "missing": missing}


def _read(path: Path, faults: list[Fault]) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as err:
        faults.append(Fault(str(path), f"cannot be read ({err.strerror})", "write it: every key of titles.yml"))
        return {}
    except yaml.YAMLError as err:
        faults.append(Fault(str(path), f"is not YAML ({' '.join(str(err).split())})", "correct it at that place"))
        return {}
    if not isinstance(data, dict):
        faults.append(Fault(str(path), "is no mapping", "write 'key: \"text\"'"))
        return {}
    return {str(key): value for key, value in data.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _both(titles: Any, key: str, folder: Path, faults: list[Fault]) -> dict[str, str]:
    if titles is None:
        return {}
    if not isinstance(titles, dict) or {"en", "zh"} - titles.keys():
        fault = Fault(str(folder / "titles.yml"), f"{key} is {titles!r}", "write {en: …, zh: …}")
        faults.extend([] if fault in faults else [fault])
        return {}
    return {code: str(title) for code, title in titles.items()}


def _text_faults(name: str, answers: Sequence[Canned]) -> Iterator[Fault]:
    for one in answers:
        if not one.text.strip():
            yield Fault(name, f"{one.key} is empty", "put its text in double quotes")
            continue
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(one.text) if name is not None}
        except ValueError as err:
            yield Fault(name, f"{one.key}: {err}", "close the brace")
            continue
        if names - PLACEHOLDERS:
            unknown = ", ".join(sorted(names - PLACEHOLDERS))
            yield Fault(name, f"{one.key} holds {unknown}", f"use {', '.join(sorted(PLACEHOLDERS))}")
