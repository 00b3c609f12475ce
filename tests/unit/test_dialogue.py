"""What the assistant answers: the rules of the trade, the gate before order data, several questions at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.answers.compose import RESPONDERS, Question, Reply, compose
from bot.answers.context import Context, Memory
from bot.answers.dialogue import Reading, Understood, reply_to
from bot.conversations.store import ConversationStore
from bot.language.register import Language
from bot.replies.texts import Replies
from bot.shop.rules import load_rules
from bot.trade.model import Order
from bot.understanding.entities import Entity
from bot.wiring import CachedShop

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


@pytest.fixture
def context(engine: Engine, project: Path, languages: tuple[Language, ...], all_replies: dict[str, Replies]) -> Context:
    return Context(
        shop=CachedShop(engine),
        rules=load_rules(project / "shop", today=date.today()),
        replies=all_replies["en"],
        memory=Memory(),
        buyer=None,
        today=date.today(),
        spoken=tuple(language.native for language in languages),
    )


class _Talk:
    """One conversation with the dialogue rule, its memory carried on."""

    def __init__(self, context: Context, store: ConversationStore) -> None:
        self.context, self.store = context, store

    def say(self, text: str, *intents: str, entities: tuple[Entity, ...] = (), choice: str | None = None) -> Reply:
        readings = tuple(Reading(name, 0.9, "greet") for name in intents)
        reply = reply_to(
            Understood(text, readings, entities, choice), self.context, tries=self.store, conversation="c1", now=NOW
        )
        self.context = replace(self.context, memory=reply.memory)
        return reply


@pytest.fixture
def talk(context: Context, engine: Engine) -> _Talk:
    return _Talk(context, ConversationStore(engine))


def number(value: str) -> Entity:
    return Entity("order_number", value, 0, 1)


def email(value: str) -> Entity:
    return Entity("email", value, 2, 3)


def shipped_order(context: Context) -> Order:
    buyers = [f"B{n}" for n in range(1001, 1060)]
    return next(o for b in buyers for o in context.shop.orders_of(b) if o.state == "shipped")


def test_quotes_the_rung_for_the_quantity_and_the_next_one(talk: _Talk) -> None:
    lace = Entity("product", "LB-LACE-01", 0, 1)
    reply = talk.say("30 yd lace?", "ask_price", entities=(lace, Entity("quantity", "30", 2, 3)))
    assert "$40 per yd, $1,200 in total" in reply.text
    assert "10 yd more it would be $37" in reply.text
    assert "$36" not in reply.text


def test_answers_every_question_in_the_order_asked_with_one_closing_question(talk: _Talk) -> None:
    lace = Entity("product", "LB-LACE-01", 0, 1)
    reply = talk.say(
        "?", "ask_price", "ask_shipping_time", "ask_payment_methods",
        entities=(lace, Entity("quantity", "40", 2, 3), Entity("country", "CL", 4, 5)),
    )  # fmt: skip
    price, shipping, paying = (reply.text.index(part) for part in ("$37 per yd", "to Chile", "You can pay by"))
    assert price < shipping < paying
    assert reply.text.count("?") == 1


def test_an_unverified_buyer_learns_nothing_about_an_order(talk: _Talk) -> None:
    order = shipped_order(talk.context)
    known = talk.say("where?", "track_order", entities=(number(order.number),))
    unknown = _Talk(replace(talk.context, memory=Memory()), talk.store).say(
        "where?", "track_order", entities=(number("9999999999999999"),)
    )
    assert known.text == unknown.text
    assert order.tracking_number not in known.text


def test_number_and_mail_open_the_order_and_resume_the_question(talk: _Talk) -> None:
    order = shipped_order(talk.context)
    talk.say("where is it", "track_order", entities=(number(order.number),))
    reply = talk.say("here", "provide_info", entities=(email(order.email),))
    assert order.tracking_number in reply.text


def test_wrong_and_unknown_sound_the_same_and_five_failures_lock(talk: _Talk) -> None:
    order = shipped_order(talk.context)
    texts = set()
    for wanted in (order.number, "1111222233334444", order.number, order.number, order.number):
        texts.add(talk.say("x", "track_order", entities=(number(wanted), email("thief@example.com"))).text)
    assert len(texts) == 1
    locked = talk.say("x", "track_order", entities=(number(order.number), email(order.email)))
    assert order.tracking_number not in locked.text
    assert locked.case is not None


def test_a_verified_buyer_with_one_open_order_is_not_asked_for_its_number(talk: _Talk) -> None:
    buyer = next(
        b for n in range(1001, 1073) if (b := talk.context.shop.buyer(f"B{n}"))
        and len([o for o in talk.context.shop.orders_of(b.id) if o.is_open]) == 1
    )  # fmt: skip
    talk.context = replace(talk.context, buyer=buyer)
    reply = talk.say("where is my order", "track_order")
    assert reply.memory.order_number is not None
    assert reply.memory.order_number in reply.text


def test_a_verified_buyer_with_several_orders_gets_them_as_quick_replies(talk: _Talk) -> None:
    buyer = next(
        b for n in range(1001, 1073) if (b := talk.context.shop.buyer(f"B{n}"))
        and len([o for o in talk.context.shop.orders_of(b.id) if o.is_open]) > 1
    )  # fmt: skip
    talk.context = replace(talk.context, buyer=buyer)
    reply = talk.say("where is my order", "track_order")
    assert len(reply.buttons) > 1
    chosen = talk.say("1", choice=reply.buttons[0].id)
    assert reply.buttons[0].id.removeprefix("order:") in chosen.text


def test_a_quick_reply_that_was_not_offered_is_ignored(talk: _Talk) -> None:
    order = shipped_order(talk.context)
    reply = talk.say("x", "greet", choice=f"order:{order.number}")
    assert order.number not in reply.text


def test_somebody_elses_number_stays_closed_to_a_verified_buyer(talk: _Talk) -> None:
    order = shipped_order(talk.context)
    other = next(b for n in range(1001, 1073) if (b := talk.context.shop.buyer(f"B{n}")) and b.id != order.buyer_id)
    talk.context = replace(talk.context, buyer=other)
    assert order.tracking_number not in talk.say("?", "track_order", entities=(number(order.number),)).text


@pytest.mark.parametrize("hostile", ["' OR 1=1 --", "\x00", "%", "LS-1'; DROP TABLE orders;--", "9" * 5000])
def test_hostile_order_numbers_find_nothing(talk: _Talk, hostile: str) -> None:
    reply = talk.say(hostile, "track_order", entities=(number(hostile), email("x@example.com")))
    assert "couldn't match" in reply.text


def test_twice_unclear_offers_a_person(talk: _Talk) -> None:
    first = talk.say("blub")
    second = talk.say("blub")
    assert "person:yes" in {b.id for b in first.buttons}
    assert {b.id for b in second.buttons} == {"person:yes", "person:no"}
    accepted = talk.say("yes", "affirm")
    assert accepted.case is not None
    assert accepted.case.handoff


@pytest.mark.parametrize("intent", ["out_of_scope", "greet", "provide_info"])
def test_an_unclear_courtesy_offers_a_person(talk: _Talk, intent: str) -> None:
    unclear = Understood("aaaa", (Reading(intent, 0.05, "thank"),), ())
    reply = reply_to(unclear, talk.context, tries=talk.store, conversation="c1", now=NOW)
    assert {b.id for b in reply.buttons} == {"person:yes", "person:no"}


def test_a_country_after_the_question_resumes_it(talk: _Talk) -> None:
    talk.say("shipping?", "ask_shipping_cost")
    reply = talk.say("chile", "provide_info", entities=(Entity("country", "CL", 0, 5),))
    assert "Chile" in reply.text
    assert "$" in reply.text


def test_it_never_says_paid_by_itself(talk: _Talk) -> None:
    talk.context = replace(talk.context, has_upload=True)
    reply = talk.say("slip", "payment_slip")
    assert reply.case is not None
    assert "I can't confirm a payment myself" in reply.text


@pytest.mark.parametrize("intent", sorted(RESPONDERS))
@pytest.mark.parametrize("code", ["en", "zh", "es", "pt", "ru", "de", "fr", "ar"])
def test_every_intent_is_answered_in_every_language(
    context: Context, all_replies: dict[str, Replies], intent: str, code: str
) -> None:
    buyer = context.shop.buyer("B1001")
    for memory in (
        Memory(),
        Memory(products=("LB-LACE-01",), quantity=50, country="DE"),
        Memory(products=("LB-WIG-01",)),
    ):
        for who in (None, buyer):
            told = replace(context, replies=all_replies[code], memory=memory, buyer=who)
            reply = compose(told, [Question(intent, frozenset({"explain", "return", "exchange"}))])
            assert reply.text.strip()
            assert "{" not in reply.text


def test_every_order_state_is_told(context: Context) -> None:
    seen = set()
    for n in range(1001, 1073):
        buyer = context.shop.buyer(f"B{n}")
        for order in context.shop.orders_of(f"B{n}") if buyer else ():
            seen.add(order.state)
            told = replace(context, buyer=buyer, memory=Memory(order_number=order.number))
            for intent in ("track_order", "cancel_order", "not_received", "ask_refund", "refund_status", "ask_dispute"):
                assert order.number in compose(told, [Question(intent)]).text or intent in {"not_received"}
    assert len(seen) == 15
