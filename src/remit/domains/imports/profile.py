"""What a column's values look like: how many are there, how many differ, and what share reads as what."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from remit.domains.imports import vocabulary
from remit.kit import dates, money
from remit.kit.text import clean, fold

SAMPLE: Final = 500
_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]{2,}")
_URL: Final = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+(/\S*)?", re.IGNORECASE)
_PHONE: Final = re.compile(r"\+?[\d\s().\-/]{6,}(\s*(x|ext\.?)\s*\d+)?", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+")
_TOKEN: Final = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_\-]{3,63}|\d+")


@dataclass(frozen=True)
class Profile:
    """One column of the sample. `share` maps a shape to the part (0–1) of filled cells that have it."""

    header: str
    filled_count: int
    distinct_count: int
    share: dict[str, float]
    examples: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether no sampled row has a value here."""
        return self.filled_count == 0

    @property
    def distinct_rate(self) -> float:
        """Distinct values ÷ filled cells."""
        return self.distinct_count / self.filled_count if self.filled_count else 0.0


def is_null(value: str) -> bool:
    """Whether a cleaned cell stands for no value."""
    return value.lower() in vocabulary.NULLS


def profile(header: str, cells: Sequence[str]) -> Profile:
    """The profile of one column over its sampled cells."""
    values = [value for value in (clean(cell) for cell in cells) if not is_null(value)]
    counted = Counter(values)
    share = {
        name: sum(count for value, count in counted.items() if test(value)) / len(values) if values else 0.0
        for name, test in _TESTS.items()
    }
    return Profile(header, len(values), len(counted), share, tuple(itertools.islice(counted, 5)))


def _is_date(value: str) -> bool:
    if _DIGITS.fullmatch(value) and not (len(value) == 8 and value[:2] in ("19", "20")):
        return False
    try:
        dates.parse_date(value, "mdy")
    except dates.DateUnreadable:
        try:
            dates.parse_date(value, "dmy")
        except dates.DateUnreadable:
            return False
    return True


def _is_number(value: str) -> bool:
    for mark in (".", ","):
        try:
            money.parse(value.rstrip("%"), mark)
            return True
        except money.AmountUnreadable:
            continue
    return False


_TESTS: Final[dict[str, Callable[[str], bool]]] = {
    "date": _is_date,
    "number": _is_number,
    "year": lambda value: value.isdigit() and len(value) == 4 and "1600" < value < "2200",
    "stamp": lambda value: value.isdigit() and len(value) in (5, 10, 13),
    "email": lambda value: _EMAIL.fullmatch(value) is not None,
    "url": lambda value: _URL.fullmatch(value) is not None and not _is_number(value),
    "phone": lambda value: _PHONE.fullmatch(value) is not None and not _is_date(value),
    "bool": lambda value: value.lower() in vocabulary.YES or value.lower() in vocabulary.NO,
    "country": lambda value: fold(value) in vocabulary.COUNTRIES,
    "channel": lambda value: fold(value.replace("_", " ")) in vocabulary.CHANNELS,
    "token": lambda value: _TOKEN.fullmatch(value) is not None,
    "lead_state": lambda value: fold(value) in vocabulary.LEAD_STATES,
    "outcome": lambda value: fold(value) in vocabulary.WON or fold(value) in vocabulary.LOST,
    "activity": lambda value: fold(value) in vocabulary.ACTIVITIES,
    "relation": lambda value: fold(value) in vocabulary.RELATIONS,
    "long": lambda value: len(value) > 60,
}


def fits(column: Profile, kind: str) -> float:
    """How well a column's values fit a field's kind, 0 (cannot be) to 1; 0.5 for a column without values."""
    if column.empty:
        return 0.5
    share = column.share
    match kind:
        case "date" | "instant":
            return max(share["date"], share["stamp"] * 0.9, share["year"] * (0.9 if kind == "date" else 0.0))
        case "money" | "count" | "rate":
            return share["number"] if share["date"] < 0.9 or share["number"] > 0.95 else 0.0
        case "email":
            return share["email"]
        case "url":
            return max(share["url"], 0.0 if share["email"] > 0.5 else share["url"])
        case "phone":
            return max(share["phone"], 0.3 if share["number"] < 0.5 and share["date"] < 0.5 else 0.0)
        case "bool":
            return share["bool"]
        case "country":
            return 0.35 + 0.65 * share["country"] if share["number"] < 0.5 else 0.0
        case "state":
            return max(
                share["lead_state"], 0.5 if column.distinct_count <= 30 and share["number"] < 0.5 else 0.0
            )
        case "outcome":
            return max(share["outcome"], share["bool"])
        case "relation":
            return share["relation"]
        case "activity":
            return max(
                share["activity"], 0.4 if column.distinct_count <= 30 and share["number"] < 0.5 else 0.0
            )
        case "stage" | "channel" | "forecast" | "direction":
            few = column.distinct_count <= 60 and share["date"] < 0.5 and share["number"] < 0.9
            return 1.0 if few else 0.0
        case "id":
            return (
                min(1.0, column.distinct_rate * 1.02)
                if column.distinct_rate > 0.5 and share["date"] < 0.5
                else 0.0
            )
        case "ref":
            return 0.0 if share["date"] > 0.5 or (share["bool"] > 0.9 and share["number"] < 0.9) else 1.0
        case "text" | "long" | "name":
            return 1.0 if share["date"] < 0.9 else 0.2
    return 1.0
