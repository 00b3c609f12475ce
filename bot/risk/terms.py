"""What the lexicon says of an alarm word, and what is found in a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Category = Literal[
    "fraud", "counterfeit", "legal_threat", "chargeback", "platform_escalation", "safety",
    "severe_quality", "abuse", "review_blackmail", "privacy",
]  # fmt: skip
Severity = Literal["low", "medium", "high", "critical"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From a matter of tone to a matter for a person at once."""

HANDOFF_FROM: Severity = "high"


def rank(severity: Severity) -> int:
    """Return 0 for low … 3 for critical."""
    return SEVERITIES.index(severity)


@dataclass(frozen=True)
class Term:
    """One entry of `lexicon/<lang>/risk.yml`. Forms are sequences of words, see ``matcher``."""

    id: str
    language: str
    category: Category
    severity: Severity
    forms: tuple[str, ...]
    gloss_en: str
    gloss_zh: str
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    quiet_in_question: bool = False
    everywhere: bool = False
    """True for words that buyers of other languages use too, such as "scam"."""


@dataclass(frozen=True)
class Finding:
    """An alarm word in a message: ``text[start:end]`` of the original is what the buyer wrote."""

    term: Term
    form: str
    start: int
    end: int


def needs_person(findings: tuple[Finding, ...]) -> bool:
    """Return whether the findings hand the conversation to a person (severity high or critical)."""
    return any(rank(finding.term.severity) >= rank(HANDOFF_FROM) for finding in findings)


def worst(findings: tuple[Finding, ...]) -> Severity | None:
    """Return the highest severity among ``findings``, None where there are none."""
    return max((finding.term.severity for finding in findings), key=rank, default=None)
