"""One reply to everything a message asks, in the order asked, without repeating itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answers import aftersale, delivery, goods, orders, selling, talk
from bot.answers.context import Context, Memory
from bot.answers.parts import Answer, Button, Card, CaseRequest, Line, answer

Responder = Callable[[Context], Answer]

RESPONDERS: Mapping[str, Responder] = {
    **{name: getattr(goods, name) for name in ("ask_price", "ask_discount", "ask_product", "ask_stock", "ask_authenticity")},
    **{
        name: getattr(selling, name)
        for name in ("ask_wholesale", "ask_sample", "place_order", "ask_protection", "ask_payment_methods")
    },
    **{name: getattr(delivery, name) for name in ("ask_shipping_cost", "ask_shipping_time", "ask_customs")},
    **{
        name: getattr(orders, name)
        for name in ("track_order", "change_order", "cancel_order", "payment_slip", "payment_problem", "ask_invoice")
    },
    **{
        name: getattr(aftersale, name)
        for name in ("not_received", "item_damaged", "item_mismatch", "ask_refund", "refund_status", "ask_dispute",
                     "usage_help", "ask_review", "complaint", "ask_human")
    },
    **{
        name: getattr(talk, name)
        for name in ("greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "provide_info", "out_of_scope")
    },
}  # fmt: skip
TALK = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "provide_info", "out_of_scope"})
# What a "yes" to a closing question means.
_OFFERS: Mapping[str, tuple[str, ...]] = {
    "shipping.ask_order": ("ask_price", "ask_shipping_cost"),
    "product.ask": ("ask_price",),
    "price.ask_quantity": ("ask_price",),
    "stock.ask": ("ask_price",),
    "protection.ask": ("place_order",),
    "authenticity.ask": ("ask_human",),
    "language.question": ("ask_human",),
    "bot.question": ("ask_human",),
}


@dataclass(frozen=True)
class Question:
    """One thing asked: its intent and the meanings found in its clause."""

    intent: str
    aspects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reply:
    """What leaves: text, quick replies, cards, a case for a person, and what is remembered."""

    text: str
    buttons: tuple[Button, ...]
    cards: tuple[Card, ...]
    case: CaseRequest | None
    memory: Memory


def compose(context: Context, questions: Sequence[Question], *, opening: Sequence[Line] = ()) -> Reply:
    """Answer every question; only the last closing question is asked, no sentence is said twice."""
    answers = [RESPONDERS[q.intent](context.asking(q.aspects)) for q in questions]
    blocks: list[list[Line]] = [list(opening)] if opening else []
    said: set[tuple[str, str]] = set()
    for one in answers:
        fresh = [each for each in one.lines if _signature(each) not in said]
        said.update(_signature(each) for each in fresh)
        if fresh:
            blocks.append(fresh)
    closing = _closing(answers)
    if closing.question:
        blocks.append([closing.question])
    text = "\n\n".join("\n".join(context.replies.render(each.key, each.values) for each in block) for block in blocks)
    memory = replace(
        context.memory,
        awaiting=closing.awaiting,
        options=tuple(button.id for button in closing.buttons),
        pending=_pending(questions, answers, closing),
        unclear_turns=0,
    )
    return Reply(text, _titled(context, closing.buttons), _cards(answers), _case(answers), memory)


def _pending(questions: Sequence[Question], answers: Sequence[Answer], closing: Answer) -> tuple[str, ...]:
    """Return what the buyer's next words go to: what the closing question offers, else what waits for data."""
    offered = _OFFERS.get(closing.question.key, ()) if closing.question else ()
    if offered:
        return offered
    return tuple(q.intent for q, a in zip(questions, answers) if a.awaiting and q.intent not in TALK)


def _signature(one: Line) -> tuple[str, str]:
    return one.key, repr(sorted(one.values.items(), key=lambda item: item[0]))


def _closing(answers: Sequence[Answer]) -> Answer:
    """Return the answer whose question ends the reply: one that waits for data before a mere courtesy."""
    waiting = [one for one in answers if one.question and one.awaiting]
    asking = [one for one in answers if one.question]
    return (waiting or asking or [answer()])[-1 if not waiting else 0]


def _titled(context: Context, buttons: Sequence[Button]) -> tuple[Button, ...]:
    return tuple(replace(b, title=b.title or context.replies.render(b.key)) for b in buttons)


def _cards(answers: Sequence[Answer]) -> tuple[Card, ...]:
    seen: dict[str, Card] = {}
    for one in answers:
        for card in one.cards:
            seen.setdefault(repr(sorted(card.data.items())), card)
    return tuple(seen.values())


def _case(answers: Sequence[Answer]) -> CaseRequest | None:
    cases = [one.case for one in answers if one.case]
    return next((case for case in cases if case.handoff), cases[0] if cases else None)


def did_you_mean(context: Context, intents: Sequence[str]) -> Reply:
    """Offer the likeliest meanings as quick replies; the second unclear turn in a row offers a person."""
    offered = [name for name in intents if f"intent.{name}" in context.replies.texts]
    buttons: tuple[Button, ...]
    if not intents and context.memory.unclear_turns == 0:
        buttons = (Button("person:yes", key="fallback.quick_person"),)
        text, awaiting = context.replies.render("fallback.empty"), "person"
    elif context.memory.unclear_turns >= 1 or not offered:
        buttons = (
            Button("person:yes", key="fallback.quick_yes"),
            Button("person:no", key="fallback.quick_no"),
        )
        text, awaiting = context.replies.render("fallback.person"), "person"
    else:
        buttons = tuple(Button(f"intent:{name}", key=f"intent.{name}") for name in offered)
        buttons += (Button("person:yes", key="fallback.quick_person"),)
        text, awaiting = context.replies.render("fallback.did_you_mean"), "meaning"
    memory = replace(
        context.memory,
        awaiting=awaiting,
        options=tuple(button.id for button in buttons),
        unclear_turns=context.memory.unclear_turns + 1,
    )
    return Reply(text, _titled(context, buttons), (), None, memory)
