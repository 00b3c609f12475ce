"""The real product, a real browser, and shops of other origins: started once, ended by their ids."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jwt
import pytest
import pytest_asyncio
from chat import Chat
from foreign_shops import ForeignShop, foreign_shop
from playwright.async_api import Browser, BrowserContext, async_playwright, expect
from poison import poison

sys.path.append(str(Path(__file__).parents[1] / "runtime"))

from processes import Installation, installation

_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
_REMEDY = "no chromium found: `apt-get install chromium`, or name one by LIAISON_CHROMIUM"

Visit = Callable[..., Awaitable[Chat]]


def signed(place: Installation, **claims: str) -> str:
    """Return an identity token as the demo shop's server would sign it."""
    secret = (place.folder / "demo-shop.secret").read_text(encoding="ascii").strip()
    return jwt.encode({"sub": "B9", "exp": datetime.now(timezone.utc) + timedelta(hours=1)} | claims, secret, "HS256")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one the tests fail in CI, and elsewhere say why they do not run."""
    found = os.environ.get("LIAISON_CHROMIUM") or shutil.which("chromium")
    if found and Path(found).exists():
        return found
    if os.environ.get("CI"):
        pytest.fail(_REMEDY, pytrace=False)
    warnings.warn(pytest.PytestWarning(f"browser tests did not run: {_REMEDY}"), stacklevel=1)
    pytest.skip(_REMEDY)


@pytest.fixture(scope="session")
def shops() -> Iterator[tuple[ForeignShop, ForeignShop]]:
    """Two foreign shops: the first is on the list of allowed origins, the second is not."""
    with foreign_shop() as listed, foreign_shop() as unlisted:
        yield listed, unlisted


@pytest.fixture(scope="session")
def place(
    chromium: str, tmp_path_factory: pytest.TempPathFactory, filled_database: Path,
    shops: tuple[ForeignShop, ForeignShop],
) -> Iterator[Installation]:  # fmt: skip
    """Redis, a gateway and a worker, on a shop some of whose texts are attacks."""
    folder = tmp_path_factory.mktemp("browser")
    database = Path(shutil.copy(filled_database, folder / "poisoned.db"))
    poison(database)
    (folder / "place").mkdir()
    with installation(folder / "place", database, LIAISON_ALLOWED_ORIGINS=shops[0].origin) as made:
        for shop in shops:
            shop.widget = made.address
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One headless Chromium."""
    expect.set_options(timeout=10_000)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, place: Installation, shops: tuple[ForeignShop, ForeignShop]) -> AsyncIterator[Visit]:
    """Visits: ``visit("/demo?lang=en")`` in a browser of its own, ``context=`` in that of another visit.

    Without an address it is the page of the listed foreign shop, which is lighter than the demo and stricter.

    A known buyer's conversation is a new one in every test. At the end every visit must have been without uncaught errors, policy violations and dialogs.
    """
    with contextlib.closing(sqlite3.connect(place.folder / "liaison.db", isolation_level=None)) as database:
        database.execute("UPDATE conversations SET owner = 'closed'")
    contexts: list[BrowserContext] = []
    chats: list[Chat] = []

    async def opened(path: str = "", *, context: BrowserContext | None = None, **options: Any) -> Chat:
        if context is None:
            wide = {"viewport": {"width": 1280, "height": 860}, "locale": "en-US", "reduced_motion": "reduce"}
            context = await browser.new_context(**wide | options)
            contexts.append(context)
        chat = await Chat.on(context)
        chats.append(chat)
        path = path or shops[0].address(locale="en")
        await chat.goto(path if path.startswith("http") else place.address + path)
        return chat

    yield opened
    for context in contexts:
        await context.close()
    faults = [fault for chat in chats for fault in chat.faults]
    assert not faults, faults
