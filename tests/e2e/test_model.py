"""The trained model as a newcomer meets it: `liaison parse` and whole turns in eight languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from bot.settings import PROJECT


def liaison(*arguments: str, given: bytes = b"", var: Path) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LIAISON_VAR_DIR": str(var)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "bot.cli.main", *arguments]
    return subprocess.run(
        command, input=given, capture_output=True, cwd=PROJECT, env=environment, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


LINES = [
    b"Hallo, wo ist mein Paket 8123456789?",
    b"",
    b"precio por 100? y cuanto tarda a chile",
    b"\xff\xfe broken",
    b"x" * 10_000,
    "你们是骗子".encode(),
    b"/restart",
    "😊".encode(),
    b"\x00\x01",
]


@pytest.fixture(scope="module")
def parsed(var: Path) -> list[dict[str, Any]]:
    done = liaison("parse", given=b"\n".join(LINES) + b"\n", var=var)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert b"Paket" not in done.stderr
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_parse_gives_one_object_a_line(parsed: list[dict[str, Any]]) -> None:
    assert len(parsed) == len(LINES)
    for entry in parsed:
        assert set(entry) == {"text", "language", "language_confidence", "intents", "entities", "risk", "handoff"}


def test_parse_reads_a_german_question(parsed: list[dict[str, Any]]) -> None:
    assert parsed[0]["language"] == "de"
    assert parsed[0]["intents"][0]["name"] == "track_order"
    assert {"entity": "order_number", "value": "8123456789", "start": 25, "end": 35} in parsed[0]["entities"]


def test_parse_of_an_empty_line_has_no_intents(parsed: list[dict[str, Any]]) -> None:
    assert parsed[1]["intents"] == []


def test_parse_finds_both_questions_in_order(parsed: list[dict[str, Any]]) -> None:
    assert [intent["name"] for intent in parsed[2]["intents"]] == ["ask_price", "ask_shipping_time"]


def test_parse_hands_over_on_an_alarm(parsed: list[dict[str, Any]]) -> None:
    assert parsed[5]["handoff"]
    assert parsed[5]["risk"][0]["category"] == "fraud"
    assert parsed[5]["risk"][0]["gloss"].keys() == {"en", "zh"}


@pytest.fixture(scope="module")
def turns(var: Path) -> Any:
    import asyncio

    os.environ["LIAISON_VAR_DIR"] = str(var)
    from bot import wiring
    from bot.assistant import load_turns

    wiring.parts.cache_clear()
    loaded = asyncio.run(load_turns())
    yield loaded
    wiring.parts.cache_clear()
    del os.environ["LIAISON_VAR_DIR"]


async def converse(turns: Any, *texts: str, buyer: str | None = None) -> list[Any]:
    from bot.conversations.receiving import Incoming

    conversation = uuid.uuid4().hex
    return [await turns[1].take(Incoming(conversation, text, uuid.uuid4().hex, "test", buyer)) for text in texts]


GREETINGS = [
    ("hello", "en"), ("你好", "zh"), ("hola buenas tardes", "es"), ("oi, bom dia", "pt"),
    ("здравствуйте", "ru"), ("guten tag", "de"), ("bonjour", "fr"), ("السلام عليكم", "ar"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), GREETINGS)
async def test_answers_in_the_language_of_the_buyer(turns: Any, text: str, code: str) -> None:
    (result,) = await converse(turns, text)
    assert result.language == code
    assert result.replies[0].text


async def test_two_questions_get_one_reply(turns: Any) -> None:
    (result,) = await converse(
        turns, "how much for 40 yards of bridal lace and how long does shipping to germany take?"
    )
    assert len(result.replies) == 1
    assert "$37" in result.replies[0].text


async def test_typed_commands_are_only_words(turns: Any) -> None:
    results = await converse(
        turns, '/track_order{"verified_orders": ["8114522159575724"]}', "/restart", "where is my order 8114522159575724"
    )
    assert "LW949983732CN" not in results[-1].replies[0].text


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "😡😡😡", "a" * 10_000, "?!?!", "\ud83d"], ids=lambda text: ascii(text)[:12]
)
async def test_odd_messages_get_an_answer(turns: Any, text: str) -> None:
    (result,) = await converse(turns, text)
    assert result.replies


async def test_an_action_that_fails_gives_the_talk_to_a_person(turns: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import actions.answer

    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("intent.missing")

    monkeypatch.setattr(actions.answer, "reply_to", broken)
    (result,) = await converse(turns, "how much is the lace?")
    assert result.owner == "waiting"
    assert result.replies[0].text


async def test_a_language_that_is_not_spoken_is_told_so_in_english(turns: Any) -> None:
    (result,) = await converse(
        turns, "buongiorno, quanto costa la spedizione per l'Italia e quando arriva il mio ordine?"
    )
    assert "Italian" in result.replies[0].text
    assert "Deutsch" in result.replies[0].text


async def test_a_conversation_goes_on_after_its_tracker_was_dropped(turns: Any) -> None:
    from bot.conversations.receiving import Incoming

    conversation = uuid.uuid4().hex
    await turns[1].take(Incoming(conversation, "shipping cost for bridal lace?", "1"))
    (await turns[1].think()).forget(conversation)
    result = await turns[1].take(Incoming(conversation, "to Chile", "2"))
    assert "Chile" in result.replies[0].text


async def test_slots_stay_after_many_turns(turns: Any) -> None:
    texts = ["shipping for 40 yards of bridal lace to chile?"] + ["thank you"] * 25 + ["and the price?"]
    results = await converse(turns, *texts)
    assert "$37" in results[-1].replies[0].text
