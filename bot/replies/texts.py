"""`replies/<lang>.yml`: same keys and placeholders in every language, filled safely."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from babel import Locale

from bot.errors import DataFault, Fault
from bot.language.register import Language
from bot.replies.values import Value, format_value

REFERENCE = "en"
LONGEST_BUTTON = 20
"""WhatsApp cuts a button's title after this many characters."""


@dataclass(frozen=True)
class Replies:
    """The texts of one language."""

    language: Language
    texts: Mapping[str, str]

    def render(self, key: str, values: Mapping[str, Value] | None = None) -> str:
        """Return the text of ``key`` with ``values`` written for the locale.

        Values are inserted as they are: braces in a product's name or a buyer's word stay what they are.
        Raises KeyError for an unknown key or a missing value.
        """
        locale = Locale.parse(self.language.locale)
        formatted = {name: format_value(value, locale) for name, value in (values or {}).items()}
        return self.texts[key].format_map(formatted)

    def write(self, value: Value) -> str:
        """Return one value as people of this language write it."""
        return format_value(value, Locale.parse(self.language.locale))

    def country(self, code: str) -> str:
        """Return the name of a country (ISO 3166 code) in this language."""
        return Locale.parse(self.language.locale).territories.get(code, code)


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces of ``text``; raises ValueError where a brace is not closed."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def read_texts(path: Path) -> tuple[dict[str, str], list[Fault]]:
    """Return the texts of one file as ``group.key`` → text, and every fault of its form."""
    try:
        groups = yaml.safe_load(path.read_text(encoding="utf-8"))
        pairs = {f"{group}.{key}": text for group, entries in groups.items() for key, text in entries.items()}
    except OSError as err:
        return {}, [Fault(str(path), f"cannot be read ({err.strerror})", "write it: every key of en.yml")]
    except (yaml.YAMLError, AttributeError) as err:
        return {}, [Fault(str(path), f"is not a list of texts ({err})", "write groups of 'key: \"text\"'")]
    faults = []
    for key, text in pairs.items():
        if not isinstance(text, str) or not text.strip():
            faults.append(Fault(str(path), f"{key}: {text!r} is not a text", "put it in double quotes"))
    return {key: text for key, text in pairs.items() if isinstance(text, str)}, faults


def load_replies(folder: Path, languages: Iterable[Language]) -> dict[str, Replies]:
    """Read all languages; raises DataFault naming every missing or extra key and placeholder."""
    files = {language.code: read_texts(folder / f"{language.code}.yml") for language in languages}
    faults = [fault for _, found in files.values() for fault in found]
    reference = files[REFERENCE][0]
    for code, (texts, _) in files.items():
        name = str(folder / f"{code}.yml")
        faults.extend(Fault(name, f"{key} is missing", "write it") for key in reference.keys() - texts.keys())
        faults.extend(
            Fault(name, f"{key} is unknown", "remove it or add it to en.yml") for key in texts.keys() - reference.keys()
        )
        for key in reference.keys() & texts.keys():
            faults.extend(_text_faults(name, key, texts[key], reference[key]))
    if faults:
        raise DataFault(faults)
    return {language.code: Replies(language, files[language.code][0]) for language in languages}


def _text_faults(name: str, key: str, text: str, reference: str) -> list[Fault]:
    try:
        found, wanted = placeholders(text), placeholders(reference)
    except ValueError as err:
        return [Fault(name, f"{key}: {err}", "close the brace")]
    faults = []
    if found != wanted:
        names = ", ".join(sorted(wanted)) or "none"
        faults.append(Fault(name, f"{key} holds {{{', '.join(sorted(found))}}}", f"use these placeholders: {names}"))
    if key.startswith(("intent.", "whatsapp.list_button")) and len(text) > LONGEST_BUTTON:
        faults.append(Fault(name, f"{key} has {len(text)} characters", f"use at most {LONGEST_BUTTON}: it is a button"))
    return faults
