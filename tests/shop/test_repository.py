"""Reading the shop's data back, on SQLite and PostgreSQL, from the demo shop and from small cases."""

from __future__ import annotations

from datetime import date, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.errors import ImportRejected, StoreUnavailable
from bot.shop.demo import load_demo
from bot.shop.importer import import_csv
from bot.shop.repository import ShopRepository
from bot.shop.tables import metadata
from bot.trade.model import Buyer, Certificate, CustomsRule, PriceStep, ShippingMethod

FILES = {
    "certificates": "id,name,issuer,number,valid_until\nCE,CE declaration,me,7,30\n",
    "products": "sku,category,unit,moq,currency,weight_grams,colors,certificates,sample_price,power_watts,similar\n"
    "P-2,toys,piece,1,USD,200,,,,,P-1\nP-1,lace,yard,5,USD,90,red;blue,CE,2.5,,\n",
    "product_texts": "sku,language,name,aliases,strength\nP-1,en,Lace,lace;laces,Strong\nP-1,de,Spitze,,\n",
    "prices": "sku,min_quantity,unit_price\nP-1,100,36\nP-1,1,40\nP-1,40,37\n",
    "stock": "sku,variant,quantity,restock_days\nP-1,red,0,7\nP-1,blue,12,\n",
    "shipping": "country,method,kind,currency,base_cost,cost_per_kg,free_over,days_min,days_max,status,extra_days\n"
    "BR,Post,economy,USD,3,9.5,,20,40,delayed,6\nBR,Air,express,USD,22,8,99,4,7,ok,0\nCU,Air,express,USD,30,9,,9,20,not_served,0\n",
    "customs": "country,duty_free_up_to,currency,vat_percent,note\nBR,,USD,17.5,ICMS\n",
    "return_addresses": 'country,address\nBR,"Rua 1\nSão Paulo"\n',
    "buyers": "id,name,email,phone,country,language,tier\nB1,Ana,ana@example.com,+5511900000001,BR,pt,vip\n"
    "B2,Léa,lea@example.com,+33639980001,FR,fr,\nB3,Nobody,,,FR,,\n",
    "orders": "number,buyer_id,email,phone,state,placed_on,currency,total,paid,country,promised_on,protected,language\n"
    "LS-10234,B1,ana@example.com,+5511900000001,shipped,-9,USD,1000.10,300.03,BR,12,yes,pt\n"
    "8123456789012345,B1,ana@example.com,+5511900000001,refunded,-2,USD,20,20,BR,,no,pt\n"
    "204512345678,B1,,,disputed,-40,USD,7.5,7.5,BR,-3,,\n",
    "order_items": "order_number,sku,variant,quantity,unit_price\nls-10234,P-1,red,25,40\nLS-10234,P-2,,1,0.1\n",
    "tracking_events": "order_number,at,code,place\nLS-10234,-3 09:30,picked_up,Yiwu\nLS-10234,-4 23:59,label_created,Yiwu\n"
    "LS-10234,2026-06-13T10:00:00+08:00,left_origin,Yiwu\n",
    "refunds": "order_number,amount,state,updated_on,days_to_arrive\n8123456789012345,20,sent,-1,5\n",
    "disputes": "order_number,kind,state,requested_on,requested_amount\n204512345678,damaged,under_review,-6,7.5\n",
}


@pytest.fixture
def shop_data(engine: Engine, tmp_path: Path, today: date) -> ShopRepository:
    """The small shop above."""
    for table, text in FILES.items():
        path = tmp_path / f"{table}.csv"
        path.write_text(text, encoding="utf-8")
        import_csv(engine, table, path, today=today)
    return ShopRepository(engine)


def test_a_product_comes_with_texts_ladder_stock_and_papers(shop_data: ShopRepository, today: date) -> None:
    first, second = shop_data.products()
    assert (first.sku, second.sku) == ("P-1", "P-2")
    assert first.steps == (PriceStep(1, Decimal(40)), PriceStep(40, Decimal(37)), PriceStep(100, Decimal(36)))
    assert first.names == {"en": "Lace", "de": "Spitze"}
    assert first.aliases == {"en": ("lace", "laces")}
    assert [(line.variant, line.quantity, line.restock_days) for line in first.stock] == [
        ("blue", 12, None),
        ("red", 0, 7),
    ]
    assert first.certificates == (Certificate("CE", "CE declaration", "me", "7", today + timedelta(30)),)
    assert (first.colors, first.sample_price, first.power_watts) == (("red", "blue"), Decimal("2.50"), None)
    assert (second.steps, second.sample_price, second.similar, second.name("ru")) == ((), None, ("P-1",), "P-2")


def test_shipping_methods_come_fastest_first_with_those_not_served(shop_data: ShopRepository) -> None:
    assert [method.method for method in shop_data.shipping_methods("br ")] == ["Air", "Post"]
    assert shop_data.shipping_methods("BR")[1] == ShippingMethod(
        "BR", "Post", "economy", "USD", Decimal(3), Decimal("9.5"), None, 20, 40, "delayed", 6
    )
    assert [method.status for method in shop_data.shipping_methods("CU")] == ["not_served"]
    assert shop_data.shipping_methods("XX") == ()
    assert shop_data.served_countries() == ("BR",)


def test_rules_and_addresses_are_found_by_country(shop_data: ShopRepository) -> None:
    assert shop_data.customs_rule("br") == CustomsRule("BR", None, "USD", Decimal("17.5"), "ICMS")
    assert shop_data.customs_rule("DE") is None
    address = shop_data.return_address("BR")
    assert address is not None
    assert address.address == "Rua 1\nSão Paulo"
    assert shop_data.return_address("DE") is None


@pytest.mark.parametrize("written", ["LS-10234", "ls-10234", " # LS-10234", "LS - 10234", "#ls-10234\u200f"])
def test_an_order_is_found_however_its_number_is_written(shop_data: ShopRepository, written: str) -> None:
    order = shop_data.order(written)
    assert order is not None
    assert order.number == "LS-10234"


@pytest.mark.parametrize(
    "written", ["", " ", "#", "LS-1023", "LS-%", "LS-1023_", "' OR '1'='1", "x'; DROP TABLE orders; --", "\x00", "\ud800", "9" * 5000]
)  # fmt: skip
def test_what_is_no_order_number_finds_nothing_and_harms_nothing(shop_data: ShopRepository, written: str) -> None:
    assert shop_data.order(written) is None
    assert shop_data.orders_of(written) == ()
    assert shop_data.buyer(written) is None
    assert shop_data.buyer_by_email(written) is None
    assert shop_data.buyer_by_phone(written) is None
    assert shop_data.customs_rule(written) is None
    assert shop_data.return_address(written) is None
    assert shop_data.shipping_methods(written) == ()
    assert shop_data.order("LS-10234") is not None


def test_an_order_comes_with_items_tracking_refund_and_dispute(shop_data: ShopRepository, today: date) -> None:
    order = shop_data.order("LS-10234")
    assert order is not None
    assert (order.total, order.paid, order.balance) == (Decimal("1000.10"), Decimal("300.03"), Decimal("700.07"))
    assert (order.placed_on, order.promised_on, order.pay_by) == (today - timedelta(9), today + timedelta(12), None)
    assert (order.protected, order.language, order.carrier) == (True, "pt", "")
    assert [(item.sku, item.variant, item.quantity) for item in order.items] == [("P-1", "red", 25), ("P-2", "", 1)]
    assert [event.code for event in order.tracking] == ["label_created", "picked_up", "left_origin"]
    assert order.tracking[2].at.isoformat() == "2026-06-13T02:00:00+00:00"
    assert order.tracking[0].at.tzinfo == timezone.utc
    refunded, disputed = shop_data.order("8123456789012345"), shop_data.order("204512345678")
    assert refunded is not None and refunded.refund is not None
    assert (refunded.refund.state, refunded.refund.updated_on) == ("sent", today - timedelta(1))
    assert disputed is not None and disputed.dispute is not None
    assert (disputed.dispute.kind, disputed.dispute.requested_amount) == ("damaged", Decimal("7.50"))
    assert (disputed.email, disputed.language, disputed.protected) == ("", "en", False)


def test_orders_of_a_buyer_come_newest_first(shop_data: ShopRepository) -> None:
    orders = shop_data.orders_of("B1")
    assert [order.number for order in orders] == ["8123456789012345", "LS-10234", "204512345678"]
    assert orders[1] == shop_data.order("LS-10234")
    assert shop_data.orders_of("B2") == ()


@pytest.mark.parametrize("email", ["ana@example.com", " ANA@Example.com "])
def test_a_buyer_is_found_by_address(shop_data: ShopRepository, email: str) -> None:
    assert shop_data.buyer_by_email(email) == Buyer("B1", "Ana", "ana@example.com", "+5511900000001", "BR", "pt", "vip")


@pytest.mark.parametrize("phone", ["+5511900000001", "5511900000001", "+55 11 90000-0001", "005511900000001"])
def test_a_buyer_is_found_by_phone(shop_data: ShopRepository, phone: str) -> None:
    buyer = shop_data.buyer_by_phone(phone)
    assert buyer is not None
    assert buyer == shop_data.buyer("B1")


def test_buyers_that_share_an_address_are_not_told_apart(shop_data: ShopRepository, engine: Engine, tmp_path: Path, today: date) -> None:  # fmt: skip
    path = tmp_path / "more.csv"
    path.write_text("id,name,email,country\nB9,Ana 2,ana@example.com,BR\n", encoding="utf-8")
    import_csv(engine, "buyers", path, today=today)
    assert shop_data.buyer_by_email("ana@example.com") is None


def test_a_store_that_does_not_answer_is_reported(shop_data: ShopRepository, engine: Engine) -> None:
    metadata.drop_all(engine)
    calls = (
        shop_data.products, shop_data.served_countries, lambda: shop_data.order("1"), lambda: shop_data.orders_of("B1"),
        lambda: shop_data.buyer("B1"), lambda: shop_data.buyer_by_email("a@b.com"), lambda: shop_data.shipping_methods("BR"),
        lambda: shop_data.customs_rule("BR"), lambda: shop_data.return_address("BR"),
    )  # fmt: skip
    for call in calls:
        with pytest.raises(StoreUnavailable):
            call()


def test_the_demo_shop_loads_twice_and_its_days_move(engine: Engine, shop: Path, today: date) -> None:
    number = shop.joinpath("orders.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    loaded = load_demo(engine, shop, today=today)
    repository = ShopRepository(engine)
    before = repository.order(number)
    assert load_demo(engine, shop, today=today + timedelta(3)) == loaded
    after = repository.order(number)
    assert before is not None and after is not None
    assert after.placed_on - before.placed_on == timedelta(3)
    assert len(after.tracking) == len(before.tracking)
    assert after.tracking[0].at - before.tracking[0].at == timedelta(3)


def test_a_fault_in_one_demo_file_loads_none(engine: Engine, shop: Path, tmp_path: Path, today: date) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    for file in shop.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(text + "x,y\n" if file.name == "refunds.csv" else text, encoding="utf-8")
    (folder / "customs.csv").unlink()
    with pytest.raises(ImportRejected) as caught:
        load_demo(engine, folder, today=today)
    assert {Path(fault.file).name for fault in caught.value.faults} == {"customs.csv", "refunds.csv"}
    assert ShopRepository(engine).products() == ()
