"""What the importer takes, what it refuses, and that it loads all or nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.errors import ConfigurationError, DataFault, ImportRejected, StoreUnavailable
from bot.shop.cells import BadCell, order_key, phone_key, read_number
from bot.shop.importer import import_csv
from bot.shop.rules import load_rules
from bot.shop.tables import metadata

TODAY = date(2026, 6, 15)
PRODUCTS = "sku,category,unit,moq,currency,weight_grams\nA-1,lace,yard,1,USD,90\nA-2,lace,yard,1,USD,95\n"
BUYERS = "id,name,email,phone,country\nB1,Ana,Ana@Example.com,+55 11 90000-0001,br\n"
ORDERS = "number,buyer_id,state,placed_on,currency,total,paid,country\n"


@pytest.fixture
def load(engine: Engine, tmp_path: Path):
    """Write a text to a file and import it."""

    def write(table: str, content: str | bytes, columns: dict[str, str] | None = None) -> int:
        path = tmp_path / f"{table}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return import_csv(engine, table, path, columns=columns, today=TODAY)

    return write


@pytest.fixture
def stocked(load):
    """Two products and a buyer are there."""
    load("products", PRODUCTS)
    load("buyers", BUYERS)
    return load


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one()


def column(engine: Engine, table: str, name: str) -> list[object]:
    with engine.connect() as connection:
        chosen = metadata.tables[table].c[name]
        return list(connection.execute(select(chosen).order_by(chosen)).scalars())


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", "12"), ("12.5", "12.5"), ("12,5", "12.5"), ("36,00", "36"), ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"), ("1 234,5", "1234.5"), ("1'234.50", "1234.50"), ("1.234.567", "1234567"),
        ("1\u00a0234,50", "1234.50"), ("0.125", "0.125"), ("1234.567", "1234.567"), ("-3", "-3"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_meant(written: str, value: str) -> None:
    assert read_number(written) == Decimal(value)


@pytest.mark.parametrize(
    "written", ["1.234", "1,234", "12.345", "abc", "$12", "12 USD", "1.2.3", "1,23.50", "", "--1", "1e5"]
)
def test_a_number_that_can_be_read_in_two_ways_or_none_is_refused(written: str) -> None:
    with pytest.raises(BadCell):
        read_number(written)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("LS-10234", "LS-10234"), (" # ls-10234 ", "LS-10234"), ("№ 8123 4567 8901 2345", "8123456789012345"),
        ("٨١٢٣٤٥", "812345"), ("\u200e8123\u200f", "8123"), ("８１２３", "8123"), ("", ""),
    ],
)  # fmt: skip
def test_order_numbers_are_compared_without_spaces_case_and_marks(written: str, key: str) -> None:
    assert order_key(written) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+55 (11) 90000-0001", "+5511900000001"),
        ("005511900000001", "+5511900000001"),
        ("5511900000001", "+5511900000001"),
        ("", ""),
    ],
)
def test_phone_numbers_are_compared_as_digits(written: str, key: str) -> None:
    assert phone_key(written) == key


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_common_kind_of_csv_is_read(engine: Engine, load, mark: str, start: bytes, end: str) -> None:
    text = PRODUCTS.replace(",", mark).replace("\n", end)
    assert load("products", start + text.encode()) == 2
    assert column(engine, "products", "sku") == ["A-1", "A-2"]


def test_a_column_map_names_the_sellers_headings_and_leaves_others_out(engine: Engine, load) -> None:
    text = "Article;Warengruppe;unit;MOQ;Currency;Weight grams;Lager\nX;lace;yard;1;USD;90;links\n"
    assert load("products", text, {"Article": "sku", "Warengruppe": "category"}) == 1
    assert column(engine, "products", "sku") == ["X"]


def test_lists_flags_dates_and_empty_cells_become_values(engine: Engine, load) -> None:
    load("certificates", "id,name,issuer,number,valid_until\nCE,CE,me,1,30\nEN,EN,me,2,2027-01-31\nOLD,x,me,3,\n")
    assert set(column(engine, "certificates", "valid_until")) == {None, date(2026, 7, 15), date(2027, 1, 31)}
    load("products", PRODUCTS.replace("grams\n", "grams,colors,customizable\n").replace(",90\n", ',90,"red; blue;red",yes\n').replace(",95\n", ",95,,\n"))  # fmt: skip
    assert column(engine, "products", "colors") == [(), ("red", "blue")]
    assert column(engine, "products", "customizable") == [False, True]


@pytest.mark.parametrize(
    ("table", "text", "line", "problem"),
    [
        ("prices", "sku,min_quantity,unit_price\nA-1,1,abc\n", 2, "not a number"),
        ("prices", "sku,min_quantity,unit_price\nA-1,1,-4\n", 2, "is negative"),
        ("prices", "sku,min_quantity,unit_price\nA-1,1,1.234\n", 2, "two ways"),
        ("prices", "sku,min_quantity,unit_price\nA-1,1,3.00001\n", 2, "too many decimals"),
        ("prices", "sku,min_quantity,unit_price\nA-1,1,99999999999\n", 2, "too large"),
        ("prices", "sku,min_quantity,unit_price\nA-1,0,4\n", 2, "too small"),
        ("prices", "sku,min_quantity,unit_price\nA-1,99999999999,4\n", 2, "too large"),
        ("prices", "sku,min_quantity,unit_price\nA-1,1.5,4\n", 2, "not a whole number"),
        ("prices", "sku,min_quantity,unit_price\nA-1,1,40\nA-1,40,41\n", 3, "is not below 40"),
        ("prices", "sku,min_quantity,unit_price\nA-1,40,40\nA-1,1,40\n", 2, "is not below 40"),
        ("prices", "sku,min_quantity,unit_price\nA-1,1,40\nA-1,1,41\n", 3, "stands in line 2 too"),
        ("prices", "sku,min_quantity,unit_price\nZZ,1,40\n", 2, '"ZZ" is not in products'),
        ("prices", "sku,min_quantity,unit_price\nA-1,,40\n", 2, "min_quantity is empty"),
        ("prices", "sku,min_quantity,unit_price\nA-1,1,3,70\n", 2, "has 4 cells, the heading has 3"),
        ("prices", "sku,min_quantity\nA-1,1\n", 1, '"unit_price" is missing'),
        ("prices", "sku,min_quantity,unit_prise\nA-1,1,3\n", 1, '"unit_prise" is unknown'),
        ("prices", "sku,min_quantity,unit_price,sku\nA-1,1,3,A-1\n", 1, "stands twice"),
        ("prices", "", None, "is empty"),
        ("prices", b"sku,min_quantity,unit_price\nA-1,1,3\xff\n", None, "is not UTF-8"),
        ("prices", b'sku,min_quantity,unit_price\nA-1,1,"3\n', None, "is not a CSV file"),
        ("orders", ORDERS + "1,B1,lost,-3,USD,10,10,BR\n", 2, '"lost" is unknown'),
        ("orders", ORDERS + "1,B9,shipped,-3,USD,10,10,BR\n", 2, '"B9" is not in buyers'),
        ("orders", ORDERS + "1,B1,shipped,31/12/2026,USD,10,10,BR\n", 2, "not a date"),
        ("orders", ORDERS + "1,B1,shipped,2026-02-30,USD,10,10,BR\n", 2, "not a date"),
        ("orders", ORDERS + "1,B1,shipped,46188,USD,10,10,BR\n", 2, "not a date"),
        ("orders", ORDERS + "1,B1,shipped,2026,USD,10,10,BR\n", 2, "not a date"),
        ("orders", ORDERS + "1,B1,shipped,-3,dollars,10,10,BR\n", 2, "not a currency code"),
        ("orders", ORDERS + "1,B1,shipped,-3,USD,10,10,Brasil\n", 2, "not a country code"),
        ("orders", ORDERS + "12,B1,shipped,-3,USD,10,10,BR\n#1 2,B1,shipped,-3,USD,1,1,BR\n", 3, "stands in line 2 too"),
        ("buyers", "id,name,email,country\nB2,X,not-an-address,BR\n", 2, "not an e-mail"),
        ("buyers", "id,name,phone,country\nB2,X,11 90000 0001,BR\n", 2, "international phone number"),
        ("buyers", "id,name,email,country\nB2,X,a@b.com,BR\nB3,Y,A@B.com,BR\n", 3, "stands in line 2 too"),
        ("buyers", "id,name,country\n" + "x" * 65 + ",X,BR\n", 2, "longer than 64"),
        ("products", PRODUCTS + "A-3,lace,bucket,1,USD,3\n", 4, "use piece, yard"),
        ("products", PRODUCTS.replace("grams\n", "grams,similar\n").replace(",90\n", ",90,A-2\n").replace(",95\n", ",95,A-7\n"), 3, '"A-7"'),
        ("shipping", "country,method,kind,currency,base_cost,days_min,days_max\nBR,Air,express,USD,1,9,4\n", 2, "above days_max"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused_as_a_whole(engine: Engine, stocked, table: str, text: str | bytes, line: int | None, problem: str) -> None:  # fmt: skip
    before = count(engine, table)
    with pytest.raises(ImportRejected) as caught:
        stocked(table, text)
    found = [fault for fault in caught.value.faults if problem in f"{fault.problem}; {fault.remedy}"]
    assert [fault.line for fault in found] == [line], str(caught.value)
    assert all(fault.file.endswith(f"{table}.csv") and fault.remedy for fault in caught.value.faults)
    assert count(engine, table) == before


def test_all_faults_come_at_once_and_good_rows_stay_out(engine: Engine, stocked) -> None:
    text = "sku,min_quantity,unit_price\nA-1,1,40\nA-1,x,37\nA-2,1,y\nZZ,1,2\n"
    with pytest.raises(ImportRejected) as caught:
        stocked("prices", text)
    assert [fault.line for fault in caught.value.faults] == [3, 4, 5]
    assert count(engine, "prices") == 0


def test_a_row_that_spans_lines_is_named_by_its_first_line(stocked) -> None:
    with pytest.raises(ImportRejected) as caught:
        stocked("return_addresses", 'country,address\nBR,"Rua 1\nSão Paulo"\nBrazil,x\n')
    assert [fault.line for fault in caught.value.faults] == [4]


def test_a_missing_file_is_a_fault_and_an_unknown_table_an_error(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportRejected, match="cannot be read"):
        import_csv(engine, "buyers", tmp_path / "none.csv", today=TODAY)
    with pytest.raises(ConfigurationError, match="does not exist"):
        import_csv(engine, "users; drop table orders", tmp_path / "none.csv", today=TODAY)


def test_a_column_map_that_fits_nothing_is_refused(stocked) -> None:
    with pytest.raises(ImportRejected) as caught:
        stocked("prices", "sku,min_quantity,unit_price\nA-1,1,2\n", {"Preis": "unit_price", "sku": "article"})
    assert 'has no column "Preis"' in str(caught.value)
    assert 'names "article"' in str(caught.value)


def test_importing_again_replaces_rows_of_the_same_key(engine: Engine, stocked) -> None:
    stocked("buyers", BUYERS.replace("Ana,", "Beatriz,"))
    assert column(engine, "buyers", "name") == ["Beatriz"]
    assert column(engine, "buyers", "email") == ["ana@example.com"]
    stocked("products", PRODUCTS.replace("A-1,lace", "A-1,ribbons"))
    assert column(engine, "products", "category") == ["lace", "ribbons"]


def test_importing_a_shorter_ladder_leaves_no_old_rung(engine: Engine, stocked) -> None:
    stocked("prices", "sku,min_quantity,unit_price\nA-1,1,40\nA-1,40,37\nA-1,100,36\nA-2,1,5\n")
    stocked("prices", 'sku,min_quantity,unit_price\nA-1,1,"39,50"\nA-1,50,35\n')
    assert column(engine, "prices", "min_quantity") == [1, 1, 50]
    assert sorted(column(engine, "prices", "unit_price")) == [Decimal("5.00"), Decimal("35.00"), Decimal("39.50")]


def test_text_that_looks_like_sql_is_only_text(engine: Engine, load) -> None:
    load("buyers", 'id,name,country\nB1,"\'); DROP TABLE buyers; --",BR\n')
    assert column(engine, "buyers", "name") == ["'); DROP TABLE buyers; --"]


def test_a_store_without_tables_is_reported_as_unavailable(engine: Engine, load) -> None:
    metadata.drop_all(engine)
    with pytest.raises(StoreUnavailable):
        load("products", PRODUCTS)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("policies.yml", "percent: 30,", "percent: 130,", "deposit.percent is 130"),
        ("policies.yml", "percent: 30,", "", "deposit.percent is missing"),
        ("policies.yml", "percent: 30,", "percent: abc,", "deposit.percent is 'abc'"),
        ("policies.yml", "fault_paid_by: seller", "fault_paid_by: nobody", "use buyer, seller"),
        ("policies.yml", "Asia/Shanghai", "Asia/Nowhere", "time_zone 'Asia/Nowhere' is unknown"),
        ("policies.yml", "escalate_to_day: 15", "escalate_to_day: 20", "do not follow"),
        ("policies.yml", "care: {", "care: {hugs: 3, ", "care.hugs is unknown"),
        ("policies.yml", "shop: {", "shop: [", "is not YAML"),
        ("discounts.yml", "next_time_coupon: BACK6", "next_time_coupon: NOPE", "is no coupon"),
        ("discounts.yml", "reason: weight", "reason: whim", "use better_material"),
        ("discounts.yml", "valid_from: -7", "valid_from: 70", "ends before it begins"),
        ("countries.yml", "US: {", "NO: {", "put it in quotes"),
        ("countries.yml", "emphasis: [quality, packaging, price]", "emphasis: [luck]", "use quality"),
    ],
)
def test_faulty_rules_are_named(shop: Path, tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    for name in ("policies.yml", "discounts.yml", "countries.yml"):
        text = (shop / name).read_text(encoding="utf-8")
        assert name != file or old in text
        (tmp_path / name).write_text(text.replace(old, new, 1) if name == file else text, encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        load_rules(tmp_path, today=TODAY)
    assert problem in str(caught.value)
    assert file in str(caught.value)
