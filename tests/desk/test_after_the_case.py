"""Around a person's help: the way out of the line, the rating, and what opens a closed conversation again."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from desk_people import NOW, Buyer

from bot.conversations.people import People
from bot.conversations.receiving import Incoming
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Burst, Outgoing, Thought, Turns
from bot.desk.accounts import agent_named
from bot.desk.steps import Desk
from bot.language.detector import Detection
from bot.replies.texts import Replies
from bot.settings import PROJECT
from bot.shop.desk import load_desk_rules


class _Mind:
    def __init__(self) -> None:
        self.intent = "ask_price"

    async def think(self, burst: Burst) -> Thought:
        return Thought((Outgoing("answer"),), "en", ({"name": self.intent},), {}, None, ())

    def forget(self, conversation_id: str) -> None:
        return


class _NoAlarms:
    def find(self, text: str, **_: Any) -> tuple[Any, ...]:
        return ()


@pytest.fixture
def talk(store: ConversationStore, all_replies: dict[str, Replies]) -> Any:
    class Talk:
        def __init__(self) -> None:
            self.now, self.mind, self.count = NOW, _Mind(), 0
            rules = load_desk_rules(PROJECT / "shop" / "desk.yml")

            async def think() -> Any:
                return self.mind

            def replies_in(code: str | None) -> Replies:
                return all_replies[code or "en"]

            self.people = People(replies_in, rules)
            self.desk = Desk(store, self.people)
            self.turns = Turns(
                store=store, alarms=_NoAlarms(), detect=lambda text, prior: Detection("en", 0.9), replies_in=replies_in,
                spoken=frozenset(all_replies), think=think, clock=lambda: self.now, desk=rules, suggests=True,
            )  # fmt: skip
            with store.reading() as transaction:
                self.ann: Any = agent_named(transaction, "ann")

        async def says(self, text: str, choice: str | None = None) -> Any:
            self.count += 1
            return await self.turns.take(Incoming("c1", text, f"x{self.count}", choice=choice))

        def solve(self) -> None:
            self.desk.reply(self.ann, "c1", client_id="r1", text="done", uploads=(), version=None, now=self.now)
            self.desk.close(self.ann, "c1", reason="solved", version=None, now=self.now)

    return Talk()


async def test_a_waiting_buyer_may_leave_the_line(talk: Any, buyer: Buyer) -> None:
    buyer.asks("c1", now=NOW)
    await talk.says("hello?")
    result = await talk.says("Don't wait any more", choice="person:cancel")
    assert result.owner == "bot" and "out of the line" in result.replies[0].text
    assert (await talk.says("price?")).replies[0].text == "answer"
    with talk.turns.store.reading() as transaction:
        assert {case["status"] for case in transaction.cases_of("c1")} == {"closed"}


async def test_who_is_too_late_to_leave_stays_with_the_person(talk: Any, buyer: Buyer) -> None:
    buyer.asks("c1", now=NOW)
    talk.desk.take(talk.ann, "c1", version=None, now=NOW)
    result = await talk.says("Don't wait any more", choice="person:cancel")
    assert (result.owner, result.replies) == ("human", ())


async def test_a_rating_counts_once_and_thanks_do_not_reopen(talk: Any, buyer: Buyer) -> None:
    buyer.asks("c1", now=NOW)
    talk.solve()
    assert (await talk.says("5 ★", choice="csat:5")).replies
    assert (await talk.says("1 ★", choice="csat:1")).replies == ()
    talk.mind.intent = "thank"
    assert (await talk.says("thanks a lot")).owner == "closed"
    talk.mind.intent = "track_order"
    assert (await talk.says("it still isn't here")).owner == "waiting"


async def test_after_the_set_days_the_bot_answers_again(talk: Any, buyer: Buyer) -> None:
    buyer.asks("c1", now=NOW)
    talk.solve()
    talk.now = NOW + timedelta(days=8)
    result = await talk.says("price for 100?")
    assert (result.owner, result.replies[0].text) == ("bot", "answer")


async def test_what_the_bot_would_have_said_is_kept(talk: Any, buyer: Buyer, store: ConversationStore) -> None:
    buyer.asks("c1", now=NOW)
    await talk.says("price for 100?")
    from bot.conversations.requests import open_request

    with store.reading() as transaction:
        request = open_request(transaction, "c1")
    assert request is not None and request.suggestion is not None and request.suggestion["text"] == "answer"


@pytest.mark.parametrize(
    ("now", "words"),
    [(NOW, "number 1 in line"), (datetime(2026, 11, 23, 18, tzinfo=timezone.utc), "8:30")],
    ids=["open", "night in Shanghai"],
)
def test_the_wait_is_told_honestly(
    talk: Any, buyer: Buyer, store: ConversationStore, now: datetime, words: str
) -> None:
    buyer.asks("c1", now=now)
    with store.turn() as transaction:
        told, buttons = talk.people.about_the_wait(transaction, "c1", "en", now)
    assert words in told and buttons[0]["id"] == "person:cancel"
    assert ("e-mail" in told) == (words == "8:30")
