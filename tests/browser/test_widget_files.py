"""Photos: chosen, pasted, dropped; shown before, during and after the way up."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import re
from pathlib import Path

import pytest
from chat import ANSWER_MS
from conftest import Visit
from PIL import Image, ImageDraw
from playwright.async_api import Route, expect

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]


def _photo() -> bytes:
    """Return a PNG of a parcel, with enough noise to be as large as a small photo."""
    noise = Image.frombytes("RGB", (160, 120), os.urandom(160 * 120 * 3)).resize((640, 480))
    image = Image.blend(Image.new("RGB", (640, 480), "#8fb0c4"), noise, 0.2)
    ImageDraw.Draw(image).rectangle((180, 160, 460, 380), fill="#c58b4e", outline="#7a5024", width=6)
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


async def test_a_photo_is_previewed_uploaded_sent_and_there_after_a_reload(visit: Visit) -> None:
    chat = await visit()
    await chat.open()
    go = asyncio.Event()

    async def held(route: Route) -> None:
        await go.wait()
        await route.continue_()

    await chat.page.route("**/v1/uploads", held)
    photo = {"name": "broken parcel.png", "mimeType": "image/png", "buffer": _photo()}
    await chat.root.locator("input[type=file]").set_input_files(photo)
    chip = chat.root.locator(".tray .chip")
    await expect(chip.get_by_role("progressbar", name="broken parcel.png")).to_be_visible()
    await expect(chip.locator("img")).to_have_js_property("naturalWidth", 640)
    await expect(chat.root.locator(".send")).to_be_disabled()
    await chat.picture("photo-uploading")
    go.set()
    await expect(chip).to_have_class(re.compile(r"\bdone\b"))
    await expect(chip.locator("progress")).to_be_hidden()
    await chat.picture("photo-ready")
    await chat.say("it arrived broken")
    await expect(chip).to_have_count(0)
    await expect(chat.mine.locator(".photo img")).to_have_js_property("naturalWidth", 640)
    await expect(chat.answers).to_have_count(1, timeout=ANSWER_MS)
    await chat.goto(chat.page.url)
    await expect(chat.mine.locator(".photo img")).to_have_js_property("naturalWidth", 640, timeout=ANSWER_MS)
    await expect(chat.mine.locator(".photo img")).to_have_attribute("alt", "broken parcel.png")
    await chat.picture("photo-sent")


async def test_the_progress_of_an_upload_grows(visit: Visit) -> None:
    chat = await visit()
    await chat.open()
    await chat.say("hello")
    network = await chat.page.context.new_cdp_session(chat.page)
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000}
    await network.send("Network.emulateNetworkConditions", limits)
    await chat.page.evaluate(
        """() => { window.seen = []; setInterval(() => {
          const bar = document.querySelector('liaison-chat').shadowRoot.querySelector('progress');
          if (bar) window.seen.push(bar.value); }, 30); }"""
    )
    photo = {"name": "parcel.png", "mimeType": "image/png", "buffer": _photo()}
    await chat.root.locator("input[type=file]").set_input_files(photo)
    await expect(chat.root.locator(".tray .chip.done")).to_be_visible(timeout=ANSWER_MS)
    seen = list(await chat.page.evaluate("() => [...new Set(window.seen)]"))
    assert seen == sorted(seen)
    assert seen[0] < 0.5
    assert seen[-1] == 1
    assert len(seen) > 3, seen


async def test_a_photo_can_be_pasted_and_dropped_and_taken_out_again(visit: Visit) -> None:
    chat = await visit()
    await chat.open()
    for kind, target in (("paste", "textarea"), ("drop", ".panel")):
        await chat.root.locator(target).evaluate(
            """(node, [kind, packed]) => {
              const data = new DataTransfer();
              const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
              data.items.add(new File([bytes], `${kind}.png`, { type: 'image/png' }));
              const Kind = kind === 'paste' ? ClipboardEvent : DragEvent;
              const options = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
              node.dispatchEvent(new Kind(kind, options));
            }""",
            [kind, base64.b64encode(_photo()).decode()],
        )
    chips = chat.root.locator(".tray .chip.done")
    await expect(chips).to_have_count(2)
    assert await chips.locator("bdi").all_text_contents() == ["paste.png", "drop.png"]
    await chips.first.get_by_role("button", name="Remove").click()
    await expect(chips).to_have_count(1)
    await chat.root.locator(".send").click()
    await expect(chat.mine.locator(".photo")).to_have_count(1)
    await expect(chat.answers).to_have_count(1, timeout=ANSWER_MS)


_REFUSED = (
    ("notes.txt", b"hello", "notes.txt: Only photos and PDF files"),
    ("huge.png", bytes(10 * 1024 * 1024 + 1), "huge.png: Larger than 10 MB"),
    ("page.png", b"<html><script>alert(1)</script></html>", "Please send a photo"),
    ("torn.png", _photo()[:2_000], "The picture is damaged"),
)


async def test_a_file_that_cannot_be_sent_is_told_why(visit: Visit, tmp_path: Path) -> None:
    chat = await visit()
    await chat.open()
    for name, content, told in _REFUSED:
        (tmp_path / name).write_bytes(content)
        await chat.root.locator("input[type=file]").set_input_files(tmp_path / name)
        await expect(chat.panel.get_by_text(told)).to_be_visible()
        await expect(chat.root.locator(".send")).to_be_disabled()
    await expect(chat.root.locator(".chip.bad")).to_have_count(2)
    await expect(chat.root.locator(".chip.done")).to_have_count(0)
    await chat.picture("files-refused")
