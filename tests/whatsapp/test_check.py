"""`liaison whatsapp check` in plain words, without a message to anybody; the settings' own refusals; templates."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from cloud import Cloud
from sqlalchemy.engine import Engine
from webhooks import NUMBER, TOKEN

from bot.errors import DataFault
from bot.settings import Settings
from bot.whatsapp.check import check
from bot.whatsapp.cloud_api import CloudApi
from bot.whatsapp.templates import load_templates

CODES = ["en", "zh", "es", "pt", "ru", "de", "fr", "ar"]


async def words(settings: Settings, engine: Engine, api: CloudApi, **changed: Any) -> tuple[str, str]:
    """Return what is in order and what is wrong."""
    assert settings.whatsapp is not None
    settings = dataclasses.replace(settings, whatsapp=dataclasses.replace(settings.whatsapp, **changed))
    found = await check(settings, engine, api=api)
    good, bad = ("\n".join(one.text for one in found if one.good is state) for state in (True, False))
    return good, bad


async def test_it_says_what_is_in_order_and_only_asks(
    settings: Settings, engine: Engine, api: CloudApi, cloud: Cloud
) -> None:
    good, bad = await words(settings, engine, api)
    assert "+1 555 078 3881" in good
    assert "no webhook has come yet" in bad
    assert "no template" in bad
    assert cloud.calls and all(call.startswith("GET") for call in cloud.calls)
    assert cloud.sent == cloud.marks == []


async def test_it_names_a_wrong_token(settings: Settings, engine: Engine, cloud: Cloud) -> None:
    api = CloudApi(f"{cloud.base}/v21.0", "old")
    assert "LIAISON_WHATSAPP_TOKEN" in (await words(settings, engine, api))[1]
    await api.close()


async def test_it_names_a_number_that_is_not_ours(settings: Settings, engine: Engine, api: CloudApi) -> None:
    good, bad = await words(settings, engine, api, phone_number_ids=("1", NUMBER))
    assert "number 1: the number is unknown" in bad
    assert f"number {NUMBER}" in good


@pytest.mark.parametrize(
    ("changed", "name"),
    [({"token": None}, "LIAISON_WHATSAPP_TOKEN"), ({"phone_number_ids": ()}, "LIAISON_WHATSAPP_PHONE_NUMBER_IDS")],
)
async def test_it_names_what_is_missing(
    settings: Settings, engine: Engine, api: CloudApi, changed: Any, name: str
) -> None:
    assert name in (await words(settings, engine, api, **changed))[1]


async def test_it_says_when_meta_cannot_be_reached(settings: Settings, engine: Engine) -> None:
    api = CloudApi("http://127.0.0.1:1/v21.0", TOKEN)
    assert "cannot be reached" in (await words(settings, engine, api))[1]
    await api.close()


async def test_nothing_set_up_is_said_in_one_line(settings: Settings, engine: Engine) -> None:
    (only,) = await check(dataclasses.replace(settings, whatsapp=None), engine)
    assert "not set up" in only.text


def test_templates_are_read_by_purpose(tmp_path: Path) -> None:
    path = tmp_path / "whatsapp.yml"
    path.write_text("templates:\n  reply: {name: late, languages: {en: en_US}, parameters: [text]}\n")
    found = load_templates(path, CODES)["reply"]
    assert (found.name, found.languages, found.parameters) == ("late", {"en": "en_US"}, ("text",))


def test_every_fault_of_the_templates_is_named(tmp_path: Path) -> None:
    path = tmp_path / "whatsapp.yml"
    path.write_text("templates:\n  reply: {languages: {xx: xx}}\n  care: {name: a}\n")
    with pytest.raises(DataFault) as err:
        load_templates(path, CODES)
    assert len(err.value.faults) == 3
