"""Accuracy, speed and memory of understanding, beside the stock pipeline where it was trained."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import psutil

from bench.report import show
from bench.testset import TestMessage, test_messages
from bot.assistant import MessageParser, load_parser
from bot.risk.terms import rank
from bot.settings import settings_from

TARGETS = {
    "nlu.first_intent_accuracy": 0.92,
    "nlu.multi_exact": 0.80,
    "nlu.language_accuracy": 0.985,
    "risk.recall": 0.97,
    "risk.false_alarm_rate": 0.01,
    "entities.order_number_f1": 0.99,
}
_HEADS = ("", "messages", "first intent", "all of several", "language", "alarm recall", "false alarms", "order no. F1")


def measure() -> dict[str, float]:
    """Run the whole test set through ``liaison parse``'s parser; returns the figures by name."""
    parser = load_parser()
    process = psutil.Process()
    results, times = asyncio.run(_parse_all(parser, list(test_messages())))
    rows = []
    for language in [*dict.fromkeys(message.language for message, _ in results), "all"]:
        chosen = [pair for pair in results if language in ("all", pair[0].language)]
        rows.append((language, len(chosen), *scores(chosen).values()))
    show("Understanding, by language", _HEADS, rows)
    figures = dict(scores(results).items())
    figures["nlu.parse_p50_ms"] = statistics.median(times) * 1000
    figures["nlu.parse_per_s"] = len(times) / sum(times)
    figures["worker.rss_mb"] = process.memory_info().rss / 2**20
    figures |= _training()
    show(
        "Speed and memory", ("what", "measured"),
        [(name, value) for name, value in figures.items() if name not in TARGETS],
    )  # fmt: skip
    stock = _stock()
    if stock:
        names = [name for name in figures if f"stock.{name}" in stock]
        show(
            "Beside the stock pipeline (DIET, TED)",
            ("what", "Liaison", "stock"),
            [(n, figures[n], stock[f"stock.{n}"]) for n in names],
        )
    return figures


async def _parse_all(
    parser: MessageParser, messages: Sequence[TestMessage]
) -> tuple[list[tuple[TestMessage, dict[str, Any]]], list[float]]:
    for message in messages[:50]:
        await parser.parse(message.text)
    results, times = [], []
    for message in messages:
        started = time.perf_counter()
        results.append((message, await parser.parse(message.text)))
        times.append(time.perf_counter() - started)
    return results, times


def scores(results: Sequence[tuple[TestMessage, dict[str, Any]]]) -> dict[str, float]:
    """Return the figures of ``results``. A false alarm is a finding of medium or higher in a harmless message."""
    counts: dict[str, list[bool]] = defaultdict(list)
    right = wrong = missed = 0
    for message, parsed in results:
        found = tuple(intent["name"] for intent in parsed["intents"])
        counts["first"].append(found[:1] == message.intents[:1])
        if len(message.intents) > 1:
            counts["several"].append(found == message.intents)
        counts["language"].append(parsed["language"] == message.language)
        categories = {finding["category"] for finding in parsed["risk"]}
        if message.risk:
            counts["recall"].append(bool(categories & set(message.risk)))
        else:
            counts["alarm"].append(any(rank(finding["severity"]) >= 1 for finding in parsed["risk"]))
        numbers = {e["value"] for e in parsed["entities"] if e["entity"] == "order_number"}
        wanted = {_plain(number) for number in message.order_numbers}
        numbers = {_plain(number) for number in numbers}
        right += len(numbers & wanted)
        wrong += len(numbers - wanted)
        missed += len(wanted - numbers)
    return {
        "nlu.first_intent_accuracy": _share(counts["first"]),
        "nlu.multi_exact": _share(counts["several"]),
        "nlu.language_accuracy": _share(counts["language"]),
        "risk.recall": _share(counts["recall"]),
        "risk.false_alarm_rate": _share(counts["alarm"]),
        "entities.order_number_f1": 2 * right / max(1, 2 * right + wrong + missed),
    }


def _plain(number: str) -> str:
    return number.upper().replace(" ", "").replace("#", "")


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else float("nan")


def _training() -> dict[str, float]:
    path = settings_from().models_dir / "model.json"
    mark = json.loads(path.read_text(encoding="utf-8"))
    return {"train.seconds": float(mark.get("seconds", float("nan")))}


def _stock() -> dict[str, float]:
    path = settings_from().var_dir / "stock.json"
    found: dict[str, float] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
