"""Questions about goods and prices before the sale: price, discount, product, stock, authenticity."""

from __future__ import annotations

from datetime import date, timedelta

from babel import Locale

from bot.answers.context import Context
from bot.answers.parts import Answer, Button, Card, CaseRequest, Line, answer, line
from bot.replies.values import Names, Percent, Value
from bot.trade.discounts import Refused, bundle_with, decide, usable_coupon
from bot.trade.model import Product
from bot.trade.pricing import Quote, quote

_MOST_CHOICES = 6
_LOOK_UP = CaseRequest("look_up", "pre_sale")

# Which fact of a product each meaning asks for; the first column is a concept, the second a reply key.
_ASPECT_FACTS = {
    "material": "material", "real_material": "material", "size": "dimensions", "size_chart": "sizes",
    "weight_word": "weight", "color": "colors", "voltage": "voltage", "plug_type": "plug",
    "compatible": "compatible", "warranty": "warranty", "made_in": "origin", "certificate": "certificates",
}  # fmt: skip
_NOT_ON_FILE = frozenset({"waterproof", "video", "included", "difference_between", "care"})


def which(context: Context, key: str) -> Answer:
    """Ask which product is meant, offering those the buyer's word may stand for."""
    candidates = context.candidates[:_MOST_CHOICES]
    buttons = tuple(Button(f"product:{p.sku}", title=context.name(p)) for p in candidates)
    return answer(question=line(key), buttons=buttons, awaiting="product")


def quote_lines(context: Context, found: Quote) -> list[Line]:
    """Return the lines of a quote: unit price for the quantity, total, next rung."""
    product, unit = found.product, context.unit(found.product)
    currency = product.currency
    values: dict[str, Value] = {
        "product": context.name(product),
        "unit": unit,
        "price": context.money(found.unit_price, currency),
    }
    if found.raised_to_moq:
        lines = [line("price.below_moq", moq=found.quantity, total=context.money(found.total, currency), **values)]
    else:
        lines = [line("price.quote", quantity=found.quantity, total=context.money(found.total, currency), **values)]
    if found.next_step:
        price = context.money(found.next_step.unit_price, currency)
        lines.append(line("price.next_step", missing=found.missing, unit=unit, price=price))
    return lines


def product_card(context: Context, product: Product) -> Card:
    """Return the card of ``product``: name, picture and first price."""
    price = context.money(product.steps[0].unit_price, product.currency) if product.steps else None
    return Card(
        "product",
        {
            "sku": product.sku,
            "title": context.name(product),
            "image": product.image,
            "price": context.replies.write(price) if price else "",
        },
    )


def ask_price(context: Context) -> Answer:
    """Quote the asked quantity and the total, then the next rung."""
    product = context.product
    if product is None:
        return which(context, "price.which")
    if context.memory.quantity is None:
        first = quote(product, product.moq)
        single = line(
            "price.single", product=context.name(product), price=context.money(first.unit_price, product.currency),
            unit=context.unit(product), moq=first.quantity,
        )  # fmt: skip
        note = line("price.steps_note", unit=context.unit(product)) if len(product.steps) > 1 else None
        return answer(
            single,
            note,
            question=line("price.ask_quantity"),
            awaiting="quantity",
            cards=(product_card(context, product),),
        )
    lines = quote_lines(context, quote(product, context.memory.quantity))
    if "difference" in context.aspects:
        lines.append(line("price.steps_note", unit=context.unit(product)))
    question = line("shipping.ask_order") if context.country else line("price.ask_country")
    return answer(*lines, question=question, awaiting=None if context.country else "country")


def ask_discount(context: Context) -> Answer:
    """Grant what the rules allow, or say why not and what would help."""
    discounts = context.rules.discounts
    if "price_dropped" in context.aspects:
        return answer(
            line("discount.price_drop", days=discounts.price_drop_days),
            question=line("order.question"),
            case=CaseRequest("price_drop", "after_sale"),
        )
    product = context.product
    if product is None:
        return which(context, "discount.which")
    found = quote(product, context.memory.quantity or product.moq)
    name, unit = context.name(product), context.unit(product)
    decision = decide(found, tier=context.tier, discounts=discounts)
    lines: list[Line] = []
    if isinstance(decision, Refused):
        lines.append(
            line("discount.reason_small")
            if decision.reason == "small"
            else line(f"discount.reason_{decision.reason}", product=name)
        )
    else:
        lines.append(
            line("discount.granted", percent=Percent(decision.percent), product=name, quantity=found.quantity, unit=unit,
                 total=context.money(decision.after, product.currency), before=context.money(decision.before, product.currency))
        )  # fmt: skip
        lines.append(line("discount.how_paid"))
    if found.next_step:
        price = context.money(found.next_step.unit_price, product.currency)
        lines.append(
            line(
                "discount.step",
                quantity=found.next_step.min_quantity,
                product=name,
                price=price,
                unit=unit,
                missing=found.missing,
            )
        )
    elif isinstance(decision, Refused):
        lines.append(
            line("discount.lowest", product=name, price=context.money(found.unit_price, product.currency), unit=unit)
        )
    if isinstance(decision, Refused):
        lines.extend(_alternatives(context, product, found))
    return answer(*lines, question=line("discount.ask"), awaiting="quantity")


def _alternatives(context: Context, product: Product, found: Quote) -> list[Line]:
    discounts = context.rules.discounts
    excluded = any(exclusion.category == product.category for exclusion in discounts.excluded)
    coupon = None if excluded else usable_coupon(discounts, amount=found.total, tier=context.tier, today=context.today)
    if coupon:
        return [line("discount.coupon", code=coupon.code, percent=Percent(coupon.percent), date=coupon.valid_until)]
    bundle = bundle_with(product, discounts)
    if bundle:
        names = tuple(context.name(p) for p in context.shop.products() if p.sku in bundle.skus)
        return [line("discount.bundle", products=Names(names), percent=Percent(bundle.percent))]
    return [line("discount.next_time")]


def product_facts(context: Context, product: Product) -> dict[str, Line]:
    """Return what the catalogue knows of ``product``, by reply key."""
    values = {
        "material": product.material, "dimensions": product.dimensions, "voltage": product.voltage,
        "plug": product.plug, "compatible": product.compatible_with, "origin": _origin(context, product),
        "colors": ", ".join(map(context.variant, product.colors)), "sizes": ", ".join(product.sizes),
        "certificates": ", ".join(certificate.name for certificate in product.certificates),
    }  # fmt: skip
    facts = {key: line(f"product.{key}", value=value) for key, value in values.items() if value}
    if product.power_watts:
        facts["power"] = line("product.power", value=product.power_watts)
    if product.warranty_months:
        facts["warranty"] = line("product.warranty", value=product.warranty_months)
    if product.weight_grams:
        facts["weight"] = line("product.weight", value=product.weight_grams, unit=context.unit(product))
    return facts


def ask_product(context: Context) -> Answer:
    """Show strengths and the facts asked for; what is not on file goes to a person."""
    product = context.product
    if product is None:
        if not context.candidates and "catalogue" in context.aspects:
            names = tuple(
                context.name(p) for p in context.shop.products()[:: max(1, len(context.shop.products()) // 8)]
            )
            return answer(
                line("product.catalogue", products=Names(names)), question=line("product.which"), awaiting="product"
            )
        return which(context, "product.which")
    facts = product_facts(context, product)
    wanted = [_ASPECT_FACTS[aspect] for aspect in _ASPECT_FACTS if aspect in context.aspects]
    lines = [
        line(
            "product.intro",
            product=context.name(product),
            strength=product.strengths.get(context.language, product.strengths.get("en", "")),
        )
    ]
    missing = [key for key in wanted if key not in facts] or (context.aspects & _NOT_ON_FILE if not wanted else [])
    chosen = [key for key in dict.fromkeys(wanted) if key in facts] or list(facts)[:6]
    if "voltage" in chosen and "plug" in facts and "plug" not in chosen:
        chosen.append("plug")
    lines.extend(facts[key] for key in chosen)
    case = None
    if "photo" in context.aspects or "video" in context.aspects:
        lines.append(line("product.photos"))
        case = CaseRequest("send_photos", "pre_sale")
    elif missing:
        lines.append(line("product.look_up"))
        case = _LOOK_UP
    if "similar" in context.aspects and product.similar:
        names = tuple(context.name(p) for p in context.shop.products() if p.sku in product.similar)
        lines.append(line("product.similar", products=Names(names)))
    return answer(
        *lines, question=line("product.ask"), awaiting="quantity", case=case, cards=(product_card(context, product),)
    )


def ask_stock(context: Context) -> Answer:
    """Say what is on the shelf, variant by variant when one was named."""
    product = context.product
    if product is None:
        return which(context, "stock.which")
    name, unit = context.name(product), context.unit(product)
    there = [entry for entry in product.stock if entry.quantity > 0]
    shelf = Names(tuple(context.variant(entry.variant) for entry in there if entry.variant))
    wanted = (context.memory.variant or "").casefold()
    if wanted:
        matching = [entry for entry in product.stock if wanted in entry.variant.casefold()]
        if not matching and there:
            return answer(
                line("stock.variant_unknown", product=name, variant=context.variant(context.memory.variant or ""), value=shelf),
                question=line("stock.ask"), awaiting="quantity",
            )  # fmt: skip
        lines = []
        for entry in matching:
            if entry.quantity > 0:
                lines.append(
                    line("stock.variant", variant=context.variant(entry.variant), quantity=entry.quantity, unit=unit)
                )
            elif entry.restock_days is not None:
                lines.append(
                    line(
                        "stock.variant_restock",
                        variant=context.variant(entry.variant),
                        date=_in_days(context, entry.restock_days),
                    )
                )
            else:
                lines.append(line("stock.variant_out", variant=context.variant(entry.variant)))
        if matching:
            return answer(*lines, question=line("stock.ask"), awaiting="quantity")
    if there:
        available = line("stock.available", product=name, quantity=sum(entry.quantity for entry in there), unit=unit)
        variants = line("stock.other_variants", value=shelf) if shelf.items and len(there) > 1 else None
        return answer(available, variants, question=line("stock.ask"), awaiting="quantity")
    dated = [entry.restock_days for entry in product.stock if entry.restock_days is not None]
    if dated:
        return answer(
            line("stock.restock", product=name, date=_in_days(context, min(dated))),
            question=line("stock.ask"),
            awaiting="quantity",
        )
    return answer(line("stock.out", product=name), question=line("product.ask"), case=_LOOK_UP)


def ask_authenticity(context: Context) -> Answer:
    """Answer doubts with proof: certificates, origin, brand; never with words alone."""
    product = context.product
    if product is None:
        return which(context, "authenticity.which")
    name = context.name(product)
    valid = [c for c in product.certificates if c.valid_until is None or c.valid_until >= context.today]
    lines = [
        line("authenticity.certificate", product=name, name=c.name, issuer=c.issuer, number=c.number) for c in valid
    ]
    if product.origin:
        lines.append(line("authenticity.origin", product=name, origin=_origin(context, product)))
    lines.append(line("authenticity.brand", brand=product.brand) if product.brand else line("authenticity.no_brand"))
    if not valid:
        return answer(*lines, line("authenticity.unknown"), question=line("order.question"), case=_LOOK_UP)
    return answer(*lines, line("authenticity.proof"), question=line("authenticity.ask"))


def _origin(context: Context, product: Product) -> str:
    """Return where ``product`` is made, the country's name in the language of the reply."""
    city, _, country = product.origin.rpartition(", ")
    codes = [code for code, name in Locale("en").territories.items() if name == country and len(code) == 2]
    return f"{city}, {context.country_name(codes[0])}" if codes and city else product.origin


def _in_days(context: Context, days: int) -> date:
    return context.today + timedelta(days=days)
