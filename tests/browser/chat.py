"""The widget as a buyer meets it: a page, the chat on it, and everything that went wrong meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Locator, Page, expect

from bot.settings import PROJECT

PICTURES = PROJECT / "var" / "test-artefacts" / "browser"
ANSWER_MS = 20_000
"""A turn takes 30 ms; the machine of the tests may have better things to do."""

WATCH = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI} ${event.sample}`));
"""
_ACTIVE = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node ? [...node.classList, node.localName].join('.') : '';
}"""
_EXPECTED = re.compile(r"Failed to load resource|WebSocket connection|net::ERR_")
"""What the browser itself writes about a server that is away; that is the subject of some tests."""


@dataclass
class Chat:
    """A page with the widget on it."""

    page: Page
    faults: list[str] = field(default_factory=list)
    """Uncaught errors, violations of the page's policy, dialogs."""

    @classmethod
    async def on(cls, context: BrowserContext) -> Chat:
        """Return a chat on a fresh page that goes nowhere yet."""
        chat = cls(await context.new_page())
        await chat.page.add_init_script(WATCH)
        chat.page.on("pageerror", lambda error: chat.faults.append(f"uncaught: {error}"))
        chat.page.on("console", chat._heard)
        chat.page.on("dialog", chat._asked)
        return chat

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _EXPECTED.search(message.text):
            self.faults.append(message.text)

    async def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    @property
    def root(self) -> Locator:
        """All the widget draws."""
        return self.page.locator("liaison-chat .root")

    @property
    def launcher(self) -> Locator:
        """The round button."""
        return self.root.locator(".launcher")

    @property
    def panel(self) -> Locator:
        """The window of the chat."""
        return self.root.locator(".panel")

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.root.locator("[role=log]")

    @property
    def composer(self) -> Locator:
        """Where the buyer writes."""
        return self.root.locator("textarea")

    @property
    def rows(self) -> Locator:
        """All messages, the greeting first."""
        return self.log.locator(".rows > .row")

    @property
    def mine(self) -> Locator:
        """The buyer's messages."""
        return self.log.locator(".rows > .row.buyer")

    @property
    def answers(self) -> Locator:
        """The assistant's messages after the greeting."""
        return self.log.locator(".rows > .row.bot:not(:first-child)")

    @property
    def choices(self) -> Locator:
        """The quick replies."""
        return self.log.locator(".replies button")

    async def goto(self, address: str) -> None:
        """Open a page and wait for the widget on it."""
        await self.page.goto(address)
        await expect(self.launcher).to_be_attached(timeout=ANSWER_MS)

    async def open(self) -> None:
        """Click the round button."""
        await self.launcher.click()
        await expect(self.panel).to_be_visible()

    async def say(self, text: str) -> None:
        """Write a message and send it."""
        await self.composer.fill(text)
        await self.composer.press("Enter")
        await expect(self.composer).to_have_value("")

    async def ask(self, text: str) -> Locator:
        """Send a message and return the answer to it, once it is complete."""
        before = await self.answers.count()
        await self.say(text)
        await expect(self.answers).to_have_count(before + 1, timeout=ANSWER_MS)
        await expect(self.mine.last).to_have_class(re.compile(r"\bsent\b"))
        return self.answers.nth(before)

    async def texts(self) -> list[str]:
        """Return who said what, in the order shown."""
        return list(
            await self.rows.evaluate_all(
                "(rows) => rows.map((row) => `${row.classList[1]}: ${row.querySelector('p')?.textContent ?? ''}`)"
            )
        )

    async def conversation(self) -> str:
        """Return the id of the conversation, as the browser remembers it."""
        found: str = await self.page.evaluate(
            "() => JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith(':session'))[1]).conversation"
        )
        return found

    async def focused(self) -> str:
        """Return classes and tag of the element with the focus, inside the widget too."""
        return str(await self.page.evaluate(_ACTIVE))

    async def picture(self, name: str) -> None:
        """Keep a screenshot under ``var/test-artefacts/browser``."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")

    async def sideways(self) -> dict[str, int]:
        """Return how many pixels page, log and panel can be scrolled sideways."""
        found: dict[str, int] = await self.root.evaluate(
            """(root) => Object.fromEntries([document.documentElement, ...root.querySelectorAll('.log, .panel, .composer')]
              .map((node) => [node.className || node.localName, node.scrollWidth - node.clientWidth]))"""
        )
        return {name: pixels for name, pixels in found.items() if pixels > 0}

    async def strangers(self) -> list[str]:
        """Return elements that only markup out of a text could have made."""
        found: list[str] = await self.page.evaluate(
            """() => [document, document.querySelector('liaison-chat').shadowRoot].flatMap((where) =>
              [...where.querySelectorAll('*')].filter((node) =>
                (node.localName === 'script' && !/\\/(widget|demo\\/demo)\\.js$/.test(node.src)) || /^(iframe|object|embed|marquee)$/.test(node.localName)
                || [...node.attributes].some(({ name, value }) => name.startsWith('on') || /^\\s*javascript:/i.test(value)))
              .map((node) => node.outerHTML.slice(0, 200)))"""
        )
        if await self.page.evaluate("() => 'hacked' in window"):
            found.append("code of a text ran")
        return found
