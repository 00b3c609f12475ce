"""Who a WhatsApp number belongs to: Meta vouches for the number, the shop's data for whose it is."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable

import phonenumbers
from sqlalchemy import select, union_all
from sqlalchemy.engine import Connection

from bot.shop.tables import buyers, orders
from bot.whatsapp.tables import former_numbers


@functools.lru_cache(maxsize=10_000)
def same_numbers(wa_id: str) -> tuple[str, ...]:
    """Return the E.164 forms under which a shop may have noted the line ``wa_id``, most usual first.

    WhatsApp keeps old forms of some mobile numbers: 52 1 (Mexico), 54 without 9 (Argentina), 55 without the
    ninth digit (Brazil). Empty for what is no phone number.
    """
    given = f"+{wa_id}"
    forms = dict.fromkeys([given])
    if given.startswith("+521") and len(given) == 14:
        forms = dict.fromkeys(["+52" + given[4:], given])
    elif given.startswith("+52") and len(given) == 13:
        forms["+521" + given[3:]] = None
    elif given.startswith("+549") and len(given) == 14:
        forms["+54" + given[4:]] = None
    elif given.startswith("+54") and len(given) == 13:
        forms["+549" + given[3:]] = None
    elif given.startswith("+55") and len(given) == 14 and given[5] == "9":
        forms[given[:5] + given[6:]] = None
    elif given.startswith("+55") and len(given) == 13 and given[5] in "6789":
        forms[given[:5] + "9" + given[5:]] = None
    return tuple(forms) if any(map(_is_possible, forms)) else ()


def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def buyers_of(connection: Connection, wa_ids: Iterable[str]) -> dict[str, str]:
    """Return the buyer id of each number that is one buyer's, by a buyer's own phone or that of an order.

    A number that two buyers share proves nothing, nor does one its owner has left: it may be somebody else's now.
    """
    forms = {wa_id: same_numbers(wa_id) for wa_id in set(wa_ids)}
    wanted = {form for found in forms.values() for form in found}
    if not wanted:
        return {}
    left = set(connection.execute(select(former_numbers.c.wa_id).where(former_numbers.c.wa_id.in_(forms))).scalars())
    owners: defaultdict[str, set[str]] = defaultdict(set)
    query = union_all(
        select(buyers.c.phone, buyers.c.id).where(buyers.c.phone.in_(wanted)),
        select(orders.c.phone, orders.c.buyer_id).where(orders.c.phone.in_(wanted)),
    )
    for phone, buyer_id in connection.execute(query):
        owners[phone].add(buyer_id)
    result = {}
    for wa_id, found in forms.items():
        ids = {buyer_id for form in found for buyer_id in owners[form]}
        if len(ids) == 1 and wa_id not in left:
            result[wa_id] = ids.pop()
    return result
