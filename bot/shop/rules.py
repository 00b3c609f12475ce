"""``policies.yml``, ``discounts.yml`` and ``countries.yml`` read into :mod:`bot.trade.rules`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import yaml

from bot.errors import DataFault, Fault
from bot.shop.schema import TIERS
from bot.trade.rules import CountryRule, Discounts, Policies, ShopRules

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def load_rules(folder: Path, *, today: date) -> ShopRules:
    """Read the three files of ``folder``; dates of coupons may count days from ``today``. Raises DataFault."""
    reader = _Reader(today)
    policies = reader.read(folder / "policies.yml", Policies)
    discounts = reader.read(folder / "discounts.yml", Discounts)
    countries = reader.read(folder / "countries.yml", dict[str, CountryRule])
    if reader.faults:
        raise DataFault(reader.faults)
    rules = ShopRules(policies, discounts, countries)
    faults = list(_contradictions(rules, folder))
    if faults:
        raise DataFault(faults)
    return rules


class _Reader:
    """Builds values of a declared type out of YAML and collects what does not fit."""

    def __init__(self, today: date) -> None:
        self.faults: list[Fault] = []
        self._today = today
        self._file = ""

    def read(self, path: Path, kind: Any) -> Any:
        self._file = str(path)
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as err:
            return self._fault("", f"cannot be read ({err.strerror})", "restore the file")
        except (yaml.YAMLError, UnicodeDecodeError) as err:
            return self._fault("", f"is not YAML ({' '.join(str(err).split())})", "correct it at that place")
        return self._build(kind, data, "")

    def _fault(self, where: str, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self._file, f"{where} {problem}".strip(), remedy))

    def _build(self, kind: Any, data: Any, where: str) -> Any:
        if dataclasses.is_dataclass(kind):
            return self._record(kind, data, where)
        if get_origin(kind) is dict:
            if not isinstance(data, dict) or not data:
                return self._fault(where, f"is {data!r}", "write a mapping")
            for key in data:
                if not isinstance(key, str):
                    self._fault(where, f"has the key {key!r}", 'put it in quotes, such as "NO"')
            return {str(k): self._build(get_args(kind)[1], v, f"{where}.{k}".strip(".")) for k, v in data.items()}
        if get_origin(kind) is tuple:
            if not isinstance(data, list):
                return self._fault(where, f"is {data!r}", "write a list in [ ]")
            return tuple(self._build(get_args(kind)[0], v, f"{where}[{n}]") for n, v in enumerate(data))
        if get_origin(kind) is Literal:
            choices = ", ".join(get_args(kind))
            return data if data in get_args(kind) else self._fault(where, f"is {data!r}", f"use {choices}")
        if type(None) in get_args(kind):
            return None if data is None else self._build(get_args(kind)[0], data, where)
        return self._plain(kind, data, where)

    def _record(self, kind: Any, data: Any, where: str) -> Any:
        hints = get_type_hints(kind)
        fields = {field.name: field for field in dataclasses.fields(kind)}
        if not isinstance(data, dict):
            return self._fault(where, f"is {data!r}", f"write a mapping with {', '.join(fields)}")
        before = len(self.faults)
        for name in data:
            if name not in fields:
                self._fault(f"{where}.{name}".strip("."), "is unknown", f"use {', '.join(fields)}")
        for name, field in fields.items():
            if name not in data and field.default is dataclasses.MISSING:
                self._fault(f"{where}.{name}".strip("."), "is missing", "add it")
        given = {n: self._build(hints[n], v, f"{where}.{n}".strip(".")) for n, v in data.items() if n in fields}
        return kind(**given) if len(self.faults) == before else None

    def _plain(self, kind: Any, data: Any, where: str) -> Any:
        number = isinstance(data, (int, float)) and not isinstance(data, bool)
        if kind is Decimal and number and 0 <= data < 1_000_000_000:
            return Decimal(str(data))
        if kind is int and isinstance(data, int) and number and 0 <= data < 1_000_000_000:
            return data
        if kind is date and number and isinstance(data, int) and abs(data) < 3650:
            return self._today + timedelta(days=data)
        if kind in (bool, str, date) and type(data) is kind and data != "":
            return data
        remedies = {Decimal: "a number from 0", int: "a whole number from 0", date: "a date or days from today", bool: "true or false"}  # fmt: skip
        return self._fault(where, f"is {data!r}", f"write {remedies.get(kind, 'a text, in quotes if need be')}")


def _contradictions(rules: ShopRules, folder: Path) -> Iterator[Fault]:
    """Yield what is well formed but cannot be meant."""
    policies, discounts = rules.policies, rules.discounts
    in_policies, in_discounts = str(folder / "policies.yml"), str(folder / "discounts.yml")
    try:
        ZoneInfo(policies.shop.time_zone)
    except (ValueError, OSError, KeyError):
        yield Fault(
            in_policies, f"shop.time_zone {policies.shop.time_zone!r} is unknown", "use one such as Asia/Shanghai"
        )
    for day in policies.business_hours:
        if day not in WEEKDAYS:
            yield Fault(in_policies, f"business_hours.{day} is unknown", f"use {', '.join(WEEKDAYS)}")
    if policies.dispatch_days.min > policies.dispatch_days.max:
        yield Fault(in_policies, "dispatch_days.min is above max", "exchange them")
    clock = policies.dispute
    if not clock.escalate_from_day <= clock.escalate_to_day < clock.automatic_on_day:
        yield Fault(in_policies, "dispute days do not follow each other", "write from_day ≤ to_day < automatic_on_day")
    for method in policies.payment_methods:
        if method.max_amount is not None and method.max_amount < method.min_amount:
            yield Fault(in_policies, f"payment method {method.id!r}: max_amount is below min_amount", "exchange them")
    for name, tiers in (("compensation.max_percent", policies.compensation.max_percent), ("tier_percent", discounts.tier_percent)):  # fmt: skip
        if set(tiers) != set(TIERS):
            yield Fault(in_policies if "." in name else in_discounts, f"{name} names {', '.join(tiers)}", f"name {', '.join(TIERS)}")  # fmt: skip
    for coupon in discounts.coupons:
        if coupon.valid_until < coupon.valid_from:
            yield Fault(in_discounts, f"coupon {coupon.code!r} ends before it begins", "exchange the dates")
    if discounts.next_time_coupon not in {coupon.code for coupon in discounts.coupons}:
        yield Fault(in_discounts, f"next_time_coupon {discounts.next_time_coupon!r} is no coupon", "add it to coupons")
    percents = [("deposit.percent", policies.deposit.percent, in_policies), ("max_percent", discounts.max_percent, in_discounts)]  # fmt: skip
    for name, percent, file in percents:
        if percent > 100:
            yield Fault(file, f"{name} is {percent}", "write at most 100")
