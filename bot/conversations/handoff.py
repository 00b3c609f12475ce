"""What a person gets when a conversation is handed over: why, what was found, the facts, the talk so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.conversations.store import Message, NewCase
from bot.risk.terms import Finding, worst

_QUEUE_BY_CATEGORY = {"chargeback": "after_sale", "severe_quality": "after_sale", "safety": "after_sale"}
_PRIORITY_BY_SEVERITY = {"critical": "critical", "high": "high", "medium": "normal", "low": "normal"}
_SUMMARY_CHARACTERS = 160


def finding_facts(finding: Finding) -> dict[str, Any]:
    """Return ``finding`` in the form of ``docs`` and ``liaison parse``."""
    return {
        "category": finding.term.category,
        "severity": finding.term.severity,
        "term": finding.form,
        "language": finding.term.language,
        "start": finding.start,
        "end": finding.end,
        "gloss": {"en": finding.term.gloss_en, "zh": finding.term.gloss_zh},
    }


def risk_case(
    *, text: str, language: str, findings: tuple[Finding, ...], intents: Sequence[str], facts: dict[str, Any],
    transcript: Sequence[Message], handoff: bool,
) -> NewCase:  # fmt: skip
    """Return the case for a message that raised an alarm."""
    severity = worst(findings) or "high"
    leading = max(findings, key=lambda f: ("low", "medium", "high", "critical").index(f.term.severity))
    return NewCase(
        reason=f"risk_{leading.term.category}",
        queue=_QUEUE_BY_CATEGORY.get(leading.term.category, "after_sale"),
        priority=_PRIORITY_BY_SEVERITY[severity],
        handoff=handoff,
        language=language,
        summary=_summary([f"{f.term.category}: {f.form} ({f.term.gloss_en})" for f in findings], text),
        packet=_packet(findings, intents, facts, transcript),
    )


def service_case(
    *, reason: str, queue: str, handoff: bool, text: str, language: str, intents: Sequence[str], facts: dict[str, Any],
    transcript: Sequence[Message], findings: tuple[Finding, ...] = (),
) -> NewCase:  # fmt: skip
    """Return the case for something only a person can do."""
    return NewCase(
        reason=reason,
        queue=queue,
        priority="high" if handoff else "normal",
        handoff=handoff,
        language=language,
        summary=_summary([reason.replace("_", " ")], text),
        packet=_packet(findings, intents, facts, transcript),
    )


def _summary(heads: Sequence[str], text: str) -> str:
    said = " ".join(text.split())
    if len(said) > _SUMMARY_CHARACTERS:
        said = said[:_SUMMARY_CHARACTERS] + "…"
    return f"{'; '.join(dict.fromkeys(heads))} — “{said}”"


def _packet(
    findings: tuple[Finding, ...], intents: Sequence[str], facts: dict[str, Any], transcript: Sequence[Message]
) -> dict[str, Any]:
    return {
        "findings": [finding_facts(finding) for finding in findings],
        "intents": list(intents),
        "order": facts.get("order"),
        "slots": facts.get("slots", {}),
        "missing": facts.get("missing", []),
        "files": facts.get("files", []),
        "transcript": [
            {"seq": m.seq, "author": m.author, "text": m.text, "at": m.created_at.isoformat()} for m in transcript
        ],
    }
