"""What goes out, as Meta receives it: forms, limits, order, window, errors, time-outs, states."""

from __future__ import annotations

from typing import Any

import pytest
from cloud import Cloud, Fault
from conftest import Clock, Shop
from webhooks import BUYER, NUMBER, envelope, failure, message, post, say, status, text, value

from bot.trade.outbound import Template
from bot.whatsapp.alarms import alarms_of, end_alarms


def options(*titles: str) -> dict[str, Any]:
    return {"quick_replies": [{"id": f"id-{n}", "title": title} for n, title in enumerate(titles)]}


async def test_an_answer_goes_to_whom_wrote_with_read_mark_and_typing(shop: Shop, cloud: Cloud) -> None:
    await shop.run()
    (mark,) = cloud.marks
    assert (mark["status"], mark["message_id"], mark["typing_indicator"]) == (
        "read",
        shop.talk()[0].client_id,
        {"type": "text"},
    )
    shop.reply("Hi, **how** can I help?")
    await shop.run()
    (sent,) = cloud.sent
    assert (sent["to"], sent["type"], sent["text"]["body"]) == (BUYER, "text", "Hi, *how* can I help?")
    assert 0 < len(sent["biz_opaque_callback_data"]) <= 512
    assert shop.progress() == {2: {"state": "sent"}}
    await shop.run()
    assert len(cloud.sent) == 1
    assert len(cloud.marks) == 1


async def test_a_person_is_shown_as_read_but_not_as_typing(shop: Shop, cloud: Cloud, store: Any) -> None:
    with store.turn() as transaction:
        conversation = transaction.conversation(shop.conversation())
        transaction.change_owner(conversation, "human", now=shop.sender.clock())
    await shop.run()
    assert "typing_indicator" not in cloud.marks[0]


async def test_somebody_without_a_number_is_answered_by_the_scoped_id(shop: Shop, cloud: Cloud, store: Any) -> None:
    await say(shop.client, message("text", sender=None, user_id="US.77", text={"body": "hi"}))
    from sqlalchemy import select

    from bot.whatsapp.tables import contacts, threads

    with store.turn() as transaction:
        query = select(threads.c.conversation_id).join(contacts, contacts.c.id == threads.c.contact_id)
        found = transaction.connection.execute(query.where(contacts.c.user_id == "US.77")).scalar_one()
        transaction.append(found, author="bot", text="hello you", now=shop.sender.clock())
    await shop.run()
    (sent,) = cloud.sent
    assert ("to" in sent, sent["recipient"]) == (False, "US.77")


async def test_several_replies_of_a_turn_become_one_message(shop: Shop, cloud: Cloud) -> None:
    shop.reply("First.")
    shop.reply("Second.")
    await shop.run()
    assert cloud.texts == ["First.\n\nSecond."]
    assert shop.progress() == {2: {"state": "sent"}, 3: {"state": "sent"}}


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        (("Yes", "No"), "button"),
        (("One", "Two", "Three"), "button"),
        (("One", "Two", "Three", "Four"), "list"),
        (("A title that is longer than twenty", "No"), "list"),
        (tuple(f"Order {n}" for n in range(10)), "list"),
        (tuple(f"Order {n}" for n in range(11)), "text"),
        (("Same", "Same"), "text"),
        (("x" * 80, "No"), "text"),
    ],
)
async def test_options_become_buttons_a_list_or_numbers(
    shop: Shop, cloud: Cloud, titles: tuple[str, ...], kind: str
) -> None:
    shop.reply("Which one?", **options(*titles))
    await shop.run()
    (sent,) = cloud.sent
    if kind == "text":
        assert sent["text"]["body"].startswith(f"Which one?\n\n1. {titles[0]}\n2. {titles[1]}")
    else:
        assert sent["interactive"]["type"] == kind


async def test_a_typed_number_chooses_what_was_numbered(shop: Shop, cloud: Cloud) -> None:
    shop.reply("Which one?", **options(*(f"Order {n}" for n in range(11))))
    await shop.run()
    await say(shop.client, text("٣."))
    chosen = shop.talk()[-1]
    assert (chosen.text, chosen.data["choice"]) == ("Order 2", "id-2")
    await say(shop.client, text("12"))
    assert "choice" not in shop.talk()[-1].data


async def test_a_number_is_a_number_where_buttons_were_shown(shop: Shop) -> None:
    shop.reply("How many?", **options("Ten", "Twenty"))
    await say(shop.client, text("2"))
    assert "choice" not in shop.talk()[-1].data


async def test_a_tapped_button_is_a_choice_only_if_it_was_offered(shop: Shop) -> None:
    shop.reply("Shall I?", **options("Yes", "No"))

    def tap(choice: str) -> dict[str, Any]:
        return message(
            "interactive", interactive={"type": "button_reply", "button_reply": {"id": choice, "title": "Whatever"}}
        )

    await say(shop.client, tap("id-0"))
    assert (shop.talk()[-1].text, shop.talk()[-1].data["choice"]) == ("Yes", "id-0")
    await say(shop.client, tap("order:of-somebody-else"))
    assert (shop.talk()[-1].text, shop.talk()[-1].data.get("choice")) == ("Whatever", None)


async def test_long_texts_are_split_between_sentences(shop: Shop, cloud: Cloud) -> None:
    shop.reply(" ".join(f"This is sentence number {n}." for n in range(400)))
    await shop.run()
    assert len(cloud.sent) == 3
    assert all(len(body) <= 4096 and body.endswith(".") for body in cloud.texts)
    assert " ".join(cloud.texts).count("sentence") == 400


async def test_a_long_text_with_buttons_keeps_the_buttons_at_its_end(shop: Shop, cloud: Cloud) -> None:
    shop.reply(" ".join(f"This is sentence number {n}." for n in range(60)) + " Shall I?", **options("Yes", "No"))
    await shop.run()
    assert [payload["type"] for payload in cloud.sent] == ["text", "interactive"]
    assert cloud.texts[-1].endswith("Shall I?")


async def test_after_the_window_a_template_goes_out_in_the_buyers_language(
    shop: Shop, cloud: Cloud, clock: Clock
) -> None:
    clock.pass_by(hours=24)
    shop.reply("Su pedido\nllega mañana.", language="es", author="human")
    await shop.run()
    (sent,) = cloud.sent
    template = sent["template"]
    assert (template["name"], template["language"]["code"]) == ("answer_waiting", "es_MX")
    assert template["components"][0]["parameters"][0]["text"] == "Su pedido llega mañana."


async def test_after_the_window_without_a_template_it_is_blocked_with_the_reason(
    shop: Shop, cloud: Cloud, clock: Clock
) -> None:
    clock.pass_by(hours=25)
    shop.reply("Guten Tag", language="de", author="human")
    shop.reply("Look here", language="de", purpose="review_request")
    await shop.run()
    assert cloud.sent == []
    assert shop.progress()[2]["state"] == "blocked"
    assert shop.progress()[2]["reason"].startswith("no_template_language")
    assert shop.progress()[3]["reason"].startswith("no_template")


async def test_metas_word_about_the_window_counts_more_than_our_clock(shop: Shop, cloud: Cloud) -> None:
    cloud.faults.append(Fault(131047))
    shop.reply("Your parcel is here.")
    await shop.run()
    assert [payload["type"] for payload in cloud.sent] == ["template"]


async def test_a_status_about_the_window_sends_the_template_once(shop: Shop, cloud: Cloud) -> None:
    shop.reply("Your parcel is here.")
    await shop.run()
    wamid = cloud.sent[0]["wamid"]
    for _ in range(2):
        await post(shop.client, envelope(value(statuses=[failure(wamid, 131047)])))
        await shop.run()
    assert [payload["type"] for payload in cloud.sent] == ["text", "template"]
    assert shop.progress()[2]["state"] == "sent"


async def test_states_only_move_forward(shop: Shop, cloud: Cloud) -> None:
    shop.reply("Hello")
    await shop.run()
    wamid = cloud.sent[0]["wamid"]
    for name, expected in [
        ("read", "read"),
        ("sent", "read"),
        ("delivered", "read"),
        ("played", "played"),
        ("failed", "played"),
    ]:
        await post(shop.client, envelope(value(statuses=[status(wamid, name)])))
        assert shop.progress()[2]["state"] == expected


async def test_a_failure_keeps_its_code(shop: Shop, cloud: Cloud) -> None:
    shop.reply("Hello")
    await shop.run()
    await post(
        shop.client,
        envelope(value(statuses=[failure(cloud.sent[0]["wamid"], 131026), status(cloud.sent[0]["wamid"], "sent")])),
    )
    assert shop.progress()[2] == {"state": "failed", "code": 131026, "reason": "because of 131026"}


async def test_a_status_quicker_than_the_answer_is_not_lost(shop: Shop, cloud: Cloud) -> None:
    cloud.wamids.append("wamid.early")
    await post(
        shop.client, envelope(value(statuses=[status("wamid.early", "delivered"), status("wamid.early", "sent")]))
    )
    shop.reply("Hello")
    await shop.run()
    assert shop.progress()[2]["state"] == "delivered"


@pytest.mark.parametrize("code", [130429, 80007, 4, 2, 131016, 131057, 131000, 131056])
async def test_errors_that_pass_are_tried_again_and_in_order(shop: Shop, cloud: Cloud, clock: Clock, code: int) -> None:
    cloud.faults.append(Fault(code))
    shop.reply("one", **options("a", "b"))
    shop.reply("two", **options("a", "b"))
    await shop.run()
    assert cloud.sent == []
    shop.sender._paused.clear()
    clock.pass_by(seconds=15)
    await shop.run()
    assert cloud.texts == ["one", "two"]


@pytest.mark.parametrize(("code", "tries"), [(131016, 3), (131056, 8), (130429, 8)])
async def test_tries_are_bounded_then_it_is_parked(
    shop: Shop, cloud: Cloud, clock: Clock, code: int, tries: int
) -> None:
    cloud.faults.extend(Fault(code) for _ in range(50))
    shop.reply("one")
    for _ in range(12):
        await shop.run()
        shop.sender._paused.clear()
        clock.pass_by(minutes=11)
    assert 50 - len(cloud.faults) == tries
    assert shop.progress()[2]["state"] == "parked"
    assert shop.progress()[2]["code"] == code


@pytest.mark.parametrize("code", [100, 131008, 131009, 131026, 131049, 131051, 132001, 132015])
async def test_errors_of_the_message_are_not_tried_again(shop: Shop, cloud: Cloud, code: int) -> None:
    cloud.faults.append(Fault(code))
    shop.reply("one", **options("a", "b"))
    shop.reply("two", **options("a", "b"))
    await shop.run()
    assert cloud.texts == ["two"]
    assert (shop.progress()[2]["state"], shop.progress()[2]["code"]) == ("failed", code)


@pytest.mark.parametrize(
    ("code", "http"), [(190, 401), (0, 401), (3, 403), (10, 403), (200, 403), (131005, 403), (131031, 403), (368, 403)]
)
async def test_errors_of_the_account_stop_everything_until_somebody_looked(
    shop: Shop, cloud: Cloud, engine: Any, code: int, http: int
) -> None:
    cloud.faults.append(Fault(code, http))
    shop.reply("one", **options("a", "b"))
    await shop.run()
    calls = len(cloud.calls)
    await shop.run()
    assert len(cloud.calls) == calls
    (alarm,) = alarms_of(engine)
    assert (alarm.phone_number_id, alarm.code) == (NUMBER, code)
    ready = (await shop.client.get("/readyz")).json()
    assert ready["whatsapp"][NUMBER].startswith(f"{code}:")
    with shop.store.turn() as transaction:
        end_alarms(transaction)
    await shop.run()
    assert cloud.texts == ["one"]
    assert (await shop.client.get("/readyz")).json()["whatsapp"] == "ok"


async def test_a_time_out_is_cleared_up_by_the_status_and_not_sent_twice(
    shop: Shop, cloud: Cloud, clock: Clock
) -> None:
    cloud.faults.append(Fault(hang=0.8, taken=True))
    shop.reply("only once")
    await shop.run()
    assert shop.progress()[2]["state"] == "unclear"
    clock.pass_by(seconds=60)
    await shop.run()
    sent = cloud.sent[0]
    await post(
        shop.client,
        envelope(
            value(
                statuses=[status(sent["wamid"], "delivered", biz_opaque_callback_data=sent["biz_opaque_callback_data"])]
            )
        ),
    )
    clock.pass_by(minutes=10)
    await shop.run()
    assert cloud.texts == ["only once"]
    assert shop.progress()[2]["state"] == "delivered"
    await post(shop.client, envelope(value(statuses=[status(sent["wamid"], "read")])))
    assert shop.progress()[2]["state"] == "read"


async def test_a_time_out_that_never_reached_meta_is_sent_again_when_webhooks_come(
    shop: Shop, cloud: Cloud, clock: Clock, intake: Any
) -> None:
    cloud.faults.append(Fault(hang=0.8))
    shop.reply("it gets there")
    await shop.run()
    clock.pass_by(minutes=3)
    await shop.run()
    assert cloud.sent == []  # no webhook came since: Meta may have it and cannot tell us
    from bot.whatsapp.parsing import parse

    intake.take(parse(envelope(value([text("are you there?", sender="19995550000")]))), now=clock())
    clock.pass_by(minutes=3)
    await shop.run()
    assert cloud.texts == ["it gets there"]


@pytest.mark.parametrize(
    "fault", [Fault(body=b"<html>bad gateway", status=502), Fault(body=b"{}", status=200), Fault(body=b"", status=200)]
)
async def test_answers_that_say_nothing_are_unclear(shop: Shop, cloud: Cloud, fault: Fault) -> None:
    cloud.faults.append(fault)
    shop.reply("one")
    await shop.run()
    assert shop.progress()[2]["state"] == "unclear"


async def test_a_sender_that_died_leaves_its_message_unclear(shop: Shop, cloud: Cloud, clock: Clock) -> None:
    shop.reply("one")
    outbox = shop.sender.outbox
    (contact,) = outbox.due(clock())
    outbox.plan(contact, clock())
    assert outbox.claim(contact, clock()) is not None
    assert outbox.claim(contact, clock()) is None
    clock.pass_by(seconds=100)
    await shop.run()
    assert cloud.sent == []
    assert shop.progress()[2]["state"] == "unclear"


async def test_one_buyer_gets_no_more_than_meta_allows(shop: Shop, cloud: Cloud, clock: Clock) -> None:
    for n in range(50):
        shop.reply(f"message {n}", **options("a", "b"))
    await shop.run()
    assert len(cloud.sent) == 45
    await shop.run()
    assert len(cloud.sent) == 45
    assert {one["state"] for one in shop.progress().values()} == {"sent", "waiting"}


async def test_files_of_the_desk_are_sent_as_picture_and_document(
    shop: Shop, cloud: Cloud, picture: bytes, clock: Clock
) -> None:
    kept = [
        shop.sender.files.keep(picture, name="lace.webp"),
        shop.sender.files.keep(b"%PDF-1.4\n%%EOF", name="invoice.pdf"),
    ]
    with shop.store.turn() as transaction:
        for upload in kept:
            transaction.add_upload(shop.conversation(), upload, now=clock())
    shop.reply("Here you are", author="human", uploads=[upload.id for upload in kept])
    await shop.run()
    image, document = cloud.sent
    assert (image["image"]["caption"], document["document"]["filename"]) == ("Here you are", "invoice.pdf")
    assert cloud.uploaded[image["image"]["id"]].startswith(b"\xff\xd8")


@pytest.mark.parametrize("templates", [{"shipped": Template("shipped_v1", {"en": "en_US"}, ("order", "missing"))}])
async def test_a_reminder_fills_its_template(shop: Shop, cloud: Cloud, clock: Clock) -> None:
    clock.pass_by(days=3)
    shop.reply("Your order is on its way", purpose="shipped", values={"order": "8123"})
    await shop.run()
    parameters = cloud.sent[0]["template"]["components"][0]["parameters"]
    assert [parameter["text"] for parameter in parameters] == ["8123", "–"]


async def test_the_messages_api_shows_how_far_a_message_came(shop: Shop, app: Any) -> None:
    from bot.gateway.messages import read_news

    shop.reply("Hello")
    await shop.run()
    news = await read_news(app.state.services, shop.conversation(), 0)
    assert [message.get("delivery") for message in news["messages"]] == [None, {"state": "sent"}]
