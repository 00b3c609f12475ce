"""The intent classifier: one linear model for all languages over words, character pieces and meanings.

Chosen by measurement, see ``docs/decisions/0003-intent-classifier.md``. Probabilities are calibrated
with one temperature found on messages held out of training.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

from bot.language.hashing import HashedFeatures
from bot.understanding.augment import with_typo
from bot.understanding.concepts import ConceptLexicon, concept_features
from bot.understanding.features import feature_strings

COLUMNS = 2**18
_HELD_OUT = 0.1
_SEED = 7


@dataclass(frozen=True)
class Example:
    """One training message."""

    text: str
    intent: str
    language: str


class IntentModel:
    """Trained weights; ``probabilities`` is the only thing it does."""

    def __init__(
        self, *, intents: Sequence[str], weights: np.ndarray, coefficients: np.ndarray, intercepts: np.ndarray,
        temperature: float, concepts: ConceptLexicon,
    ) -> None:  # fmt: skip
        self.intents = tuple(intents)
        self.coefficients = coefficients
        self.intercepts = intercepts
        self.temperature = temperature
        self.features = HashedFeatures(columns=len(weights), weights=weights)
        self.concepts = concepts

    @classmethod
    def train(cls, examples: Sequence[Example], *, concepts: ConceptLexicon) -> IntentModel:
        """Learn from ``examples``; deterministic."""
        rng = random.Random(_SEED)
        kept, held = train_test_split(
            list(examples), test_size=_HELD_OUT, random_state=_SEED, stratify=[e.intent for e in examples]
        )
        draft = _fit(kept, concepts, rng)
        held_rows = draft.features.transform([_row(e.text, e.language, concepts) for e in held])
        temperature = _temperature(draft._scores(held_rows), [draft.intents.index(e.intent) for e in held])
        final = _fit(list(examples), concepts, rng)
        final.temperature = temperature
        return final

    def probabilities(self, texts: Sequence[str], language: str) -> np.ndarray:
        """Return the probabilities (texts × intents) of ``texts`` written in ``language``."""
        rows = self.features.transform([_row(text, language, self.concepts) for text in texts])
        return _softmax(self._scores(rows) / self.temperature)

    def _scores(self, rows: csr_matrix) -> np.ndarray:
        scores: np.ndarray = rows @ self.coefficients + self.intercepts
        return scores


def _row(text: str, language: str, concepts: ConceptLexicon) -> list[str]:
    return feature_strings(text) + concept_features(concepts.find(text, language))


def _fit(examples: Sequence[Example], concepts: ConceptLexicon, rng: random.Random) -> IntentModel:
    texts = [(e.text, e.language) for e in examples] + [(with_typo(e.text, rng), e.language) for e in examples]
    labels = np.array([e.intent for e in examples] * 2)
    features = HashedFeatures(columns=COLUMNS)
    matrix = features.fit([_row(text, language, concepts) for text, language in texts])
    model = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=30, tol=None, n_jobs=2, random_state=_SEED, average=True)
    model.fit(matrix, labels)
    assert features.weights is not None
    return IntentModel(
        intents=[str(name) for name in model.classes_],
        weights=features.weights,
        coefficients=np.ascontiguousarray(model.coef_.T.astype(np.float32)),
        intercepts=model.intercept_.astype(np.float32),
        temperature=1.0,
        concepts=concepts,
    )


def _temperature(scores: np.ndarray, truth: Sequence[int]) -> float:
    """Return the temperature under which the held-out messages are likeliest."""
    places = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        chosen = _softmax(scores / np.exp(log_temperature))[places, truth]
        return float(-np.log(np.maximum(chosen, 1e-9)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: np.ndarray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
