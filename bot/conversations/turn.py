"""One turn: what a buyer wrote becomes a reply, a case, or silence while a person has the talk.

Risk comes first and needs neither Rasa nor a model: when the assistant is broken, an alarm word still
reaches a person. All writing of the turn is one transaction at its end; whatever fails before leaves
nothing behind but the buyer's own message.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from bot.conversations.handoff import finding_facts, risk_case, service_case
from bot.conversations.store import Conversation, ConversationStore, NewCase, TurnTransaction
from bot.errors import LiaisonError
from bot.language.detector import Detection
from bot.replies.texts import Replies
from bot.risk.lexicon import RiskLexicon
from bot.risk.terms import Finding, needs_person, rank

log = logging.getLogger(__name__)
SURE_OF_LANGUAGE = 0.5
"""Below this the conversation keeps its language."""
LONGEST_TEXT = 4_000
"""Characters of a message that are read; the rest is stored but not understood."""


@dataclass(frozen=True)
class Incoming:
    """One message of a buyer. ``choice`` is the id of a tapped quick reply, ``buyer_id`` comes from a checked token."""

    conversation_id: str
    text: str
    client_id: str
    channel: str = "widget"
    buyer_id: str | None = None
    choice: str | None = None
    uploads: tuple[str, ...] = ()


def storable(text: str) -> str:
    """Return ``text`` without what no database takes: NUL characters and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", errors="replace").decode("utf-8")


@dataclass(frozen=True)
class Outgoing:
    """One message to the buyer."""

    text: str
    buttons: tuple[dict[str, str], ...] = ()
    cards: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class TurnResult:
    """What a turn did; ``insight`` is for people who look over the assistant's shoulder."""

    replies: tuple[Outgoing, ...]
    owner: str
    language: str
    case: NewCase | None = None
    insight: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Thought:
    """What the assistant wants to say and have done; made by Rasa, or by nobody when it is down."""

    replies: tuple[Outgoing, ...]
    language: str
    intents: tuple[dict[str, Any], ...]
    facts: dict[str, Any]
    case_request: dict[str, Any] | None
    events: tuple[dict[str, Any], ...]


class Mind(Protocol):
    """The assistant behind the turn."""

    async def think(self, incoming: Incoming, *, buyer_id: str | None, text: str) -> Thought: ...
    def forget(self, conversation_id: str) -> None: ...


DetectLanguage = Callable[[str, str | None], Detection]


@dataclass(frozen=True)
class Turns:
    """Takes turns; holds no state of its own."""

    store: ConversationStore
    lexicon: RiskLexicon
    detect: DetectLanguage
    replies_in: Callable[[str | None], Replies]
    spoken: frozenset[str]
    think: Callable[[], Awaitable[Mind]]
    clock: Callable[[], datetime]

    async def take(self, incoming: Incoming) -> TurnResult:
        """Answer ``incoming``; the same ``client_id`` again changes nothing and says nothing.

        Raises StoreUnavailable when nothing could be stored; then the message may be sent again.
        """
        now = self.clock()
        incoming = replace(incoming, text=storable(incoming.text))
        with self.store.turn() as transaction:
            conversation = transaction.open(
                conversation_id=incoming.conversation_id, channel=incoming.channel, buyer_id=incoming.buyer_id, now=now
            )
            _, new = transaction.append(
                conversation.id, author="buyer", text=incoming.text, client_id=incoming.client_id, now=now,
                data={"uploads": list(incoming.uploads)} if incoming.uploads else {},
            )  # fmt: skip
        if not new:
            return TurnResult((), conversation.owner, conversation.language or "en")
        text = incoming.text[:LONGEST_TEXT]
        detected = self.detect(text, conversation.language)
        language = self._language(detected, conversation)
        findings = self.lexicon.find(
            text,
            languages=[code for code in (detected.code, conversation.language) if code],
            confidence=detected.confidence,
        )
        insight = {
            "language": detected.code,
            "confidence": detected.confidence,
            "risk": [finding_facts(f) for f in findings],
        }
        if conversation.owner != "bot":
            return self._silent(conversation, language, text, findings, insight, now)
        if needs_person(findings):
            return self._hand_over(conversation, language, text, findings, insight, now)
        return await self._answer(incoming, conversation, language, text, findings, insight, now)

    def _language(self, detected: Detection, conversation: Conversation) -> str:
        if conversation.language and detected.confidence < SURE_OF_LANGUAGE:
            return conversation.language
        if detected.code in self.spoken:
            return detected.code
        return conversation.language or "en"

    def _silent(
        self, conversation: Conversation, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        """A person has the talk: the message is stored, alarms are added to it, nothing is said."""
        if findings and needs_person(findings):
            with self.store.turn() as transaction:
                case = self._risk_case(transaction, conversation, language, text, findings, handoff=True)
                transaction.add_case(conversation.id, case, now=now)
        return TurnResult((), conversation.owner, language, insight=insight)

    def _hand_over(
        self, conversation: Conversation, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        """Store the case, tell the buyer once, and be silent from then on."""
        safety = any(f.term.category == "safety" and needs_person((f,)) for f in findings)
        said = self.replies_in(language).render("handoff.safety" if safety else "handoff.alarm")
        with self.store.turn() as transaction:
            case = self._risk_case(transaction, conversation, language, text, findings, handoff=True)
            transaction.add_case(conversation.id, case, now=now)
            transaction.set_language(conversation.id, language)
            if transaction.change_owner(conversation, "waiting", now=now):
                transaction.append(conversation.id, author="bot", text=said, now=now)
            else:
                said = ""
        replies = (Outgoing(said),) if said else ()
        return TurnResult(replies, "waiting", language, case, insight)

    def _risk_case(
        self, transaction: TurnTransaction, conversation: Conversation, language: str, text: str,
        findings: tuple[Finding, ...], *, handoff: bool,
    ) -> NewCase:  # fmt: skip
        return risk_case(
            text=text, language=language, findings=findings, intents=(), facts={"slots": {"buyer": conversation.buyer_id}},
            transcript=transaction.transcript(conversation.id), handoff=handoff,
        )  # fmt: skip

    async def _answer(
        self, incoming: Incoming, conversation: Conversation, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        mind: Mind | None = None
        try:
            mind = await self.think()
            thought = await mind.think(incoming, buyer_id=conversation.buyer_id, text=text)
        except Exception as err:  # whatever breaks in the assistant must not lose the buyer
            log.error("turn.assistant_failed", extra={"conversation": conversation.id, "error": type(err).__name__})
            if mind is not None:
                mind.forget(conversation.id)
            if isinstance(err, LiaisonError):
                log.error("turn.reason %s", err)
            return self._broken(conversation, language, text, findings, insight, now)
        insight |= {"intents": list(thought.intents), "slots": thought.facts.get("slots", {})}
        try:
            return self._commit(conversation, thought, text, findings, insight, now)
        except LiaisonError:
            mind.forget(conversation.id)
            raise

    def _broken(
        self, conversation: Conversation, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        """The assistant failed: say so kindly, once, and give the talk to a person."""
        said = self.replies_in(language).render("fallback.technical")
        with self.store.turn() as transaction:
            case = service_case(
                reason="assistant_failed", queue="overflow", handoff=True, text=text, language=language, intents=(),
                facts={}, transcript=transaction.transcript(conversation.id), findings=findings,
            )  # fmt: skip
            transaction.add_case(conversation.id, case, now=now)
            if transaction.change_owner(conversation, "waiting", now=now):
                transaction.append(conversation.id, author="bot", text=said, now=now)
        return TurnResult((Outgoing(said),), "waiting", language, case, insight)

    def _commit(
        self, conversation: Conversation, thought: Thought, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        """Write replies, events and cases together; a reply that a person overtook is dropped."""
        request = thought.case_request
        with self.store.turn() as transaction:
            current = transaction.conversation(conversation.id) or conversation
            if current.owner != "bot":
                return TurnResult((), current.owner, thought.language, insight=insight)
            transaction.set_language(conversation.id, thought.language)
            transaction.append_events(conversation.id, thought.events)
            for reply in thought.replies:
                data = {"quick_replies": list(reply.buttons), "cards": list(reply.cards)}
                transaction.append(conversation.id, author="bot", text=reply.text, now=now, data=data)
            case: NewCase | None = None
            transcript: Sequence[Any] = transaction.transcript(conversation.id)
            names = [intent["name"] for intent in thought.intents]
            if request:
                case = service_case(
                    reason=request["reason"], queue=request["queue"], handoff=bool(request["handoff"]), text=text,
                    language=thought.language, intents=names, facts=thought.facts, transcript=transcript, findings=findings,
                )  # fmt: skip
            elif any(rank(f.term.severity) >= rank("medium") for f in findings):
                case = risk_case(
                    text=text, language=thought.language, findings=findings, intents=names, facts=thought.facts,
                    transcript=transcript, handoff=False,
                )  # fmt: skip
            owner = "bot"
            if case:
                transaction.add_case(conversation.id, case, now=now)
                if case.handoff and transaction.change_owner(current, "waiting", now=now):
                    owner = "waiting"
        return TurnResult(thought.replies, owner, thought.language, case, insight)
