"""Learns the weights of the reader of a client's money and trades: `python -m tools.train_handling`.

From our own sentences alone: the half of the gold set that rules were fitted on, and the files that are only for fitting
(tests/evals/handling). The reported half and the second blind file are never read; the first
blind file is, since it was opened. Multinomial logistic regression over the
features of `remit.llm.handling.features`, with a penalty; small weights are left out of the file.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp
from tests.evals.handling import gold

from remit.llm.handling import clients, sentences
from remit.llm.handling.features import features, tokens
from remit.llm.handling.learned import LABELS, flags_of

PARTS: Final = ("dev", "more", "voices", "desk", "blind")
PENALTY: Final = 0.3
SMALL: Final = 0.02
OUT: Final = Path(__file__).parents[1] / "src/remit/llm/handling/data/weights.json.gz"
Row = tuple[list[str], int]


def rows(cases: Sequence[gold.Case], names: Sequence[str]) -> list[Row]:
    """Features and label of every token of the cases."""
    found: list[Row] = []
    for case in cases:
        named = [(each.start, each.end) for each in clients.find(case.text, names)]
        for sentence in sentences.read(case.text, named):
            inside = [(a - sentence.start, b - sentence.start) for a, b in named]
            line = tokens(sentence.text, inside)
            for token, held in zip(line, features(line, flags_of(sentence)), strict=True):
                start, end = sentence.start + token.start, sentence.start + token.end
                label = next((c for a, b, c in case.gold if a < end and start < b and c in LABELS), "none")
                found.append((held, LABELS.index(label)))
    return found


def fit(examples: Sequence[Row], penalty: float = PENALTY) -> dict[str, list[float]]:
    """Weights by feature; features seen once are left out."""
    counts: dict[str, int] = {}
    for held, _ in examples:
        for name in set(held):
            counts[name] = counts.get(name, 0) + 1
    place = {name: at for at, name in enumerate(sorted(name for name, n in counts.items() if n > 1))}
    pointers, columns = [0], []
    for held, _ in examples:
        columns += sorted({place[name] for name in held if name in place})
        pointers.append(len(columns))
    matrix = csr_matrix((np.ones(len(columns)), columns, pointers), shape=(len(examples), len(place)))
    wanted = np.zeros((len(examples), len(LABELS)))
    wanted[np.arange(len(examples)), [label for _, label in examples]] = 1.0

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(len(place), len(LABELS))
        scores = matrix @ weights
        logs = scores - logsumexp(scores, axis=1, keepdims=True)
        slope = matrix.T @ (np.exp(logs) - wanted) + penalty * weights
        return float(-(logs * wanted).sum() + penalty / 2 * (weights**2).sum()), slope.ravel()

    found = minimize(
        loss, np.zeros(len(place) * len(LABELS)), jac=True, method="L-BFGS-B", options={"maxiter": 100}
    )
    weights = found.x.reshape(len(place), len(LABELS))
    return {
        name: [round(float(weight), 3) for weight in weights[at]]
        for name, at in place.items()
        if np.abs(weights[at]).max() >= SMALL
    }


def main() -> None:
    """Write the weights file."""
    names = gold.clients()
    weights = fit([row for part in PARTS for row in rows(gold.cases(part), names)])
    OUT.write_bytes(gzip.compress(json.dumps(weights, separators=(",", ":")).encode(), mtime=0))
    print(f"{len(weights)} features, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
