"""The whole way of a message, beside a stock Rasa server on the same machine in the same run."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path

import aiohttp

from bench.load import RestBuyer, WidgetBuyer, closed_loop, open_loop, percentile
from bench.processes import our_runtime, stock_server
from bench.stock import stock_model

PARALLEL = 8
_TURNS = 40
_STOCK_TURNS = 12
_LONG_TALK = 302
_WINDOW = 5
_OPEN_SECONDS = 20.0
_OPEN_BUYERS = 64

TARGETS = {
    "runtime.turns_per_s_ratio": (5.0, ">="),
    "runtime.p99_ratio": (0.2, "<="),
    "runtime.turn300_over_turn10": (1.2, "<="),
    "runtime.rss_ratio": (0.6, "<="),
    "runtime.widget_p50_ms": (30.0, "<="),
    "runtime.widget_p99_ms": (120.0, "<="),
}


def measure() -> dict[str, float]:
    """Measure ours and the peer, print both and return the figures; the peer is trained by ``make bench BENCH=stock``."""
    figures = asyncio.run(_ours())
    model = stock_model()
    if model is None:
        print("No trained peer: run `make bench BENCH=stock` first. Ratios are left out.")
    else:
        figures |= asyncio.run(_stock(model))
        figures |= {
            "runtime.turns_per_s_ratio": figures["runtime.turns_per_s"] / figures["stock.runtime.turns_per_s"],
            "runtime.p99_ratio": figures["runtime.p99_ms"] / figures["stock.runtime.p99_ms"],
            "runtime.rss_ratio": figures["runtime.rss_mb"] / figures["stock.runtime.rss_mb"],
        }
    _print(figures)
    return figures


async def _ours() -> dict[str, float]:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, our_runtime(Path(folder)) as (base, family):
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            asks = [(await WidgetBuyer(http, base).enter()).ask for _ in range(PARALLEL)]
            await closed_loop(asks, turns=4)
            rate, times = await closed_loop(asks, turns=_TURNS)
            figures |= {"runtime.turns_per_s": rate, "runtime.p99_ms": percentile(times, 0.99) * 1000}
            buyers = [(await WidgetBuyer(http, base).enter()).ask for _ in range(_OPEN_BUYERS)]
            waits = await open_loop(buyers, a_second=rate / 2, seconds=_OPEN_SECONDS)
            figures |= {
                "runtime.widget_p50_ms": percentile(waits, 0.5) * 1000,
                "runtime.widget_p99_ms": percentile(waits, 0.99) * 1000,
            }
            talk = (await WidgetBuyer(http, base).enter()).ask
            figures["runtime.turn300_over_turn10"] = await _growth(talk)
            figures["runtime.rss_mb"] = family.memory_mb("worker0")
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder, our_runtime(Path(folder), workers=workers) as (base, _):
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                asks = [(await WidgetBuyer(http, base).enter()).ask for _ in range(PARALLEL * 3)]
                await closed_loop(asks, turns=3)
                figures[f"runtime.turns_per_s_{workers}_workers"], _times = await closed_loop(asks, turns=15)
    figures["runtime.two_workers_speedup"] = (
        figures["runtime.turns_per_s_2_workers"] / figures["runtime.turns_per_s_1_workers"]
    )
    return figures


async def _stock(model: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, stock_server(Path(folder), model) as (base, family):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=300)) as http:
            asks = [RestBuyer(http, base).ask for _ in range(PARALLEL)]
            await closed_loop(asks, turns=2)
            rate, times = await closed_loop(asks, turns=_STOCK_TURNS)
            growth = await _growth(RestBuyer(http, base).ask)
        return {
            "stock.runtime.turns_per_s": rate,
            "stock.runtime.p99_ms": percentile(times, 0.99) * 1000,
            "stock.runtime.turn300_over_turn10": growth,
            "stock.runtime.rss_mb": family.memory_mb("server"),
        }


async def _growth(ask: object) -> float:
    """Return how much longer turn 300 takes than turn 10: medians of some turns around them."""
    _, times = await closed_loop([ask], turns=_LONG_TALK)  # type: ignore[list-item]
    early, late = times[9 - _WINDOW + 1 : 9 + _WINDOW], times[-2 * _WINDOW :]
    return statistics.median(late) / statistics.median(early)


def _print(figures: dict[str, float]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Runtime: the whole way of a message", title_justify="left")
    for column in ("figure", "ours", "stock", "target", ""):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name in sorted(name for name in figures if name.startswith("runtime.")):
        peer = figures.get(f"stock.{name}")
        goal, way = TARGETS.get(name, (None, ""))
        met = ""
        if goal is not None:
            met = "met" if (figures[name] >= goal if way == ">=" else figures[name] <= goal) else "NOT MET"
        table.add_row(
            name,
            f"{figures[name]:.3g}",
            "" if peer is None else f"{peer:.3g}",
            "" if goal is None else f"{way} {goal:g}",
            met,
        )
    Console(width=110).print(table)
