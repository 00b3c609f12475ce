"""An agent at the desk: a browser of their own, signed in, that takes note of every fault."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page
from processes import Installation

from bot.settings import PROJECT

PASSWORD = "a-long-password-7"
_EXPECTED = ("401", "409", "429", "503", "ERR_CONNECTION", "ERR_INTERNET", "ERR_EMPTY", "WebSocket")


def add_user(place: Installation, name: str, display_name: str, *, role: str = "agent", languages: str = "en") -> None:
    """Make an account with the product's own command; one that is there already stays."""
    command = [
        sys.executable, "-m", "bot.cli.main", "desk", "add-user", name, "--role", role, "--languages", languages,
        "--display-name", display_name, "--password-stdin",
    ]  # fmt: skip
    environment = os.environ | place.environment
    subprocess.run(command, cwd=PROJECT, env=environment, input=f"{PASSWORD}\n", text=True, check=True, timeout=120)


@dataclass
class Console:
    """The console of one agent."""

    page: Page
    context: BrowserContext
    faults: list[str] = field(default_factory=list)

    @classmethod
    async def signed_in(cls, browser: Browser, place: Installation, name: str, **options: object) -> Console:
        """Sign in through the page, as agents do."""
        wide: dict[str, object] = {
            "viewport": {"width": 1280, "height": 800},
            "locale": "en-US",
            "reduced_motion": "reduce",
        }
        context = await browser.new_context(**(wide | options))  # type: ignore[arg-type]
        console = cls(await context.new_page(), context)
        console.page.on("console", console._heard)
        console.page.on("pageerror", lambda error: console.faults.append(str(error)))
        await console.page.goto(f"{place.address}/desk")
        await console.page.get_by_label("Name", exact=True).fill(name)
        await console.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await console.page.get_by_role("button", name="Sign in").click()
        await console.page.locator(".rail").wait_for()
        return console

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in _EXPECTED):
            self.faults.append(message.text)

    @property
    def rows(self) -> Locator:
        """The cases of the list."""
        return self.page.locator(".row")

    @property
    def log(self) -> Locator:
        """The messages of the open conversation."""
        return self.page.get_by_role("log")

    @property
    def state(self) -> Locator:
        """Whose the open conversation is."""
        return self.page.locator(".talk-owner .state")

    @property
    def composer(self) -> Locator:
        """Where replies and notes are written."""
        return self.page.locator("textarea.writing")

    async def press(self, *keys: str) -> None:
        """Press keys one after another, outside every field."""
        await self.page.evaluate("document.activeElement.blur()")
        for key in keys:
            await self.page.keyboard.press(key)

    async def say(self, text: str) -> None:
        """Write to the buyer and send with Enter."""
        await self.press("r")
        await self.composer.fill(text)
        await self.page.keyboard.press("Enter")
