"""``shop/canned/<lang>.yml``: answers agents send often, in the buyer's language, filled from the order."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import DataFault, Fault

PLACEHOLDERS = frozenset({"buyer", "order", "tracking", "carrier", "date", "total", "agent", "shop"})
REFERENCE = "en"


@dataclass(frozen=True)
class Canned:
    """One answer: ``key`` is the same in all languages, ``title`` is for the agent, ``text`` for the buyer."""

    key: str
    title: str
    text: str


def load_canned(folder: Path, languages: Sequence[str]) -> dict[str, tuple[Canned, ...]]:
    """Read all languages; raises DataFault for a missing key, an unknown placeholder or a broken file."""
    faults: list[Fault] = []
    found = {code: _read(folder / f"{code}.yml", faults) for code in languages}
    wanted = {one.key for one in found.get(REFERENCE, ())}
    for code, answers in found.items():
        name = str(folder / f"{code}.yml")
        keys = {one.key for one in answers}
        faults.extend(Fault(name, f"{key} is missing", "write it") for key in sorted(wanted - keys))
        faults.extend(Fault(name, f"{key} is unknown", "add it to en.yml or remove it") for key in sorted(keys - wanted))
    if faults:
        raise DataFault(faults)
    return found


def filled(answer: Canned, values: Mapping[str, str]) -> dict[str, Any]:
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
    return {"key": answer.key, "title": answer.title, "text": "".join(parts), "missing": missing}


def _read(path: Path, faults: list[Fault]) -> tuple[Canned, ...]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        answers = tuple(Canned(str(key), str(one["title"]), str(one["text"])) for key, one in data.items())
    except OSError as err:
        faults.append(Fault(str(path), f"cannot be read ({err.strerror})", "write it: every key of en.yml"))
        return ()
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as err:
        faults.append(Fault(str(path), f"is malformed ({type(err).__name__})", "write 'key: {title: …, text: …}'"))
        return ()
    for one in answers:
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(one.text) if name is not None}
        except ValueError as err:
            faults.append(Fault(str(path), f"{one.key}: {err}", "close the brace"))
            continue
        if names - PLACEHOLDERS:
            unknown = ", ".join(sorted(names - PLACEHOLDERS))
            faults.append(Fault(str(path), f"{one.key} holds {unknown}", f"use {', '.join(sorted(PLACEHOLDERS))}"))
    return answers
