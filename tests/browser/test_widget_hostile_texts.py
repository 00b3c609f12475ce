"""Markup in every field that somebody else fills: it is shown as it was written, never run, and breaks no layout."""

from __future__ import annotations

import io
from datetime import datetime, timezone

import pytest
from chat import ANSWER_MS, Chat
from conftest import Visit, signed
from foreign_shops import ForeignShop
from PIL import Image
from playwright.async_api import expect
from poison import ATTACK, POISONED_BUYER
from processes import Installation

from bot.conversations.store import ConversationStore
from bot.database import make_engine

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]

ENDLESS = "W" * 700
TURNED = "\u202e\u2067evil\u0336\u0489" * 20
SCRIPT = "javascript:hacked=1"


async def harmless(chat: Chat) -> None:
    """Fail when a text became more than text, or pushed the layout apart."""
    assert not await chat.strangers()
    assert not await chat.sideways()
    assert not chat.faults


async def test_messages_are_shown_as_they_were_written(visit: Visit) -> None:
    texts = [ATTACK, ENDLESS, TURNED, f'{SCRIPT} https://x.example/"onmouseover=hacked=1']
    chat = await visit()
    await chat.open()
    for text in texts:
        await chat.say(text)
    await expect(chat.mine.locator(".meta.sent")).to_have_count(len(texts), timeout=ANSWER_MS)
    for _ in ("as sent", "as loaded again"):
        await expect(chat.mine.locator(".bubble")).to_have_text(texts)
        await expect(chat.mine.locator("a")).to_have_count(1)
        await expect(chat.answers).not_to_have_count(0, timeout=ANSWER_MS)
        await harmless(chat)
        await chat.goto(chat.page.url)
        await expect(chat.mine).to_have_count(len(texts), timeout=ANSWER_MS)


async def test_a_file_may_have_any_name(visit: Visit) -> None:
    chat = await visit()
    await chat.open()
    name = ATTACK.replace("/", "∕") + ".png"
    image = io.BytesIO()
    Image.new("RGB", (40, 30), "#345").save(image, "PNG")
    await chat.root.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "image/png", "buffer": image.getvalue()},
            {"name": name + ".html", "mimeType": "text/html", "buffer": b"<script>hacked=1</script>"},
        ]
    )
    await expect(chat.root.locator(".notice")).to_have_text(f"{name}.html: Only photos and PDF files")
    chip = chat.root.locator(".tray .chip.done")
    await expect(chip.locator("bdi")).to_have_text(name)
    await harmless(chat)
    await chat.picture("hostile-file-name")
    await chat.root.locator(".send").click()
    await expect(chat.mine.locator(".photo img")).to_have_attribute("alt", name)
    await expect(chat.answers).to_have_count(1, timeout=ANSWER_MS)
    await chat.goto(chat.page.url)
    await expect(chat.mine.locator(".photo img")).to_have_js_property("naturalWidth", 40)
    await harmless(chat)


async def test_attributes_of_the_script_tag_are_text(visit: Visit, shops: tuple[ForeignShop, ForeignShop]) -> None:
    attributes = dict.fromkeys(("title", "greeting", "locale", "position", "theme", "color", "sound"), ATTACK)
    chat = await visit(shops[0].address(**attributes, identity=f"{ATTACK}.{ATTACK}.{ATTACK}"))
    await expect(chat.root.locator(".teaser-text")).to_have_text(ATTACK)
    button = await chat.launcher.bounding_box()
    assert button and button["x"] > 640, "a position nobody knows is the usual one"
    await harmless(chat)
    await chat.open()
    await expect(chat.root.locator(".head h2")).to_have_text(ATTACK)
    await expect(chat.panel).to_have_attribute("aria-label", ATTACK)
    await expect(chat.rows.first.locator(".bubble")).to_have_text(ATTACK)
    await harmless(chat)
    await chat.ask("how much is the bridal lace?")
    await chat.picture("hostile-attributes")


async def test_a_color_attribute_stays_a_colour(visit: Visit, shops: tuple[ForeignShop, ForeignShop]) -> None:
    chat = await visit(shops[0].address(color="red;background:url(https://x.example/)}.root{display:none}"))
    await expect(chat.launcher).to_be_visible()
    assert "url" not in await chat.launcher.evaluate("(node) => getComputedStyle(node).backgroundImage")
    await harmless(chat)


async def test_names_of_products_and_buyers_are_text_in_shop_and_chat(visit: Visit) -> None:
    chat = await visit("/demo?lang=en")
    shown = chat.page.locator("#grid h3").get_by_text(ATTACK, exact=True)
    await expect(shown).to_have_count(1)
    await expect(chat.page.locator("#people strong").get_by_text(ATTACK, exact=True)).to_have_count(1)
    await chat.open()
    answer = await chat.ask("how much are the mens watches?")
    await expect(answer.locator(".card.product h3")).to_have_text(ATTACK)
    await expect(answer.locator(".bubble")).to_contain_text(ATTACK)
    await harmless(chat)
    await chat.picture("hostile-product")


async def test_the_name_of_a_known_buyer_is_text(visit: Visit) -> None:
    chat = await visit(f"/demo?as={POISONED_BUYER}&lang=en")
    await expect(chat.page.locator("#orders strong")).to_contain_text(ATTACK)
    await chat.open()
    await chat.ask("hello")
    await harmless(chat)


@pytest.mark.parametrize("claim", ["sub", "name"])
async def test_claims_of_an_identity_are_text(
    visit: Visit, place: Installation, shops: tuple[ForeignShop, ForeignShop], claim: str
) -> None:
    chat = await visit(shops[0].address(identity=signed(place, **{claim: ATTACK[:60]})))
    await chat.open()
    await chat.ask("hello")
    await harmless(chat)


async def test_what_a_seller_or_a_damaged_database_says_is_text(visit: Visit, place: Installation) -> None:
    chat = await visit()
    await chat.open()
    await chat.ask("hello")
    conversation = await chat.conversation()
    step = {"title": ATTACK, "date": ATTACK, "done": True}
    cards = [
        {"kind": "product", "sku": ATTACK, "title": ATTACK, "image": SCRIPT, "price": ATTACK, "url": SCRIPT, "note": ATTACK},
        {"kind": "product", "title": ENDLESS, "image": "data:text/html,<script>hacked=1</script>", "price": ENDLESS},
        {"kind": "order", "number": ATTACK, "state": ATTACK, "state_text": ATTACK, "total": ATTACK, "carrier": ATTACK,
         "tracking_number": ATTACK, "steps": [step, step]},
        {"kind": "order", "number": ENDLESS, "state": "shipped", "state_text": ENDLESS, "tracking_number": ENDLESS},
        {"kind": "__proto__"}, {"kind": "constructor"}, {"kind": ATTACK}, {},
    ]  # fmt: skip
    choices = [{"id": ATTACK, "title": ATTACK}, {"id": "2", "title": ENDLESS}]
    now = datetime.now(timezone.utc)
    engine = make_engine(f"sqlite:///{place.folder / 'liaison.db'}")
    with ConversationStore(engine).turn() as turn:
        turn.append(conversation, author="system", text=ATTACK, now=now)
        turn.append(conversation, author="human", text=ATTACK, now=now, data={"name": ATTACK})
        turn.append(conversation, author="bot", text=ATTACK, now=now, data={"cards": cards, "quick_replies": choices})
    engine.dispose()
    await chat.goto(chat.page.url)
    await expect(chat.rows).to_have_count(6)
    await expect(chat.log.locator(".row.system p")).to_have_text(ATTACK)
    await expect(chat.log.locator(".row.human .who b")).to_have_text(ATTACK)
    await expect(chat.log.locator(".row.human .bubble")).to_have_text(ATTACK)
    await expect(chat.log.locator(".card")).to_have_count(4)
    await expect(chat.log.locator(".card").first.locator("h3")).to_have_text(ATTACK)
    await expect(chat.log.locator(".card a")).to_have_count(0)
    await expect(chat.log.locator(".card img")).to_have_count(0)
    await expect(chat.choices.first).to_have_text(ATTACK)
    await harmless(chat)
    await chat.picture("hostile-cards")
    await chat.choices.first.click()
    await expect(chat.mine.last.locator(".bubble")).to_have_text(ATTACK)
    await harmless(chat)
