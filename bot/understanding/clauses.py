"""Where one question may end and the next begin: borders by punctuation, line ends and connecting words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex
import yaml

from bot.errors import ConfigurationError
from bot.language.folding import fold_aligned

_STRONG = r"[.!?;\n。！？；؟…]+(?=\s|$|\p{Script=Han}|\p{Extended_Pictographic})|[\n。！？；؟]+|[?!]{1,}"
_WEAK = r"[,،、，:/|+]+(?=\s|\D|$)|\s[-–—]+\s|\p{Extended_Pictographic}+"
_WORD = regex.compile(r"[\p{L}\p{N}]")
MOST_CLAUSES = 7
"""More borders than this in one message are thinned out: the weakest go first."""


@dataclass(frozen=True)
class Clause:
    """A piece of a message that may ask one thing: ``text == message[start:end]``."""

    text: str
    start: int
    end: int


class ClauseSplitter:
    """Cuts a message at every place where a new question may begin; which cuts hold is decided later."""

    def __init__(self, connectors: Mapping[str, Sequence[str]]) -> None:
        spaced: list[str] = []
        tight: list[str] = []
        for words in connectors.values():
            for word in words:
                folded = regex.escape(fold_aligned(str(word)))
                (tight if regex.search(r"\p{Script=Han}", folded) else spaced).append(folded)
        spaced_body = "|".join(sorted(set(spaced), key=len, reverse=True))
        tight_body = "|".join(sorted(set(tight), key=len, reverse=True))
        self._borders = regex.compile(
            rf"(?P<strong>{_STRONG})|(?P<weak>{_WEAK})"
            rf"|(?P<word>(?<=\s)(?:{spaced_body})(?=\s))|(?P<weak_space>(?<=\p{{Script=Han}})\s+(?=\S))|(?P<tight>{tight_body})|(?P<arabic>(?<=\s)و(?=[\u0621-\u064a]{{3}}))"
        )

    @classmethod
    def from_file(cls, path: Path) -> ClauseSplitter:
        """Read `lexicon/connectors.yml`; raises ConfigurationError when it cannot be read."""
        try:
            return cls(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError, AttributeError) as err:
            raise ConfigurationError(f"{path}: is not a list of connectors by language ({err}); restore it") from err

    def split(self, text: str) -> list[Clause]:
        """Return the clauses of ``text`` by place; a message without letters or digits gives none."""
        folded = fold_aligned(text)
        cuts: list[tuple[int, int, int]] = []
        for match in self._borders.finditer(folded):
            strength = {"strong": 2, "weak": 1, "weak_space": 1}.get(match.lastgroup or "", 0)
            consumed = match.start() if match.lastgroup in ("word", "tight", "arabic") else match.end()
            if match.lastgroup == "weak" and _inside_number(folded, match.start(), match.end()):
                continue
            cuts.append((strength, consumed, match.start()))
        cuts = sorted(sorted(cuts, reverse=True)[: MOST_CLAUSES * 3], key=lambda cut: cut[1])
        pieces: list[tuple[int, int, int]] = []
        begin, strength_before = 0, 2
        for strength, place, _ in [*cuts, (2, len(text), len(text))]:
            if place <= begin:
                continue
            if _WORD.search(text, begin, place):
                pieces.append((begin, place, strength_before))
                begin, strength_before = place, strength
        while len(pieces) > MOST_CLAUSES:
            weakest = min(range(1, len(pieces)), key=lambda i: (pieces[i][2], pieces[i][1] - pieces[i][0]))
            start, _, strength = pieces[weakest - 1]
            pieces[weakest - 1 : weakest + 1] = [(start, pieces[weakest][1], strength)]
        if pieces and begin < len(text):
            start, _, strength = pieces[-1]
            pieces[-1] = (start, len(text), strength)
        return [_trimmed(text, start, end) for start, end, _ in pieces]


def _inside_number(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()


def _trimmed(text: str, start: int, end: int) -> Clause:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Clause(text[start:end], start, end)


def joined(text: str, clauses: Sequence[Clause]) -> Clause:
    """Return the clause that reaches from the first to the last of ``clauses``."""
    return Clause(text[clauses[0].start : clauses[-1].end], clauses[0].start, clauses[-1].end)
