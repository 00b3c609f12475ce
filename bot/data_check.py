"""One look over every file that people tend: training data, test data, lexicon, replies, shop."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.desk.canned import load_canned
from bot.errors import DataFault, Fault, ImportRejected
from bot.language.folding import fold
from bot.language.register import Language, load_languages
from bot.replies.texts import load_replies
from bot.risk.lexicon import read_terms
from bot.risk.terms import CATEGORIES
from bot.risk.voice import read_alarms
from bot.shop.desk import load_desk_rules
from bot.shop.rules import load_rules
from bot.understanding.concepts import read_concepts
from bot.understanding.slang import read_slang
from bot.whatsapp.optout import load_optout
from bot.whatsapp.templates import load_templates

LEAST_COMMERCE, LEAST_TALK, LEAST_TESTS = 60, 30, 150
TALK = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "provide_info", "out_of_scope"})
_LEAST_TERMS = 250
_LEAST_ALARMS = 40


def check_all(project: Path) -> tuple[list[Fault], dict[str, int]]:
    """Return every fault in the data of ``project`` and how much was read."""
    languages = load_languages(project / "lexicon" / "languages.yml")
    faults: list[Fault] = []
    counts: dict[str, int] = defaultdict(int)
    intents = set(yaml.safe_load((project / "domain" / "assistant.yml").read_text(encoding="utf-8"))["intents"])
    for language in languages:
        known = dict(_examples(project, language))
        counts["training messages"] += len(known)
        faults.extend(_training_faults(project, language, intents))
        faults.extend(_test_faults(project, language, intents, known, counts))
        faults.extend(_alarm_faults(project, language, counts))
        terms, found = read_terms(project / "lexicon" / language.code / "risk.yml", language.code)
        counts["alarm words"] += len(terms)
        faults.extend(found)
        if len(terms) < _LEAST_TERMS:
            where = str(project / "lexicon" / language.code / "risk.yml")
            faults.append(Fault(where, f"has {len(terms)} terms", f"write at least {_LEAST_TERMS}"))
        faults.extend(read_slang(project / "lexicon" / language.code / "slang.yml")[1])
    faults.extend(_raised(lambda: read_concepts(
        project / "lexicon" / "concepts.yml", project / "lexicon", [language.code for language in languages]
    )))  # fmt: skip
    faults.extend(_raised(lambda: load_replies(project / "replies", languages)))
    codes = [language.code for language in languages]
    faults.extend(_raised(lambda: load_optout(project / "lexicon" / "optout.yml", codes)))
    faults.extend(_raised(lambda: load_templates(project / "shop" / "whatsapp.yml", codes)))
    faults.extend(_raised(lambda: load_rules(project / "shop", today=date.today())))
    faults.extend(_raised(lambda: load_desk_rules(project / "shop" / "desk.yml")))
    codes = [language.code for language in languages]
    faults.extend(_raised(lambda: load_canned(project / "shop" / "canned", codes)))
    faults.extend(_raised(lambda: _shop(project)))
    counts["languages"] = len(languages)
    return faults, dict(counts)


def _raised(action: Any) -> list[Fault]:
    try:
        action()
    except (DataFault, ImportRejected) as err:
        return list(err.faults)
    return []


def _shop(project: Path) -> None:
    from bot.database import make_engine, migrate
    from bot.shop.demo import load_demo

    engine = make_engine("sqlite://")
    migrate(engine)
    load_demo(engine, project / "shop", today=date.today())


def same_words(text: str) -> str:
    """Return ``text`` reduced to its words: two messages with the same result count as copies."""
    return re.sub(r"[^\w]+", " ", fold(text)).strip() or text


def _blocks(project: Path, language: Language) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted((project / "data" / "nlu" / language.code).glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            yield path, block


def _lines(block: dict[str, Any]) -> list[str]:
    return [line.strip().removeprefix("- ") for line in block["examples"].splitlines() if line.strip()]


def _examples(project: Path, language: Language) -> Iterator[tuple[str, str]]:
    for _, block in _blocks(project, language):
        for line in _lines(block):
            yield same_words(line), block["intent"]


def _training_faults(project: Path, language: Language, intents: set[str]) -> Iterator[Fault]:
    numbers: dict[str, int] = defaultdict(int)
    seen: dict[str, str] = {}
    for path, block in _blocks(project, language):
        intent = block["intent"]
        if intent not in intents:
            yield Fault(str(path), f"intent {intent!r} is unknown", "use one of domain/assistant.yml")
        if (block.get("metadata") or {}).get("language") != language.code:
            yield Fault(
                str(path), f"{intent}: language is missing or wrong", f"add 'metadata: {{language: {language.code}}}'"
            )
        for line in _lines(block):
            numbers[intent] += 1
            words = same_words(line)
            if words in seen:
                yield Fault(str(path), f"{line!r} stands under {seen[words]} and {intent}", "keep it once")
            seen[words] = intent
    where = str(project / "data" / "nlu" / language.code)
    for intent in sorted(intents - {"nlu_fallback"}):
        least = LEAST_TALK if intent in TALK else LEAST_COMMERCE
        if numbers[intent] < least:
            yield Fault(where, f"{intent} has {numbers[intent]} messages", f"write at least {least}")


def _alarm_faults(project: Path, language: Language, counts: dict[str, int]) -> Iterator[Fault]:
    """Check the messages of the second voice: enough of every category, none of them in the test set."""
    folder = project / "data" / "alarms"
    try:
        examples = read_alarms(folder, [language.code])
    except DataFault as err:
        yield from err.faults
        return
    counts["alarm messages"] += len(examples)
    name = str(folder / f"{language.code}.yml")
    for category in CATEGORIES:
        number = sum(example.category == category for example in examples)
        if number < _LEAST_ALARMS:
            yield Fault(name, f"{category} has {number} messages", f"write at least {_LEAST_ALARMS}")
    path = project / "tests" / "language" / f"{language.code}.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["messages"]
    tested = {same_words(entry["text"]) for entry in entries}
    for example in examples:
        if same_words(example.text) in tested:
            yield Fault(name, f"{example.text!r} stands in the test set too", "remove it here")


def _test_faults(
    project: Path, language: Language, intents: set[str], known: dict[str, str], counts: dict[str, int]
) -> Iterator[Fault]:
    path = project / "tests" / "language" / f"{language.code}.yml"
    try:
        messages = yaml.safe_load(path.read_text(encoding="utf-8"))["messages"]
    except OSError as err:
        yield Fault(str(path), f"cannot be read ({err.strerror})", f"write at least {LEAST_TESTS} test messages")
        return
    counts["test messages"] += len(messages)
    if len(messages) < LEAST_TESTS:
        yield Fault(str(path), f"has {len(messages)} messages", f"write at least {LEAST_TESTS}")
    several = {
        same_words(entry["text"])
        for entry in yaml.safe_load((project / "data" / "multi" / f"{language.code}.yml").read_text(encoding="utf-8"))[
            "messages"
        ]
    }
    for entry in messages:
        text = entry["text"]
        if same_words(text) in known or same_words(text) in several:
            yield Fault(str(path), f"{text!r} stands in the training data too", "write another message")
        for intent in entry["intents"]:
            if intent not in intents:
                yield Fault(str(path), f"{text!r}: intent {intent!r} is unknown", "use one of domain/assistant.yml")
        for number in entry.get("order_numbers", []):
            if number not in text:
                yield Fault(str(path), f"{text!r}: order number {number!r} is not in it", "copy it as it is written")
