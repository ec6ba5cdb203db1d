"""The usual other side: TF-IDF over words and pairs of words, and a logistic regression, trained on public attacks, in the same run.

As scikit-learn's defaults have it (words of two letters and more, smooth idf, rows of length one, L2 with C = 10);
written out here because the project has no such library, and because nothing of this may be shipped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

LOOSE = 10.0  # C, the inverse of the weight of the penalty
_WORD = re.compile(r"\b\w\w+\b")


@dataclass(frozen=True)
class Model:
    """Words with place and idf, and a weight each; the last weight is the intercept."""

    places: dict[str, int]
    idf: np.ndarray
    weights: np.ndarray

    def alarms(self, texts: Sequence[str]) -> np.ndarray:
        """True where the model takes the text for an attack."""
        found = _matrix([_words(text) for text in texts], self.places, self.idf)
        return found @ self.weights[:-1] + self.weights[-1] > 0


def train(texts: Sequence[str], attacks: Sequence[bool]) -> Model:
    """Fit by L-BFGS."""
    counted = [_words(text) for text in texts]
    inside = Counter(word for words in counted for word in words)
    places = {word: place for place, word in enumerate(sorted(inside))}
    idf = np.array([np.log((1 + len(texts)) / (1 + inside[word])) + 1 for word in places])
    rows, signs = _matrix(counted, places, idf), np.where(np.array(attacks), 1.0, -1.0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margins = signs * (rows @ weights[:-1] + weights[-1])
        pulls = -signs / (1 + np.exp(margins))
        slope = np.append(rows.T @ pulls + weights[:-1] / LOOSE, pulls.sum())
        return float(np.logaddexp(0, -margins).sum() + weights[:-1] @ weights[:-1] / 2 / LOOSE), slope

    fitted = minimize(loss, np.zeros(len(places) + 1), jac=True, method="L-BFGS-B")
    return Model(places, idf, fitted.x)


def held_out(texts: Sequence[str], attacks: Sequence[bool], folds: int = 5) -> np.ndarray:
    """Alarms on each text by a model that did not learn from it."""
    alarms = np.zeros(len(texts), dtype=bool)
    order = np.random.default_rng(42).permutation(len(texts))
    for fold in range(folds):
        test = order[fold::folds]
        kept = np.setdiff1d(order, test)
        model = train([texts[place] for place in kept], [attacks[place] for place in kept])
        alarms[test] = model.alarms([texts[place] for place in test])
    return alarms


def _words(text: str) -> Counter[str]:
    words = _WORD.findall(text.lower())
    return Counter(words) + Counter(f"{one} {other}" for one, other in pairwise(words))


def _matrix(counted: Sequence[Counter[str]], places: dict[str, int], idf: np.ndarray) -> csr_matrix:
    data, columns, ends = [], [], [0]
    for words in counted:
        row = [(places[word], count * idf[places[word]]) for word, count in words.items() if word in places]
        length = np.sqrt(sum(value * value for _, value in row)) or 1.0
        columns += [place for place, _ in row]
        data += [value / length for _, value in row]
        ends.append(len(data))
    return csr_matrix((data, columns, ends), shape=(len(counted), len(places)))
