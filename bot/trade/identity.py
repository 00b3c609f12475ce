"""Who may see an order: only somebody who is verified for it.

A buyer is verified by the shop's token, by the channel (a WhatsApp number equal to the order's
phone), or by the order number plus a second factor. Wrong and unknown are not told apart, and five
failed tries an hour close the way.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from bot.trade.model import Order

MOST_TRIES = 5
TRIES_WINDOW = timedelta(hours=1)
TAIL_DIGITS = 4


@dataclass(frozen=True)
class Proof:
    """What a buyer offers as second factor: an e-mail address, or digits of a phone number."""

    email: str | None = None
    phone_digits: str | None = None

    @property
    def is_given(self) -> bool:
        """True when there is anything to compare."""
        return bool(self.email or self.phone_digits)


def proves(order: Order | None, proof: Proof) -> bool:
    """Return whether ``proof`` fits ``order``; an unknown order takes the same path as a wrong proof."""
    email = order.email if order else "nobody@invalid"
    phone = order.phone if order else "+000000000000"
    fits = False
    if proof.email:
        fits |= hmac.compare_digest(proof.email.strip().casefold().encode(), email.strip().casefold().encode())
    if proof.phone_digits:
        digits = "".join(c for c in proof.phone_digits if c.isdigit())
        fits |= len(digits) >= TAIL_DIGITS and hmac.compare_digest(digits[-TAIL_DIGITS:], phone[-TAIL_DIGITS:])
        if len(digits) > TAIL_DIGITS:
            fits &= "".join(c for c in phone if c.isdigit()).endswith(digits.lstrip("0")[-9:])
    return fits and order is not None
