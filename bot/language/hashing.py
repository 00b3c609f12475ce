"""Feature strings to rows of a sparse matrix of fixed width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import FeatureHasher


def counted(rows: Sequence[Sequence[str]], *, columns: int) -> csr_matrix:
    """Return how often each hashed feature stands in each row (rows × columns, float32)."""
    return _hasher(columns).transform(rows)


def _hasher(columns: int) -> FeatureHasher:
    return FeatureHasher(n_features=columns, input_type="string", alternate_sign=False, dtype=np.float32)


class HashedFeatures:
    """Weighs feature strings by rarity and scales each row to length one.

    Hashing keeps memory fixed whatever words come; the weight of a column is its inverse document
    frequency in the training data.
    """

    def __init__(self, *, columns: int, weights: np.ndarray | None = None) -> None:
        self.columns = columns
        self.weights = weights
        self._hasher = _hasher(columns)

    def fit(self, rows: Sequence[Sequence[str]]) -> csr_matrix:
        """Learn the weights from ``rows`` of feature strings and return their matrix."""
        return self.fit_counts(self._hasher.transform(rows))

    def fit_counts(self, counts: csr_matrix) -> csr_matrix:
        """Learn the weights from rows counted before; ``counts`` itself is changed."""
        seen = np.bincount(counts.indices, minlength=self.columns)
        self.weights = (np.log((1 + counts.shape[0]) / (1 + seen)) + 1).astype(np.float32)
        return self.weighted(counts)

    def transform(self, rows: Sequence[Sequence[str]]) -> csr_matrix:
        """Return the matrix (rows × columns, float32) of ``rows`` of feature strings."""
        return self.weighted(self._hasher.transform(rows))

    def weighted(self, counts: csr_matrix) -> csr_matrix:
        """Return ``counts`` with weights, each row of length one; ``counts`` itself is changed."""
        assert self.weights is not None, "fit() first"
        data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        sizes = np.diff(counts.indptr)
        squares = np.concatenate([[0.0], np.cumsum(data.astype(np.float64) ** 2)])
        lengths = np.sqrt(squares[counts.indptr[1:]] - squares[counts.indptr[:-1]])
        counts.data = (data / np.repeat(np.maximum(lengths, 1e-9), sizes)).astype(np.float32)
        return counts
