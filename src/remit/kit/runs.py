"""What two texts share: runs of five words. The one definition for drafts, evals and the database (`remit.shape_of`)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

RUN: Final = 5


def runs(text: str) -> set[tuple[str, ...]]:
    """All runs of five words of a text, in lower case. Greeting and signature count: a reader of two texts sees them."""
    said = text.lower().split()
    return set(zip(*(said[shift:] for shift in range(RUN)), strict=False))


def shared(one: str, two: str) -> float:
    """The share of runs that two texts have in common (Jaccard, 0 to 1); 0 when neither has any."""
    a, b = runs(one), runs(two)
    return len(a & b) / len(a | b) if a | b else 0.0


def all_shared(texts: Sequence[str]) -> list[float]:
    """`shared` for every pair of texts, smallest first."""
    found = [runs(text) for text in texts]
    return sorted(len(a & b) / len(a | b) if a | b else 0.0 for a, b in itertools.combinations(found, 2))
