"""Learns the weights of the call summary: `python -m tools.train_summary TRAIN.jsonl.gz`.

Each line of the file holds `transcript` and `summary`. Every candidate line of a transcript gets the share of its
words (half) and word pairs (half) that stand in the person's summary; a ridge regression from features to that share
gives the weights. No text goes into the file, only names of features and numbers. Only the training part may be used.
"""

from __future__ import annotations

import gzip
import itertools
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from remit.kit.rouge import words
from remit.llm.embedded.summary import candidates, sentences
from remit.llm.embedded.summary.candidates import Candidate

RIDGE: Final = 8.0
OUT: Final = Path(__file__).parents[1] / "src/remit/llm/embedded/summary/weights.json"


def share(text: str, summary: str) -> float:
    """Half the share of words, half the share of word pairs of `text` that `summary` holds."""
    mine, theirs = words(text), words(summary)
    single = sum((Counter(mine) & Counter(theirs)).values()) / max(1, len(mine))
    own = list(itertools.pairwise(mine))
    pairs = sum((Counter(own) & Counter(itertools.pairwise(theirs))).values())
    return single / 2 + pairs / max(1, len(own)) / 2


def fit(examples: list[tuple[Candidate, float]]) -> dict[str, float]:
    """Ridge regression by the normal equations."""
    names = ["bias", *sorted({name for each, _ in examples for name in each.features})]
    place = {name: at for at, name in enumerate(names)}
    size = len(names)
    matrix = [[0.0] * size for _ in names]
    right = [0.0] * size
    for candidate, target in examples:
        row = [(0, 1.0), *((place[name], value) for name, value in candidate.features.items() if value)]
        for one, value in row:
            right[one] += value * target
            line = matrix[one]
            for other, second in row:
                line[other] += value * second
    for at in range(1, size):
        matrix[at][at] += RIDGE
    return dict(zip(names, solve(matrix, right), strict=True))


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivots."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        best = max(range(at, size), key=lambda each: abs(rows[each][at]))
        rows[at], rows[best] = rows[best], rows[at]
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            if factor:
                rows[below] = [mine - factor * top for mine, top in zip(rows[below], rows[at], strict=True)]
    result = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][other] * result[other] for other in range(at + 1, size))
        result[at] = (rows[at][size] - known) / rows[at][at]
    return result


def main(path: str) -> None:
    """Read, learn, write."""
    examples: list[tuple[Candidate, float]] = []
    calls = 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            calls += 1
            for each in candidates.of(sentences.split(row["transcript"])):
                examples.append((each, share(each.text, row["summary"])))
    learnt = {name: round(value, 4) for name, value in fit(examples).items()}
    document = {"calls": calls, "candidates": len(examples), "ridge": RIDGE, "weights": learnt}
    OUT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{calls} calls, {len(examples)} candidates, {len(learnt)} weights")


if __name__ == "__main__":
    main(sys.argv[1])
