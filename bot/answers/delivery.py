"""Questions about the way to the buyer: freight, days, customs."""

from __future__ import annotations

from decimal import Decimal

from bot.answers.context import Context
from bot.answers.parts import Answer, CaseRequest, Line, answer, line
from bot.replies.values import Days, Percent
from bot.trade.freight import offers, parcel_kilograms, recommended
from bot.trade.model import ShippingMethod
from bot.trade.pricing import quote

_PERSON = CaseRequest("look_up", "logistics")


def ask_shipping_cost(context: Context) -> Answer:
    """Name methods with cost and days for the buyer's country; say honestly what is delayed or not served."""
    return _shipping(context, with_cost=True)


def ask_shipping_time(context: Context) -> Answer:
    """The same, with the dispatch time; cost is named too, as it is what a buyer asks next."""
    return _shipping(context, with_cost=False)


def _label(context: Context, method: ShippingMethod) -> str:
    return f"{context.replies.render(f'shipping.name_{method.kind}')} ({method.method})"


def _shipping(context: Context, *, with_cost: bool) -> Answer:
    dispatch = context.rules.policies.dispatch_days
    code = context.country
    if code is None:
        return answer(
            line("shipping.served", number=len(context.shop.served_countries())),
            None if with_cost else line("shipping.dispatch", days=Days(dispatch.min, dispatch.max)),
            question=line("shipping.ask_country"),
            awaiting="country",
        )
    country = context.country_name(code)
    methods = context.shop.shipping_methods(code)
    if not methods:
        return answer(line("shipping.unknown", country=country), question=line("order.question"), case=_PERSON)
    product, quantity = context.product, context.memory.quantity
    bought = quote(product, quantity or product.moq) if product and product.steps else None
    kilograms = parcel_kilograms(product, bought.quantity if bought else 1)
    found = offers(methods, kilograms=kilograms, goods_total=bought.total if bought else None)
    if not found:
        return answer(line("shipping.not_served", country=country), question=line("order.question"), case=_PERSON)
    if bought:
        unit = context.unit(bought.product)
        heading = line(
            "shipping.for_goods",
            quantity=bought.quantity,
            unit=unit,
            product=context.name(bought.product),
            country=country,
        )
    else:
        heading = line("shipping.to", country=country)
    lines: list[Line | None] = [heading]
    for offer in found:
        days, label = Days(offer.days_min, offer.days_max), _label(context, offer.method)
        if offer.cost:
            lines.append(
                line("shipping.cost", method=label, cost=context.money(offer.cost, offer.method.currency), days=days)
            )
        else:
            lines.append(line("shipping.cost_free", method=label, days=days))
        if offer.method.status == "delayed":
            lines.append(line("shipping.delayed", method=label, country=country, days=Days(offer.method.extra_days)))
    best = recommended(found)
    if best:
        lines.append(line("shipping.recommend", method=_label(context, best.method)))
    if not bought:
        lines.append(line("shipping.per_kg"))
    if not with_cost:
        lines.append(line("shipping.dispatch", days=Days(dispatch.min, dispatch.max)))
    free = [offer for offer in found if offer.method.free_over is not None and offer.cost]
    if with_cost and free:
        cheapest = min(free, key=lambda offer: offer.method.free_over or Decimal(0))
        lines.append(
            line("shipping.free_over", method=_label(context, cheapest.method),
                 amount=context.money(cheapest.method.free_over or Decimal(0), cheapest.method.currency))
        )  # fmt: skip
    if context.aspects & {"packaging", "damaged", "broken"} or "packaging" in _emphasis(context, code):
        lines.append(line("shipping.packing"))
    if "free_shipping" in context.aspects:
        lines.append(line("customs.not_free"))
    question = line("shipping.ask_order") if bought else line("shipping.ask_product")
    return answer(*lines, question=question, awaiting=None if bought else "product")


def _emphasis(context: Context, code: str) -> tuple[str, ...]:
    rule = context.rules.countries.get(code)
    return rule.emphasis if rule else ()


def ask_customs(context: Context) -> Answer:
    """Give the figures of the buyer's country; free shipping does not mean duty-free."""
    code = context.country
    if code is None:
        return answer(
            line("customs.general"), line("customs.not_free"), question=line("customs.ask_country"), awaiting="country"
        )
    rule = context.shop.customs_rule(code)
    country = context.country_name(code)
    if rule is None:
        return answer(
            line("customs.none", country=country),
            line("customs.not_free"),
            line("customs.declared"),
            question=line("customs.ask"),
        )
    return answer(
        line("customs.free", country=country, amount=context.money(rule.duty_free_up_to, rule.currency))
        if rule.duty_free_up_to
        else line("customs.general"),
        line("customs.vat", percent=Percent(rule.vat_percent)) if rule.vat_percent else None,
        line("customs.not_free"),
        line("customs.declared"),
        question=line("customs.ask"),
    )
