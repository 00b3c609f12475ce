"""Who writes: proven by number, known by id, followed to new numbers; and what they wish to get."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from cloud import Cloud
from conftest import Clock, Shop
from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from webhooks import BUYER, message, say, text

from bot.conversations.store import NewCase
from bot.conversations.tables import conversations
from bot.replies.texts import Replies
from bot.shop.tables import buyers, orders
from bot.whatsapp.identity import same_numbers
from bot.whatsapp.tables import contacts, threads

EMILY, EMILYS_NUMBER = "B1001", "15125550011"


def talks(engine: Engine) -> list[tuple[str | None, str | None, str | None]]:
    """Return number, scoped id and buyer of every conversation, oldest first."""
    query = (
        select(contacts.c.wa_id, contacts.c.user_id, conversations.c.buyer_id)
        .join(threads, threads.c.contact_id == contacts.c.id)
        .join(conversations, conversations.c.id == threads.c.conversation_id)
        .order_by(threads.c.created_at)
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def moved(old: str, new: str) -> dict[str, Any]:
    return message("system", sender=old, system={"body": "changed", "wa_id": new, "type": "user_changed_number"})


@pytest.mark.parametrize(
    ("wa_id", "noted"),
    [
        ("15125550011", "+15125550011"),
        ("5215512345678", "+525512345678"),
        ("525512345678", "+5215512345678"),
        ("5491123456789", "+541123456789"),
        ("541123456789", "+5491123456789"),
        ("551187654321", "+5511987654321"),
        ("5511987654321", "+551187654321"),
    ],
)
def test_a_line_is_found_under_every_form_of_its_number(wa_id: str, noted: str) -> None:
    assert noted in same_numbers(wa_id)


@pytest.mark.parametrize("wa_id", ["0", "1", "99999999999999999"])
def test_what_is_no_number_proves_nothing(wa_id: str) -> None:
    assert same_numbers(wa_id) == ()


async def test_the_number_of_a_buyer_verifies_the_talk(client: httpx.AsyncClient, engine: Engine) -> None:
    await say(client, text("where is my order", sender=EMILYS_NUMBER), text("hi", sender=BUYER))
    assert sorted(talks(engine), key=str) == sorted([(EMILYS_NUMBER, None, EMILY), (BUYER, None, None)], key=str)


async def test_the_phone_of_an_order_verifies_too(client: httpx.AsyncClient, engine: Engine) -> None:
    with engine.begin() as connection:
        number = connection.execute(select(orders.c.number).where(orders.c.buyer_id == EMILY)).scalars().first()
        connection.execute(update(orders).where(orders.c.number == number).values(phone=f"+{BUYER}"))
    await say(client, text("hi"))
    assert talks(engine) == [(BUYER, None, EMILY)]


async def test_a_number_two_buyers_share_proves_nothing(client: httpx.AsyncClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(buyers).where(buyers.c.id == "B1002").values(phone=f"+{EMILYS_NUMBER}"))
    await say(client, text("hi", sender=EMILYS_NUMBER))
    assert talks(engine) == [(EMILYS_NUMBER, None, None)]


async def test_a_talk_is_verified_as_soon_as_the_order_exists(client: httpx.AsyncClient, engine: Engine) -> None:
    await say(client, text("hi"))
    with engine.begin() as connection:
        connection.execute(update(buyers).where(buyers.c.id == EMILY).values(phone=f"+{BUYER}"))
    await say(client, text("where is it?"))
    assert talks(engine) == [(BUYER, None, EMILY)]


async def test_one_person_known_by_number_and_by_id_is_one(client: httpx.AsyncClient, engine: Engine) -> None:
    await say(client, text("by id", sender=None, user_id="US.1"))
    await say(client, text("by number", sender=EMILYS_NUMBER))
    await say(client, text("by both", sender=EMILYS_NUMBER, user_id="US.1"))
    with engine.connect() as connection:
        assert len(connection.execute(select(contacts)).all()) == 1
    assert {talk[:2] for talk in talks(engine)} == {(EMILYS_NUMBER, "US.1")}


async def test_a_changed_number_follows_its_buyer_and_the_old_one_proves_nothing(
    client: httpx.AsyncClient, engine: Engine
) -> None:
    await say(client, text("hi", sender=EMILYS_NUMBER))
    await say(client, moved(EMILYS_NUMBER, "12195555358"))
    await say(client, text("it is still me", sender="12195555358"), text("who is that?", sender=EMILYS_NUMBER))
    assert talks(engine) == [("12195555358", None, EMILY), (EMILYS_NUMBER, None, None)]


async def test_a_number_that_comes_with_another_account_has_a_new_owner(
    client: httpx.AsyncClient, engine: Engine
) -> None:
    await say(client, text("hi", sender=EMILYS_NUMBER, user_id="US.emily"))
    await say(client, text("new sim", sender=EMILYS_NUMBER, user_id="US.stranger"))
    assert talks(engine) == [(None, "US.emily", EMILY), (EMILYS_NUMBER, "US.stranger", None)]


async def test_writing_from_the_new_number_first_keeps_both_histories(
    client: httpx.AsyncClient, engine: Engine
) -> None:
    await say(client, text("old", sender=EMILYS_NUMBER))
    await say(client, text("new", sender="12195555358"))
    await say(client, moved(EMILYS_NUMBER, "12195555358"))
    assert {talk[0] for talk in talks(engine)} == {"12195555358"}


@pytest.mark.parametrize(
    ("word", "language", "key"),
    [
        ("STOP", "en", "en"), ("停止", "zh", "zh"), ("退訂", "zh", "zh"), ("BAJA", "es", "es"), ("Parar!", "pt", "pt"),
        ("СТОП", "ru", "ru"), ("Stopp.", "de", "de"), ("arrêt", "fr", "fr"), ("إيقاف", "ar", "ar"), ("stop", "de", "de"),
        ("stop", "fr", "fr"),
    ],
)  # fmt: skip
async def test_a_word_in_each_language_stops_what_nobody_asked_for(
    shop: Shop, cloud: Cloud, all_replies: dict[str, Replies], word: str, language: str, key: str
) -> None:
    shop.reply("Hello", language=language)
    await shop.run()
    await say(shop.client, text(word))
    shop.reply("Please review your order", language=language, purpose="review_request")
    await shop.run()
    texts = all_replies[key].texts
    assert cloud.texts[1:] == [texts["whatsapp.opted_out"].format(word=texts["whatsapp.start"])]
    assert [one["state"] for one in shop.progress().values()] == ["sent", "sent", "blocked"]
    assert [one.get("reason", "").split(":")[0] for one in shop.progress().values()][-1] == "opted_out"


async def test_who_asked_to_stop_is_still_answered_and_may_come_back(shop: Shop, cloud: Cloud, clock: Clock) -> None:
    await say(shop.client, text("stop"))
    await say(shop.client, text("where is my order?"))
    shop.reply("On its way.")
    await shop.run()
    assert cloud.texts[-1].endswith("On its way.")
    await say(shop.client, text("START"))
    shop.reply("News", purpose="review_request")
    await shop.run()
    assert cloud.texts[-1] == "News"


async def test_words_inside_a_message_and_start_without_stop_are_just_words(shop: Shop) -> None:
    await say(shop.client, text("please stop the order 8123"), text("start"))
    assert [m.data.get("silent") for m in shop.talk()[1:]] == [None, None]


async def test_a_cart_and_a_place_become_words_of_the_buyer(
    client: httpx.AsyncClient, engine: Engine, shop: Shop
) -> None:
    with engine.connect() as connection:
        from bot.shop.tables import product_texts

        row = connection.execute(select(product_texts).where(product_texts.c.language == "en")).first()
    order = {
        "catalog_id": "1",
        "product_items": [{"product_retailer_id": row.sku, "quantity": 2, "item_price": 1, "currency": "USD"}],
    }
    await say(client, message("order", order=order))
    assert shop.talk()[-1].text == f"I would like to order:\n2 × {row.name}"
    await say(client, message("location", location={"latitude": 1, "longitude": 2, "address": "Rua A, São Paulo"}))
    assert shop.talk()[-1].text.startswith("My address: Rua A, São Paulo")


async def test_reactions_and_deleted_messages_are_shown_but_not_answered(shop: Shop) -> None:
    first = text("price of 100?")
    await say(shop.client, first)
    await say(shop.client, message("revoke", revoke={"original_message_id": first["id"]}))
    await say(shop.client, message("reaction", reaction={"message_id": shop.talk()[0].client_id, "emoji": "👍"}))
    assert shop.talk()[-1].data["reacts_to"] == 1
    with shop.store.reading() as transaction:
        conversation = transaction.conversation(shop.conversation())
        assert conversation is not None
        assert [m.text for m in transaction.waiting_messages(conversation)] == ["hello"]


async def test_an_edited_message_is_answered_in_its_new_wording(shop: Shop) -> None:
    first = text("100 pieces")
    await say(shop.client, first)
    news = {"original_message_id": first["id"], "message": {"type": "text", "text": {"body": "200 pieces"}}}
    await say(shop.client, message("edit", edit=news))
    with shop.store.reading() as transaction:
        conversation = transaction.conversation(shop.conversation())
        assert conversation is not None
        assert [m.text for m in transaction.waiting_messages(conversation)] == ["hello", "200 pieces"]


async def test_a_quoted_message_is_noted(shop: Shop, cloud: Cloud) -> None:
    shop.reply("Which one?")
    await shop.run()
    await say(shop.client, text("this one", context={"from": "1", "id": cloud.sent[0]["wamid"]}))
    assert shop.talk()[-1].data["reply_to"] == 2


async def test_a_person_sees_what_the_same_buyer_said_on_the_website(shop: Shop, store: Any) -> None:
    await say(shop.client, text("it is me", sender=EMILYS_NUMBER))
    case = NewCase("ask_human", "overflow", "high", True, "en", "wants a person", {"transcript": []})
    with store.turn() as transaction:
        now = shop.sender.clock()
        for conversation, buyer in (("emilys", EMILY), ("somebodys", "B1002")):
            transaction.open(conversation_id=conversation, channel="widget", buyer_id=buyer, now=now)
            transaction.append(conversation, author="buyer", text=f"said in {conversation}", now=now)
        transaction.add_case(shop.conversation(EMILYS_NUMBER), case, now=now)
        (packet,) = [found["packet"] for found in transaction.cases_of(shop.conversation(EMILYS_NUMBER))]
    assert [(one["channel"], one["text"]) for one in packet["elsewhere"]] == [("widget", "said in emilys")]
