"""A text as it is compared: stems, hard words, numbers, whether it denies; and whether two answers say different figures. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from remit.kit.text import fold
from remit.knowledge.questionnaires.same import SAME_PATTERNS
from remit.knowledge.questionnaires.terms import HARD, NEGATIVE, SILENT

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_ENDINGS: Final = (("ies", "y"),     ("ations", "at"),
    ("ation", "at"),
    ("ates", "at"),
    ("ated", "at"),
    ("ate", "at"), ("ments", ""), ("ment", ""), ("ings", ""), ("ing", ""), ("ers", ""), ("ed", ""),
                   ("es", ""), ("s", ""), ("e", ""), ("ly", ""))  # fmt: skip
_FIGURE: Final = re.compile(
    r"(\d+(?:[.,]\d+)*)\s*(%|per ?cent|seconds?|minutes?|hours?|days?|weeks?|months?|years?|times|people|employees|clients|million|sites)?",
    re.I,
)
_NUMERALS: Final = "zero one two three four five six seven eight nine ten eleven twelve".split(" ")  # noqa: SIM905 - a line of words
_NUMERAL: Final = re.compile(rf"\b(?:{'|'.join(_NUMERALS)})\b", re.I)
_UNITS: Final = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
    "year": 31_536_000,
}


def figures(text: str) -> dict[str, frozenset[float]]:
    """The figures of a text by what they count; times in seconds."""
    found: dict[str, set[float]] = defaultdict(set)
    said = _NUMERAL.sub(lambda each: str(_NUMERALS.index(each[0].lower())), text)
    for value, unit in _FIGURE.findall(said):
        name = unit.lower().rstrip("s").replace("per cent", "%").replace("percent", "%")
        number = float(value.replace(",", ""))
        if name in _UNITS:
            found["time"].add(number * _UNITS[name])
        elif name:
            found[name].add(number)
    return {name: frozenset(values) for name, values in found.items()}


@dataclass(frozen=True, slots=True)
class Words:
    """What a text says, as it is compared: stems, hard words, numbers, and whether it denies."""

    stems: frozenset[str]
    hard: frozenset[str]
    numbers: frozenset[str]
    negative: bool


@lru_cache(maxsize=20_000)
def words(text: str) -> Words:
    """A text as it is compared."""
    said = fold(text.replace("%", " percent "))
    for pattern, word in SAME_PATTERNS:
        said = pattern.sub(word, said).replace("  ", " ")
    tokens = said.split()
    kept = [token for token in tokens if token not in SILENT and not token.isdigit()]
    stems = frozenset(token if token in HARD else _stem(token) for token in kept) - {""}
    numbers = frozenset(
        each for each in _NUMBER.findall(text) if len(each) > 1 or re.search(rf"\b{each}\b", said)
    )
    return Words(stems - NEGATIVE, stems & HARD, numbers, bool(NEGATIVE & set(tokens)))


def _stem(token: str) -> str:
    for ending, instead in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= 3:
            return token[: len(token) - len(ending)] + instead
    return token
