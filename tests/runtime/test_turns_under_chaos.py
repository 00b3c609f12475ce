"""A property of turns: whatever order two workers, crashes, repeats and people come in, each message is handled
exactly once, in order, and each burst has one reply; a person who has the talk is never talked over.

In process: the real store on SQLite and the real turns; only the mind is a stand-in that says what it was asked.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from bot.conversations.receiving import Incoming
from bot.conversations.store import ConversationStore, Message
from bot.conversations.turn import Burst, Outgoing, Thought, Turns
from bot.database import make_engine
from bot.language.detector import Detection
from bot.replies.texts import Replies
from bot.risk.lexicon import RiskLexicon

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
CONVERSATION = "c1"


class Crash(BaseException):
    """A process dies here; nothing catches it."""


@dataclass
class EchoMind:
    """Repeats what it was asked, after as many steps as told; dies after thinking when told."""

    steps: int = 0
    dies: bool = False

    async def think(self, burst: Burst) -> Thought:
        for _ in range(self.steps):
            await asyncio.sleep(0)
        if self.dies:
            raise Crash
        return Thought((Outgoing(f"re:{burst.text}"),), "en", (), {"slots": {}}, None, ({"burst": burst.text},))

    def forget(self, conversation_id: str) -> None: ...


@dataclass
class World:
    """One conversation and two workers."""

    store: ConversationStore
    lexicon: RiskLexicon
    replies: dict[str, Replies]
    sent: list[str] = field(default_factory=list)

    def worker(self, mind: EchoMind) -> Turns:
        """Return a worker with its own mind."""

        async def think() -> EchoMind:
            return mind

        return Turns(
            self.store, self.lexicon, lambda *_: Detection("en", 0.9), lambda code: self.replies[code or "en"],
            frozenset({"en"}), think, lambda: NOW,
        )  # fmt: skip

    def receive(self, number: int) -> None:
        """A message arrives, perhaps not for the first time."""
        if f"id{number}" not in self.sent:
            self.sent.append(f"id{number}")
        self.worker(EchoMind()).receive(Incoming(CONVERSATION, f"m{number}", f"id{number}"))

    def owner(self, owner: str) -> None:
        """A person takes the talk, or gives it back."""
        with self.store.turn() as transaction:
            seen = transaction.open(conversation_id=CONVERSATION, channel="widget", buyer_id=None, now=NOW)
            assert transaction.change_owner(seen, owner, now=NOW)  # type: ignore[arg-type]
            transaction.append(CONVERSATION, author="system", text=owner, now=NOW)

    def transcript(self) -> list[Message]:
        """Return all messages."""
        with self.store.reading() as transaction:
            return transaction.messages_after(CONVERSATION, 0)


Step = tuple[str, int, int]
"""What happens, to which of several, with how many steps in between."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("answer"), st.integers(0, 1), st.integers(0, 3)),
        st.tuples(st.just("die while thinking"), st.integers(0, 1), st.integers(0, 3)),
        st.tuples(st.just("die before acknowledging"), st.integers(0, 1), st.integers(0, 3)),
        st.tuples(st.just("let run"), st.just(0), st.integers(1, 4)),
        st.tuples(st.sampled_from(["human", "bot"]), st.just(0), st.just(0)),
    ),
    max_size=25,
)


async def play(world: World, steps: list[Step]) -> None:
    """Let it all happen, the answers side by side; then a healthy worker answers the rest."""
    under_way: list[asyncio.Task[object]] = []
    world.receive(0)
    for what, which, pause in steps:
        if what == "receive":
            world.receive(which)
        elif what in ("human", "bot"):
            world.owner(what)
        elif what == "let run":
            for _ in range(pause):
                await asyncio.sleep(0)
        else:
            mind = EchoMind(pause, dies=what == "die while thinking")
            under_way.append(
                asyncio.create_task(_answer(world.worker(mind), repeats=what == "die before acknowledging"))
            )
    await asyncio.gather(*under_way)
    while await world.worker(EchoMind()).answer(CONVERSATION):
        pass


async def _answer(turns: Turns, *, repeats: bool) -> None:
    """Answer once; a worker that died before acknowledging is followed by one that tries the same again."""
    try:
        await turns.answer(CONVERSATION)
        if repeats:
            await turns.answer(CONVERSATION)
    except Crash:
        return


def check(world: World) -> None:
    """The property."""
    messages = world.transcript()
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
    mine = [message for message in messages if message.author == "buyer"]
    assert [message.client_id for message in mine] == world.sent, "each once, in the order they came"
    with world.store.reading() as transaction:
        conversation = transaction.conversation(CONVERSATION)
        bursts = [event["burst"] for event in transaction.last_events(CONVERSATION, most=1_000)]
    assert conversation is not None
    assert conversation.handled_seq == mine[-1].seq, "all handled"
    replies = [message.text for message in messages if message.author == "bot"]
    assert replies == [f"re:{burst}" for burst in bursts], "one reply a burst"
    answered = [line for burst in bursts for line in burst.split("\n")]
    texts = [message.text for message in mine]
    rest = iter(texts)
    assert all(line in rest for line in answered), f"in order and once: {answered} of {texts}"
    owner, silent = "bot", False
    for message in messages:
        if message.author == "system":
            silent = silent or message.text != "bot"
            owner = message.text
        assert message.author != "bot" or owner == "bot", "the bot talked over a person"
    if not silent:
        assert answered == texts, "no person was there: everything is answered"


@pytest.fixture
def world(
    filled_database: Path, tmp_path: Path, lexicon: RiskLexicon, all_replies: dict[str, Replies]
) -> Iterator[World]:
    shutil.copy(filled_database, tmp_path / "chaos.db")
    engine: Engine = make_engine(f"sqlite:///{tmp_path / 'chaos.db'}")
    yield World(ConversationStore(engine), lexicon, all_replies)
    engine.dispose()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_message_is_handled_once_in_order_whatever_happens(world: World, steps: list[Step]) -> None:
    fresh(world)
    asyncio.run(play(world, steps))
    check(world)


def fresh(world: World) -> None:
    """Begin again with an empty conversation; Hypothesis shares the database between its examples."""
    world.sent = []
    with world.store.turn() as transaction:
        for table in ("cases", "tracker_events", "messages", "conversations"):
            transaction.connection.exec_driver_sql(f"DELETE FROM {table}")


def test_the_property_can_fail(world: World) -> None:
    """A reply stored twice, as a worker without the mark would do, is found."""
    asyncio.run(play(world, []))
    with world.store.turn() as transaction:
        transaction.append(CONVERSATION, author="bot", text="re:m0", now=NOW)
    with pytest.raises(AssertionError, match="one reply a burst"):
        check(world)
