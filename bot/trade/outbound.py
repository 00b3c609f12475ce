"""Whether a message may go to a buyer on WhatsApp, and in which form: one rule for assistant, people and reminders.

Meta lets a shop write freely within 24 hours of the buyer's last message; after that only a template it has
approved. What the shop sends of its own accord never goes to somebody who asked it to stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

WINDOW = timedelta(hours=24)
"""From the buyer's last message (Meta, customer service window)."""
SAFETY = timedelta(seconds=30)
"""A message that would arrive in the last moments of the window is not sent as free text."""
REPLY = "reply"
"""The purpose of everything that answers a buyer."""

Reason = Literal["opted_out", "no_template", "no_template_language"]


@dataclass(frozen=True)
class Template:
    """An approved template. ``languages`` maps ours (``es``) to Meta's code (``es_MX``).

    ``parameters`` name the values of the body in order; ``text`` is the message itself on one line.
    """

    name: str
    languages: Mapping[str, str]
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class FreeText:
    """Send it as it is."""


@dataclass(frozen=True)
class UseTemplate:
    """Send ``template`` in the language of Meta's ``code`` instead."""

    template: Template
    code: str


@dataclass(frozen=True)
class Blocked:
    """Don't send; the desk shows the reason."""

    reason: Reason
    text: str = field(default="")


OutboundPolicy = FreeText | UseTemplate | Blocked


def outbound_policy(
    *, purpose: str, window_ends_at: datetime | None, opted_out: bool, language: str,
    templates: Mapping[str, Template], now: datetime,
) -> OutboundPolicy:  # fmt: skip
    """Return how a message of ``purpose`` may go out ``now``; ``language`` is the buyer's.

    ``window_ends_at`` is 24 hours after the buyer's last message, None when there was none or Meta says it is over.
    """
    if opted_out and purpose != REPLY:
        return Blocked("opted_out", "the buyer asked not to get messages that answer nothing")
    if window_ends_at is not None and now < window_ends_at - SAFETY:
        return FreeText()
    if opted_out:
        return Blocked("opted_out", "the buyer asked for no messages, and the 24 hours after the last one are over")
    template = templates.get(purpose)
    if template is None:
        return Blocked("no_template", f"the 24 hours are over and no template is set up for '{purpose}'")
    code = template.languages.get(language)
    if code is None:
        return Blocked(
            "no_template_language",
            f"the 24 hours are over and the template for '{purpose}' does not exist in {language}",
        )
    return UseTemplate(template, code)
