"""Questions on the way to an order: wholesale, samples, how to order, protection, ways to pay."""

from __future__ import annotations

from bot.answers.context import Context
from bot.answers.goods import product_card, quote_lines, which
from bot.answers.parts import Answer, CaseRequest, Line, answer, line
from bot.replies.values import Names, Percent
from bot.trade.pricing import quote


def ask_wholesale(context: Context) -> Answer:
    """Give the ladder of the product from its minimum order up, own logo and dropshipping terms."""
    rules = context.rules.policies.wholesale
    product = context.product
    lines: list[Line | None] = []
    if product is not None and product.steps:
        first, last = quote(product, product.moq), product.steps[-1]
        if len(product.steps) > 1:
            lines.append(
                line("wholesale.moq", product=context.name(product), moq=first.quantity, unit=context.unit(product),
                     price=context.money(first.unit_price, product.currency), quantity=last.min_quantity,
                     lowest=context.money(last.unit_price, product.currency))
            )  # fmt: skip
        else:
            lines.extend(quote_lines(context, first))
    else:
        lines.append(line("wholesale.general"))
    customizable = product is None or product.customizable
    if customizable and (context.aspects & {"logo", "oem"} or product is None):
        lines.append(line("wholesale.logo", quantity=rules.own_logo_moq))
    if rules.dropshipping and ("dropship" in context.aspects or product is None):
        lines.append(line("wholesale.dropship"))
    wants_list = rules.price_list and ("price_list" in context.aspects or "partner" in context.aspects)
    if wants_list:
        lines.append(line("wholesale.list"))
    case = CaseRequest("price_list", "pre_sale") if wants_list else None
    return answer(
        *lines, question=line("wholesale.ask"), awaiting="product" if product is None else "quantity", case=case
    )


def ask_sample(context: Context) -> Answer:
    """Say what a sample costs, when it is credited, and that it is below the protection's minimum."""
    product = context.product
    if product is None:
        return which(context, "sample.which")
    policies = context.rules.policies
    if product.sample_price is None:
        return answer(
            line("sample.none", product=context.name(product)),
            question=line("product.ask"),
            case=CaseRequest("sample", "pre_sale"),
        )
    lines = [
        line("sample.price", product=context.name(product), price=context.money(product.sample_price, product.currency))
    ]
    if product.steps:
        needed = int(-(-policies.sample.credited_from_amount // product.steps[-1].unit_price))
        lines.append(line("sample.deducted", quantity=max(needed, product.moq), unit=context.unit(product)))
    protection = policies.protection
    lines.append(line("sample.protection", protection=protection.name, minimum=context.money(protection.min_amount)))
    question = line("product.ask") if context.country else line("sample.ask")
    return answer(*lines, question=question, awaiting=None if context.country else "country")


def place_order(context: Context) -> Answer:
    """Note what is wanted, quote it, and tell the steps; a person prepares the order."""
    product = context.product
    if product is None:
        choice = which(context, "place.which")
        return answer(line("place.steps"), question=choice.question, buttons=choice.buttons, awaiting="product")
    if context.memory.quantity is None:
        return answer(
            line("place.steps"),
            question=line("price.ask_quantity"),
            awaiting="quantity",
            cards=(product_card(context, product),),
        )
    found = quote(product, context.memory.quantity)
    total = context.money(found.total, product.currency)
    lines = [
        line(
            "place.summary",
            quantity=found.quantity,
            unit=context.unit(product),
            product=context.name(product),
            total=total,
        ),
        line("place.noted"),
    ]
    if found.raised_to_moq:
        lines.insert(0, quote_lines(context, found)[0])
    case = CaseRequest("prepare_order", "pre_sale")
    if context.country is None:
        return answer(*lines, question=line("place.ask_country"), awaiting="country", case=case)
    needs_variant = (product.colors or product.sizes) and not context.memory.variant
    question = line("place.ask_color") if needs_variant else line("payment.ask")
    return answer(*lines, question=question, case=case)


def ask_protection(context: Context) -> Answer:
    """Explain the platform's protection, its minimum, what covers small orders, and its steps."""
    rule = context.rules.policies.protection
    return answer(
        line("protection.what", protection=rule.name),
        line("protection.minimum", minimum=context.money(rule.min_amount)),
        line("protection.small"),
        line("protection.steps") if context.aspects & {"q_how", "explain", "how_to_order"} else None,
        line("protection.stay"),
        question=line("protection.ask", protection=rule.name),
    )


def ask_payment_methods(context: Context) -> Answer:
    """Name the ways to pay with their fees, warn of bank fees, keep the payment on the platform."""
    policies = context.rules.policies
    names = tuple(context.replies.render(f"method.{method.id}") for method in policies.payment_methods)
    lines: list[Line | None] = [line("payment.methods", methods=Names(names)), line("payment.easiest")]
    for method in policies.payment_methods:
        label = context.replies.render(f"method.{method.id}")
        if method.fee_percent:
            lines.append(line("payment.fee", method=label, fee=Percent(method.fee_percent)))
        if method.min_amount > 1 and method.kind == "bank_transfer":
            lines.append(line("payment.limits", method=label, minimum=context.money(method.min_amount)))
    if "cod" in context.aspects:
        lines.insert(0, line("payment.cod"))
    if any(method.buyer_pays_bank_fee for method in policies.payment_methods):
        lines.append(line("payment.bank_fee"))
    if "deposit" in context.aspects or "installments" in context.aspects:
        lines.append(line("payment.deposit", percent=Percent(policies.deposit.percent)))
    lines.append(line("payment.stay"))
    return answer(*lines, question=line("payment.ask"))
