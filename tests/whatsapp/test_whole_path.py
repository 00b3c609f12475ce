"""The real processes between a buyer's phone and Meta's servers: webhook, queue, assistant, sender."""

from __future__ import annotations

import base64
import hashlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloud import VERSION, Cloud
from conftest import NUMBER, LiveServer
from sqlalchemy import create_engine
from sqlalchemy import text as sql
from webhooks import APP_SECRET, TOKEN, VERIFY_TOKEN, envelope, message, signed, text, value

sys.path.append(str(Path(__file__).parents[1] / "runtime"))

from processes import Installation, installation, until

EMILY = "15125550011"


@pytest.fixture(scope="module")
def meta() -> Iterator[Cloud]:
    made = Cloud()
    with LiveServer.running(made.app()) as server:
        made.base = server.http
        yield made


@pytest.fixture(scope="module")
def place(meta: Cloud, tmp_path_factory: pytest.TempPathFactory, filled_database: Path) -> Iterator[Installation]:
    given = {
        "TOKEN": TOKEN,
        "APP_SECRET": APP_SECRET,
        "VERIFY_TOKEN": VERIFY_TOKEN,
        "PHONE_NUMBER_IDS": NUMBER,
        "API_BASE": f"{meta.base}/{VERSION}",
    }
    settings = {f"LIAISON_WHATSAPP_{name}": value for name, value in given.items()}
    with installation(tmp_path_factory.mktemp("whatsapp"), filled_database, **settings) as made:
        made.start("whatsapp")
        yield made


def call(place: Installation, *messages: dict[str, Any]) -> None:
    body, headers = signed(envelope(value(list(messages))))
    answer = httpx.post(f"{place.address}/webhooks/whatsapp", content=body, headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text


def sent_to(meta: Cloud, number: str, known: int = 0) -> list[dict[str, Any]]:
    return [payload for payload in meta.sent if payload.get("to") == number][known:]


def rows(place: Installation, query: str) -> list[Any]:
    engine = create_engine(place.settings.database_url)
    with engine.connect() as connection:
        found = connection.execute(sql(query)).all()
    engine.dispose()
    return found


@pytest.mark.model
def test_the_photo_of_a_slip_is_answered(place: Installation, meta: Cloud, picture: bytes) -> None:
    digest = base64.b64encode(hashlib.sha256(picture).digest()).decode()
    media_id = meta.put_file(picture)
    image = {
        "id": media_id,
        "mime_type": "image/webp",
        "sha256": digest,
        "caption": "Here is the slip of my bank transfer",
    }
    call(place, message("image", sender=EMILY, image=image))
    (answer,) = until(lambda: sent_to(meta, EMILY), seconds=60, what=f"an answer; {place.log_tail()}")
    assert answer["type"] in ("text", "interactive")
    assert any(mark["status"] == "read" for mark in meta.marks)
    assert len(rows(place, "SELECT id FROM uploads")) == 1
    (case,) = rows(place, "SELECT reason FROM cases")
    assert "slip" in case.reason
    (conversation,) = rows(place, "SELECT buyer_id, handled_seq, last_buyer_seq FROM conversations")
    assert (conversation.buyer_id, conversation.handled_seq) == ("B1001", conversation.last_buyer_seq)


@pytest.mark.model
def test_an_alarm_word_brings_a_person_at_once(place: Installation, meta: Cloud) -> None:
    started = time.monotonic()
    call(place, text("You are scammers, I will sue you", sender="491701234567"))
    (answer,) = until(lambda: sent_to(meta, "491701234567"), seconds=60, what="an answer")
    assert time.monotonic() - started < 20
    assert "colleague" in answer["text"]["body"]
    (case,) = rows(place, "SELECT handoff, priority FROM cases WHERE reason LIKE 'risk_%'")
    assert case.handoff
    call(place, text("hello?", sender="491701234567"))
    time.sleep(2.5)
    assert len(sent_to(meta, "491701234567")) == 1


@pytest.mark.model
def test_a_burst_gets_one_answer_and_the_process_stops_when_asked(place: Installation, meta: Cloud) -> None:
    for part in ("hi", "the bridal lace", "price for 100 yards?"):
        call(place, text(part, sender="447700900123"))
    until(lambda: sent_to(meta, "447700900123"), seconds=60, what="an answer")
    time.sleep(1.5)
    assert len(sent_to(meta, "447700900123")) == 1
    assert place.stop("whatsapp") == 0
