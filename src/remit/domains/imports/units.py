"""Units of an amount column: currency and scale, from its header or from a data dictionary beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from remit.kit.money import CURRENCIES, SYMBOLS
from remit.kit.text import squash

_MILLIONS: Final = re.compile(
    r"\b(in )?(millions?|mio|mln|mm)\b|[$€£]\s?m\b|\b(usd|eur|gbp|chf)\s?m\b|\(m\)", re.IGNORECASE
)
_THOUSANDS: Final = re.compile(
    r"\b(in )?(thousands?|tsd)\b|[$€£]\s?k\b|\b(usd|eur|gbp|chf)\s?k\b|\(k\)|\b000s\b", re.IGNORECASE
)
_BILLIONS: Final = re.compile(r"\b(in )?(billions?|bn|mrd)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """Currency (None: not said) and the factor that turns a cell into units."""

    currency: str | None = None
    scale: int = 1


@dataclass(frozen=True)
class Hints:
    """Descriptions from data dictionaries, by squashed table and field name ("" when no table is named)."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def get(self, file: str, column: str) -> str:
        """The description of a column of a file, "" when there is none."""
        stem = squash(re.split(r"[.#]", file)[0])
        return self.texts.get((stem, squash(column))) or self.texts.get(("", squash(column)), "")


def hints(dictionaries: Sequence[tuple[str, list[list[str]]]]) -> Hints:
    """Read data dictionaries: the last text of a row describes the field named before it, after its table if named."""
    texts: dict[tuple[str, str], str] = {}
    for _, rows in dictionaries:
        for row in rows:
            cells = [cell.strip() for cell in row if cell.strip()]
            if len(cells) >= 3:
                texts[(squash(cells[0]), squash(cells[1]))] = cells[-1]
            elif len(cells) == 2:
                texts[("", squash(cells[0]))] = cells[1]
    return Hints(texts)


def of_column(header: str, description: str = "") -> Unit:
    """The unit that a header, or else its description, names."""
    named = _unit(header)
    told = _unit(description)
    return Unit(named.currency or told.currency, named.scale if named.scale != 1 else told.scale)


def _unit(text: str) -> Unit:
    words = re.findall(r"[A-Za-z]+", text.replace("_", " "))
    currency = next(
        (
            word.upper()
            for word in words
            if word.upper() in CURRENCIES and (word.isupper() or word.lower() in _PLAIN)
        ),
        None,
    )
    currency = currency or next(
        (code for symbol, code in SYMBOLS.items() if symbol in text and not symbol.isalpha()), None
    )
    plain = text.replace("_", " ")
    scale = (
        10**9
        if _BILLIONS.search(plain)
        else 10**6
        if _MILLIONS.search(plain)
        else 10**3
        if _THOUSANDS.search(plain)
        else 1
    )
    return Unit(currency, scale)


_PLAIN: Final = frozenset({"usd", "eur", "gbp", "chf", "jpy", "cad", "aud", "hkd", "sgd"})
