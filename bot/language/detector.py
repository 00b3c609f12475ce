"""Which language a buyer writes, told from very short messages too.

Script first: Chinese, Korean, Thai… need no statistics. Among languages that share a script a
model over characters and words decides, trained on the folders of ``data/nlu`` and on
``data/languages/other.yml`` (buyer messages of languages the assistant does not speak, so that it
can say so). The language of the conversation so far is the prior: it settles what a short message
leaves open, and messages without letters keep it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import regex
from sklearn.linear_model import SGDClassifier

from bot.language.folding import clean
from bot.language.hashing import HashedFeatures
from bot.language.scripts import script_counts

_NOISE = regex.compile(
    r"[\w.+-]+@[\w.-]+|(?:https?://|www\.)[!-~]+|\b[A-Z]{1,4}[-\s]?\d[A-Za-z0-9-]*|[A-Za-z0-9._-]*\d{3,}[A-Za-z0-9._-]*|[#@][A-Za-z0-9_]+"
)
_WORD = regex.compile(r"[\p{L}\p{M}'’]+")
_RUN = regex.compile(r"(\p{L})\1{2,}")
# Scripts that are one language each, as far as a shop is concerned.
_OF_SCRIPT = {
    "Hangul": "ko", "Thai": "th", "Hebrew": "he", "Greek": "el", "Devanagari": "hi", "Bengali": "bn",
    "Tamil": "ta", "Georgian": "ka", "Armenian": "hy", "Hiragana": "ja", "Katakana": "ja",
}  # fmt: skip
_COLUMNS = 2**16
_HAN_CHARACTERS_A_WORD = 1.6
_LATIN_WORD = 4.5
_PRIOR_ODDS = 6.0
"""How many times likelier the conversation's language is than another, for a message of one word."""


@dataclass(frozen=True)
class Detection:
    """A language code and how sure it is (0–1). ``code`` may lie outside the supported ones."""

    code: str
    confidence: float


def visible_letters(text: str) -> str:
    """Return ``text`` without numbers, addresses, links and invisible characters."""
    return _NOISE.sub(" ", clean(text))


def language_features(text: str) -> list[str]:
    """Return words and character 1–4-grams of ``text``; accents stay, they tell languages apart."""
    lowered = _RUN.sub(r"\1\1", clean(text).lower())
    result = []
    for word in _WORD.findall(lowered):
        padded = f" {word} "
        result.append("w" + word)
        for size in (1, 2, 3, 4):
            result.extend(padded[i : i + size] for i in range(len(padded) - size + 1))
    return result


class LanguageDetector:
    """A trained detector; one for all conversations, safe to share between threads."""

    def __init__(
        self, *, supported: Sequence[str], classes: Sequence[str], weights: np.ndarray, coefficients: np.ndarray,
        intercepts: np.ndarray,
    ) -> None:  # fmt: skip
        self.supported = frozenset(supported)
        self.classes = tuple(classes)
        self.coefficients = coefficients
        self.intercepts = intercepts
        self.features = HashedFeatures(columns=len(weights), weights=weights)
        self._of_script = {
            "Latin": np.array([c not in _NOT_LATIN for c in self.classes]),
            "Cyrillic": np.array([c in _CYRILLIC for c in self.classes]),
            "Arabic": np.array([c in _ARABIC for c in self.classes]),
        }
        latin = [_TRANSLITERATED_WEIGHT if c in _OTHER_SCRIPT else 1.0 for c in self.classes]
        self._weight_in = {"Latin": np.array(latin), "Cyrillic": 1.0, "Arabic": 1.0}

    @classmethod
    def train(cls, messages: Sequence[tuple[str, str]], *, supported: Sequence[str]) -> LanguageDetector:
        """Learn from ``(text, language)`` pairs; deterministic."""
        prepared = [(language_features(visible_letters(text)), language) for text, language in messages]
        prepared = [(row, language) for row, language in prepared if row]
        features = HashedFeatures(columns=_COLUMNS)
        matrix = features.fit([row for row, _ in prepared])
        labels = np.array([language for _, language in prepared])
        model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=20, tol=None, random_state=7)
        model.fit(matrix, labels)
        assert features.weights is not None
        return cls(
            supported=supported,
            classes=[str(c) for c in model.classes_],
            weights=features.weights,
            coefficients=np.ascontiguousarray(model.coef_.T.astype(np.float32)),
            intercepts=model.intercept_.astype(np.float32),
        )

    def detect(self, text: str, *, prior: str | None = None) -> Detection:
        """Return the language of ``text``; ``prior`` is the conversation's language so far.

        A message without letters gives the prior (or English) with confidence 0.
        """
        letters = visible_letters(text)
        counts = script_counts(letters)
        if not counts:
            return Detection(prior or "en", 0.0)
        script, share = main_script(counts)
        if script == "Han":
            return Detection("zh", share)
        if script in _OF_SCRIPT:
            return Detection(_OF_SCRIPT[script], share)
        return self._by_statistics(letters, script, prior)

    def _by_statistics(self, letters: str, script: str, prior: str | None) -> Detection:
        row = self.features.transform([language_features(letters)])
        scores = row @ self.coefficients + self.intercepts
        odds = 1 / (1 + np.exp(-scores[0]))
        odds = np.where(self._of_script[script], odds, 0) * self._weight_in[script] + 1e-9
        words = len(_WORD.findall(letters))
        if prior in self.classes and self._of_script[script][self.classes.index(prior)]:
            odds[self.classes.index(prior)] *= 1 + _PRIOR_ODDS / max(1, words)
        odds /= odds.sum()
        best = int(odds.argmax())
        return Detection(self.classes[best], float(odds[best]))


_OTHER_SCRIPT = frozenset({"ru", "ar", "zh"})
_TRANSLITERATED_WEIGHT = 0.2
"""Buyers of these languages seldom write Latin letters; "hi" and "ok" are not Chinese because Chinese say them too."""
_CYRILLIC = frozenset({"ru", "uk", "bg", "sr"})
_ARABIC = frozenset({"ar", "fa", "ur"})
# Russian, Arabic and Chinese stay: buyers write them in Latin letters too.
_NOT_LATIN = frozenset({"uk", "bg", "sr", "fa", "ur"})


def main_script(counts: Mapping[str, int]) -> tuple[str, float]:
    """Return the script of the sentence's frame: Latin words inside another script are borrowed."""
    weight = {
        name: count / (_HAN_CHARACTERS_A_WORD if name == "Han" else _LATIN_WORD) for name, count in counts.items()
    }
    if "Han" in weight and ("Hiragana" in weight or "Katakana" in weight):
        weight["Hiragana"] = weight.get("Hiragana", 0) + weight.pop("Han")
    others = [name for name in weight if name != "Latin"]
    total = sum(weight.values())
    if others:
        strongest = max(others, key=weight.__getitem__)
        if weight[strongest] >= 0.4 * weight.get("Latin", 0):
            return strongest, weight[strongest] / total if total else 1.0
    return "Latin", weight.get("Latin", 0) / total


def write_detector(detector: LanguageDetector, folder: Path) -> None:
    """Write the detector as plain arrays; nothing that can hold code."""
    assert detector.features.weights is not None
    np.savez(
        folder / "language.npz",
        weights=detector.features.weights,
        coefficients=detector.coefficients,
        intercepts=detector.intercepts,
        classes=np.array(detector.classes),
        supported=np.array(sorted(detector.supported)),
    )


def read_detector(folder: Path) -> LanguageDetector:
    """Read what :func:`write_detector` wrote."""
    with np.load(folder / "language.npz", allow_pickle=False) as data:
        return LanguageDetector(
            supported=[str(code) for code in data["supported"]],
            classes=[str(code) for code in data["classes"]],
            weights=data["weights"],
            coefficients=data["coefficients"],
            intercepts=data["intercepts"],
        )
