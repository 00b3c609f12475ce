"""Questions about an order, answered only to a buyer who is verified for it.

Nobody else learns whether an order exists: the assistant explains in general, then asks for number
and second factor.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.answers.context import Context
from bot.answers.parts import Answer, Button, Card, CaseRequest, Line, answer, line
from bot.replies.values import Days, Names
from bot.trade.disputes import days_late
from bot.trade.model import Order

OrderAnswer = Callable[[Context, Order], Answer]
_MOST_SCANS = 4
_BEFORE_SHIPPING = frozenset(
    {"awaiting_payment", "awaiting_deposit", "slip_review", "in_production", "awaiting_balance", "ready_to_ship"}
)
_UNPAID = frozenset({"awaiting_payment", "awaiting_balance"})
_MOST_ORDERS = 8


def known_order(context: Context) -> Order | None:
    """Return the order the talk is about if this buyer is verified for it, else None."""
    number = context.memory.order_number
    if number is not None:
        order = context.shop.order(number)
        if order is None:
            return None
        own = context.buyer is not None and order.buyer_id == context.buyer.id
        return order if own or order.number in context.memory.verified_orders else None
    if context.buyer is not None:
        open_orders = [order for order in context.shop.orders_of(context.buyer.id) if order.is_open]
        return open_orders[0] if len(open_orders) == 1 else None
    return None


def with_order(context: Context, general: tuple[Line, ...], specific: OrderAnswer) -> Answer:
    """Answer by ``specific`` for the buyer's own order, else say what is true in general and ask for proof."""
    order = known_order(context)
    if order is not None:
        return specific(context, order)
    if context.buyer is not None and context.memory.order_number is None:
        orders = [order for order in context.shop.orders_of(context.buyer.id) if order.is_open]
        if orders:
            buttons = tuple(Button(f"order:{o.number}", title=_short(o)) for o in orders[:_MOST_ORDERS])
            return answer(*general, question=line("identity.choose"), buttons=buttons, awaiting="order_choice")
        return answer(*general, line("identity.no_orders"), awaiting="order_number")
    if context.memory.order_number is not None:
        return answer(*general, question=line("identity.ask_proof"), awaiting="order_proof")
    return answer(*general, question=line("identity.ask_both"), awaiting="order_number")


def _short(order: Order) -> str:
    return order.number if len(order.number) <= 18 else f"…{order.number[-12:]}"


def about(context: Context, order: Order) -> Line:
    """Return the line that names the order and its state."""
    return line("order.about", number=order.number, state=context.replies.render(f"state.{order.state}"))


def order_card(context: Context, order: Order) -> Card:
    """Return the card of ``order``: number, state, total, tracking number, and where the parcel has been."""
    return Card(
        "order",
        {
            "number": order.number,
            "state": order.state,
            "state_text": context.replies.render(f"state.{order.state}"),
            "total": context.replies.write(context.money(order.total, order.currency)),
            "carrier": order.carrier,
            "tracking_number": order.tracking_number,
            "steps": _steps(context, order),
        },
    )


def _steps(context: Context, order: Order) -> list[dict[str, object]]:
    """Return the last scans of the parcel and, while it is on its way, its delivery: title, ISO date, done."""
    scans = sorted(order.tracking, key=lambda event: event.at)[-_MOST_SCANS:]
    steps: list[dict[str, object]] = [
        {"title": context.replies.render(f"tracking.{scan.code}"), "date": scan.at.date().isoformat(), "done": True}
        for scan in scans
    ]
    if order.is_open and order.delivered_on is None and order.state not in _BEFORE_SHIPPING:
        due = order.promised_on.isoformat() if order.promised_on and order.promised_on >= context.today else ""
        steps.append({"title": context.replies.render("tracking.delivered"), "date": due, "done": False})
    return steps


def track_order(context: Context) -> Answer:
    """Tell state, carrier, last scan, promised date and what comes next."""
    return with_order(context, (), _track)


def next_step(context: Context, order: Order) -> Line:
    """Return what happens next with ``order``, or what the buyer must do now."""
    key = f"track.next_{order.state}"
    if order.state not in _UNPAID:
        return line(key)
    amount = context.money(order.balance, order.currency)
    if order.pay_by is None:
        return line(f"{key}_no_date", amount=amount)
    return line(key, amount=amount, date=order.pay_by)


def _track(context: Context, order: Order) -> Answer:
    lines: list[Line | None] = [about(context, order), items_line(context, order)]
    if order.tracking_number:
        lines.append(line("track.number", carrier=order.carrier, number=order.tracking_number))
    if order.tracking:
        scan = max(order.tracking, key=lambda event: event.at)
        lines.append(
            line(
                "track.last",
                date=scan.at.date(),
                event=context.replies.render(f"tracking.{scan.code}"),
                place=scan.place,
            )
        )
    late = days_late(order, context.today) if order.state not in _BEFORE_SHIPPING and order.is_open else 0
    case = None
    if late and order.promised_on:
        lines.append(line("track.late", date=order.promised_on))
        case = CaseRequest("late_order", "logistics")
    elif order.promised_on and order.delivered_on is None and order.is_open:
        lines.append(line("track.promised", date=order.promised_on))
    lines.append(next_step(context, order))
    return answer(*lines, question=line("order.question"), case=case, cards=(order_card(context, order),))


def change_order(context: Context) -> Answer:
    """Changing is for a person: pass the wish on, say honestly when it is too late."""

    def specific(context: Context, order: Order) -> Answer:
        possible = order.state in _BEFORE_SHIPPING
        key = "change.possible" if possible else "change.too_late"
        return answer(
            line(key, number=order.number), question=line("change.ask"), case=CaseRequest("change_order", "after_sale")
        )

    return with_order(context, (line("change.general"),), specific)


def cancel_order(context: Context) -> Answer:
    """Cancelling is for a person too."""

    def specific(context: Context, order: Order) -> Answer:
        if order.state in {"cancelled", "refunded"}:
            return answer(line("cancel.done", number=order.number), question=line("order.question"))
        case = CaseRequest("cancel_order", "after_sale")
        if order.state in _BEFORE_SHIPPING:
            return answer(line("cancel.possible", number=order.number), question=line("cancel.ask"), case=case)
        days = Days(context.rules.policies.returns.days)
        return answer(line("cancel.too_late", number=order.number, days=days), question=line("cancel.ask"), case=case)

    return with_order(context, (line("cancel.general"),), specific)


def payment_slip(context: Context) -> Answer:
    """Take the slip in the chat; never say "paid": a person confirms with the bank."""
    case = CaseRequest("payment_slip", "after_sale")
    if context.has_upload:
        return answer(line("slip.received"), line("slip.days"), question=line("slip.ask"), case=case)

    def specific(context: Context, order: Order) -> Answer:
        if order.state == "slip_review":
            return answer(
                line("slip.waiting", number=order.number), line("slip.days"), question=line("order.question"), case=case
            )
        booked = None
        if order.paid:
            booked = line("slip.already", number=order.number, amount=context.money(order.paid, order.currency))
        return answer(booked, line("slip.how"), line("slip.days"), question=line("slip.ask"), case=case)

    return with_order(context, (line("slip.how"), line("slip.days")), specific)


def payment_problem(context: Context) -> Answer:
    """Explain the usual causes; the payment itself is looked at by a person."""
    lines = [line("payproblem.sorry")]
    if "charged_twice" in context.aspects:
        lines.append(line("payproblem.twice"))
    elif context.aspects & {"bank_fee", "overcharged", "exchange_rate"}:
        lines.append(line("payproblem.fee"))
    else:
        lines.append(line("payproblem.declined"))
    lines.append(line("payproblem.person"))
    return answer(*lines, question=line("payproblem.ask"), case=CaseRequest("payment_problem", "after_sale"))


def ask_invoice(context: Context) -> Answer:
    """A person makes the papers; ask what must stand on them."""

    def specific(context: Context, order: Order) -> Answer:
        case = CaseRequest("invoice", "after_sale")
        return answer(line("invoice.person", number=order.number), question=line("invoice.ask"), case=case)

    return with_order(context, (line("invoice.general"),), specific)


def items_line(context: Context, order: Order) -> Line | None:
    """Return the line that lists what is in ``order``."""
    names = {product.sku: context.name(product) for product in context.shop.products()}
    listed = tuple(f"{item.quantity} × {names.get(item.sku, item.sku)}" for item in order.items)
    return line("order.items", items=Names(listed)) if listed else None
