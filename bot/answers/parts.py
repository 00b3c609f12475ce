"""The pieces an answer is made of. They hold keys and values; words come from ``replies/`` at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.replies.values import Value

Queue = Literal["pre_sale", "after_sale", "logistics", "overflow"]
Awaiting = Literal["product", "quantity", "country", "order_number", "order_proof", "order_choice", "person", "meaning"]


@dataclass(frozen=True)
class Line:
    """One sentence of a reply: a key of ``replies/<lang>.yml`` and its values."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


def line(key: str, **values: Value) -> Line:
    """Return the line ``key`` with ``values``."""
    return Line(key, values)


@dataclass(frozen=True)
class Button:
    """A quick reply. ``id`` is resolved by us, never shown; ``title`` is a key of the replies or plain text."""

    id: str
    key: str = ""
    title: str = ""


@dataclass(frozen=True)
class CaseRequest:
    """A matter for a person. ``handoff`` hands the conversation over; otherwise the assistant goes on."""

    reason: str
    queue: Queue
    handoff: bool = False


@dataclass(frozen=True)
class Card:
    """A product or an order, for channels that can show more than text; written in the buyer's language."""

    kind: Literal["product", "order"]
    data: Mapping[str, object]


@dataclass(frozen=True)
class Answer:
    """What is said to one question. ``question`` is asked at the end of the reply, if it is the last one."""

    lines: tuple[Line, ...] = ()
    question: Line | None = None
    buttons: tuple[Button, ...] = ()
    case: CaseRequest | None = None
    awaiting: Awaiting | None = None
    cards: tuple[Card, ...] = ()


def answer(
    *lines: Line | None,
    question: Line | None = None,
    buttons: tuple[Button, ...] = (),
    case: CaseRequest | None = None,
    awaiting: Awaiting | None = None,
    cards: tuple[Card, ...] = (),
) -> Answer:
    """Return an answer of ``lines``; None among them is left out."""
    return Answer(tuple(one for one in lines if one is not None), question, buttons, case, awaiting, cards)
