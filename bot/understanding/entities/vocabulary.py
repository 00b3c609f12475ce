"""`lexicon/entities.yml`: the words around numbers, compiled into patterns over folded text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex
import yaml

from bot.errors import ConfigurationError
from bot.language.folding import fold_aligned

_WORDY = r"[\p{L}\p{M}\p{N}_]"


def _form(word: str) -> str:
    folded = fold_aligned(str(word))
    stem = folded.endswith("*")
    body = regex.escape(folded.rstrip("*")).replace(r"\ ", r"\s+")
    if regex.search(r"\p{Script=Han}", folded):
        return body
    before = rf"(?<!{_WORDY})" if regex.match(_WORDY, folded) else ""
    if stem:
        return rf"{before}{body}\p{{L}}*"
    after = r"(?![\p{L}\p{M}])" if regex.search(_WORDY + "$", folded) else ""
    return f"{before}{body}{after}"


def compile_words(words: list[str], *, anchored: bool = False) -> regex.Pattern[str]:
    """Return a pattern that finds any of ``words`` in folded text; ``word*`` stands for any ending."""
    longest_first = sorted((str(word) for word in words), key=len, reverse=True)
    body = "|".join(_form(word) for word in longest_first)
    return regex.compile(rf"(?:{body})" if not anchored else rf"\G\s{{0,2}}(?:{body})")


@dataclass(frozen=True)
class Unit:
    """A unit of quantity: ``factor`` single units each."""

    name: str
    factor: int
    after_number: regex.Pattern[str]


@dataclass(frozen=True)
class Currency:
    """A currency by the words and signs that buyers use for it."""

    code: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class NumberVocabulary:
    """Everything `lexicon/entities.yml` says about numbers."""

    order: regex.Pattern[str]
    tracking: regex.Pattern[str]
    phone: regex.Pattern[str]
    account: regex.Pattern[str]
    units: tuple[Unit, ...]
    not_quantity: regex.Pattern[str]
    quantity_leads: regex.Pattern[str]
    currencies: tuple[Currency, ...]
    country_aliases: dict[str, tuple[str, ...]]
    variants: dict[str, tuple[str, ...]]
    sizes: tuple[str, ...]
    size_words: regex.Pattern[str]


def load_vocabulary(path: Path) -> NumberVocabulary:
    """Read ``path``; raises ConfigurationError when it is missing or a section is."""
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return NumberVocabulary(
            order=compile_words(data["order_words"]),
            tracking=compile_words(data["tracking_words"]),
            phone=compile_words(data["phone_words"]),
            account=compile_words(data["account_words"]),
            units=tuple(
                Unit(u["unit"], int(u.get("factor", 1)), compile_words(u["words"], anchored=True))
                for u in data["units"]
            ),
            not_quantity=compile_words([*data["not_quantity_words"], "%", "°", '"', "″"], anchored=True),
            quantity_leads=compile_words(data["quantity_leads"]),
            currencies=tuple(Currency(c["code"], tuple(map(str, c["words"]))) for c in data["currencies"]),
            country_aliases={code: tuple(map(str, names)) for code, names in data["country_aliases"].items()},
            variants={v["value"]: tuple(map(str, v["words"])) for v in data["variants"]},
            sizes=tuple(map(str, data["sizes"])),
            size_words=compile_words(data["size_words"]),
        )
    except OSError as err:
        raise ConfigurationError(f"{path}: cannot be read ({err.strerror}); restore the file") from err
    except (KeyError, TypeError) as err:
        raise ConfigurationError(f"{path}: section {err} is missing or empty; restore it") from err
    except yaml.YAMLError as err:
        raise ConfigurationError(f"{path}: is not valid YAML ({err}); mend it") from err
