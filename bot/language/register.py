"""`lexicon/languages.yml`: the languages the assistant speaks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from bot.errors import ConfigurationError


@dataclass(frozen=True)
class Language:
    """One supported language. ``locale`` is the CLDR locale used for money, dates and numbers."""

    code: str
    english: str
    native: str
    locale: str
    direction: Literal["ltr", "rtl"]
    scripts: tuple[str, ...]
    question_words: tuple[str, ...]


def load_languages(path: Path) -> tuple[Language, ...]:
    """Read the register; raises ConfigurationError when it is missing or a field is."""
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))["languages"]
        return tuple(
            Language(
                code=row["code"],
                english=row["english"],
                native=row["native"],
                locale=row["locale"],
                direction=row["direction"],
                scripts=tuple(row["scripts"]),
                question_words=tuple(row.get("question_words", [])),
            )
            for row in rows
        )
    except OSError as err:
        raise ConfigurationError(f"{path}: cannot be read ({err.strerror}); restore the file") from err
    except (yaml.YAMLError, KeyError, TypeError) as err:
        raise ConfigurationError(f"{path}: field {err} is missing or broken; mend it") from err
