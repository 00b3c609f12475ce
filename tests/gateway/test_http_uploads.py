"""Files of buyers: checked by content, kept under random names, given to nobody else."""

from __future__ import annotations

import io
import stat
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from PIL import Image
from talks import Talk, open_talk, refusal

from bot.gateway import limits
from bot.settings import Settings
from bot.uploads.files import LARGEST_FILE


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateway.uploads.UPLOADS_OF_SESSION", limits.Limit("uploads", size=1_000, rate=100))


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """Return a sound picture."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
EXE = b"MZ\x90\x00" + b"\x00" * 56 + b"\x80\x00\x00\x00" + b"\x00" * 64 + b"PE\x00\x00" + b"\x00" * 200
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (picture("JPEG"), "slip.jpg", "image/jpeg"),
        (picture("JPEG"), "slip.exe", "image/jpeg"),
        (picture("PNG"), "slip.jpg", "image/png"),
        (picture("WEBP"), "slip.png", "image/webp"),
        (picture("GIF"), "slip", "image/gif"),
        (PDF, "slip.jpg", "application/pdf"),
    ],
)
async def test_pictures_and_pdfs_are_known_by_content_whatever_their_name(
    talk: Talk, content: bytes, name: str, found: str
) -> None:
    answer = await talk.upload(content, name, "application/octet-stream")
    assert answer.status_code == 201, answer.text
    assert {k: v for k, v in answer.json().items() if k != "upload"} == {"type": found, "size": len(content)}
    back = await talk.client.get(f"/v1/uploads/{answer.json()['upload']}", headers=talk.headers)
    assert (back.status_code, back.content, back.headers["content-type"]) == (200, content, found)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (EXE, 415, "type"), (SVG, 415, "type"), (HTML, 415, "type"), (b"#!/bin/sh\nid\n", 415, "type"),
        (b"PK\x03\x04" + b"\x00" * 60, 415, "type"), (b"\x00" * 64, 415, "type"), (b"", 422, "empty"),
        (picture("PNG")[:-40], 422, "damaged"), (picture("JPEG")[:30], 422, "damaged"),
        (b"\xff\xd8\xff\xe0" + HTML, 422, "damaged"),
        (picture("PNG", size=(9_000, 8_000), compress_level=1), 422, "too_large"),
    ],
    ids=[
        "exe", "svg", "html", "script", "zip", "zeros", "empty", "truncated png", "truncated jpeg", "html as jpeg",
        "72 megapixels",
    ],
)  # fmt: skip
async def test_everything_else_is_refused_even_when_it_is_called_jpg(
    talk: Talk, settings: Settings, content: bytes, status: int, code: str
) -> None:
    answer = await talk.upload(content, "photo.jpg")
    assert refusal(answer) == (status, code)
    assert not [path for path in settings.uploads_dir.rglob("*") if path.is_file()]


async def test_a_jpeg_cut_in_its_middle_is_refused(talk: Talk) -> None:
    whole = picture("JPEG", size=(900, 700), quality=95)
    assert refusal(await talk.upload(whole[: len(whole) // 2], "photo.jpg")) == (422, "damaged")


async def test_ten_megabytes_fit_and_one_byte_more_does_not(talk: Talk) -> None:
    fits = PDF + b"\n" * (LARGEST_FILE - len(PDF))
    assert (await talk.upload(fits, "a.pdf")).status_code == 201
    assert refusal(await talk.upload(fits + b"\n", "a.pdf")) == (413, "too_large")
    assert refusal(await talk.upload(fits + b"\n" * 2**20, "a.pdf")) == (413, "too_large")


async def test_a_chunked_body_is_cut_off_at_the_limit(talk: Talk) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
        while sent < 3 * LARGEST_FILE:
            sent += 2**18
            yield b"\n" * 2**18

    headers = {**talk.headers, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await talk.client.post("/v1/uploads", content=endless(), headers=headers)
    assert refusal(answer) == (413, "too_large")
    assert sent < LARGEST_FILE + 2**20


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\Users\\me\\slip.jpg", "slip.jpg"), ("...", "file"), ("", "file"),
        ('a"b<c>|d.jpg', "a b c d.jpg"), ("转账 凭证.jpg", "转账 凭证.jpg"), ("a\u202egpj.exe", "a gpj.exe"),
        ("x" * 300 + ".jpg", "x" * 116 + ".jpg"), ("a;b=c\u2028d.jpg", "a;b=c d.jpg"),
    ],
)  # fmt: skip
async def test_names_lose_folders_and_signs_that_mean_something(talk: Talk, given: str, shown: str) -> None:
    content = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{given.replace(chr(34), "%22")}"\r\n\r\n'
    if '"' in given:  # the form of browsers: the sign is written %22
        shown = "a%22b c d.jpg"
    body = content.encode() + picture() + b"\r\n--x--\r\n"
    headers = {**talk.headers, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await talk.client.post("/v1/uploads", content=body, headers=headers)
    if not given:  # a part without a name is no file
        assert answer.status_code in (201, 422)
        return
    assert answer.status_code == 201, answer.text
    back = await talk.client.get(f"/v1/uploads/{answer.json()['upload']}", headers=talk.headers)
    way, _, name = back.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert (way, unquote(name)) == ("inline", shown)
    assert back.headers["content-disposition"].isascii()


async def test_a_file_is_shown_to_its_own_conversation_only(client: httpx.AsyncClient, talk: Talk) -> None:
    upload = (await talk.upload(picture())).json()["upload"]
    other = await open_talk(client)
    path = f"/v1/uploads/{upload}"
    assert refusal(await client.get(path, headers=other.headers)) == (404, "not_found")
    assert refusal(await client.get(path)) == (401, "token_missing")
    stolen = await other.post({"id": str(uuid.uuid4()), "uploads": [upload]})
    assert refusal(stolen) == (422, "upload_unknown")


@pytest.mark.parametrize("path", ["0" * 32, "..%2f..%2fetc%2fpasswd", "%2e%2e", "x", "A" * 32, "%00", "0" * 500])
async def test_a_path_is_no_way_out_of_the_folder(talk: Talk, path: str) -> None:
    answer = await talk.client.get(f"/v1/uploads/{path}", headers=talk.headers)
    assert refusal(answer) == (404, "not_found")


async def test_a_file_comes_with_headers_that_keep_browsers_from_running_it(talk: Talk) -> None:
    for content, way in ((picture(), "inline"), (PDF, "attachment")):
        upload = (await talk.upload(content)).json()["upload"]
        headers = (await talk.client.get(f"/v1/uploads/{upload}", headers=talk.headers)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-disposition"].startswith(way)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "sandbox" in headers["content-security-policy"]
        assert headers["cache-control"].startswith("private")


async def test_files_lie_under_random_names_for_the_owner_only(talk: Talk, settings: Settings) -> None:
    uploads = [(await talk.upload(picture(), "same.jpg")).json()["upload"] for _ in range(2)]
    files = {path.name: path for path in settings.uploads_dir.rglob("*") if path.is_file()}
    assert set(files) == set(uploads)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files.values())


async def test_an_upload_is_sent_by_naming_it_in_a_message(talk: Talk) -> None:
    upload = (await talk.upload(picture(), "slip.jpg")).json()
    assert (await talk.post({"id": str(uuid.uuid4()), "uploads": [upload["upload"]]})).status_code == 202
    (message,) = (await talk.read()).json()["messages"]
    assert message["uploads"] == [{**upload, "name": "slip.jpg"}]


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"--x\r\n\r\n", 400),
        ("multipart/form-data; boundary=x", b"no part", 400),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\na\r\n--x--\r\n', 422),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422),
    ],
    ids=["json", "no boundary", "no part", "text field", "nothing"],
)  # fmt: skip
async def test_what_is_no_form_with_a_file_is_refused(talk: Talk, kind: str, content: bytes, status: int) -> None:
    answer = await talk.client.post("/v1/uploads", content=content, headers={**talk.headers, "Content-Type": kind})
    assert refusal(answer)[0] == status
