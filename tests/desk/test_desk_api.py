"""The desk over HTTP: the list, the conversation, and what agents do with it."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from desk_people import AtDesk, Buyer
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from bot.conversations.store import ConversationStore


async def test_the_list_shows_critical_ones_first_with_counts(ann: AtDesk, buyer: Buyer) -> None:
    buyer.asks("late", priority="normal", queue="logistics", reason="not_received")
    buyer.asks("urgent")
    found = (await ann.get("cases")).json()
    assert [case["conversation"] for case in found["cases"]] == ["urgent", "late"]
    assert found["counts"]["after_sale"] == {"waiting": 1, "human": 0}
    first = found["cases"][0]
    assert first["level"] == "ok" and first["unread"] == 1 and first["last_text"] == "this is a scam"
    assert (await ann.get("cases", queue="logistics")).json()["cases"][0]["conversation"] == "late"
    assert len((await ann.get("cases", search="SCAM")).json()["cases"]) == 2
    assert (await ann.get("cases", search="100%")).json()["cases"] == []


async def test_pages_of_the_list_follow_each_other(ann: AtDesk, buyer: Buyer) -> None:
    for number in range(5):
        buyer.asks(f"c{number}", priority="high" if number % 2 else "normal")
    first = (await ann.get("cases", limit=3)).json()
    second = (await ann.get("cases", limit=3, after=first["next"])).json()
    seen = [case["conversation"] for case in [*first["cases"], *second["cases"]]]
    assert seen == ["c1", "c3", "c0", "c2", "c4"]


async def test_a_conversation_shows_words_that_raised_the_alarm(ann: AtDesk, buyer: Buyer) -> None:
    buyer.asks("c1", buyer_id="B0001")
    found = (await ann.get("conversations/c1")).json()
    finding = found["messages"][0]["findings"][0]
    assert found["messages"][0]["text"][finding["start"] : finding["end"]] == "scam"
    assert finding["gloss"]["zh"] == "诈骗"
    assert found["position"] == 1 and found["owner"] == "waiting"
    assert (await ann.get("cases")).json()["cases"][0]["unread"] == 0
    assert [e["action"] for e in (await ann.get("conversations/c1")).json()["events"]] == ["saw"]


async def test_two_who_take_at_once_one_gets_it(ann: AtDesk, bo: AtDesk, buyer: Buyer) -> None:
    version = buyer.asks()
    answers = await asyncio.gather(*(one.post("conversations/c1/take", {"version": version}) for one in (ann, bo)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status_code == 409).json()
    assert lost["error"]["code"] == "taken" and lost["error"]["by"] in ("ann", "bo")


async def test_a_reply_takes_the_conversation_and_is_stored_once(ann: AtDesk, bo: AtDesk, buyer: Buyer) -> None:
    version = buyer.asks()
    body = {"id": str(uuid.uuid4()), "text": "Hello, I'm Ann", "version": version}
    first = await ann.post("conversations/c1/reply", body)
    again = await ann.post("conversations/c1/reply", body)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["seq"] == again.json()["seq"]
    assert buyer.state("c1").owner == "human"
    assert [m.author for m in buyer.messages("c1")] == ["buyer", "human"]
    assert (await bo.reply("c1", "me too")).json()["error"]["code"] == "taken"
    assert (await ann.reply("c1", "and more")).status_code == 202


async def test_a_lead_may_take_over_what_was_seen(ann: AtDesk, lea: AtDesk, buyer: Buyer) -> None:
    version = buyer.asks()
    version = (await ann.post("conversations/c1/take", {"version": version})).json()["version"]
    assert (await lea.post("conversations/c1/take", {"version": version - 1})).status_code == 409
    assert (await lea.post("conversations/c1/take", {"version": version})).status_code == 200
    assert (await ann.reply("c1", "still me?")).json()["error"]["by"] == "lea"


async def test_return_gives_it_to_the_bot_with_everything_handled(ann: AtDesk, buyer: Buyer) -> None:
    version = buyer.asks()
    await ann.reply("c1", "solved", version=version)
    buyer.says("c1", "great")
    answer = await ann.post("conversations/c1/return", {"version": buyer.state("c1").version})
    assert answer.status_code == 200
    state = buyer.state("c1")
    assert state.owner == "bot"
    with buyer.store.reading() as transaction:
        assert transaction.waiting_messages(state) == []
        assert {case["status"] for case in transaction.cases_of("c1")} == {"resolved"}
        assert transaction.last_events("c1", most=1)[0]["name"] == "action_listen"
    assert (await ann.get("cases")).json()["cases"] == []
    assert (await ann.post("conversations/c1/return")).json()["error"]["code"] == "not_waiting"


async def test_closing_asks_once_how_it_was(ann: AtDesk, buyer: Buyer) -> None:
    buyer.asks(language="de")
    await ann.reply("c1", "gelöst")
    answer = await ann.post("conversations/c1/close", {"reason": "solved", "version": buyer.state("c1").version})
    assert answer.status_code == 200
    last = buyer.messages("c1")[-1]
    assert last.author == "bot" and "zufrieden" in last.text
    assert [button["id"] for button in last.data["quick_replies"]] == [f"csat:{n}" for n in range(1, 6)]
    assert (await ann.reply("c1", "more")).json()["error"]["code"] == "closed"


async def test_notes_tags_assignment_and_queue(ann: AtDesk, bo: AtDesk, buyer: Buyer) -> None:
    version = buyer.asks()
    assert (await ann.post("conversations/c1/note", {"text": "customer is a regular"})).status_code == 201
    assert (await ann.post("conversations/c1/tags", {"tags": ["vip", " vip "]})).json() == {"tags": ["vip"]}
    version = (await ann.post("conversations/c1/assign", {"agent": "bo", "version": version})).json()["version"]
    found = (await bo.get("conversations/c1")).json()
    assert (found["assignee"], found["owner"], found["tags"]) == ("bo", "human", ["vip"])
    assert found["notes"][0]["text"] == "customer is a regular"
    moved = await bo.post("conversations/c1/assign", {"queue": "logistics", "version": version})
    assert moved.status_code == 200
    found = (await bo.get("conversations/c1")).json()
    assert (found["assignee"], found["owner"], found["queue"]) == (None, "waiting", "logistics")
    assert (await bo.post("conversations/c1/assign", {"agent": "nobody"})).status_code == 404


async def test_canned_answers_are_filled_from_the_order(ann: AtDesk, buyer: Buyer, store: ConversationStore) -> None:
    with store.reading() as transaction:
        row = transaction.connection.execute(
            text("select number, buyer_id, tracking_number from orders where tracking_number != '' limit 1")
        ).one()
    buyer.asks("c1", buyer_id=row.buyer_id, order={"number": row.number})
    found = {one["key"]: one for one in (await ann.get("canned", language="es", conversation="c1")).json()}
    assert len(found) == 12
    assert row.tracking_number in found["tracking"]["text"] and row.number in found["tracking"]["text"]
    assert found["hello"]["missing"] == [] and "Ann" in found["hello"]["text"]
    shown = (await ann.get("conversations/c1")).json()
    assert shown["order"]["number"] == row.number and shown["buyer"]["verified"]
    unfilled = {one["key"]: one for one in (await ann.get("canned", language="zh")).json()}
    assert "{order}" in unfilled["tracking"]["text"] and "order" in unfilled["tracking"]["missing"]


async def test_the_report_counts_from_the_hand_off_and_only_people(ann: AtDesk, lea: AtDesk, buyer: Buyer) -> None:
    buyer.asks("c1")
    buyer.asks("c2", priority="high")
    await ann.reply("c1", "here I am")
    found = (await lea.get("report")).json()
    assert found["first_response"]["count"] == 1 and found["first_response"]["asked"] == 2
    assert found["first_response"]["within_1_min"] == 0.5
    assert found["cases_by_state"] == {"human": 1, "waiting": 1}
    assert (await ann.get("report")).status_code == 403
    sheet = await lea.get("report.csv")
    assert sheet.status_code == 200 and sheet.text.count("\n") == 3 and "c1" in sheet.text


async def test_audit_lines_cannot_be_changed(ann: AtDesk, buyer: Buyer, store: ConversationStore) -> None:
    buyer.asks()
    await ann.post("conversations/c1/take")
    for statement in ("UPDATE audit SET agent = 'x'", "DELETE FROM audit"):
        with pytest.raises(DatabaseError), store._writing.begin() as connection:
            connection.exec_driver_sql(statement)


async def test_agents_with_load_and_presence(ann: AtDesk, bo: AtDesk, buyer: Buyer) -> None:
    buyer.asks()
    await ann.post("conversations/c1/take")
    found = {one["name"]: one for one in (await bo.get("agents")).json()}
    assert (found["ann"]["load"], found["ann"]["presence"], found["lea"]["presence"]) == (1, "online", "offline")
