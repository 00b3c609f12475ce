"""One message of every type in the shape of Meta's reference, and what is to be read from it."""

from __future__ import annotations

from typing import Any

from webhooks import message, text

SHA = "3hPB7PG1cGh9GcB4wAMDR28uERdAVQFlvGOUHXEgdqU="
SHAPES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("text", text("Does it come in another color? 🙂"), {"heard": "text", "text": "Does it come in another color? 🙂"}),
    (
        "reply with context",
        text("this one", context={"from": "15550783881", "id": "wamid.quoted", "forwarded": False}),
        {"heard": "text", "refers_to": "wamid.quoted"},
    ),
    (
        "about a product",
        text("price?", context={"from": "1", "id": "w", "referred_product": {"catalog_id": "9", "product_retailer_id": "LACE-01"}}),
        {"heard": "text", "product": "LACE-01"},
    ),
    (
        "from an advertisement",
        text("hi", referral={"source_url": "https://fb.me/x", "source_type": "ad", "headline": "Chat with us", "ctwa_clid": "A"}),
        {"heard": "text", "advert": "Chat with us"},
    ),
    (
        "image",
        message("image", image={"caption": "the slip", "mime_type": "image/jpeg", "sha256": SHA, "id": "1003383421387256"}),
        {"heard": "media", "text": "the slip"},
    ),
    (
        "document",
        message("document", document={"filename": "slip.pdf", "mime_type": "application/pdf", "sha256": SHA, "id": "77"}),
        {"heard": "media", "text": ""},
    ),
    ("audio", message("audio", audio={"mime_type": "audio/ogg; codecs=opus", "sha256": SHA, "id": "78", "voice": True}), {"heard": "media"}),
    ("video", message("video", video={"caption": "unboxing", "mime_type": "video/mp4", "sha256": SHA, "id": "79"}), {"heard": "media", "text": "unboxing"}),
    ("sticker", message("sticker", sticker={"mime_type": "image/webp", "sha256": SHA, "id": "80", "animated": False}), {"heard": "media"}),
    (
        "location",
        message("location", location={"latitude": 37.4, "longitude": -122.08, "name": "Home", "address": "1 Hacker Way, US"}),
        {"heard": "location", "text": "Home\n1 Hacker Way, US\n37.400000, -122.080000"},
    ),
    ("bare location", message("location", location={"latitude": 1, "longitude": "2.5"}), {"heard": "location", "text": "1.000000, 2.500000"}),
    (
        "button reply",
        message("interactive", interactive={"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes, please"}}),
        {"heard": "choice", "choice": "yes", "text": "Yes, please"},
    ),
    (
        "list reply",
        message("interactive", interactive={"type": "list_reply", "list_reply": {"id": "o1", "title": "Order 1", "description": "d"}}),
        {"heard": "choice", "choice": "o1", "text": "Order 1"},
    ),
    (
        "form reply",
        message("interactive", interactive={"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"x","city":"Lyon"}'}}),
        {"heard": "text", "text": "city: Lyon"},
    ),
    ("template button", message("button", button={"payload": "STOP-1", "text": "Stop"}), {"heard": "choice", "choice": "STOP-1", "text": "Stop"}),
    ("reaction", message("reaction", reaction={"message_id": "wamid.target", "emoji": "👍"}), {"heard": "reaction", "text": "👍", "refers_to": "wamid.target"}),
    ("reaction removed", message("reaction", reaction={"message_id": "wamid.target"}), {"heard": "reaction", "text": ""}),
    (
        "order",
        message("order", order={"catalog_id": "194836987003835", "text": "Love these!", "product_items": [
            {"product_retailer_id": "LACE-01", "quantity": 2, "item_price": 30, "currency": "USD"},
            {"product_retailer_id": "WIG-02", "quantity": "3", "item_price": 25.5, "currency": "USD"},
        ]}),
        {"heard": "order", "text": "Love these!"},
    ),
    (
        "contact cards",
        message("contacts", contacts=[{"name": {"formatted_name": "Barbara J.", "first_name": "Barbara"}, "phones": [{"phone": "+1 650 555 9999", "type": "HOME"}], "emails": [{"email": "b@example.com"}]}]),
        {"heard": "contacts", "text": "Barbara J., +1 650 555 9999, b@example.com"},
    ),
    (
        "unsupported",
        message("unsupported", errors=[{"code": 131051, "title": "Message type unknown", "error_data": {"details": "Message type is currently not supported."}}]),
        {"heard": "unknown", "error_code": 131051},
    ),
    ("never seen", message("hologram", hologram={"id": 1}), {"heard": "unknown", "type": "hologram"}),
    ("no type", {k: v for k, v in message().items() if k != "type"}, {"heard": "unknown", "type": "none"}),
    ("image without its node", message("image"), {"heard": "unknown", "type": "image"}),
    (
        "changed number",
        message("system", system={"body": "User Pat changed from 16505551234 to 12195555358", "wa_id": "12195555358", "type": "user_changed_number"}),
        {"heard": "system", "new_wa_id": "12195555358"},
    ),
    (
        "changed number, older form",
        message("system", system={"body": "changed", "new_wa_id": "12195555358", "type": "customer_changed_number"}),
        {"heard": "system", "new_wa_id": "12195555358"},
    ),
    ("identity changed", message("system", system={"body": "Pat's identity changed", "type": "customer_identity_changed", "identity": "x"}), {"heard": "system", "new_wa_id": None}),
    (
        "edit",
        message("edit", edit={"original_message_id": "wamid.first", "message": {"context": {"id": "M0"}, "type": "text", "text": {"body": "200 pieces"}}}),
        {"heard": "edit", "text": "200 pieces", "refers_to": "wamid.first"},
    ),
    ("revoke", message("revoke", revoke={"original_message_id": "wamid.first"}), {"heard": "revoke", "refers_to": "wamid.first"}),
]  # fmt: skip
