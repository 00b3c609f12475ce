"""A detector that needs no model of ours: scripts, and langdetect for what they leave open.

It stands in when the trained detector is missing, so that alarm words and the hand-over still work.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import langdetect
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from bot.language.detector import Detection, main_script, visible_letters
from bot.language.scripts import script_counts

_SCRIPTS = {"Han": "zh", "Cyrillic": "ru", "Arabic": "ar"}
_LANGDETECT_CODES = {"zh": ("zh-cn", "zh-tw")}
_SEED = 7


class PlainDetector:
    """langdetect, seeded and loaded with the supported languages only."""

    def __init__(self, supported: Iterable[str]) -> None:
        langdetect.DetectorFactory.seed = _SEED
        self._factory = DetectorFactory()
        codes = [name for code in supported for name in _LANGDETECT_CODES.get(code, (code,))]
        profiles = [(_profile(code)) for code in codes]
        self._factory.load_json_profile(profiles)
        self._lock = threading.Lock()

    def detect(self, text: str, *, prior: str | None = None) -> Detection:
        """Return the language of ``text``; messages without letters keep ``prior``."""
        letters = visible_letters(text)
        counts = script_counts(letters)
        if not counts:
            return Detection(prior or "en", 0.0)
        script, share = main_script(counts)
        if script in _SCRIPTS:
            return Detection(_SCRIPTS[script], share)
        with self._lock:
            detector = self._factory.create()
            try:
                detector.append(letters)
                best = detector.get_probabilities()
            except LangDetectException:
                best = []
        if not best:
            return Detection(prior or "en", 0.0)
        return Detection(best[0].lang.partition("-")[0], float(best[0].prob))


def _profile(code: str) -> str:
    return (Path(PROFILES_DIRECTORY) / code).read_text(encoding="utf-8")
