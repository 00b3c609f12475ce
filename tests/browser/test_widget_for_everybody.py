"""The keyboard alone, screen readers, both themes, and screens from 320 px on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from chat import ANSWER_MS, Chat
from conftest import Visit
from playwright.async_api import expect

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
SMALL = {"viewport": {"width": 320, "height": 640}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


async def _press(chat: Chat, *keys: str) -> str:
    for key in keys:
        await chat.page.keyboard.press(key)
    return await chat.focused()


async def test_everything_can_be_done_with_the_keyboard_alone(visit: Visit) -> None:
    chat = await visit("/demo?as=B1036&lang=en")
    assert await _press(chat, "Shift+Tab") == "launcher.button", "the last stop of the page"
    await expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    assert await _press(chat, "Enter") == "textarea"
    await expect(chat.launcher).to_have_attribute("aria-expanded", "true")
    await chat.page.keyboard.type("where is my order?")
    assert await _press(chat, "Shift+Enter") == "textarea"
    await expect(chat.composer).to_have_value("where is my order?\n")
    assert await _press(chat, "Tab") == "send.button"
    assert await _press(chat, "Enter") == "textarea", "after sending the buyer writes on"
    await expect(chat.choices.first).to_be_visible(timeout=ANSWER_MS)
    await expect(chat.mine).to_have_count(1)

    assert await _press(chat, "Shift+Tab") == "attach.button"
    assert await _press(chat, "Shift+Tab") == "button"
    chosen = await chat.choices.last.text_content()
    assert chosen
    await chat.picture("keyboard-focus")
    assert await _press(chat, "Space") == "textarea"
    await expect(chat.mine.last).to_contain_text(chosen)
    await expect(chat.log.locator(".card.order")).to_be_visible(timeout=ANSWER_MS)

    assert await _press(chat, "Escape") == "launcher.button"
    await expect(chat.panel).to_be_hidden()
    await expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    assert await _press(chat, "Tab") != "launcher.button", "focus is not caught"
    await expect(chat.log.locator(".card.order")).to_be_attached()


async def test_on_a_phone_tab_stays_in_the_chat_that_covers_the_page(visit: Visit) -> None:
    chat = await visit(**SMALL)
    await chat.open()
    await expect(chat.panel).to_have_attribute("aria-modal", "true")
    met = [await _press(chat, "Tab") for _ in range(12)]
    inside = "() => document.activeElement.localName"
    assert await chat.page.evaluate(inside) == "liaison-chat"
    assert {"textarea", "attach.button", "log.div"} <= set(met)
    assert await _press(chat, "Escape") == "launcher.button"


async def test_screen_readers_hear_new_messages_once_and_no_history(visit: Visit) -> None:
    chat = await visit()
    await chat.open()
    heard = """() => { window.heard = []; new MutationObserver((changes) => changes.forEach((change) =>
      change.addedNodes.forEach((node) => window.heard.push(node.textContent)))).observe(
        document.querySelector('liaison-chat').shadowRoot.querySelector('[aria-live=polite]'), { childList: true }); }"""
    await chat.page.evaluate(heard)
    answer = await chat.ask("do you ship to Chile?")
    text = await answer.locator(".bubble p").text_content()
    told = await chat.page.evaluate("() => window.heard.filter((text) => !/is typing/.test(text))")
    assert told == [f"Assistant: {text}"]
    await chat.goto(chat.page.url)
    await chat.page.evaluate(heard)
    await expect(chat.answers).to_have_count(1, timeout=ANSWER_MS)
    assert await chat.page.evaluate("() => window.heard") == []
    await expect(chat.log).to_have_attribute("aria-live", "off")


async def _complaints(chat: Chat) -> list[str]:
    found = (await Axe().run(chat.page)).response["violations"]
    return [
        f"{rule['impact']}: {rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        if rule["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("path", "scheme", "question"),
    [
        ("/demo?as=B1020&lang=en", "light", "where is my order LS-10254?"),
        ("/demo?as=B1020&lang=en", "dark", "where is my order LS-10254?"),
        ("/demo?as=B1057&lang=ar", "light", "أين طلبي 8135425462807864؟"),
    ],
    ids=["light", "dark", "arabic"],
)
async def test_axe_finds_nothing_serious(visit: Visit, path: str, scheme: str, question: str) -> None:
    chat = await visit(path, color_scheme=scheme)
    await chat.open()
    await chat.ask(question)
    await expect(chat.log.locator(".card.order").last).to_be_visible()
    await chat.picture(f"axe-{scheme}-{'ar' if 'ar' in path else 'en'}")
    assert not await _complaints(chat)


@pytest.mark.parametrize(
    ("size", "lang"), [(SMALL, "en"), (SMALL, "ar"), (PHONE, "ar")], ids=["320 px", "320 px, Arabic", "phone, Arabic"]
)
async def test_a_small_screen_is_filled_and_never_scrolls_sideways(
    visit: Visit, size: dict[str, Any], lang: str
) -> None:
    buyer = {"en": "B1009", "ar": "B1057"}[lang]
    question = {"en": "where is my order 348806992028?", "ar": "أين طلبي 8135425462807864؟"}[lang]
    goods = {"en": "how much is the bridal lace?", "ar": "بكم قماش الدانتيل؟"}[lang]
    chat = await visit(f"/demo?as={buyer}&lang={lang}", **size)
    name = f"{size['viewport']['width']}-{lang}"
    assert not await chat.sideways()
    await chat.picture(f"small-{name}-closed")
    await chat.open()
    for text in (goods, question):
        before = await chat.answers.count()
        await chat.composer.fill(text)
        await chat.root.locator(".send").click()
        await expect(chat.answers).to_have_count(before + 1, timeout=ANSWER_MS)
    await expect(chat.log.locator(".card.order").last).to_be_visible()
    box = await chat.panel.bounding_box()
    assert box == {"x": 0, "y": 0, **size["viewport"]}
    await expect(chat.launcher).to_be_hidden()
    assert not await chat.sideways()
    outside = await chat.log.evaluate(
        """(log) => [...log.querySelectorAll('*')].filter((node) => node.getClientRects().length && !node.closest('.sr'))
          .filter((node) => { const { left, right } = node.getBoundingClientRect(); return left < 0 || right > innerWidth; })
          .map((node) => node.className || node.localName)"""
    )
    assert outside == []
    await chat.picture(f"small-{name}-open")
    await chat.root.get_by_role("button", name=re.compile("Close chat|إغلاق المحادثة")).first.click()
    await expect(chat.panel).to_be_hidden()
    await expect(chat.launcher).to_be_visible()
