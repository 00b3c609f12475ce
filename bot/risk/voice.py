"""A second voice beside the alarm words: hears threats and accusations that no list of words holds.

"Would be a shame if everyone read about this" carries no alarm word. A linear model over words, pieces of
words and meanings, trained on whole messages of every category and on calm ones, hears the tone. It adds
to the lexicon and never takes anything away from it. Measured in ``docs/decisions/0004-alarm-word-matcher.md``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import regex
import yaml
from sklearn.linear_model import SGDClassifier

from bot.errors import DataFault, Fault
from bot.language.hashing import HashedFeatures, counted
from bot.risk.terms import CATEGORIES, Category, Finding, Term
from bot.understanding.concepts import ConceptLexicon
from bot.understanding.intents import feature_row

FILE = "voice.npz"
WORDS = "voice.json"
FALSE_ALARMS = 0.004
"""Share of calm messages, not seen in training, that may sound an alarm. The lexicon has its own share."""
_COLUMNS = 2**17
_EPOCHS = 10
_ALPHA = 3e-6
_FOLDS = 3
_SEED = 11
_LONGEST_SHOWN = 80
_SENTENCE = regex.compile(r"[^.!?。！？؟\n]+[.!?。！？؟]*")
_GLOSS: Mapping[Category, tuple[str, str]] = {
    "fraud": ("sounds like an accusation of fraud", "像是在指责欺诈"),
    "counterfeit": ("sounds like an accusation of selling fakes", "像是在指责卖假货"),
    "legal_threat": ("sounds like a threat of legal action", "像是在威胁走法律途径"),
    "chargeback": ("sounds like a payment dispute at the bank", "像是要向银行或支付平台拒付"),
    "platform_escalation": ("sounds like a report to the marketplace", "像是要向平台投诉店铺"),
    "safety": ("sounds like danger or injury", "像是有危险或受伤"),
    "severe_quality": ("sounds like anger about very bad quality", "像是对质量极度愤怒"),
    "abuse": ("sounds like an insult or a threat", "像是辱骂或威胁"),
    "review_blackmail": ("sounds like a bad review as a threat", "像是以差评相要挟"),
    "privacy": ("sounds like a complaint about personal data", "像是在投诉个人信息问题"),
}


@dataclass(frozen=True)
class AlarmExample:
    """A message with its category, None for a calm one."""

    text: str
    language: str
    category: Category | None


def read_alarms(folder: Path, languages: Iterable[str]) -> list[AlarmExample]:
    """Read ``folder/<lang>.yml``; raises DataFault with every file and category that is wrong."""
    found: list[AlarmExample] = []
    faults: list[Fault] = []
    for language in languages:
        path = folder / f"{language}.yml"
        try:
            entries: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
            for category, texts in entries["alarms"].items():
                if category not in CATEGORIES:
                    faults.append(Fault(str(path), f"category {category!r} is unknown", "use " + ", ".join(CATEGORIES)))
                    continue
                found.extend(AlarmExample(text, language, category) for text in texts)
            found.extend(AlarmExample(text, language, None) for text in entries["calm"])
        except OSError as err:
            faults.append(Fault(str(path), f"cannot be read ({err.strerror})", "write it: 'alarms:' and 'calm:'"))
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as err:
            faults.append(Fault(str(path), f"is no list of alarms ({err})", "write 'alarms:' by category and 'calm:'"))
    if faults:
        raise DataFault(faults)
    return found


class AlarmVoice:
    """The trained model; it only listens."""

    def __init__(
        self, *, weights: np.ndarray, coefficients: np.ndarray, intercepts: np.ndarray, threshold: float,
        concepts: ConceptLexicon,
    ) -> None:  # fmt: skip
        self._features = HashedFeatures(columns=len(weights), weights=weights)
        self._coefficients, self._intercepts = coefficients, intercepts
        self._threshold = threshold
        self._concepts = concepts

    @classmethod
    def train(cls, examples: Sequence[AlarmExample], *, concepts: ConceptLexicon) -> AlarmVoice:
        """Learn from alarms and calm messages; the threshold comes from messages left out in turn. Deterministic."""
        shuffled = list(examples)
        random.Random(_SEED).shuffle(shuffled)
        counts = counted(
            [feature_row(example.text, example.language, concepts) for example in shuffled], columns=_COLUMNS
        )
        truth = np.array([-1 if e.category is None else CATEGORIES.index(e.category) for e in shuffled])
        fold = np.arange(len(shuffled)) % _FOLDS
        unheard = np.zeros(len(shuffled))
        for number in range(_FOLDS):
            features = HashedFeatures(columns=_COLUMNS)
            coefficients, intercepts = _fit(features.fit_counts(counts[fold != number]), truth[fold != number])
            scores = features.weighted(counts[fold == number]) @ coefficients + intercepts
            unheard[fold == number] = scores.max(axis=1)
        threshold = float(np.quantile(unheard[truth < 0], 1 - FALSE_ALARMS))
        features = HashedFeatures(columns=_COLUMNS)
        coefficients, intercepts = _fit(features.fit_counts(counts), truth)
        assert features.weights is not None
        return cls(
            weights=features.weights, coefficients=coefficients, intercepts=intercepts, threshold=threshold,
            concepts=concepts,
        )  # fmt: skip

    def find(self, text: str, language: str) -> tuple[Finding, ...]:
        """Return at most one finding, of severity high: the sentence that sounds most alarming, and its category."""
        sentences = [match for match in _SENTENCE.finditer(text) if match.group().strip()]
        spans = [(0, len(text))] + ([match.span() for match in sentences] if len(sentences) > 1 else [])
        rows = [feature_row(text[start:end], language, self._concepts) for start, end in spans]
        if not any(rows):
            return ()
        scores = self._features.transform(rows) @ self._coefficients + self._intercepts
        place, column = np.unravel_index(int(scores.argmax()), scores.shape)
        if scores[place, column] < self._threshold:
            return ()
        start, end = spans[int(place)]
        start += len(text[start:end]) - len(text[start:end].lstrip())
        end = start + len(text[start:end].rstrip())
        return (Finding(_term(CATEGORIES[int(column)], language), text[start:end][:_LONGEST_SHOWN], start, end),)

    def write(self, folder: Path) -> None:
        """Store as plain arrays and JSON; nothing that can hold code."""
        np.savez(
            folder / FILE, weights=self._features.weights, coefficients=self._coefficients.astype(np.float32),
            intercepts=self._intercepts, threshold=self._threshold,
        )  # fmt: skip
        words = {"forms": self._concepts.forms, "slang": self._concepts.slang}
        (folder / WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read_from(cls, folder: Path) -> AlarmVoice:
        """Load what :meth:`write` stored; raises OSError where nothing is."""
        words = json.loads((folder / WORDS).read_text(encoding="utf-8"))
        with np.load(folder / FILE, allow_pickle=False) as data:
            return cls(
                weights=data["weights"], coefficients=data["coefficients"], intercepts=data["intercepts"],
                threshold=float(data["threshold"]), concepts=ConceptLexicon(words["forms"], words["slang"]),
            )  # fmt: skip


def _fit(matrix: Any, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    models = [
        SGDClassifier(loss="log_loss", alpha=_ALPHA, max_iter=_EPOCHS, tol=None, average=True, random_state=_SEED).fit(
            matrix, truth == number
        )
        for number in range(len(CATEGORIES))
    ]
    return np.stack([model.coef_[0] for model in models], axis=1), np.array([model.intercept_[0] for model in models])


def _term(category: Category, language: str) -> Term:
    english, chinese = _GLOSS[category]
    return Term(f"voice-{category}", language, category, "high", (), gloss_en=english, gloss_zh=chinese)
