"""Greetings, thanks and the rest of small talk."""

from __future__ import annotations

from bot.answers.context import Context
from bot.answers.parts import Answer, Button, answer, line

PERSON_BUTTONS = (Button("person:yes", key="fallback.quick_person"),)


def greet(context: Context) -> Answer:
    """Welcome; a known buyer by name."""
    shop = context.rules.policies.shop.name
    first = context.buyer.name.split()[0] if context.buyer and context.buyer.name else None
    hello = line("greet.known", name=first) if first else line("greet.hello", shop=shop)
    return answer(hello, question=line("greet.question"))


def goodbye(context: Context) -> Answer:
    """Say goodbye without another question."""
    return answer(line("goodbye.bye"))


def thank(context: Context) -> Answer:
    """Take the thanks."""
    return answer(line("thank.welcome"), question=line("thank.question"))


def affirm(context: Context) -> Answer:
    """A yes to nothing in particular."""
    return answer(question=line("affirm.what"))


def deny(context: Context) -> Answer:
    """A no."""
    return answer(line("deny.fine"))


def bot_challenge(context: Context) -> Answer:
    """Never pretend to be a person."""
    shop = context.rules.policies.shop.name
    return answer(line("bot.who", shop=shop), question=line("bot.question"), buttons=PERSON_BUTTONS, awaiting="person")


def provide_info(context: Context) -> Answer:
    """A number, a name or a country without a question of its own."""
    return answer(line("identity.noted"), question=line("affirm.what"))


def out_of_scope(context: Context) -> Answer:
    """Lead back to the shop."""
    shop = context.rules.policies.shop.name
    return answer(line("out_of_scope.sorry", shop=shop), question=line("out_of_scope.question"))
