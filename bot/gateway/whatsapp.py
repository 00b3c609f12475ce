"""``/webhooks/whatsapp``: Meta checks the address by GET and tells by POST what happened."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

from prometheus_client import Counter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.conversations.store import ConversationStore
from bot.gateway.faults import Refused
from bot.gateway.health import REGISTRY
from bot.gateway.services import Services, services_of
from bot.language.register import load_languages
from bot.replies.texts import load_replies
from bot.settings import Settings, WhatsAppSettings
from bot.whatsapp.intake import Intake, Taken
from bot.whatsapp.optout import load_optout
from bot.whatsapp.parsing import parse_body
from bot.whatsapp.signature import answers_challenge, is_signed

log = logging.getLogger(__name__)
LARGEST_BODY = 4 * 1024 * 1024
"""Meta sends at most 3 MB at once."""
_CALLS = Counter("liaison_whatsapp_webhooks", "Webhook calls by outcome", ["outcome"], registry=REGISTRY)
_ITEMS = Counter("liaison_whatsapp_items", "What webhooks told, by kind", ["kind"], registry=REGISTRY)


def make_intake(settings: Settings, store: ConversationStore) -> Intake | None:
    """Return what stores webhooks, None where WhatsApp is not set up; raises DataFault for faulty texts or words."""
    if settings.whatsapp is None:
        return None
    languages = load_languages(settings.project / "lexicon" / "languages.yml")
    replies = load_replies(settings.project / "replies", languages)
    return Intake(
        store=store,
        replies_in=lambda code: replies.get(code or "en", replies["en"]),
        optout=load_optout(settings.project / "lexicon" / "optout.yml", [language.code for language in languages]),
        numbers=frozenset(settings.whatsapp.phone_number_ids),
    )


async def verify_webhook(request: Request) -> PlainTextResponse:
    """Echo the challenge to whom knows the verify token."""
    settings = _set_up(services_of(request))[0]
    challenge = answers_challenge(dict(request.query_params), settings.verify_token)
    if challenge is None:
        _CALLS.labels("verification_refused").inc()
        raise Refused(403, "verify_token_invalid", "The verify token is not the one of the settings.")
    return PlainTextResponse(challenge)


async def take_webhook(request: Request) -> Response:
    """Store what a signed call tells, queue the conversations, and only then say 200."""
    services = services_of(request)
    settings, intake = _set_up(services)
    body = await request.body()
    if not is_signed(body, request.headers.get("x-hub-signature-256"), settings.app_secret):
        _CALLS.labels("signature_wrong").inc()
        raise Refused(401, "signature_invalid", "The signature does not fit the body and the app secret.")
    async with services.whatsapp_turn:
        taken = await run_in_threadpool(_take, intake, body)
    for kind, number in taken.counts.items():
        _ITEMS.labels(kind).inc(number)
    _CALLS.labels("stored").inc()
    if taken.to_answer or taken.to_show:
        await services.inbox.put_all(taken.to_answer, taken.to_show)
    return JSONResponse({"status": "ok"})


def _take(intake: Intake, body: bytes) -> Taken:
    return intake.take(parse_body(body), now=datetime.now(timezone.utc))


def _set_up(services: Services) -> tuple[WhatsAppSettings, Intake]:
    if services.settings.whatsapp is None or services.whatsapp is None:
        raise Refused(404, "not_found", "WhatsApp is not set up here.")
    return services.settings.whatsapp, services.whatsapp
