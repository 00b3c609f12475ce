"""The approved templates of the shop (``shop/whatsapp.yml``), by purpose."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from bot.errors import DataFault, Fault
from bot.trade.outbound import Template


def load_templates(path: Path, codes: Collection[str]) -> dict[str, Template]:
    """Return the templates by purpose, none where there is no file; raises DataFault naming every fault.

    ``codes`` are the languages the assistant speaks.
    """
    if not path.exists():
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as err:
        raise DataFault(
            [Fault(str(path), "cannot be read", "write 'reply: {name: …, languages: {en: en_US}}'")]
        ) from err
    entries = content.get("templates") if isinstance(content, dict) else None
    if entries is None and isinstance(content, dict):
        return {}
    if not isinstance(entries, dict):
        raise DataFault([Fault(str(path), "is no list of templates", "write 'templates: {reply: {name: …}}'")])
    faults: list[Fault] = []
    found = {str(purpose): _template(str(purpose), entry, path, codes, faults) for purpose, entry in entries.items()}
    if faults:
        raise DataFault(faults)
    return found


def _template(purpose: str, entry: Any, path: Path, codes: Collection[str], faults: list[Fault]) -> Template:
    given = entry if isinstance(entry, dict) else {}
    name, languages, parameters = given.get("name"), given.get("languages"), given.get("parameters") or []
    if not isinstance(name, str) or not name:
        faults.append(Fault(str(path), f"{purpose}: no name", "write the template's name as it stands at Meta"))
    if not isinstance(languages, dict) or not languages:
        faults.append(Fault(str(path), f"{purpose}: no languages", "write 'languages: {en: en_US, es: es_MX}'"))
        languages = {}
    for code in languages:
        if code not in codes:
            faults.append(Fault(str(path), f"{purpose}: language {code!r} is not spoken", f"use {', '.join(codes)}"))
    if not isinstance(parameters, list) or not all(isinstance(one, str) for one in parameters):
        faults.append(Fault(str(path), f"{purpose}: parameters are no list of names", "write 'parameters: [text]'"))
        parameters = []
    return Template(str(name), {str(code): str(meta) for code, meta in languages.items()}, tuple(parameters))
