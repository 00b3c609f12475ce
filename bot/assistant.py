"""The assistant put together for one process: parser and turns around one loaded model."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from bot.conversations.handoff import finding_facts
from bot.conversations.turn import Mind, Turns
from bot.errors import ModelUnavailable
from bot.language.detector import LanguageDetector, read_detector
from bot.language.plain_detector import PlainDetector
from bot.rasa_adapter.models import newest_model
from bot.risk.alarms import Alarms
from bot.risk.terms import needs_person
from bot.risk.voice import AlarmVoice
from bot.wiring import Parts, make_risk_lexicon, parts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MessageParser:
    """Everything understood of one message, in the form of ``liaison parse``."""

    parse_with_rasa: Callable[[str], Awaitable[dict[str, Any]]]
    alarms: Alarms

    async def parse(self, text: str) -> dict[str, Any]:
        """Return language, intents, entities, risk and whether a person is needed."""
        parsed: dict[str, Any] = {}
        if text.strip():
            parsed = await self.parse_with_rasa(text)
        language = parsed.get("language", "en")
        confidence = float(parsed.get("language_confidence", 0.0))
        findings = self.alarms.find(text, languages=[language], confidence=confidence)
        return {
            "text": text,
            "language": language,
            "language_confidence": confidence,
            "intents": [
                {"name": clause["name"], "confidence": clause["confidence"], "text": clause["text"]}
                for clause in parsed.get("clauses", [])
            ],
            "entities": [
                {key: entity[key] for key in ("entity", "value", "start", "end")}
                for entity in parsed.get("entities", [])
                if entity["entity"] != "language"
            ],
            "risk": [finding_facts(finding) for finding in findings],
            "handoff": needs_person(findings),
        }


def load_parser() -> MessageParser:
    """Load model and lexicon; raises ModelUnavailable or ConfigurationError naming the remedy."""
    from bot.rasa_adapter.agent_mind import RasaMind

    wired = parts()
    mind = RasaMind.load(wired.settings.models_dir, load_tail=lambda _id, _most: [])
    return MessageParser(mind.parse, load_alarms(wired))


def load_language_detector(wired: Parts) -> LanguageDetector | PlainDetector:
    """Return the trained detector, or langdetect's where no model is there yet."""
    try:
        return read_detector(newest_model(wired.settings.models_dir).parent)
    except (ModelUnavailable, OSError):
        return PlainDetector(language.code for language in wired.languages)


def load_alarms(wired: Parts) -> Alarms:
    """Return the alarm words, with the second voice where it is trained."""
    lexicon = make_risk_lexicon(wired.settings.project, wired.languages)
    try:
        voice = AlarmVoice.read_from(newest_model(wired.settings.models_dir).parent)
    except (ModelUnavailable, OSError, ValueError, KeyError) as err:
        log.error("assistant.no_second_voice %s", err)
        return Alarms(lexicon)
    return Alarms(lexicon, voice)


def make_turns(
    wired: Parts, *, mind: Callable[[], Awaitable[Mind]], clock: Callable[[], datetime] | None = None
) -> Turns:
    """Return the turns of a process around ``mind``; language and alarm words work without it."""
    detector = load_language_detector(wired)
    return Turns(
        store=wired.conversations,
        alarms=load_alarms(wired),
        detect=lambda text, prior: detector.detect(text, prior=prior),
        replies_in=wired.replies_in,
        spoken=frozenset(wired.replies),
        think=mind,
        desk=wired.desk,
        suggests=True,
        clock=clock or (lambda: datetime.now(timezone.utc)),
    )


async def load_turns() -> tuple[Parts, Turns]:
    """Load everything a process needs to take turns; a missing model is found out at the first message."""
    from bot.rasa_adapter.agent_mind import RasaMind

    wired = parts()

    def tail(conversation_id: str, most: int) -> list[dict[str, Any]]:
        with wired.conversations.turn() as transaction:
            return transaction.last_events(conversation_id, most=most)

    loaded: list[Mind] = []

    async def mind() -> Mind:
        if not loaded:
            loaded.append(RasaMind.load(wired.settings.models_dir, load_tail=tail))
        return loaded[0]

    try:
        await mind()
    except ModelUnavailable as err:
        log.error("assistant.no_model %s", err)
    return wired, make_turns(wired, mind=mind)
