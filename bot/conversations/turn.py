"""One turn: what a buyer wrote becomes a reply, a case, or silence while a person has the talk.

A message is stored first (:meth:`Turns.receive`), then answered (:meth:`Turns.answer`), by another process
if need be. What piled up meanwhile is answered together. Every writing of an answer moves the mark of handled
messages by compare-and-set: of two turns over the same messages only one is stored. Risk comes first and needs neither Rasa nor a model: when the assistant is broken, an alarm word still
reaches a person. All writing of the turn is one transaction at its end; whatever fails before leaves
nothing behind but the buyer's own message.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from typing import Any, Protocol

from bot.conversations.handoff import finding_facts, risk_case, service_case
from bot.conversations.people import People, Told
from bot.conversations.receiving import Incoming, receive
from bot.conversations.requests import buyer_wrote, hand_over, step, suggest
from bot.conversations.store import Conversation, ConversationStore, Message, NewCase, TurnTransaction
from bot.errors import LiaisonError, StoreUnavailable
from bot.language.detector import Detection
from bot.replies.texts import Replies
from bot.risk.terms import Finding, needs_person, rank
from bot.trade.desk import CANCEL, CLOSING_INTENTS, DeskRules, rating_of
from bot.trade.ownership import bot_may_speak

log = logging.getLogger(__name__)
SURE_OF_LANGUAGE = 0.5
"""Below this the conversation keeps its language."""
LONGEST_TEXT = 4_000
"""Characters of a message that are read; the rest is stored but not understood."""


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


@dataclass(frozen=True)
class Burst:
    """Messages of one buyer that are answered together. ``after`` and ``upto`` are marks of handled messages."""

    conversation: Conversation
    text: str
    choice: str | None
    uploads: tuple[str, ...]
    after: int
    upto: int


class _Overtaken(Exception):
    """Another turn has handled these messages."""


class Mind(Protocol):
    """The assistant behind the turn.

    A mind may remember a conversation up to the mark of handled messages it saw last (``burst.upto``); when
    a burst begins at another mark (``burst.after``), somebody else took turns and the memory is to be dropped.
    """

    async def think(self, burst: Burst) -> Thought: ...
    def forget(self, conversation_id: str) -> None: ...


class FindsAlarms(Protocol):
    """What calls for a person in a text."""

    def find(self, text: str, *, languages: Iterable[str] = (), confidence: float = 0.0) -> tuple[Finding, ...]: ...


DetectLanguage = Callable[[str, str | None], Detection]


@dataclass(frozen=True)
class Turns:
    """Takes turns; holds no state of its own."""

    store: ConversationStore
    alarms: FindsAlarms
    detect: DetectLanguage
    replies_in: Callable[[str | None], Replies]
    spoken: frozenset[str]
    think: Callable[[], Awaitable[Mind]]
    clock: Callable[[], datetime]
    desk: DeskRules = field(default_factory=DeskRules)
    suggests: bool = False
    """Whether a person is shown what the bot would have said; costs a thought a message."""

    @property
    def people(self) -> People:
        """What a buyer is told around a person's help."""
        return People(self.replies_in, self.desk)

    def receive(self, incoming: Incoming) -> tuple[int, bool]:
        """Store a message; returns its seq and whether it is new. Raises StoreUnavailable when it is not stored."""
        return receive(self.store, incoming, now=self.clock())

    async def take(self, incoming: Incoming) -> TurnResult:
        """Store ``incoming`` and answer; the same ``client_id`` again changes nothing and says nothing.

        Raises StoreUnavailable when nothing could be stored; then the message may be sent again.
        """
        self.receive(incoming)
        result = await self.answer(incoming.conversation_id)
        if result is not None:
            return result
        with self.store.reading() as transaction:
            conversation = transaction.conversation(incoming.conversation_id)
        assert conversation is not None
        return TurnResult((), conversation.owner, conversation.language or "en")

    async def answer(self, conversation_id: str) -> TurnResult | None:
        """Answer what waits in a conversation; None when nothing does, or when another turn was first.

        One call handles one burst: the messages in a row that were typed, or a single tapped quick reply.
        """
        now = self.clock()
        with self.store.reading() as transaction:
            conversation = transaction.conversation(conversation_id)
            burst = _burst(conversation, transaction.waiting_messages(conversation)) if conversation else None
        if conversation is None or burst is None:
            return None
        text = burst.text[:LONGEST_TEXT]
        detected, findings = self._alarms(text, conversation.language)
        language = self._language(detected, conversation)
        insight = {
            "language": detected.code,
            "confidence": detected.confidence,
            "risk": [finding_facts(f) for f in findings],
        }
        try:
            if burst.choice == CANCEL or rating_of(burst.choice) is not None:
                return self._about_people(burst, language, insight, now)
            if conversation.owner == "closed":
                return await self._after_the_end(burst, language, text, findings, insight, now)
            if not bot_may_speak(conversation.owner):
                result = self._silent(burst, language, text, findings, insight, now)
            elif needs_person(findings):
                result = self._hand_over(burst, language, text, findings, insight, now)
            else:
                return await self._answer(burst, language, text, findings, insight, now)
        except _Overtaken:
            return None
        await self._suggest(burst, text)
        return result

    def is_alarming(self, text: str, language: str | None) -> bool:
        """Return whether ``text`` calls for a person at once; ``language`` is that of the conversation so far."""
        return needs_person(self._alarms(text[:LONGEST_TEXT], language)[1])

    async def warm_up(self, text: str) -> None:
        """Think about ``text`` in no conversation, so that the first buyer needs not wait; failures show later."""
        self.is_alarming(text, None)
        nobody = Conversation("warm-up", "none", None, None, "bot", 1)
        try:
            mind = await self.think()
            await mind.think(Burst(nobody, text, None, (), after=0, upto=0))
            mind.forget(nobody.id)
        except Exception as err:  # the same failure, met by a buyer, goes to a person
            log.error("turn.warm_up_failed", extra={"error": type(err).__name__})

    def _alarms(self, text: str, language: str | None) -> tuple[Detection, tuple[Finding, ...]]:
        detected = self.detect(text, language)
        spoken = [code for code in (detected.code, language) if code]
        return detected, self.alarms.find(text, languages=spoken, confidence=detected.confidence)

    def _language(self, detected: Detection, conversation: Conversation) -> str:
        if conversation.language and detected.confidence < SURE_OF_LANGUAGE:
            return conversation.language
        if detected.code in self.spoken:
            return detected.code
        return conversation.language or "en"

    def _about_people(self, burst: Burst, language: str, insight: dict[str, Any], now: datetime) -> TurnResult:
        """The buyer tapped "don't wait any more" or a rating; where it no longer fits, nothing is said."""
        conversation, stars = burst.conversation, rating_of(burst.choice)
        with self._handling(burst) as transaction:
            current = transaction.conversation(conversation.id) or conversation
            if stars is not None:
                said = self.people.rate(transaction, current, stars, now)
            else:
                said = self.people.cancel(transaction, current, now)
            owner = (transaction.conversation(conversation.id) or current).owner
        return TurnResult((Outgoing(said),) if said else (), owner, language, insight=insight)

    async def _after_the_end(
        self, burst: Burst, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult | None:  # fmt: skip
        """A message to a closed conversation: thanks stay quiet, else a person gets it again, or the bot after days."""
        conversation = burst.conversation
        if not needs_person(findings) and await self._is_courtesy(burst, text):
            with self._handling(burst):
                return TurnResult((), "closed", language, insight=insight)
        with self.store.reading() as transaction:
            to_person = self.people.may_reopen(transaction, conversation, now)
        if not to_person:
            with self.store.turn() as transaction:
                step(transaction, conversation, actor="buyer", action="restart", now=now)
            return await self.answer(conversation.id)
        told: Told | None = None
        case: NewCase | None = None
        with self._handling(burst) as transaction:
            if findings:
                case = self._risk_case(transaction, conversation, language, text, findings, handoff=True)
                transaction.add_case(conversation.id, case, now=now)
            told = self.people.reopen(transaction, conversation, language, now)
            buyer_wrote(transaction, conversation.id, now=now, case=case)
            owner = (transaction.conversation(conversation.id) or conversation).owner
        await self._suggest(burst, text)
        return TurnResult((Outgoing(*told),) if told else (), owner, language, case, insight)

    async def _is_courtesy(self, burst: Burst, text: str) -> bool:
        """Return whether the buyer only says thanks or goodbye; False when the assistant can't tell."""
        thought = await self._think_aside(burst, text)
        names = {intent["name"] for intent in thought.intents} if thought else set()
        return bool(names) and not burst.uploads and names <= CLOSING_INTENTS

    async def _suggest(self, burst: Burst, text: str) -> None:
        """Keep what the bot would have said for the person who answers; without it nothing is missing."""
        thought = await self._think_aside(burst, text) if self.suggests else None
        if thought is None or not thought.replies:
            return
        said = {
            "text": "\n\n".join(reply.text for reply in thought.replies),
            "language": thought.language,
            "seq": burst.upto,
        }
        try:
            with self.store.turn() as transaction:
                suggest(transaction, burst.conversation.id, said)
        except StoreUnavailable as err:
            log.warning("turn.no_suggestion", extra={"conversation": burst.conversation.id, "error": str(err)})

    async def _think_aside(self, burst: Burst, text: str) -> Thought | None:
        """Return what the assistant thinks without keeping anything of it; None when it fails."""
        conversation_id = burst.conversation.id
        try:
            mind = await self.think()
        except Exception as err:
            log.warning("turn.no_assistant", extra={"conversation": conversation_id, "error": type(err).__name__})
            return None
        try:
            return await mind.think(replace(burst, text=text))
        except Exception as err:
            log.warning("turn.not_thought", extra={"conversation": conversation_id, "error": type(err).__name__})
            return None
        finally:
            mind.forget(conversation_id)

    def _silent(
        self, burst: Burst, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        """A person has the talk: the message is stored, alarms are added to it, nothing is said."""
        conversation = burst.conversation
        case: NewCase | None = None
        with self._handling(burst) as transaction:
            if needs_person(findings):
                case = self._risk_case(transaction, conversation, language, text, findings, handoff=True)
                transaction.add_case(conversation.id, case, now=now)
            buyer_wrote(transaction, conversation.id, now=now, case=case)
        return TurnResult((), conversation.owner, language, insight=insight)

    def _hand_over(
        self, burst: Burst, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        """Store the case, tell the buyer once, and be silent from then on."""
        safety = any(f.term.category == "safety" and needs_person((f,)) for f in findings)
        said = Outgoing(self.replies_in(language).render("handoff.safety" if safety else "handoff.alarm"))
        conversation = burst.conversation
        with self._handling(burst) as transaction:
            case = self._risk_case(transaction, conversation, language, text, findings, handoff=True)
            transaction.add_case(conversation.id, case, now=now)
            transaction.set_language(conversation.id, language)
            replies = self._hand_to_person(transaction, conversation, case, (said,), language, now)
            owner = (transaction.conversation(conversation.id) or conversation).owner
        return TurnResult(replies, owner, language, case, insight)

    def _hand_to_person(
        self, transaction: TurnTransaction, conversation: Conversation, case: NewCase, replies: tuple[Outgoing, ...],
        language: str, now: datetime,
    ) -> tuple[Outgoing, ...]:  # fmt: skip
        """Let the conversation wait and say ``replies`` with what is known about the wait; () when it is not the bot's."""
        if not hand_over(transaction, conversation, case, now=now):
            buyer_wrote(transaction, conversation.id, now=now, case=case)
            return ()
        told, buttons = self.people.about_the_wait(transaction, conversation.id, language, now)
        *before, last = replies or (Outgoing(""),)
        closing = replace(last, text=f"{last.text}\n\n{told}".strip(), buttons=(*last.buttons, *buttons))
        said = (*before, closing)
        for reply in said:
            self._say(transaction, conversation.id, reply, now)
        return said

    @staticmethod
    def _say(transaction: TurnTransaction, conversation_id: str, reply: Outgoing, now: datetime) -> None:
        data = {"quick_replies": list(reply.buttons), "cards": list(reply.cards)}
        transaction.append(conversation_id, author="bot", text=reply.text, now=now, data=data)

    def _risk_case(
        self, transaction: TurnTransaction, conversation: Conversation, language: str, text: str,
        findings: tuple[Finding, ...], *, handoff: bool,
    ) -> NewCase:  # fmt: skip
        return risk_case(
            text=text, language=language, findings=findings, intents=(), facts={"slots": {"buyer": conversation.buyer_id}},
            transcript=transaction.transcript(conversation.id), handoff=handoff,
        )  # fmt: skip

    async def _answer(
        self, burst: Burst, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        conversation = burst.conversation
        mind: Mind | None = None
        try:
            mind = await self.think()
            thought = await mind.think(replace(burst, text=text))
        except StoreUnavailable:
            if mind is not None:
                mind.forget(conversation.id)
            raise  # nothing is wrong with the assistant: the message waits until the store answers again
        except Exception as err:  # whatever breaks in the assistant must not lose the buyer
            log.error("turn.assistant_failed", extra={"conversation": conversation.id, "error": type(err).__name__})
            if mind is not None:
                mind.forget(conversation.id)
            if isinstance(err, LiaisonError):
                log.error("turn.reason %s", err)
            return self._broken(burst, language, text, findings, insight, now)
        insight |= {"intents": list(thought.intents), "slots": thought.facts.get("slots", {})}
        try:
            result = self._commit(burst, thought, text, findings, insight, now)
        except (LiaisonError, _Overtaken):
            mind.forget(conversation.id)
            raise
        if result.replies != thought.replies:
            mind.forget(conversation.id)
        return result

    @contextmanager
    def _handling(self, burst: Burst) -> Iterator[TurnTransaction]:
        """Open the transaction that stores a turn; raises _Overtaken when its messages are handled already."""
        with self.store.turn() as transaction:
            if not transaction.mark_handled(burst.conversation, burst.upto):
                raise _Overtaken
            yield transaction

    def _broken(
        self, burst: Burst, language: str, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        """The assistant failed: say so kindly, once, and give the talk to a person."""
        said = Outgoing(self.replies_in(language).render("fallback.technical"))
        conversation = burst.conversation
        with self._handling(burst) as transaction:
            case = service_case(
                reason="assistant_failed", queue="overflow", handoff=True, text=text, language=language, intents=(),
                facts={}, transcript=transaction.transcript(conversation.id), findings=findings,
            )  # fmt: skip
            transaction.add_case(conversation.id, case, now=now)
            replies = self._hand_to_person(transaction, conversation, case, (said,), language, now)
            owner = (transaction.conversation(conversation.id) or conversation).owner
        return TurnResult(replies, owner, language, case, insight)

    def _commit(
        self, burst: Burst, thought: Thought, text: str, findings: tuple[Finding, ...],
        insight: dict[str, Any], now: datetime,
    ) -> TurnResult:  # fmt: skip
        """Write replies, events and cases together; a reply that a person overtook is dropped."""
        conversation = burst.conversation
        with self._handling(burst) as transaction:
            current = transaction.conversation(conversation.id) or conversation
            if not bot_may_speak(current.owner):
                buyer_wrote(transaction, conversation.id, now=now)
                return TurnResult((), current.owner, thought.language, insight=insight)
            transaction.set_language(conversation.id, thought.language)
            transaction.append_events(conversation.id, thought.events)
            case = self._case_of(transaction, burst, thought, text, findings)
            if case:
                transaction.add_case(conversation.id, case, now=now)
            if case and case.handoff:
                replies = self._hand_to_person(transaction, current, case, thought.replies, thought.language, now)
                return TurnResult(replies, "waiting", thought.language, case, insight)
            for reply in thought.replies:
                self._say(transaction, conversation.id, reply, now)
        return TurnResult(thought.replies, "bot", thought.language, case, insight)

    @staticmethod
    def _case_of(
        transaction: TurnTransaction, burst: Burst, thought: Thought, text: str, findings: tuple[Finding, ...]
    ) -> NewCase | None:
        """Return the case that the assistant or an alarm of medium severity calls for, None where neither does."""
        request = thought.case_request
        transcript: Sequence[Message] = transaction.transcript(burst.conversation.id)
        names = [intent["name"] for intent in thought.intents]
        if request:
            return service_case(
                reason=request["reason"], queue=request["queue"], handoff=bool(request["handoff"]), text=text,
                language=thought.language, intents=names, facts=thought.facts, transcript=transcript, findings=findings,
            )  # fmt: skip
        if any(rank(f.term.severity) >= rank("medium") for f in findings):
            return risk_case(
                text=text, language=thought.language, findings=findings, intents=names, facts=thought.facts,
                transcript=transcript, handoff=False,
            )  # fmt: skip
        return None


def _burst(conversation: Conversation, waiting: Sequence[Message]) -> Burst | None:
    """Return what is answered next of the ``waiting`` messages: all typed ones in a row, or one tapped reply."""
    if not waiting:
        return None
    taken = [waiting[0]]
    if not waiting[0].data.get("choice"):
        taken = list(takewhile(lambda message: not message.data.get("choice"), waiting))
    return Burst(
        conversation,
        text="\n".join(message.text for message in taken),
        choice=taken[0].data.get("choice"),
        uploads=tuple(upload for message in taken for upload in message.data.get("uploads", ())),
        after=conversation.handled_seq,
        upto=taken[-1].seq,
    )
