"""Files of buyers: fetched, checked, stored, answered with their message; what cannot be had is asked for again."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import httpx
import pytest
from cloud import Cloud
from conftest import Clock, Shop
from webhooks import message, say, text

from bot.whatsapp.alarms import alarms_of
from bot.whatsapp.cloud_api import CloudApi, CloudRefused

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF"
OGG = b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead" + b"\x00" * 40
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64


def photo(media_id: str, content: bytes, *, kind: str = "image", caption: str = "", **wrong: Any) -> dict[str, Any]:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    node = {"id": media_id, "mime_type": "image/jpeg", "sha256": digest, **wrong}
    return message(kind, **{kind: node | ({"caption": caption} if caption else {})})


async def test_a_photo_ends_in_the_upload_store_and_in_its_message(shop: Shop, cloud: Cloud, picture: bytes) -> None:
    await say(shop.client, photo(cloud.put_file(picture), picture, caption="the bank slip"))
    assert shop.talk()[-1].data["media"]["state"] == "waiting"
    await shop.run()
    stored = shop.talk()[-1]
    assert (stored.text, stored.data["media"]["state"]) == ("the bank slip", "kept")
    assert b"".join(shop.fetcher.files.read(stored.data["uploads"][0])) == picture
    with shop.store.reading() as transaction:
        (upload,) = transaction.uploads_of(shop.conversation(), stored.data["uploads"]).values()
    assert (upload.type, upload.size, upload.sha256) == (
        "image/webp",
        len(picture),
        hashlib.sha256(picture).hexdigest(),
    )
    assert shop.queued[-1] == shop.conversation()


@pytest.mark.parametrize(("kind", "content"), [("document", PDF), ("video", MP4), ("audio", OGG)])
async def test_documents_and_recordings_are_kept(shop: Shop, cloud: Cloud, kind: str, content: bytes) -> None:
    await say(shop.client, photo(cloud.put_file(content), content, kind=kind, filename="a.pdf"))
    await shop.run()
    stored = next(m for m in shop.talk() if "media" in m.data)
    assert stored.data["media"]["state"] == "kept"


async def test_a_voice_message_is_asked_for_in_writing(shop: Shop, cloud: Cloud) -> None:
    await say(shop.client, photo(cloud.put_file(OGG), OGG, kind="audio", voice=True))
    await shop.run()
    assert "voice messages" in cloud.texts[-1]
    assert shop.talk()[-2].data["uploads"]


async def test_a_slip_of_the_line_is_tried_again(shop: Shop, cloud: Cloud, clock: Clock, picture: bytes) -> None:
    media_id = cloud.put_file(picture)
    cloud.files[media_id]["slips"] = 2
    await say(shop.client, photo(media_id, picture))
    for _ in range(3):
        await shop.run()
        clock.pass_by(seconds=30)
    assert shop.talk()[-1].data["media"]["state"] == "kept"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"gone": True}, "no longer there"),
        ({"unknown": True}, "no longer there"),
        ({"content": b"MZ\x90 not a picture"}, "couldn't open"),
        ({"file_size": 6 * 1024 * 1024}, "at most 5 MB"),
        ({"sha256": "0" * 64}, "no longer there"),
    ],
)
async def test_what_cannot_be_had_is_asked_for_again(
    shop: Shop, cloud: Cloud, clock: Clock, picture: bytes, wrong: dict[str, Any], words: str
) -> None:
    content = wrong.get("content", picture)
    told = {name: given for name, given in wrong.items() if name in ("file_size", "sha256")}
    media_id = cloud.put_file(content, **told)
    cloud.files[media_id]["gone"] = wrong.get("gone", False)
    await say(shop.client, photo("unknown" if wrong.get("unknown") else media_id, content))
    for _ in range(6):
        await shop.run()
        clock.pass_by(minutes=1)
    assert words in cloud.texts[-1]
    lost = next(m for m in shop.talk() if "media" in m.data)
    assert (lost.data["media"]["state"], lost.data["silent"]) == ("lost", True)


async def test_a_file_larger_than_it_was_told_is_not_loaded_to_its_end(cloud: Cloud, api: CloudApi) -> None:
    from bot.whatsapp.cloud_api import MediaTooLarge

    media_id = cloud.put_file(b"x" * 300_000, file_size=10)
    with pytest.raises(MediaTooLarge):
        await api.download(f"{cloud.base}/files/{media_id}", largest=1000)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "http://lookaside.fbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "",
        "file:///etc/passwd",
    ],
)
async def test_our_token_goes_to_nobody_but_meta(api: CloudApi, url: str) -> None:
    with pytest.raises(CloudRefused, match="not Meta's"):
        await api.download(url, largest=1000)


async def test_a_caption_is_answered_even_when_the_file_is_lost(shop: Shop, cloud: Cloud) -> None:
    await say(shop.client, photo("unknown", b"", caption="is this in stock?"))
    await shop.run()
    with shop.store.reading() as transaction:
        conversation = transaction.conversation(shop.conversation())
        assert conversation is not None
        assert "is this in stock?" in [m.text for m in transaction.waiting_messages(conversation)]


async def test_a_file_that_comes_late_is_answered_by_itself(shop: Shop, cloud: Cloud, picture: bytes) -> None:
    await say(shop.client, photo(cloud.put_file(picture), picture, caption="look"))
    shop.reply("I see no picture yet")
    await shop.run()
    late = shop.talk()[-1]
    assert (late.author, late.text, len(late.data["uploads"])) == ("buyer", "", 1)


async def test_a_wrong_token_is_an_alarm_and_not_the_buyers_fault(
    shop: Shop, cloud: Cloud, engine: Any, picture: bytes
) -> None:
    media_id = cloud.put_file(picture)
    await say(shop.client, photo(media_id, picture))
    shop.fetcher.api = CloudApi(f"{cloud.base}/v21.0", "old-token", client=httpx.AsyncClient())
    await shop.fetcher.look()
    assert [alarm.code for alarm in alarms_of(engine)] == [190]
    assert shop.talk()[-1].data["media"]["state"] == "waiting"


async def test_text_and_stickers_need_no_file(shop: Shop, cloud: Cloud, picture: bytes) -> None:
    await say(shop.client, text("hi"), photo(cloud.put_file(picture), picture, kind="sticker"))
    await shop.run()
    sticker = shop.talk()[-1]
    assert (sticker.data["silent"], sticker.data["media"]["state"]) == (True, "kept")
