"""The intent classifier: one linear model for all languages over words, character pieces and meanings.

Each intent is a question of its own ("does this message ask for the price?"), so that a message may
carry several. Chosen by measurement, see ``docs/decisions/0003-intent-classifier.md``.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier

from bot.language.hashing import HashedFeatures
from bot.understanding.concepts import ConceptLexicon, concept_features
from bot.understanding.features import feature_strings

COLUMNS = 2**18
_SEED = 7
_EPOCHS = 9
_ALPHA = 2e-6
_JOBS = 2


class IntentModel:
    """Trained weights; it only scores texts."""

    def __init__(
        self, *, intents: Sequence[str], weights: np.ndarray, coefficients: np.ndarray, intercepts: np.ndarray,
        concepts: ConceptLexicon,
    ) -> None:  # fmt: skip
        self.intents = tuple(intents)
        self.coefficients = coefficients
        self.intercepts = intercepts
        self.features = HashedFeatures(columns=len(weights), weights=weights)
        self.concepts = concepts

    @classmethod
    def train(
        cls, counts: csr_matrix, intents: Sequence[tuple[str, ...]], *, concepts: ConceptLexicon, epochs: int = _EPOCHS
    ) -> IntentModel:
        """Learn from counted features (see :mod:`.counting`) and the intents of each row; deterministic."""
        features = HashedFeatures(columns=COLUMNS)
        matrix = features.fit_counts(counts.copy())
        names = sorted({name for asked in intents for name in asked})
        truth = [np.array([name in asked for asked in intents]) for name in names]
        models = Parallel(n_jobs=_JOBS, prefer="threads")(delayed(_fit)(matrix, one, epochs) for one in truth)
        assert features.weights is not None
        return cls(
            intents=names,
            weights=features.weights,
            coefficients=np.ascontiguousarray(np.stack([m.coef_[0] for m in models], axis=1).astype(np.float32)),
            intercepts=np.array([m.intercept_[0] for m in models], dtype=np.float32),
            concepts=concepts,
        )

    def scores(self, texts: Sequence[str], language: str) -> np.ndarray:
        """Return the log-odds (texts × intents) that each text asks each intent."""
        rows = self.features.transform([feature_row(text, language, self.concepts) for text in texts])
        result: np.ndarray = rows @ self.coefficients + self.intercepts
        return result


@functools.lru_cache(maxsize=512)
def feature_row(text: str, language: str, concepts: ConceptLexicon) -> tuple[str, ...]:
    """Return all features of ``text``, its slang also in plain words; the last few hundred are remembered."""
    text = concepts.in_plain_words(text, language)
    return (*feature_strings(text), *concept_features(concepts.find(text, language)))


def _fit(matrix: csr_matrix, truth: np.ndarray, epochs: int) -> SGDClassifier:
    model = SGDClassifier(loss="log_loss", alpha=_ALPHA, max_iter=epochs, tol=None, average=True, random_state=_SEED)
    return model.fit(matrix, truth)
