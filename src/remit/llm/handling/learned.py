"""The learnt reader of a client's money and trades: weights over words and their surroundings, beside the rules.

Learnt by `python -m tools.train_handling` from our own sentences alone (tests/evals/handling). A word gets the class that its
features speak for; a class has to be plain somewhere (`SURE`), and is then kept for the words beside that lean to it (`LEANS`).
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from remit.llm.handling.features import AMOUNTS, Token, features, tokens
from remit.llm.handling.sentences import Sentence
from remit.llm.handling.spans import Found

LABELS: Final = ("none", "aum", "fees", "pricing", "strategy", "positions", "trading_intent")
_TYPES: Final = {
    "aum": "AUM", "fees": "FEE", "pricing": "PRICE", "strategy": "STRATEGY", "positions": "POSITION", "trading_intent": "TRADING_INTENT",
}  # fmt: skip
SURE: Final = 0.85
SURE_OF: Final = {
    "strategy": 0.8,
    "fees": 0.85,
    "aum": 0.9,
    "pricing": 0.9,
    "positions": 0.9,
    "trading_intent": 0.9,
}
"""How sure by class, by three-fold cross-validation: fee terms and strategies are seldom taken wrongly, prices and trades more often."""
SURE_UNOWNED: Final = 0.93
"""The least where no word says whose business it is."""
LEANS: Final = 0.15
DOUBT: Final = 0.1  # below it a rule's find is dropped
_WIDE: Final = ("positions", "trading_intent")
_STOPS: Final = frozenset(
    [
        ".",
        ";",
        ":",
        '"',
        "(",
        ")",
        "!",
        "?",
        "but",
        "so",
        "please",
        "pls",
        "nobody",
        "which",
        "because",
        "says",
    ]
) | {","}
# words of the field that everybody uses for something else
_EVERYDAY: Final = frozenset(
    [
        "name",
        "names",
        "property",
        "real",
        "energy",
        "book",
        "card",
        "pair",
        "line",
        "deal",
        "tech",
        "position",
        "corn",
        "index",
        "rate",
        "rates",
        "close",
        "open",
    ]
)
_BRIDGE: Final = 3  # words between two parts of one find that may be of no class


@lru_cache(maxsize=1)
def _weights() -> dict[str, list[float]]:
    """By feature, a weight for each label."""
    packed = files("remit.llm.handling").joinpath("data").joinpath("weights.json.gz").read_bytes()
    held: dict[str, list[float]] = json.loads(gzip.decompress(packed))
    return held


def flags_of(sentence: Sentence) -> list[str]:
    """What the whole sentence is known to be, as features."""
    return [name for name in ("client", "first", "public", "about") if getattr(sentence, name)]


def probabilities(
    line: Sequence[Token], flags: Sequence[str], weights: dict[str, list[float]]
) -> list[list[float]]:
    """For each token how likely each of LABELS is."""
    found = []
    for names in features(line, flags):
        scores = [0.0] * len(LABELS)
        for name in names:
            if (held := weights.get(name)) is not None:
                for at, weight in enumerate(held):
                    scores[at] += weight
        top = max(scores)
        grown = [math.exp(score - top) for score in scores]
        whole = sum(grown)
        found.append([one / whole for one in grown])
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as the weights see it: its tokens and for each how likely each of LABELS is."""

    sentence: Sentence
    line: tuple[Token, ...]
    likely: tuple[list[float], ...]

    def doubts(self, found: Found) -> bool:
        """Whether next to nothing speaks for a client's money or trade in any word of what a rule found."""
        start, end = found.start - self.sentence.start, found.end - self.sentence.start
        held = [
            1 - one[0]
            for token, one in zip(self.line, self.likely, strict=True)
            if token.start < end and start < token.end
        ]
        return max(held, default=1.0) < DOUBT


def read(
    sentence: Sentence, named: Sequence[tuple[int, int]] = (), weights: dict[str, list[float]] | None = None
) -> Reading:
    """What the weights make of a sentence. `named`: places of client names in the whole text."""
    inside = [(a - sentence.start, b - sentence.start) for a, b in named]
    line = tokens(sentence.text, inside)
    telling = any(token.kinds or token.kind in AMOUNTS for token in line)
    likely = probabilities(line, flags_of(sentence), weights or _weights()) if telling else []
    return Reading(sentence, tuple(line) if telling else (), tuple(likely))


def beside(reading: Reading, ruled: Sequence[Found], *, no_trade: bool) -> Iterator[Found]:
    """What rules found and nothing speaks against, and what the reader adds.

    It adds no trade where the sentence is of a product or a project, nor where a rule read the words as a strategy.
    """
    kept = [each for each in ruled if not reading.doubts(each)]
    yield from kept
    styles = [each for each in kept if each.type == "STRATEGY"]
    for each in find(reading):
        trade = each.type in ("POSITION", "TRADING_INTENT")
        if not (trade and (no_trade or any(one.start < each.end and each.start < one.end for one in styles))):
            yield each


def find(reading: Reading) -> Iterator[Found]:
    """The finds in one sentence; in one that is published or about nobody there is none."""
    if reading.sentence.public or reading.sentence.about:
        return
    least = 0.0 if reading.sentence.private else SURE_UNOWNED
    line, likely, begin = reading.line, reading.likely, reading.sentence.start
    for number, label in enumerate(LABELS[1:], 1):
        if label == "pricing" and not reading.sentence.private:
            continue  # a price that nobody is said to pay or ask is everybody's
        sure = max(least, SURE_OF[label])
        for start, end in _runs(line, [one[number] for one in likely], label, sure):
            if label in _WIDE:
                start, end = _clause(line, likely, start, end, number)
                if not _of_the_field(line[start : end + 1], reading.sentence):
                    continue
                mine = _weight(likely, start, end, number)
                if any(_weight(likely, start, end, LABELS.index(one)) > mine for one in _WIDE):
                    continue  # held or meant: the clause is the one that more of its words speak for
            yield Found(begin + line[start].start, begin + line[end].end, _TYPES[label])


def _of_the_field(words: Sequence[Token], sentence: Sentence) -> bool:
    """Whether a clause names something traded, or a trade and its size or name.

    Where "we" or "my" alone says whose it is, something traded has to be named; where nothing does, with a size.
    """
    kinds = {kind for word in words for kind in word.kinds if word.form not in _EVERYDAY}
    ticker = any(word.form == "<ticker>" for word in words)
    counted = any(word.kind in AMOUNTS for word in words)
    traded = "instruments" in kinds or ticker
    if not sentence.client:
        return traded and (counted or sentence.first)
    named = any(word.form in ("<name>", "<client>") for word in words)
    return traded or ((counted or named) and "trading" in kinds)


def _weight(likely: Sequence[Sequence[float]], start: int, end: int, label: int) -> float:
    return sum(one[label] for one in likely[start : end + 1])


def _clause(
    line: Sequence[Token], likely: Sequence[Sequence[float]], start: int, end: int, label: int
) -> tuple[int, int]:
    """The whole clause around a find: what is held or meant is seldom told by one word. Stops at what is surely of another class."""

    def taken(at: int) -> bool:
        other = max(one for place, one in enumerate(likely[at]) if place not in (0, label))
        return not (line[at].form in _STOPS or other >= SURE)

    while start > 0 and taken(start - 1):
        start -= 1
    while end + 1 < len(line) and taken(end + 1):
        end += 1
    return start, end


def _runs(
    line: Sequence[Token], likely: Sequence[float], label: str, sure: float
) -> Iterator[tuple[int, int]]:
    """First and last token of each find of a label."""
    whole = label in ("aum", "fees", "pricing")
    place = 0
    while place < len(line):
        if likely[place] < LEANS or (whole and line[place].kind not in AMOUNTS and likely[place] < sure):
            place += 1
            continue
        end = place
        while (step := _next(likely, end, 0 if whole else _BRIDGE)) is not None:
            end = step
        told = not whole or any(
            one.kind in AMOUNTS for one in line[place : end + 1]
        )  # a sum is told by a number
        if told and max(likely[place : end + 1]) >= sure:
            yield place, end
        place = end + 1


def _next(likely: Sequence[float], end: int, bridge: int) -> int | None:
    """The next token of the same find, over at most `bridge` others."""
    return next(
        (at for at in range(end + 1, min(len(likely), end + 2 + bridge)) if likely[at] >= LEANS), None
    )
