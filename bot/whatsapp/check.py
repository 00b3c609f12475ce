"""``liaison whatsapp check``: what is missing or wrong, in plain words. Only asks (GET); never writes to a buyer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.errors import DataFault
from bot.language.register import load_languages
from bot.settings import Settings, WhatsAppSettings
from bot.trade.outbound import REPLY, Template
from bot.whatsapp.alarms import alarms_of
from bot.whatsapp.cloud_api import CloudApi, CloudRefused, CloudUnclear, CloudUnreachable
from bot.whatsapp.nodes import word
from bot.whatsapp.tables import receipts
from bot.whatsapp.templates import load_templates

_FIELDS = "display_phone_number,verified_name,quality_rating,code_verification_status,status"
_REMEDIES = {
    190: "the access token is not valid or has ended; make a permanent one of a system user and set LIAISON_WHATSAPP_TOKEN",
    10: "the token lacks a right; give the system user whatsapp_business_messaging and whatsapp_business_management",
    100: "the number is unknown to this token; compare LIAISON_WHATSAPP_PHONE_NUMBER_IDS with Meta's WhatsApp settings",
    131031: "Meta has locked the account; see Account quality in WhatsApp Manager",
    368: "Meta has blocked the account for breaking its rules; see Account quality in WhatsApp Manager",
}


@dataclass(frozen=True)
class Finding:
    """One line for people."""

    good: bool
    text: str


async def check(settings: Settings, engine: Engine, *, api: CloudApi | None = None) -> list[Finding]:
    """Return everything that is in order and everything that is not, each with its remedy."""
    whatsapp = settings.whatsapp
    if whatsapp is None:
        return [
            Finding(
                False,
                "WhatsApp is not set up: no setting LIAISON_WHATSAPP_… is there; docs/whatsapp.md shows the steps",
            )
        ]
    findings = [Finding(True, "app secret and verify token are set: only Meta's signed calls are taken")]
    findings.extend(_templates(settings, whatsapp))
    findings.extend(_history(engine))
    if whatsapp.token is None:
        findings.append(
            Finding(False, "LIAISON_WHATSAPP_TOKEN is not set: messages come in, but nothing can be answered")
        )
    if not whatsapp.phone_number_ids:
        findings.append(
            Finding(
                False,
                "LIAISON_WHATSAPP_PHONE_NUMBER_IDS is not set: copy the phone number ID from Meta's WhatsApp settings",
            )
        )
    if whatsapp.token and whatsapp.phone_number_ids:
        own = api or CloudApi(whatsapp.api_base, whatsapp.token)
        for number in whatsapp.phone_number_ids:
            findings.append(await _number(own, number))
        if api is None:
            await own.close()
    return findings


def _templates(settings: Settings, whatsapp: WhatsAppSettings) -> list[Finding]:
    codes = [language.code for language in load_languages(settings.project / "lexicon" / "languages.yml")]
    try:
        templates = load_templates(whatsapp.templates, codes)
    except DataFault as err:
        return [Finding(False, str(fault)) for fault in err.faults]
    missing = _missing(templates, codes)
    if missing:
        return [
            Finding(False, f"{whatsapp.templates}: no template for answers after 24 hours in {', '.join(missing)}; "
                           "such answers are not sent, and the desk shows why")
        ]  # fmt: skip
    return [Finding(True, f"templates are set up for {', '.join(templates)}")]


def _missing(templates: dict[str, Template], codes: Collection[str]) -> list[str]:
    reply = templates.get(REPLY)
    return [code for code in codes if reply is None or code not in reply.languages]


def _history(engine: Engine) -> list[Finding]:
    findings = [
        Finding(
            False, f"number {alarm.phone_number_id or '?'} sends nothing since {alarm.since:%Y-%m-%d %H:%M} UTC: "
            f"{_remedy(alarm.code, alarm.reason)}; then run `liaison whatsapp resume`",
        )
        for alarm in alarms_of(engine)
    ]  # fmt: skip
    with engine.connect() as connection:
        last = connection.execute(select(func.max(receipts.c.received_at))).scalar()
    if last is None:
        findings.append(
            Finding(
                False,
                "no webhook has come yet: in Meta's app enter https://<your address>/webhooks/whatsapp and the verify token, and subscribe to 'messages'",
            )
        )
    else:
        findings.append(Finding(True, f"the last webhook came at {last:%Y-%m-%d %H:%M} UTC"))
    return findings


async def _number(api: CloudApi, number: str) -> Finding:
    try:
        found = await api.get(number, fields=_FIELDS)
    except CloudRefused as err:
        return Finding(False, f"number {number}: {_remedy(err.code, err.reason)}")
    except (CloudUnreachable, CloudUnclear) as err:
        return Finding(
            False,
            f"number {number}: {err}; is LIAISON_WHATSAPP_API_BASE right, and does this machine reach the internet?",
        )
    return _quality(number, found)


def _quality(number: str, found: dict[str, Any]) -> Finding:
    shown = f"number {number} ({word(found.get('display_phone_number')) or 'no number told'}, {word(found.get('verified_name')) or 'no name'})"
    rating, status = word(found.get("quality_rating")).upper(), word(found.get("status")).upper()
    if status in ("BANNED", "RESTRICTED", "FLAGGED", "DISCONNECTED"):
        return Finding(False, f"{shown}: Meta's state is {status}; see WhatsApp Manager")
    if rating == "RED":
        return Finding(False, f"{shown}: quality is RED, Meta may soon limit it; send fewer messages nobody asked for")
    return Finding(True, f"{shown} answers to our token")


def _remedy(code: int | None, reason: str) -> str:
    said = f" (Meta: {reason})" if reason else ""
    return _REMEDIES.get(code or 0, f"Meta refuses it with code {code}") + said
