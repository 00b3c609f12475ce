"""After a person gave the talk back, the trained assistant listens again and does not lead back to a person."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.conversations.receiving import Incoming
from bot.desk.accounts import add_agent, agent_named
from bot.desk.steps import Desk

pytestmark = pytest.mark.model


@pytest.mark.parametrize("first", ["this is a scam, you are thieves", "I want to talk to a person"])
async def test_the_next_message_after_the_return_is_answered(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import wiring
    from bot.assistant import load_turns

    monkeypatch.setenv("LIAISON_VAR_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    wiring.parts.cache_clear()
    try:
        wired, turns = await load_turns()
        store, now = wired.conversations, datetime.now(timezone.utc)
        add_agent(store, name="ann", password="correct horse battery", role="agent", languages=["en"], now=now)
        with store.reading() as transaction:
            ann = agent_named(transaction, "ann")
        assert ann is not None
        desk = Desk(store, turns.people)
        assert (await turns.take(Incoming("c1", "hello", "m1"))).owner == "bot"
        for round_ in range(2):
            assert (await turns.take(Incoming("c1", first, f"a{round_}"))).owner == "waiting"
            desk.reply(ann, "c1", client_id=f"r{round_}", text="Hi", uploads=(), version=None, now=now)
            assert (await turns.take(Incoming("c1", "how much is shipping to Chile?", f"b{round_}"))).replies == ()
            desk.give_back(ann, "c1", version=None, now=now)
            result = await turns.take(Incoming("c1", "how many days does shipping to Germany take?", f"c{round_}"))
            assert result.owner == "bot"
            assert "Germany" in result.replies[0].text
            assert (await turns.take(Incoming("c1", "thank you", f"d{round_}"))).owner == "bot"
    finally:
        wiring.parts.cache_clear()
