"""Ownership under random interleavings of buyer, bot, agents and time."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from desk_people import NOW, PASSWORD

from bot.conversations.people import People
from bot.conversations.receiving import Incoming
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Burst, Outgoing, Thought, Turns
from bot.desk.accounts import agent_named
from bot.desk.offering import offer_round
from bot.desk.steps import Conflict, Desk
from bot.language.detector import Detection
from bot.replies.texts import Replies
from bot.risk.lexicon import RiskLexicon
from bot.trade.ownership import OWNERS, STEPS

assert PASSWORD


def test_every_state_can_be_reached_and_left() -> None:
    reached = {"bot"}
    while more := {step.after for step in STEPS if step.before in reached} - reached:
        reached |= more
    assert reached == set(OWNERS)
    assert all(any(step.before == owner != step.after for step in STEPS) for owner in OWNERS)


class _Interrupted:
    """A mind during whose thought somebody else may act."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.meanwhile = chance, lambda: None

    async def think(self, burst: Burst) -> Thought:
        if self.chance.random() < 0.5:
            self.meanwhile()
        case = {"reason": "refund", "queue": "after_sale", "handoff": True} if self.chance.random() < 0.3 else None
        intent = {"name": self.chance.choice(["thank", "ask_price", "track_order"])}
        return Thought((Outgoing(f"answer to {burst.upto}"),), "en", (intent,), {}, case, ())

    def forget(self, conversation_id: str) -> None:
        return


@pytest.mark.parametrize("seed", range(12))
async def test_the_bot_never_speaks_while_a_person_has_the_talk(
    seed: int, store: ConversationStore, all_replies: dict[str, Replies], lexicon: RiskLexicon
) -> None:
    chance, now = random.Random(seed), [NOW]
    mind: Any = _Interrupted(chance)

    async def think() -> Any:
        return mind

    def replies_in(code: str | None) -> Replies:
        return all_replies[code or "en"]

    turns = Turns(
        store=store, alarms=lexicon, detect=lambda text, prior: Detection("en", 0.9), replies_in=replies_in,
        spoken=frozenset(all_replies), think=think, clock=lambda: now[0],
    )  # fmt: skip
    desk = Desk(store, People(replies_in))
    with store.reading() as transaction:
        people = [agent_named(transaction, name) for name in ("ann", "bo", "lea")]
    numbers = iter(range(10_000))
    own_words: set[int] = set()

    def agent_acts() -> None:
        agent = chance.choice([one for one in people if one is not None])
        state = _state(store)
        before = state.last_seq
        act = chance.choice(["take", "reply", "close", "give_back", "assign"])
        try:
            if act == "take":
                desk.take(agent, "c", version=state.version, now=now[0])
            elif act == "reply":
                desk.reply(
                    agent, "c", client_id=f"r{next(numbers)}", text="person", uploads=(), version=None, now=now[0]
                )
            elif act == "close":
                desk.close(agent, "c", reason="solved", version=state.version, now=now[0])
            elif act == "give_back":
                desk.give_back(agent, "c", version=state.version, now=now[0])
            else:
                desk.assign(agent, "c", to=None, queue="logistics", version=state.version, now=now[0])
        except Conflict:
            return
        own_words.update(range(before + 1, _state(store).last_seq + 1))

    mind.meanwhile = agent_acts
    owners = {"bot"}
    turns.receive(Incoming("c", "hello", "m0"))
    for _ in range(150):
        now[0] += timedelta(seconds=chance.randint(1, 200), days=chance.choice([0] * 20 + [8]))
        what = chance.choice(["buyer", "turn", "turn", "agent", "agent", "clock", "cancel", "rate"])
        if what in ("buyer", "cancel", "rate"):
            choice = {"cancel": "person:cancel", "rate": "csat:4"}.get(what)
            text = chance.choice(["price?", "thanks", "this is a scam"])
            turns.receive(Incoming("c", text, f"m{next(numbers)}", choice=choice))
        elif what == "agent":
            agent_acts()
        elif what == "clock":
            offer_round(store, seen={"ann": now[0].timestamp()}, now=now[0], rules=desk.people.rules)
        else:
            before, mark = _state(store), _state(store).last_seq
            await turns.answer("c")
            new = _messages(store, mark)
            if before.owner == "human":
                spoken = [m for m in new if m.author == "bot" and m.seq not in own_words]
                assert not spoken
            person_first = next((m.seq for m in new if m.author == "human"), None)
            if person_first is not None and _state(store).owner == "human":
                assert not [m for m in new if m.author == "bot" and m.seq > person_first and m.seq not in own_words]
        owners.add(_state(store).owner)
    answers = [m.text.split("\n")[0] for m in _messages(store, 0) if m.text.startswith("answer to ")]
    assert len(answers) == len(set(answers))
    for _ in range(60):
        if await turns.answer("c") is None:
            break
    with store.reading() as transaction:
        assert transaction.waiting_messages(_state(store)) == []
    assert len(owners) >= 3


def _state(store: ConversationStore) -> Any:
    with store.reading() as transaction:
        return transaction.conversation("c")


def _messages(store: ConversationStore, after: int) -> list[Any]:
    with store.reading() as transaction:
        return transaction.messages_after("c", after, most=5_000)
