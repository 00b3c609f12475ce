"""The OpenAPI description is also what checks the bodies: one file says what may be sent."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator
from starlette.requests import Request

from bot.gateway.faults import Refused

_FILE = Path(__file__).with_name("openapi.yml")
_DESK_FILE = Path(__file__).with_name("desk_bodies.yml")
"""What the console sends; it is no interface for others and so not in the description."""
_LOWEST = 0


@functools.lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """Return the description of the HTTP interface."""
    description: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return description


@functools.cache
def _validator(name: str) -> Draft7Validator:
    known = openapi()["components"]["schemas"]
    return Draft7Validator(known[name] if name in known else _desk_bodies()[name])


@functools.lru_cache(maxsize=1)
def _desk_bodies() -> dict[str, Any]:
    bodies: dict[str, Any] = yaml.safe_load(_DESK_FILE.read_text(encoding="utf-8"))
    return bodies


async def checked_body(request: Request, schema: str) -> dict[str, Any]:
    """Return the JSON body if it fits ``schema``; raises Refused (400, 415 or 422) naming the field otherwise."""
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "type", "Send JSON with 'Content-Type: application/json'.")
    content = await request.body()
    try:
        body = json.loads(content or b"{}")
    except (ValueError, RecursionError) as err:
        raise Refused(400, "not_json", "The body is no valid JSON.") from err
    return check(body, schema)


def check(body: Any, schema: str) -> dict[str, Any]:
    """Return ``body`` if it fits ``schema``; raises Refused (422) naming the field otherwise."""
    try:
        error = next(iter(_validator(schema).iter_errors(body)), None)
    except RecursionError as err:
        raise Refused(422, "invalid", "Is nested too deeply.") from err
    if error is not None:
        field = ".".join(str(part) for part in error.absolute_path) or None
        raise Refused(422, "invalid", _reason(error.validator, error.validator_value, error.message), field=field)
    checked: dict[str, Any] = body
    return checked


def _reason(rule: str, value: Any, message: str) -> str:
    """Return what is wrong without repeating what was sent."""
    match rule:
        case "maxLength":
            return f"May have at most {value} characters."
        case "minLength":
            return f"Must have at least {value} characters."
        case "maxItems":
            return f"May hold at most {value}."
        case "pattern":
            return f"Must match {value}."
        case "type":
            return f"Must be of type {value}."
        case "anyOf":
            return "Send a text, a quick_reply or uploads."
        case "required" | "additionalProperties":
            return message[:200]
        case _:
            return "Is not valid."


def whole_number(request: Request, name: str, *, default: int, highest: int) -> int:
    """Return a number of the query from 0 to ``highest``; raises Refused (422) for anything else."""
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(highest)) and int(given) <= highest):
        raise Refused(422, "invalid", f"'{name}' must be a whole number from {_LOWEST} to {highest}.", field=name)
    return int(given)
