"""``liaison chat``: talk to the assistant in the terminal, as an anonymous or a known buyer."""

from __future__ import annotations

import argparse
import asyncio
import uuid
from typing import Any

_HELP = """\
[b]/who[/b]      choose who you are: anonymous or a demo buyer
[b]/new[/b]      start a new conversation
[b]/look[/b]     show or hide language, intents, risk and slots of each message
[b]/case[/b]     show the cases of this conversation
[b]/help[/b]     this list
[b]/quit[/b]     leave (also Ctrl-D)
A number chooses one of the quick replies."""


def run(arguments: list[str]) -> int:
    """Chat until the person leaves."""
    parser = argparse.ArgumentParser(prog="liaison chat", description=__doc__)
    parser.add_argument("--buyer", metavar="ID", help="talk as this buyer, for instance B1001")
    parser.add_argument("--look", action="store_true", help="show what is understood of each message")
    options = parser.parse_args(arguments)
    asyncio.run(_Chat(buyer_id=options.buyer, look=options.look).run())
    return 0


class _Chat:
    """The state of one terminal session."""

    def __init__(self, *, buyer_id: str | None, look: bool) -> None:
        from rich.console import Console

        self.console = Console(highlight=False)
        self.buyer_id = buyer_id
        self.look = look
        self.conversation_id = uuid.uuid4().hex
        self.buttons: list[dict[str, str]] = []

    async def run(self) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.patch_stdout import patch_stdout

        from bot.assistant import load_turns

        with self.console.status("Waking the assistant …"):
            self.wired, self.turns = await load_turns()
        self._welcome()
        session: Any = PromptSession()
        while True:
            try:
                with patch_stdout():
                    text = await session.prompt_async("you › ")
            except (EOFError, KeyboardInterrupt):
                self.console.print("Goodbye!")
                return
            if not text.strip():
                continue
            if text.strip().startswith("/") and await self._command(text.strip(), session):
                continue
            if text.strip() == "/quit":
                return
            await self._say(text)

    def _welcome(self) -> None:
        shop = self.wired.rules.policies.shop.name
        self.console.print(f"\n[b]{shop}[/b] · write in {', '.join(self.wired.spoken)}")
        self.console.print("[dim]/who to be a known buyer · /look to see what is understood · /help for more[/dim]\n")

    async def _command(self, text: str, session: Any) -> bool:
        """Run a command of the terminal; False when ``text`` is none (or asks to leave)."""
        name = text.split()[0]
        if name == "/help":
            self.console.print(_HELP)
        elif name == "/look":
            self.look = not self.look
            self.console.print(f"[dim]insight {'on' if self.look else 'off'}[/dim]")
        elif name == "/new":
            self._restart()
        elif name == "/who":
            await self._choose(session)
        elif name == "/case":
            self._cases()
        else:
            return False
        return True

    def _restart(self) -> None:
        self.conversation_id, self.buttons = uuid.uuid4().hex, []
        self.console.print("[dim]a new conversation[/dim]")

    async def _choose(self, session: Any) -> None:
        from bot.shop.people import demo_buyers

        people = demo_buyers(self.wired.engine)
        self.console.print("  0  anonymous")
        for number, (buyer, orders) in enumerate(people, start=1):
            self.console.print(f"  {number}  {buyer.name} ({buyer.country}, {buyer.tier}), {orders} open orders")
        answer = (await session.prompt_async("who › ")).strip()
        if answer.isdigit() and int(answer) <= len(people):
            self.buyer_id = people[int(answer) - 1][0].id if int(answer) else None
            self._restart()
        else:
            self.console.print("[red]Please give one of the numbers.[/red]")

    def _cases(self) -> None:
        with self.wired.conversations.turn() as transaction:
            found = transaction.cases_of(self.conversation_id)
        for case in found:
            mark = "handed over" if case["handoff"] else "noted"
            self.console.print(f"[b]#{case['id']} {case['reason']}[/b] · {case['queue']} · {case['priority']} · {mark}")
            self.console.print(f"  {case['summary']}", markup=False)
            for finding in case["packet"]["findings"]:
                gloss = finding["gloss"]
                self.console.print(f"  “{finding['term']}” = {gloss['en']} / {gloss['zh']}", markup=False)
        if not found:
            self.console.print("[dim]no case in this conversation[/dim]")

    async def _say(self, text: str) -> None:
        from bot.conversations.receiving import Incoming

        choice = None
        if text.strip().isdigit() and 0 < int(text) <= len(self.buttons):
            button = self.buttons[int(text) - 1]
            text, choice = button["title"], button["id"]
        with self.console.status("…"):
            result = await self.turns.take(
                Incoming(self.conversation_id, text, uuid.uuid4().hex, "terminal", self.buyer_id, choice)
            )
        if self.look:
            self._insight(result.insight)
        self.buttons = []
        for reply in result.replies:
            self.console.print("[b green]Liaison[/b green]")
            self.console.print(reply.text, markup=False)
            for number, button in enumerate(reply.buttons, start=1):
                self.buttons.append(button)
                self.console.print(f"  [b]{number}[/b]  ", end="")
                self.console.print(button["title"], markup=False)
        if result.owner != "bot":
            self.console.print(
                "[yellow]— a person has this conversation; the assistant is silent (/new starts afresh) —[/yellow]"
            )
        self.console.print()

    def _insight(self, insight: dict[str, Any]) -> None:
        intents = ", ".join(f"{i['name']} {i['confidence']:.2f}" for i in insight.get("intents", []))
        self.console.print(f"[dim]{insight['language']} {insight['confidence']:.2f} · {intents or 'no intent'}[/dim]")
        for finding in insight["risk"]:
            self.console.print(
                f"[red]{finding['category']} {finding['severity']}: {finding['term']} = {finding['gloss']['en']}[/red]"
            )
        slots = {name: value for name, value in insight.get("slots", {}).items() if value}
        if slots:
            self.console.print(str(slots), style="dim", markup=False)
