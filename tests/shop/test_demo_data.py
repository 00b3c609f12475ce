"""The demo shop must be complete and add up: what the assistant says about it is only as true as these files."""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from datetime import date, datetime, time, timezone
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from babel import Locale
from babel.numbers import list_currencies
from sqlalchemy import create_engine

from bot.shop.demo import load_demo
from bot.shop.repository import ShopRepository
from bot.shop.rules import load_rules
from bot.shop.schema import DISPUTE_STATES, REFUND_STATES, TRACKING_CODES
from bot.shop.tables import metadata
from bot.trade.model import Buyer, DisputeKind, Order, OrderState, Product
from bot.trade.rules import ShopRules
from bot.understanding.entities.identifiers import s10_is_valid, ups_is_valid

TODAY = date(2026, 6, 15)
SHOP = Path(__file__).parents[2] / "shop"
LANGUAGES = {"en", "zh", "es", "pt", "ru", "de", "fr", "ar"}


def rows(table: str) -> list[dict[str, str]]:
    with (SHOP / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> ShopRepository:
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'shop.db'}", future=True)
    metadata.create_all(engine)
    load_demo(engine, SHOP, today=TODAY)
    return ShopRepository(engine)


@pytest.fixture(scope="module")
def products(repository: ShopRepository) -> dict[str, Product]:
    return {product.sku: product for product in repository.products()}


@pytest.fixture(scope="module")
def buyers(repository: ShopRepository) -> list[Buyer]:
    found = [repository.buyer(row["id"]) for row in rows("buyers")]
    return [buyer for buyer in found if buyer is not None]


@pytest.fixture(scope="module")
def orders(repository: ShopRepository, buyers: list[Buyer]) -> list[Order]:
    return [order for buyer in buyers for order in repository.orders_of(buyer.id)]


@pytest.fixture(scope="module")
def rules() -> ShopRules:
    return load_rules(SHOP, today=TODAY)


def test_there_is_enough_of_everything(products: dict[str, Product], buyers: list[Buyer], orders: list[Order]) -> None:
    assert len(products) >= 44
    assert len(buyers) >= 60
    assert len(orders) == 200
    assert {buyer.language for buyer in buyers} == LANGUAGES


def test_every_state_stands_in_the_orders(orders: list[Order]) -> None:
    assert {order.state for order in orders} == set(get_args(OrderState))
    assert {order.dispute.kind for order in orders if order.dispute} == set(get_args(DisputeKind))
    assert {order.dispute.state for order in orders if order.dispute} == set(DISPUTE_STATES)
    assert {order.refund.state for order in orders if order.refund} == set(REFUND_STATES)
    assert {event.code for order in orders for event in order.tracking} == set(TRACKING_CODES)
    assert len(TRACKING_CODES) <= 14


def test_buyers_have_one_several_or_no_open_orders(orders: list[Order], buyers: list[Buyer]) -> None:
    opened = Counter(order.buyer_id for order in orders if order.is_open)
    assert sum(1 for buyer in buyers if opened[buyer.id] == 1) >= 10
    assert sum(1 for buyer in buyers if opened[buyer.id] > 1) >= 10
    assert sum(1 for buyer in buyers if opened[buyer.id] == 0) >= 5


def test_every_product_is_named_in_every_language(products: dict[str, Product]) -> None:
    for product in products.values():
        assert set(product.names) == set(product.strengths) == set(product.aliases) == LANGUAGES, product.sku
        for language, aliases in product.aliases.items():
            assert len(aliases) >= 3, (product.sku, language)


def test_no_alias_means_two_products() -> None:
    owners = defaultdict(set)
    for row in rows("product_texts"):
        for alias in [row["name"], *row["aliases"].split(";")]:
            owners[row["language"], alias.casefold()].add(row["sku"])
    assert {alias: skus for alias, skus in owners.items() if len(skus) > 1} == {}


def test_ladders_begin_at_the_minimum_order(products: dict[str, Product]) -> None:
    for product in products.values():
        assert product.steps[0].min_quantity == product.moq, product.sku
        assert product.stock, product.sku
        assert {line.variant for line in product.stock} <= variants(product), product.sku
    assert [(s.min_quantity, s.unit_price) for s in products["LB-LACE-01"].steps] == [(1, 40), (40, 37), (100, 36)]


def variants(product: Product) -> set[str]:
    """A variant is a colour, a size, or ``colour / size``; empty where goods have neither."""
    if product.colors and product.sizes:
        return {f"{color} / {size}" for color in product.colors for size in product.sizes}
    return set(product.colors or product.sizes or ("",))


def test_electric_goods_tell_voltage_and_plug(products: dict[str, Product]) -> None:
    electric = [p for p in products.values() if p.category in {"electronics", "lighting", "machines"}]
    assert len(electric) >= 8
    assert [p.sku for p in electric if not (p.voltage and p.plug and p.power_watts)] == []


def test_totals_are_items_at_the_ladders_price_plus_shipping(
    orders: list[Order], products: dict[str, Product], repository: ShopRepository
) -> None:
    for order in orders:
        goods, grams = Decimal(0), 0
        for item in order.items:
            product = products[item.sku]
            price = [s.unit_price for s in product.steps if s.min_quantity <= item.quantity][-1]
            assert item.unit_price == price, order.number
            assert item.variant in variants(product), order.number
            goods += price * item.quantity
            grams += product.weight_grams * item.quantity
        method = {m.method: m for m in repository.shipping_methods(order.country)}[order.shipping_method]
        assert method.status != "not_served", order.number
        free = method.free_over is not None and goods >= method.free_over
        shipping = Decimal(0) if free else method.base_cost + method.cost_per_kg * math.ceil(grams / 1000)
        assert order.total == goods + shipping, order.number


def test_what_is_paid_fits_the_state(orders: list[Order], rules: ShopRules) -> None:
    deposit = rules.policies.deposit
    for order in orders:
        share = (order.total * deposit.percent / 100).quantize(Decimal("0.01"))
        if order.state in {"awaiting_payment", "awaiting_deposit", "cancelled"}:
            assert order.paid == 0, order.number
        elif order.state == "awaiting_balance":
            assert order.paid == share, order.number
        elif order.state in {"slip_review", "in_production"}:
            assert order.paid in {0, share, order.total}, order.number
        else:
            assert order.paid == order.total, order.number
        if order.state in {"awaiting_deposit", "awaiting_balance"}:
            assert order.total >= deposit.from_amount, order.number
        if order.protected:
            assert order.total >= rules.policies.protection.min_amount, order.number
        assert (order.pay_by is not None) == (
            order.state in {"awaiting_payment", "awaiting_deposit", "slip_review", "awaiting_balance"}
        ), order.number


def test_dates_fit_the_state(orders: list[Order]) -> None:
    for order in orders:
        assert order.placed_on <= TODAY, order.number
        assert (order.promised_on is None) == (order.state == "cancelled"), order.number
        if order.state in {"shipped", "in_customs", "ready_to_ship", "in_production", "awaiting_balance"}:
            assert order.promised_on is not None and order.promised_on >= TODAY, order.number
        if order.state == "delayed":
            assert order.promised_on is not None and order.promised_on < TODAY, order.number
        if order.state == "delivered":
            assert order.delivered_on is not None and order.delivered_on < TODAY, order.number


def test_tracking_tells_what_the_order_tells(orders: list[Order]) -> None:
    now = datetime.combine(TODAY, time(), timezone.utc)
    last = {
        "delivered": {"delivered"},
        "returned_to_sender": {"returned"},
        "in_customs": {"import_customs", "customs_hold"},
    }
    for order in orders:
        assert bool(order.tracking) == (order.shipped_on is not None) == bool(order.tracking_number), order.number
        moments = [event.at for event in order.tracking]
        assert moments == sorted(set(moments)), order.number
        if not order.tracking:
            continue
        assert moments[-1] < now, order.number
        assert moments[0].date() == order.shipped_on, order.number
        assert order.tracking[-1].code in last.get(order.state, set(TRACKING_CODES)), order.number
        delivered = [event.at.date() for event in order.tracking if event.code == "delivered"]
        assert delivered == ([order.delivered_on] if order.delivered_on else []), order.number


def test_order_numbers_have_the_three_shapes(orders: list[Order]) -> None:
    shapes = Counter("LS" if o.number.startswith("LS-") else len(o.number) for o in orders)
    assert set(shapes) == {"LS", 10, 11, 12, 16}
    assert min(shapes.values()) >= 10


def test_tracking_numbers_have_the_right_shape_and_check_digit(orders: list[Order]) -> None:
    seen = Counter(order.carrier for order in orders if order.tracking_number)
    assert {"DHL", "UPS", "China Post", "YunExpress", "Cainiao", "COSCO", "SF Express"} >= set(seen) >= {"DHL", "UPS", "China Post", "YunExpress", "Cainiao"}  # fmt: skip
    for order in orders:
        number, digits = order.tracking_number, "".join(c for c in order.tracking_number if c.isdigit())
        if order.carrier == "China Post":
            assert len(number) == 13 and number.endswith("CN") and s10_is_valid(number), number
        elif order.carrier == "UPS":
            assert len(number) == 18 and number.startswith("1Z") and ups_is_valid(number), number
        elif order.carrier == "DHL":
            assert number == digits and len(number) == 10 and int(number[:9]) % 7 == int(number[9]), number
        elif order.carrier == "YunExpress":
            assert number == f"YT{digits}" and len(digits) == 16, number
        elif order.carrier == "Cainiao":
            assert number == f"LP{digits}" and len(digits) == 14 and digits.startswith("00"), number
    numbers = [order.tracking_number for order in orders if order.tracking_number]
    assert len(set(numbers)) == len(numbers)


def test_shipping_covers_the_world_with_delays_and_gaps(repository: ShopRepository) -> None:
    methods = {row["country"]: repository.shipping_methods(row["country"]) for row in rows("shipping")}
    assert len(methods) >= 35
    assert all(1 <= len(found) <= 3 for found in methods.values())
    closed = {country for country, found in methods.items() if all(m.status == "not_served" for m in found)}
    assert len(closed) >= 2
    assert set(repository.served_countries()) == set(methods) - closed
    delayed = [m for found in methods.values() for m in found if m.status == "delayed"]
    assert delayed and all(method.extra_days > 0 for method in delayed)


def test_every_served_country_has_customs_and_country_rules(repository: ShopRepository, rules: ShopRules) -> None:
    served = set(repository.served_countries())
    assert {country for country in served if repository.customs_rule(country) is None} == {"CN"}
    assert served <= set(rules.countries)
    codes, currencies = Locale("en").territories, list_currencies()
    assert all(code in codes for code in rules.countries)
    assert all(rule.currency in currencies and rule.language in LANGUAGES for rule in rules.countries.values())


def test_rules_name_what_exists(products: dict[str, Product], rules: ShopRules) -> None:
    categories = {product.category for product in products.values()}
    assert {exclusion.category for exclusion in rules.discounts.excluded} <= categories
    assert set(rules.policies.returns.excluded_categories) <= categories
    assert {sku for bundle in rules.discounts.bundles for sku in bundle.skus} <= set(products)
    assert rules.policies.protection.small_orders in {method.id for method in rules.policies.payment_methods}


def test_the_clock_and_colours_of_the_field_are_the_defaults(rules: ShopRules) -> None:
    clock = rules.policies.dispute
    assert (clock.escalate_from_day, clock.escalate_to_day, clock.automatic_on_day, clock.return_claim_days) == (
        4,
        15,
        16,
        30,
    )
    assert rules.countries["BR"].prefer_colors == ("brown",)
    assert rules.countries["BR"].avoid_colors == ("purple", "yellow")
    assert rules.countries["US"].emphasis == ("quality", "packaging", "price")
    assert rules.countries["RU"].emphasis == ("quality", "use")


def test_contact_details_cannot_belong_to_anyone(buyers: list[Buyer]) -> None:
    assert all(buyer.email.rsplit("@")[1] in {"example.com", "example.org", "example.net"} for buyer in buyers)
    assert len({buyer.phone for buyer in buyers}) == len({buyer.email for buyer in buyers}) == len(buyers)
