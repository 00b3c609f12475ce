"""What calls for a person: alarm words and, where they are silent, the second voice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.risk.lexicon import RiskLexicon
from bot.risk.terms import Finding, needs_person
from bot.risk.voice import AlarmVoice

_FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True)
class Alarms:
    """Lexicon and voice together; works with the lexicon alone where no model is trained."""

    lexicon: RiskLexicon
    voice: AlarmVoice | None = None

    def find(self, text: str, *, languages: Iterable[str] = (), confidence: float = 0.0) -> tuple[Finding, ...]:
        """Return the findings by place. ``languages``: of the message, then of the conversation."""
        spoken = list(languages)
        findings = self.lexicon.find(text, languages=spoken, confidence=confidence)
        if self.voice is None or needs_person(findings):
            return findings
        heard = self.voice.find(text, spoken[0] if spoken else _FALLBACK_LANGUAGE)
        return tuple(sorted((*findings, *heard), key=lambda finding: (finding.start, finding.end)))
