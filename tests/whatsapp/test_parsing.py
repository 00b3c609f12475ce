"""Every type of message and status in its recorded shape, and what happens to everything else."""

from __future__ import annotations

from typing import Any

import pytest
from shapes import SHAPES
from webhooks import BUYER, NUMBER, envelope, failure, message, status, text, value

from bot.whatsapp.parsing import parse, parse_body
from bot.whatsapp.payloads import STATUS_NAMES


@pytest.mark.parametrize(("shape", "expected"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES])
def test_every_type_is_read(shape: dict[str, Any], expected: dict[str, Any]) -> None:
    read = parse(envelope(value([shape])))
    assert read.odd == ()
    (found,) = read.changes[0].messages
    assert found.wamid == shape["id"]
    assert found.sender.wa_id == BUYER
    assert {name: getattr(found, name) for name in expected} == expected


def test_media_keeps_what_is_needed_to_fetch_and_check_it() -> None:
    shape = next(shape for name, shape, _ in SHAPES if name == "document")
    media = parse(envelope(value([shape]))).changes[0].messages[0].media
    assert media is not None
    assert (media.kind, media.id, media.mime_type, media.filename) == ("document", "77", "application/pdf", "slip.pdf")
    assert len(media.sha256) == 44


def test_items_of_a_cart_are_read() -> None:
    shape = next(shape for name, shape, _ in SHAPES if name == "order")
    items = parse(envelope(value([shape]))).changes[0].messages[0].items
    assert [(item.retailer_id, item.quantity, item.currency) for item in items] == [
        ("LACE-01", 2, "USD"),
        ("WIG-02", 3, "USD"),
    ]


def test_every_entry_change_message_and_status_is_read() -> None:
    content = envelope(
        value([text("a"), text("b")]), value([text("c")]), value(statuses=[status("w1", "sent"), status("w2", "read")])
    )
    content["entry"][0]["changes"].append({"field": "messages", "value": value([text("d")])})
    read = parse(content)
    assert sorted(m.text for change in read.changes for m in change.messages) == ["a", "b", "c", "d"]
    assert [s.name for change in read.changes for s in change.statuses] == ["sent", "read"]
    assert {change.phone_number_id for change in read.changes} == {NUMBER}


def test_somebody_without_a_number_is_known_by_the_scoped_id() -> None:
    shape = message("text", sender=None, user_id="US.13491208655302741918", text={"body": "hi"})
    contacts = [{"profile": {"name": "Pat", "username": "pat.w"}, "user_id": "US.13491208655302741918"}]
    (found,) = parse(envelope(value([shape], contacts=contacts))).changes[0].messages
    assert (found.sender.wa_id, found.sender.user_id, found.sender.name) == (None, "US.13491208655302741918", "Pat")


def test_the_contact_adds_the_other_id() -> None:
    shape = message("text", sender=None, user_id="US.1", text={"body": "hi"})
    contacts = [
        {"profile": {"name": "A"}, "wa_id": "1", "user_id": "US.2"},
        {"profile": {}, "wa_id": BUYER, "user_id": "US.1"},
    ]
    (found,) = parse(envelope(value([shape], contacts=contacts))).changes[0].messages
    assert (found.sender.wa_id, found.sender.user_id) == (BUYER, "US.1")


@pytest.mark.parametrize("name", STATUS_NAMES)
def test_every_status_is_read(name: str) -> None:
    (found,) = (
        parse(envelope(value(statuses=[status("wamid.1", name, biz_opaque_callback_data="tag-1")]))).changes[0].statuses
    )
    assert (found.wamid, found.name, found.tag, found.code) == ("wamid.1", name, "tag-1", None)


def test_a_failure_keeps_its_code_and_reason() -> None:
    (found,) = parse(envelope(value(statuses=[failure("wamid.1", 131047)]))).changes[0].statuses
    assert (found.code, found.reason) == (131047, "because of 131047")


def test_other_fields_and_error_reports_are_kept_as_they_are() -> None:
    content = envelope(value([text("a")], errors=[{"code": 130429, "title": "Rate limit hit"}]))
    content["entry"].append({"id": "1", "changes": [{"field": "account_alerts", "value": {"alert": 1}}]})
    read = parse(content)
    assert [m.text for m in read.changes[0].messages] == ["a"]
    assert [(one.kind, one.name) for one in read.odd] == [("error", "130429"), ("field", "account_alerts")]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        7,
        "x",
        [],
        {},
        {"id": None},
        {"id": "w", "type": "text"},
        {"type": "text", "from": BUYER},
        {"id": "w" * 301, "from": BUYER},
    ],
)
def test_a_broken_message_never_breaks_its_neighbours(broken: Any) -> None:
    read = parse(envelope(value([text("before"), broken, text("after")], contacts=[])))
    assert [m.text for m in read.changes[0].messages] == ["before", "after"]
    assert [one.kind for one in read.odd] == ["broken"]


@pytest.mark.parametrize("broken", [None, {}, {"id": "w"}, {"id": "w", "status": "teleported"}, {"status": "read"}])
def test_a_broken_status_never_breaks_its_neighbours(broken: Any) -> None:
    read = parse(envelope(value(statuses=[broken, status("w", "read")])))
    assert [s.name for s in read.changes[0].statuses] == ["read"]
    assert [one.kind for one in read.odd] == ["broken"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"[]", b'"x"', b"1e999"])
def test_a_body_that_is_no_webhook_is_one_broken_item(body: bytes) -> None:
    read = parse_body(body)
    assert read.changes == ()
    assert [one.kind for one in read.odd] == ["broken"]
