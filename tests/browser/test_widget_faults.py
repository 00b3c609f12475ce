"""What a buyer does not notice: a server that dies, a network that goes, a second tab."""

from __future__ import annotations

import asyncio

import pytest
from chat import ANSWER_MS, Chat
from conftest import Visit, signed
from foreign_shops import ForeignShop
from playwright.async_api import Route, expect
from processes import Installation
from truth import stored

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
_BACK_MS = 40_000
"""A gateway that starts, and the wait between two tries of the widget."""


async def _stored(place: Installation, chat: Chat) -> list[str]:
    """Return the buyer's messages as SQL has them."""
    return [text for *_, text in stored(place.folder / "liaison.db")[await chat.conversation()].of("buyer")]


async def test_a_message_sent_while_the_server_is_dead_is_delivered_once_and_answered(
    visit: Visit, place: Installation
) -> None:
    chat = await visit()
    await chat.open()
    await chat.ask("how much is the bridal lace?")
    place.kill("gateway")
    await chat.say("do you ship to Norway, please?")
    await expect(chat.mine.last.locator(".meta.sending")).to_be_visible()
    await expect(chat.root.locator(".notice")).to_contain_text("Waiting for connection")
    await chat.picture("server-away")
    place.start("gateway")
    await expect(chat.answers).to_have_count(2, timeout=_BACK_MS)
    await expect(chat.mine.last.locator(".meta.sent")).to_be_visible()
    await expect(chat.answers.last).to_contain_text("Norway")
    await expect(chat.root.locator(".notice")).to_be_empty()
    assert len(await chat.texts()) == 5
    assert await _stored(place, chat) == ["how much is the bridal lace?", "do you ship to Norway, please?"]


async def test_what_is_written_offline_is_kept_and_goes_out_in_order(visit: Visit, place: Installation) -> None:
    chat = await visit()
    await chat.open()
    await chat.ask("how much is the bridal lace?")
    await chat.page.context.set_offline(True)
    written = ["do you ship to Iceland?", "do you ship to Malta?"]
    for text in written:
        await chat.say(text)
    await expect(chat.mine.locator(".meta.sending")).to_have_count(2)
    await expect(chat.root.locator(".notice")).to_contain_text("Waiting for connection")
    await chat.picture("offline")
    kept = await chat.page.evaluate("() => Object.keys(localStorage).filter((key) => key.endsWith(':outbox')).length")
    assert kept == 1
    await chat.page.context.set_offline(False)
    await expect(chat.mine.locator(".meta.sent")).to_have_count(3, timeout=_BACK_MS)
    await expect(chat.answers.filter(has_text="Malta")).to_have_count(1, timeout=ANSWER_MS)
    assert await chat.mine.locator("p").all_text_contents() == ["how much is the bridal lace?", *written]
    assert await _stored(place, chat) == ["how much is the bridal lace?", *written]
    await expect(chat.root.locator(".notice")).to_be_empty()


async def test_a_message_under_way_at_a_reload_is_sent_by_the_next_page(visit: Visit, place: Installation) -> None:
    chat = await visit()
    await chat.open()
    await chat.ask("how much is the bridal lace?")
    await chat.page.route("**/v1/messages", lambda route: route.abort())
    await chat.say("do you ship to Fiji?")
    await expect(chat.mine.last.locator(".meta.sending")).to_be_visible()
    await chat.page.unroute("**/v1/messages")
    await chat.goto(chat.page.url)
    await expect(chat.answers.last).to_contain_text("Fiji", timeout=_BACK_MS)
    assert await _stored(place, chat) == ["how much is the bridal lace?", "do you ship to Fiji?"]
    assert len(await chat.texts()) == 5


async def test_an_answer_lost_on_the_way_does_not_double_the_message(visit: Visit, place: Installation) -> None:
    chat = await visit()
    await chat.open()
    await chat.ask("how much is the bridal lace?")
    lost = asyncio.Event()

    async def swallow(route: Route) -> None:
        if route.request.method == "POST" and not lost.is_set():
            await route.fetch()
            lost.set()
            await route.abort()
        else:
            await route.continue_()

    await chat.page.route("**/v1/messages", swallow)
    await chat.ask("do you ship to Ghana?")
    assert lost.is_set()
    await expect(chat.mine).to_have_count(2)
    assert await _stored(place, chat) == ["how much is the bridal lace?", "do you ship to Ghana?"]


async def test_two_tabs_and_a_phone_of_one_buyer_are_in_step(
    visit: Visit, place: Installation, shops: tuple[ForeignShop, ForeignShop]
) -> None:
    page = shops[0].address(identity=signed(place, sub="B1042"), locale="en")
    first = await visit(page)
    second = await visit(page, context=first.page.context)
    await first.open()
    await second.open()
    await first.ask("how much is the bridal lace?")
    await expect(second.answers).to_have_count(1)
    await second.ask("do you ship to Germany?")
    await expect(first.answers).to_have_count(2)
    phone = await visit(page)
    await phone.open()
    await expect(phone.answers).to_have_count(2)
    assert await first.texts() == await second.texts() == await phone.texts()

    await second.root.get_by_role("button", name="Close chat").first.click()
    await first.ask("do you ship to Spain?")
    await expect(second.answers).to_have_count(3)
    await expect(second.root.locator(".count")).to_be_hidden()
    await first.root.get_by_role("button", name="Close chat").first.click()
    await phone.ask("do you ship to Peru?")
    for tab in (first, second):
        await expect(tab.root.locator(".count")).to_have_text("1")
        await expect(tab.launcher).to_have_attribute("aria-label", "Open chat. New messages: 1")
    await second.picture("unread")
    await second.open()
    for tab in (first, second):
        await expect(tab.root.locator(".count")).to_be_hidden()
