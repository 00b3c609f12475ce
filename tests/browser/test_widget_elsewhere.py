"""The widget on a shop of another origin, under a policy as strict as a page can have."""

from __future__ import annotations

import pytest
from chat import ANSWER_MS
from conftest import Visit
from foreign_shops import ForeignShop
from playwright.async_api import expect

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
Shops = tuple[ForeignShop, ForeignShop]


async def test_one_script_tag_is_enough_on_a_strict_page(visit: Visit, shops: Shops) -> None:
    shop = shops[0]
    page = shop.address(title="Silk & Sons", greeting="Ask us anything", color="#7a1f5c", locale="de")
    requests: set[str] = set()
    chat = await visit(page)
    chat.page.on("request", lambda request: requests.add(request.url))
    chat.page.on("websocket", lambda socket: requests.add(socket.url))
    await expect(chat.root.locator(".teaser-text")).to_have_text("Ask us anything")
    await expect(chat.root.locator(".teaser")).to_be_visible()
    await chat.picture("foreign-teaser")
    await chat.open()
    await expect(chat.root.locator(".head h2")).to_have_text("Silk & Sons")
    await expect(chat.composer).to_have_attribute("placeholder", "Nachricht schreiben…")
    answer = await chat.ask("Was kostet die Brautspitze?")
    await expect(answer.locator(".card.product img")).to_have_js_property("complete", True)
    await expect(answer.locator(".card.product img")).not_to_have_js_property("naturalWidth", 0)
    await chat.root.locator("input[type=file]").set_input_files(
        {
            "name": "ticket.pdf",
            "mimeType": "application/pdf",
            "buffer": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF",
        }
    )
    await expect(chat.root.locator(".chip.done")).to_be_visible()
    await chat.root.locator(".send").click()
    await expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)
    await expect(chat.mine.locator(".paper bdi")).to_have_text("ticket.pdf")
    await chat.picture("foreign-talk")
    assert any(address.startswith("ws://") for address in requests)
    hosts = {address.split("/")[2] for address in requests if not address.startswith("blob:")}
    assert hosts == {shop.widget.split("/")[2]}, "nobody else is asked for anything"


async def test_two_script_tags_make_one_chat(visit: Visit) -> None:
    chat = await visit("/demo?lang=en")
    await chat.page.add_script_tag(url="/widget.js")
    await expect(chat.page.locator("liaison-chat")).to_have_count(1)


async def test_a_page_that_is_not_on_the_list_gets_no_conversation(visit: Visit, shops: Shops) -> None:
    shop = shops[1]
    chat = await visit(shop.address())
    await chat.open()
    await chat.say("hello")
    await expect(chat.root.locator(".notice")).to_contain_text("Waiting for connection")
    await expect(chat.mine.locator(".meta.sending")).to_be_visible()
    refused = [fault for fault in chat.faults if "CORS" in fault]
    assert refused
    assert refused == chat.faults
    chat.faults.clear()
    closed = await chat.page.evaluate(
        """(address) => new Promise((done) => {
          const socket = new WebSocket(address);
          socket.onclose = ({ code }) => done(code);
          socket.onopen = () => done('opened');
        })""",
        shop.widget.replace("http", "ws") + "/v1/ws",
    )
    assert closed == 1006, "refused before it was opened"
    await chat.page.close()
    chat.faults.clear()
