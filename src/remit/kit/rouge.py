"""ROUGE: how many words, word pairs and words in order a text shares with another.

Words are runs of letters a-z and digits in lower case, without stemming. Each figure is the F measure, 0 to 1.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Rouge:
    """F measures of single words, of pairs, and of the longest common run in order (with gaps)."""

    one: float
    two: float
    longest: float


def words(text: str) -> list[str]:
    """The words that are compared."""
    return _WORD.findall(text.lower())


def rouge(made: str, reference: str) -> Rouge:
    """How near `made` is to `reference`. Zero when either has no word."""
    left, right = words(made), words(reference)
    pairs = [list(itertools.pairwise(each)) for each in (left, right)]
    return Rouge(
        _f(sum((Counter(left) & Counter(right)).values()), len(left), len(right)),
        _f(sum((Counter(pairs[0]) & Counter(pairs[1])).values()), len(pairs[0]), len(pairs[1])),
        _f(_common(left, right), len(left), len(right)),
    )


def _f(shared: int, left: int, right: int) -> float:
    return 2 * shared / (left + right) if left and right else 0.0


def _common(left: list[str], right: list[str]) -> int:
    row = [0] * (len(right) + 1)
    for word in left:
        new = [0]
        for position, other in enumerate(right, 1):
            new.append(row[position - 1] + 1 if word == other else max(row[position], new[-1]))
        row = new
    return row[-1]
