"""Which candidates make the summary: a learnt score, less what was already said.

The weights (`weights.json`) come from `python -m tools.train_summary`, which says from what and how.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Final

from remit.llm.embedded.summary.candidates import Candidate

USUAL: Final = 6  # bullets at most when nobody says how many
ENOUGH: Final = 0.2  # expected share of a line's words that a person would have written too
REPEATED: Final = 0.25
_NUMBER: Final = re.compile(r"\d[\d,]*\.\d+|\d{2,}")
_WORD: Final = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """Feature → weight; `bias` is the constant."""
    text = resources.files("remit.llm.embedded.summary").joinpath("weights.json").read_text(encoding="utf-8")
    return dict(json.loads(text)["weights"])


def score(candidate: Candidate, learnt: dict[str, float]) -> float:
    """The expected share of the candidate's words, alone and in pairs, that a person's summary would hold."""
    return learnt["bias"] + sum(learnt.get(name, 0.0) * value for name, value in candidate.features.items())


def choose(
    candidates: Sequence[Candidate], bullets: int | None = None, learnt: dict[str, float] | None = None
) -> list[Candidate]:
    """The best candidates in reading order: exactly `bullets` where there are so many, else those that are good enough."""
    learnt = learnt or weights()
    for each in candidates:
        each.score = score(each, learnt)
    pool = [
        (each, Counter(_WORD.findall(each.text.lower())), set(_NUMBER.findall(each.text)))
        for each in candidates
    ]
    chosen: list[Candidate] = []
    said: Counter[str] = Counter()
    figures: list[set[str]] = []
    while pool and len(chosen) < (bullets or USUAL):
        pool = [each for each in pool if not (each[2] and any(each[2] <= known for known in figures))]
        if not pool:
            break
        value, position = max((_worth(each, said), -at) for at, each in enumerate(pool))
        if bullets is None and chosen and value < ENOUGH:
            break
        best, words, numbers = pool.pop(-position)
        chosen.append(best)
        said += words
        figures.append(numbers)
    return sorted(chosen, key=lambda each: (each.sentence, each.text))


def _worth(each: tuple[Candidate, Counter[str], set[str]], said: Counter[str]) -> float:
    words = each[1]
    total = sum(words.values()) or 1
    return each[0].score - REPEATED * sum(min(count, said[word]) for word, count in words.items()) / total
