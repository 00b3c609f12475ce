"""A turn: alarms before and without the assistant, silence while a person has the talk, nothing twice."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.conversations.receiving import Incoming
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Burst, Mind, Outgoing, Thought, Turns
from bot.errors import ModelUnavailable
from bot.language.detector import Detection
from bot.replies.texts import Replies
from bot.risk.lexicon import RiskLexicon

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


class _FakeMind:
    """Says what it is told to; counts how often it is asked."""

    def __init__(self, *, case: dict[str, Any] | None = None, breaks: bool = False) -> None:
        self.case, self.breaks, self.asked, self.forgotten = case, breaks, 0, []

    async def think(self, burst: Burst) -> Thought:
        self.asked += 1
        if self.breaks:
            raise ValueError("no such layer")
        return Thought((Outgoing("answer"),), "en", (), {"slots": {}}, self.case, ({"event": "action"},))

    def forget(self, conversation_id: str) -> None:
        self.forgotten.append(conversation_id)


@pytest.fixture
def make_turns(engine: Engine, lexicon: RiskLexicon, all_replies: dict[str, Replies]) -> Any:
    def make(mind: Mind | None) -> Turns:
        async def think() -> Mind:
            if mind is None:
                raise ModelUnavailable("models: there is no trained model; run `make train`")
            return mind

        return Turns(
            store=ConversationStore(engine),
            alarms=lexicon,
            detect=lambda text, prior: Detection("de" if "Betrüger" in text else "en", 0.9),
            replies_in=lambda code: all_replies[code or "en"],
            spoken=frozenset(all_replies),
            think=think,
            clock=lambda: NOW,
        )

    return make


def said(text: str, client_id: str = "m1") -> Incoming:
    return Incoming("c1", text, client_id)


async def test_answers_and_stores_messages_and_events_together(make_turns: Any) -> None:
    turns = make_turns(_FakeMind())
    result = await turns.take(said("hello"))
    assert [reply.text for reply in result.replies] == ["answer"]
    with turns.store.turn() as transaction:
        assert [m.author for m in transaction.transcript("c1")] == ["buyer", "bot"]
        assert transaction.last_events("c1", most=9) == [{"event": "action"}]


async def test_the_same_message_again_is_not_answered_again(make_turns: Any) -> None:
    mind = _FakeMind()
    turns = make_turns(mind)
    await turns.take(said("hello"))
    again = await turns.take(said("hello"))
    assert again.replies == ()
    assert mind.asked == 1


async def test_an_alarm_hands_over_without_the_assistant(make_turns: Any) -> None:
    turns = make_turns(None)
    result = await turns.take(said("Ihr seid Betrüger, ich gehe zum Anwalt"))
    assert result.owner == "waiting"
    assert len(result.replies) == 1
    with turns.store.turn() as transaction:
        (case,) = transaction.cases_of("c1")
    assert case["handoff"]
    assert case["language"] == "de"
    assert case["packet"]["findings"][0]["gloss"]["zh"]
    assert case["packet"]["transcript"][-1]["text"].startswith("Ihr seid")


async def test_after_the_hand_over_the_assistant_is_silent(make_turns: Any) -> None:
    mind = _FakeMind()
    turns = make_turns(mind)
    await turns.take(said("this is a scam"))
    result = await turns.take(said("hello? anybody?", "m2"))
    assert result.replies == ()
    assert mind.asked == 0
    with turns.store.turn() as transaction:
        assert [m.text for m in transaction.transcript("c1")][-1] == "hello? anybody?"


@pytest.mark.parametrize("mind", [None, _FakeMind(breaks=True)], ids=["no model", "broken model"])
async def test_a_broken_assistant_gives_the_talk_to_a_person(make_turns: Any, mind: Any) -> None:
    turns = make_turns(mind)
    result = await turns.take(said("how much is the lace"))
    assert result.owner == "waiting"
    assert result.case is not None
    assert result.case.reason == "assistant_failed"


async def test_a_case_with_hand_over_gives_the_talk_to_a_person(make_turns: Any) -> None:
    turns = make_turns(_FakeMind(case={"reason": "asked_for_person", "queue": "overflow", "handoff": True}))
    assert (await turns.take(said("a person please"))).owner == "waiting"


async def test_a_reply_that_a_person_overtook_is_dropped(make_turns: Any) -> None:
    class _Slow(_FakeMind):
        async def think(self, burst: Burst) -> Thought:
            with turns.store.turn() as transaction:
                conversation = transaction.conversation("c1")
                assert transaction.change_owner(conversation, "human", now=NOW)
            return await super().think(burst)

    turns = make_turns(_Slow())
    result = await turns.take(said("hello"))
    assert result.replies == ()
    with turns.store.turn() as transaction:
        assert [m.author for m in transaction.transcript("c1")] == ["buyer"]


async def test_one_open_case_a_reason(make_turns: Any) -> None:
    turns = make_turns(_FakeMind(case={"reason": "invoice", "queue": "after_sale", "handoff": False}))
    await turns.take(said("invoice please"))
    await turns.take(said("and the invoice?", "m2"))
    with turns.store.turn() as transaction:
        assert len(transaction.cases_of("c1")) == 1
