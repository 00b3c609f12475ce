"""Conversations as buyers have them: in three scripts, as a known buyer, with buttons, through a reload."""

from __future__ import annotations

import re

import pytest
from chat import ANSWER_MS
from conftest import Visit
from playwright.async_api import expect

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
SHIPPED = "8181568358855008"
"""An order of B1001 in the demo shop that is under way, so that its card has steps and a tracking number."""


@pytest.mark.parametrize(
    ("language", "asks", "answers", "hint"),
    [
        ("en", ("how much is the bridal lace?", "do you ship to Chile?"), (r"\$40", r"Chile"), "Write a message…"),
        ("zh", ("蕾丝多少钱？", "可以开发票吗"), (r"40", r"发票"), "输入消息…"),
        ("ar", ("بكم قماش الدانتيل؟", "هل تشحنون إلى السعودية؟"), (r"40", "السعودية"), "اكتب رسالة…"),
    ],
    ids=["en", "zh", "ar"],
)
async def test_a_buyer_is_answered_in_the_buyers_language(
    visit: Visit, language: str, asks: tuple[str, str], answers: tuple[str, str], hint: str
) -> None:
    chat = await visit(f"/demo?lang={language}")
    await chat.open()
    for question, expected in zip(asks, answers):
        await expect(await chat.ask(question)).to_contain_text(re.compile(expected))
    assert await chat.mine.locator("p").all_text_contents() == list(asks)
    await expect(chat.composer).to_have_attribute("placeholder", hint)
    await expect(chat.root).to_have_attribute("lang", language)
    await expect(chat.root).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    await expect(chat.log.locator(".card.product h3").first).not_to_be_empty()
    assert not await chat.sideways()
    await chat.picture(f"talk-{language}")


async def test_arabic_is_mirrored(visit: Visit) -> None:
    chat = await visit("/demo?lang=ar")
    middle = 1280 / 2
    button = await chat.launcher.bounding_box()
    assert button and button["x"] + button["width"] < middle, "the launcher belongs to the inline end, the left"
    await chat.open()
    panel = await chat.panel.bounding_box()
    assert panel and panel["x"] + panel["width"] < middle
    await chat.ask("هل تشحنون إلى السعودية؟")
    mine, theirs = (
        await chat.mine.locator(".bubble").bounding_box(),
        await chat.answers.locator(".bubble").bounding_box(),
    )
    log = await chat.log.bounding_box()
    assert mine and theirs and log
    assert mine["x"] - log["x"] < 24, "what the buyer says stands at the inline end"
    assert log["x"] + log["width"] - theirs["x"] - theirs["width"] < 24, "answers stand at the inline start"
    send, attach = await chat.root.locator(".send").bounding_box(), await chat.root.locator(".attach").bounding_box()
    assert send and attach and send["x"] < attach["x"]


async def test_the_interface_follows_a_buyer_who_writes_another_language(visit: Visit) -> None:
    chat = await visit("/demo?lang=en")
    await chat.open()
    await chat.ask("هل تشحنون إلى السعودية؟")
    await expect(chat.root).to_have_attribute("dir", "rtl")
    await expect(chat.composer).to_have_attribute("placeholder", "اكتب رسالة…")
    button = await chat.launcher.bounding_box()
    assert button and button["x"] > 1280 / 2, "the launcher stays where the page has it"


async def test_a_known_buyer_taps_an_order_and_sees_how_far_it_has_come(visit: Visit) -> None:
    chat = await visit("/demo?as=B1001")
    await chat.open()
    await chat.ask("where is my order?")
    await expect(chat.choices.first).to_be_visible()
    await chat.picture("quick-replies")
    await chat.choices.get_by_text(SHIPPED).click()
    await expect(chat.mine.last).to_contain_text(SHIPPED)
    card = chat.answers.nth(1).locator(".card.order")
    await expect(card).to_be_visible(timeout=ANSWER_MS)
    await expect(card.locator("h3")).to_have_text(SHIPPED)
    assert await card.locator(".steps li").count() >= 3
    await expect(card.locator(".steps [aria-current=step]")).to_have_count(1)
    await expect(card.locator(".badge-state")).not_to_be_empty()
    await expect(card.locator(".code")).to_have_text("YT2505722485638230")
    await expect(chat.choices.filter(has_text=SHIPPED)).to_have_count(0)
    assert await chat.focused() == "textarea"
    assert not await chat.sideways()
    await chat.picture("order-card")


async def test_a_reload_in_the_middle_shows_everything_once(visit: Visit) -> None:
    chat = await visit()
    await chat.open()
    await chat.ask("how much is the bridal lace?")
    before = await chat.texts()
    await chat.say("do you ship to Chile?")
    await chat.goto(chat.page.url)
    await expect(chat.panel).to_be_visible()
    await expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)
    after = await chat.texts()
    assert after[:-2] == before
    assert after[-2] == "buyer: do you ship to Chile?"
    assert "Chile" in after[-1]
    await chat.goto(chat.page.url)
    await expect(chat.answers).to_have_count(2)
    assert await chat.texts() == after


async def test_two_questions_in_a_row_stay_in_order(visit: Visit) -> None:
    chat = await visit()
    await chat.open()
    questions = [f"do you ship to {country}?" for country in ("Chile", "Spain", "Kenya", "Japan")]
    for question in questions:
        await chat.say(question)
    await expect(chat.mine.locator(".meta.sent")).to_have_count(4, timeout=ANSWER_MS)
    await expect(chat.answers.filter(has_text="Japan")).not_to_have_count(0, timeout=ANSWER_MS)
    assert await chat.mine.locator("p").all_text_contents() == questions
