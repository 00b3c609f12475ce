"""Two agents and a buyer at once, on the real product: taking over, writing, notes, giving back, outages, the lead's page."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from chat import ANSWER_MS, Chat
from conftest import Visit
from console import Console, add_user
from playwright.async_api import Browser, expect
from processes import Installation

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SignIn = Callable[..., Awaitable[Console]]


@pytest.fixture(scope="session")
def staff(place: Installation) -> None:
    """A lead and an agent."""
    add_user(place, "mei", "Mei Lin", role="lead", languages="en,zh")
    add_user(place, "lucia", "Lucía Ortega", languages="en,es")


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(browser: Browser, place: Installation, staff: None) -> AsyncIterator[SignIn]:
    """Consoles; none may have had an uncaught error or a policy violation."""
    consoles: list[Console] = []

    async def signed_in(name: str, **options: object) -> Console:
        consoles.append(await Console.signed_in(browser, place, name, **options))
        return consoles[-1]

    yield signed_in
    for console in consoles:
        await console.context.close()
    faults = [fault for console in consoles for fault in console.faults]
    assert not faults, faults


async def _picture(console: Console, name: str) -> None:
    folder = os.environ.get("LIAISON_PICTURES")
    if folder:
        await console.page.screenshot(path=Path(folder) / f"desk-{name}.png")


async def _axe(console: Console) -> list[str]:
    found = await Axe().run(console.page)
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in found.response["violations"]]


async def _handed_over(visit: Visit) -> Chat:
    chat = await visit()
    await chat.open()
    await chat.ask("This is a scam, you are fraudsters!")
    return chat


async def _opened(console: Console, chat: Chat) -> None:
    row = console.page.locator(f"a.row[href='#/c/{await chat.conversation()}']")
    await row.click(timeout=ANSWER_MS)
    await expect(console.log.locator(".entry.buyer").first).to_be_visible()


async def test_an_alarm_reaches_the_desk_with_its_words_explained_and_a_person_answers(
    visit: Visit, sign_in: SignIn
) -> None:
    mei, lucia = await sign_in("mei"), await sign_in("lucia")
    chat = await _handed_over(visit)
    await _opened(mei, chat)
    await expect(mei.state).to_contain_text("Waiting")
    word = mei.log.locator("mark.risk").first
    await word.hover()
    await expect(mei.page.locator(".gloss")).to_be_visible()
    await _opened(lucia, chat)
    await expect(mei.page.locator(".collision")).to_contain_text("Lucía Ortega")
    await _picture(mei, "alarm")

    await mei.press("t")
    await expect(mei.state).to_contain_text("With you")
    await expect(lucia.state).to_contain_text("With Mei Lin")
    await expect(lucia.page.locator(".compose-lock")).to_contain_text("Mei Lin owns this conversation")
    await expect(lucia.composer).to_be_hidden()
    await _picture(lucia, "locked")
    await mei.composer.type("I am looking into it")
    await expect(lucia.page.locator(".collision.is-writing")).to_contain_text("Mei Lin")
    await mei.page.keyboard.press("Enter")
    await expect(mei.log.locator(".entry.human")).to_have_count(1)
    await expect(lucia.log.locator(".entry.human")).to_contain_text("I am looking into it")
    await expect(chat.log).to_contain_text("I am looking into it", timeout=ANSWER_MS)

    await lucia.press("n")
    await lucia.composer.fill("Order paid by card, refund possible.")
    await lucia.page.keyboard.press("Enter")
    await expect(mei.log.locator(".entry.note")).to_contain_text("refund possible")
    await expect(chat.log).not_to_contain_text("refund possible")
    await chat.say("thank you for checking")
    await expect(mei.log.locator(".entry.buyer").last).to_contain_text("thank you for checking", timeout=ANSWER_MS)
    await _picture(mei, "talk")
    assert await _axe(mei) == []

    await mei.press("b")
    await mei.page.get_by_role("dialog").get_by_role("button", name="Back to bot").click()
    await expect(mei.state).to_contain_text("With the bot")


async def test_keys_canned_replies_tags_and_closing_with_a_reason(visit: Visit, sign_in: SignIn) -> None:
    mei = await sign_in("mei")
    await _handed_over(visit)
    await expect(mei.rows.first).to_be_visible(timeout=ANSWER_MS)
    await mei.press("j")
    await expect(mei.log.locator(".entry.buyer").first).to_be_visible()
    await mei.press("?")
    await expect(mei.page.get_by_role("dialog")).to_contain_text("Take over")
    assert await _axe(mei) == []
    await mei.page.keyboard.press("Escape")
    await mei.press("r")
    await mei.page.keyboard.type("/")
    await expect(mei.page.get_by_role("option").first).to_be_visible()
    await _picture(mei, "canned")
    await mei.page.keyboard.press("Enter")
    await expect(mei.composer).not_to_have_value("/")
    await mei.composer.fill("Hello, I am Mei and I take care of this.")
    await mei.page.keyboard.press("Enter")
    await expect(mei.state).to_contain_text("With you")
    await mei.press("g")
    await mei.page.get_by_role("dialog").get_by_role("textbox").fill("vip")
    await mei.page.get_by_role("button", name="Save tags").click()
    await expect(mei.page.locator(".side .tag", has_text="vip")).to_be_visible()
    await mei.press("e", "2")
    await mei.page.get_by_role("button", name="Close case").click()
    await expect(mei.state).to_contain_text("Closed")
    await expect(mei.page.locator(".compose-lock")).to_contain_text("Closed")


async def test_a_reply_written_while_the_server_is_away_is_sent_once_when_it_is_back(
    visit: Visit, sign_in: SignIn, place: Installation
) -> None:
    mei = await sign_in("mei")
    chat = await _handed_over(visit)
    await _opened(mei, chat)
    await mei.press("t")
    await expect(mei.state).to_contain_text("With you")
    place.kill("gateway")
    await mei.say("sent into the dark")
    await expect(mei.log.locator(".entry.human").last).to_contain_text("sent into the dark")
    await expect(mei.page.locator(".link-strip")).to_be_visible()
    await _picture(mei, "away")
    place.start("gateway")
    place.wait_ready()
    await expect(mei.log.locator(".entry.human .delivery.retrying")).to_have_count(0, timeout=ANSWER_MS)
    await expect(mei.page.locator(".link-strip")).to_be_hidden(timeout=ANSWER_MS)
    await expect(mei.log.get_by_text("sent into the dark")).to_have_count(1)
    await expect(chat.log.get_by_text("sent into the dark")).to_have_count(1, timeout=ANSWER_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_list_talk_account_and_report(visit: Visit, sign_in: SignIn, scheme: str) -> None:
    mei = await sign_in("mei", color_scheme=scheme)
    chat = await _handed_over(visit)
    await _opened(mei, chat)
    assert await _axe(mei) == []
    await mei.page.locator(".account").click()
    assert await _axe(mei) == []
    await mei.page.keyboard.press("Escape")
    await mei.press("l")
    await expect(mei.page.get_by_text("Cases by reason")).to_be_visible()
    await _picture(mei, f"report-{scheme}")
    assert await _axe(mei) == []


async def test_the_desk_speaks_chinese_and_fits_a_phone(visit: Visit, sign_in: SignIn) -> None:
    mei = await sign_in("mei", **PHONE)
    chat = await _handed_over(visit)
    await mei.page.locator(".account").click()
    await mei.page.locator("input[name=interface][value=zh]").check()
    await expect(mei.page.locator("html")).to_have_attribute("lang", "zh-CN")
    await _opened(mei, chat)
    await expect(mei.page.get_by_role("button", name="接手", exact=True)).to_be_visible()
    assert await mei.page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    await _picture(mei, "phone-zh")
    assert await _axe(mei) == []
    await mei.page.goto(mei.page.url.split("#")[0] + "#/")
    await mei.page.locator(".account").click()
    await mei.page.locator("input[name=interface][value=en]").check()
    await expect(mei.page.locator("html")).to_have_attribute("lang", "en")


async def test_an_agent_does_not_see_the_leads_page_and_wrong_passwords_are_refused(
    browser: Browser, place: Installation, sign_in: SignIn
) -> None:
    lucia = await sign_in("lucia")
    await lucia.page.evaluate("location.hash = '#/report'")
    await expect(lucia.page.get_by_text("Cases by reason")).to_have_count(0)
    await expect(lucia.page.locator(".rail [data-report]")).to_have_count(0)
    context = await browser.new_context(locale="en-US")
    page = await context.new_page()
    await page.goto(f"{place.address}/desk")
    await page.get_by_label("Name", exact=True).fill("lucia")
    await page.get_by_label("Password", exact=True).fill("wrong-password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_have_text("Name or password is not right.")
    await context.close()
