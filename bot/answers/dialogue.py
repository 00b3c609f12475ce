"""From what was understood to what is answered: slots filled, proofs checked, open questions resumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import regex
from babel import Locale

from bot.answers.compose import TALK, Question, Reply, compose, did_you_mean
from bot.answers.context import Context, Memory
from bot.answers.orders import known_order
from bot.answers.parts import CaseRequest, Line, line
from bot.answers.talk import PERSON_BUTTONS
from bot.language.folding import fold_aligned
from bot.replies.values import Names
from bot.trade.identity import MOST_TRIES, TRIES_WINDOW, Proof, proves
from bot.understanding.entities.entity import Entity

UNSURE_BELOW = 0.3
"""Below this calibrated confidence the assistant asks which of two things is meant."""
_SHORT_REPLY_WORDS = 4
_FOUR_DIGITS = regex.compile(r"(?<!\d)\d{4}(?!\d)")
_CHOICE_NUMBER = regex.compile(r"\s*[(#]?([1-9])[.)]?\s*$")
_ORDER_INTENTS = frozenset(
    {"track_order", "change_order", "cancel_order", "payment_slip", "ask_invoice", "not_received", "item_damaged",
     "item_mismatch", "ask_refund", "refund_status", "ask_dispute", "payment_problem", "usage_help"}
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """One clause as understood: its intent, how sure, the runner-up, and the meanings in it."""

    intent: str
    confidence: float
    second: str
    aspects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Understood:
    """One message (or burst) as understood. ``choice`` is the id of a tapped quick reply."""

    text: str
    readings: tuple[Reading, ...]
    entities: tuple[Entity, ...]
    choice: str | None = None
    unsupported_language: str | None = None


class Tries(Protocol):
    """Remembers failed proofs; ``keys`` are the conversation and the order number."""

    def failed_since(self, keys: Sequence[str], since: datetime) -> int: ...
    def record_failure(self, keys: Sequence[str], at: datetime) -> None: ...


def reply_to(message: Understood, context: Context, *, tries: Tries, conversation: str, now: datetime) -> Reply:
    """Return the reply to ``message``: the whole dialogue rule of the assistant in one place."""
    if message.unsupported_language:
        return _unsupported(context, message.unsupported_language)
    context = replace(context, memory=_filled(context.memory, message.entities))
    choice = message.choice or _numbered_choice(message.text, context.memory)
    if choice:
        chosen = _resolved(choice, context)
        if chosen is not None:
            context, questions = chosen
            return compose(_with_order_facts(context, questions), questions)
    proof = _proof(message, context.memory)
    opening: list[Line] = []
    if proof.is_given and context.memory.order_number and known_order(context) is None:
        keys = [f"conversation:{conversation}", f"order:{context.memory.order_number}"]
        if tries.failed_since(keys, now - TRIES_WINDOW) >= MOST_TRIES:
            return _said(context, "identity.locked", CaseRequest("identity_locked", "overflow"))
        order = context.shop.order(context.memory.order_number)
        if not proves(order, proof) or order is None:
            tries.record_failure(keys, now)
            return _said(context, "identity.no_match", None, awaiting="order_proof")
        verified = (*context.memory.verified_orders, order.number)
        context = replace(context, memory=replace(context.memory, verified_orders=verified, order_number=order.number))
        opening.append(line("identity.thanks"))
    questions = _questions(message, context, proven=bool(opening))
    if not questions:
        tops = message.readings[0] if message.readings else None
        return did_you_mean(context, (tops.intent, tops.second) if tops else ())
    return compose(_with_order_facts(context, questions), questions, opening=opening)


def _filled(memory: Memory, entities: Sequence[Entity]) -> Memory:
    """Return ``memory`` with what the message names; the last of a kind wins, numbers stay until replaced."""
    values = {entity.entity: entity.value for entity in entities}
    if "product" in values:
        memory = replace(memory, products=tuple(values["product"].split(",")))
    if "quantity" in values:
        memory = replace(memory, quantity=int(values["quantity"]))
    if "variant" in values:
        memory = replace(memory, variant=values["variant"])
    if "country" in values:
        memory = replace(memory, country=values["country"])
    if "order_number" in values:
        memory = replace(memory, order_number=values["order_number"])
    return memory


def _numbered_choice(text: str, memory: Memory) -> str | None:
    match = _CHOICE_NUMBER.match(fold_aligned(text))
    if match and memory.options and int(match[1]) <= len(memory.options):
        return memory.options[int(match[1]) - 1]
    return None


def _resolved(choice: str, context: Context) -> tuple[Context, list[Question]] | None:
    """Return context and questions of a tapped quick reply; ids that were not offered are ignored."""
    if choice not in context.memory.options:
        return None
    kind, _, value = choice.partition(":")
    pending = [Question(intent) for intent in context.memory.pending]
    if kind == "product":
        memory = replace(context.memory, products=(value,))
        return replace(context, memory=memory), pending or [Question("ask_product")]
    if kind == "order":
        memory = replace(context.memory, order_number=value)
        return replace(context, memory=memory), pending or [Question("track_order")]
    if kind == "intent":
        return context, [Question(value)]
    return context, [Question("ask_human" if value == "yes" else "deny")]


def _proof(message: Understood, memory: Memory) -> Proof:
    values = {entity.entity: entity for entity in message.entities}
    email = values["email"].value if "email" in values else None
    phone = values["phone"].value if "phone" in values else None
    if phone is None and (memory.awaiting in {"order_proof", "order_number"} or "order_number" in values):
        taken = [
            (e.start, e.end)
            for e in message.entities
            if e.entity in {"order_number", "email", "tracking_number", "amount"}
        ]
        for match in _FOUR_DIGITS.finditer(fold_aligned(message.text)):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                phone = match.group()
    return Proof(email=email, phone_digits=phone)


def _questions(message: Understood, context: Context, *, proven: bool) -> list[Question]:
    """Return what is to be answered; empty when the message was not understood."""
    memory = context.memory
    asked = [Question(r.intent, r.aspects) for r in message.readings]
    pending = [Question(intent) for intent in memory.pending]
    substantial = [q for q in asked if q.intent not in TALK]
    sure = bool(message.readings) and max(r.confidence for r in message.readings) >= UNSURE_BELOW
    named = {entity.entity for entity in message.entities}
    if memory.awaiting == "person" and asked and asked[0].intent in {"affirm", "deny"}:
        return [Question("ask_human" if asked[0].intent == "affirm" else "deny")]
    if pending and asked and asked[0].intent == "affirm" and not substantial:
        return pending
    answers_us = proven or (
        memory.awaiting is not None
        and _answers(memory.awaiting, named)
        and (not substantial or not sure or len(message.text.split()) <= _SHORT_REPLY_WORDS)
    )
    if answers_us and pending:
        fresh = (
            [q for q in substantial if q.intent not in memory.pending] if sure and len(message.text.split()) > 6 else []
        )
        return [*pending, *fresh]
    if proven and not substantial:
        return [Question("track_order")]
    if not sure:
        return [Question("track_order")] if named & {"order_number", "tracking_number"} else []
    if [q.intent for q in asked] == ["provide_info"] and "order_number" in named:
        return [Question("track_order")]
    return asked


def _answers(awaiting: str, named: set[str]) -> bool:
    wanted = {
        "product": {"product"}, "quantity": {"quantity"}, "country": {"country"},
        "order_number": {"order_number", "email", "phone"}, "order_proof": {"email", "phone", "order_number"},
    }  # fmt: skip
    return bool(wanted.get(awaiting, set()) & named)


def _with_order_facts(context: Context, questions: Sequence[Question]) -> Context:
    """Fill slots from the buyer's own order: its number, country and only product."""
    if not any(question.intent in _ORDER_INTENTS for question in questions):
        return context
    order = known_order(context)
    if order is None:
        return context
    memory = replace(context.memory, order_number=order.number, country=context.memory.country or order.country)
    if not memory.products and len(order.items) == 1:
        memory = replace(memory, products=(order.items[0].sku,))
    return replace(context, memory=memory)


def _said(context: Context, key: str, case: CaseRequest | None, awaiting: str | None = None) -> Reply:
    memory = replace(context.memory, awaiting=awaiting, options=(), unclear_turns=0)
    return Reply(context.replies.render(key), (), (), case, memory)


def _unsupported(context: Context, code: str) -> Reply:
    """Say in English which languages are spoken, and offer a person."""
    values = {"language": Locale("en").languages.get(code, code), "languages": Names(context.spoken)}
    text = "\n\n".join(
        [context.replies.render("language.unsupported", values), context.replies.render("language.question")]
    )
    buttons = tuple(replace(button, title=context.replies.render(button.key)) for button in PERSON_BUTTONS)
    memory = replace(context.memory, awaiting="person", options=tuple(button.id for button in buttons))
    return Reply(text, buttons, (), None, memory)
