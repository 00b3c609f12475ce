"""Words and character pieces of a message as hashed features for linear models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import FeatureHasher

from bot.language.folding import fold

_EMAIL = regex.compile(r"\S+@\S+\.\S+")
_URL = regex.compile(r"(?:https?://|www\.)\S+")
_NUMBER = regex.compile(r"(?<![\p{L}\d])#?[a-z]{0,3}-?\d[\d.,/-]*\d(?:[a-z]{2})?(?![\p{L}\d])|\d+")
_KINDS = frozenset({"isemail", "islink", "numshort", "nummid", "numlong"})
_PIECE = regex.compile(
    r"\p{Script=Han}|[\p{Script=Hiragana}\p{Script=Katakana}]"
    r"|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}_])+|\p{Emoji_Presentation}|\p{Extended_Pictographic}|[?!¿؟]"
)


def _number_shape(match: regex.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match.group())
    return " numlong " if digits >= 7 else " nummid " if digits >= 4 else " numshort "


def plain_words(text: str) -> list[str]:
    """Return the folded words of ``text``; numbers, addresses and links become their kind."""
    folded = _EMAIL.sub(" isemail ", fold(text))
    folded = _URL.sub(" islink ", folded)
    folded = _NUMBER.sub(_number_shape, folded)
    return _PIECE.findall(folded.replace("？", "?").replace("؟", "?"))


def feature_strings(text: str, *, characters: tuple[int, int] = (2, 5), words: int = 3) -> list[str]:
    """Return the features of ``text``: word 1-to-``words``-grams and pieces of words.

    Character pieces stay inside a word, with a blank at its borders; in Chinese, where words have
    no borders, word n-grams are character n-grams already.
    """
    tokens = plain_words(text)
    result: list[str] = []
    for size in range(1, words + 1):
        for start in range(len(tokens) - size + 1):
            result.append("w " + " ".join(tokens[start : start + size]))
    if tokens:
        result.append("first " + tokens[0])
        result.append("last " + tokens[-1])
    lowest, highest = characters
    for token in tokens:
        if token in _KINDS or (len(token) < 2 and not token.isalpha()):
            continue
        padded = f" {token} "
        for size in range(lowest, highest + 1):
            if size >= len(padded):
                break
            for start in range(len(padded) - size + 1):
                result.append(padded[start : start + size])
    return result


class HashedFeatures:
    """Turns messages into rows of a sparse matrix, weighted by rarity and scaled to length one.

    Hashing keeps memory fixed whatever words come; the weight of a column is its inverse document
    frequency in the training data.
    """

    def __init__(self, *, columns: int = 2**18) -> None:
        self.columns = columns
        self.weights: np.ndarray | None = None
        self._hasher = FeatureHasher(n_features=columns, input_type="string", alternate_sign=False, dtype=np.float32)

    def fit(self, rows: Sequence[Sequence[str]]) -> csr_matrix:
        """Learn the weights from ``rows`` of feature strings and return their matrix."""
        counts = self._hasher.transform(rows)
        seen = np.bincount(counts.indices, minlength=self.columns)
        self.weights = (np.log((1 + len(rows)) / (1 + seen)) + 1).astype(np.float32)
        return self._weighted(counts)

    def transform(self, rows: Sequence[Sequence[str]]) -> csr_matrix:
        """Return the matrix (rows × columns, float32) of ``rows`` of feature strings."""
        return self._weighted(self._hasher.transform(rows))

    def _weighted(self, counts: csr_matrix) -> csr_matrix:
        assert self.weights is not None, "fit() or load() first"
        data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        lengths = np.sqrt(np.add.reduceat(np.append(data**2, 0), np.minimum(counts.indptr[:-1], len(data))))
        sizes = np.diff(counts.indptr)
        lengths[sizes == 0] = 1
        counts.data = (data / np.repeat(np.maximum(lengths, 1e-9), sizes)).astype(np.float32)
        return counts
