"""Amounts, percentages, counts and dates in running text, in one form, so that '$4.2bn' is found in '4,200m USD'."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from remit.evidence.facts import Fact

QuantityKind = Literal["amount", "percent", "basis_points", "date"]

SCALES: Final = {
    "k": 3, "thousand": 3,
    "m": 6, "mn": 6, "mm": 6, "mln": 6, "million": 6, "millions": 6,
    "b": 9, "bn": 9, "bln": 9, "billion": 9, "billions": 9,
    "t": 12, "tn": 12, "trn": 12, "trillion": 12, "trillions": 12,
}  # fmt: skip
SYMBOLS: Final = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        start=1,
    )
    for name in names.split()
}
WORDS: Final = {
    word: number
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2
    )
} | {"dozen": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "thousand": 1000}

_MONTH = r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH.format('mon')}(?:,?\s+(?P<y>(?:19|20)\d\d))?\b",
        rf"\b{_MONTH.format('mon')}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>(?:19|20)\d\d))?\b(?!\s*%)",
        rf"\b{_MONTH.format('mon')}\s+(?P<y>(?:19|20)\d\d)\b",
        r"\b(?P<q>[Qq][1-4])\s*(?:of\s+)?(?P<y>(?:19|20)\d\d)\b",
        r"\b(?P<y>(?:19|20)\d\d)\s*(?P<q>[Qq][1-4])\b",
        r"\b(?P<q>[Qq][1-4])\b",
        r"(?<![\d.,$€£¥])\b(?P<y>(?:19|20)\d\d)\b(?![\d.,]*\d|\s*(?:%|bn|mn?|k|million|billion)\b)",
    )
)
_NUMBER: Final = re.compile(
    r"""
    (?P<before>US\$|[$€£¥]|\b[A-Z]{3}\s)?\s?
    (?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)
    (?:\s?(?P<scale>thousand|millions?|billions?|trillions?|mln|bln|trn|mn|mm|bn|tn|[kKmMbBtT])(?![A-Za-z])|(?![A-Za-z\d]))
    (?:\s?(?P<percent>%|per\s?cent\b|pct\b)|\s?(?P<bp>bps?\b|basis\spoints?\b))?
    (?:\s(?P<after>[A-Z]{3})\b)?
    """,
    re.VERBOSE,
)
_WORD: Final = re.compile(r"\b(" + "|".join(WORDS) + r")\b", re.IGNORECASE)
_CURRENCIES: Final = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "CHF",
        "CAD",
        "AUD",
        "SEK",
        "NOK",
        "DKK",
        "SGD",
        "HKD",
        "CNY",
        "INR",
        "BRL",
        "ZAR",
    ]
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number or date in a text. `value` is unscaled (4.2bn = 4200000000); `step` is the size of its last digit.

    For dates the parts that were said: (year, quarter, month, day), None where not.
    """

    kind: QuantityKind
    start: int
    end: int
    text: str
    value: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    unit: str = ""
    parts: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None)


def find(text: str) -> list[Quantity]:
    """Every quantity in `text`, in order, without overlaps."""
    found: list[Quantity] = []
    taken = bytearray(len(text))

    def keep(quantity: Quantity | None) -> None:
        if quantity is not None and not any(taken[quantity.start : quantity.end]):
            taken[quantity.start : quantity.end] = b"\x01" * (quantity.end - quantity.start)
            found.append(quantity)

    for pattern in _DATES:
        for match in pattern.finditer(text):
            keep(_date(match))
    for match in _NUMBER.finditer(text):
        keep(_number(match))
    for match in _WORD.finditer(text):
        number = Decimal(WORDS[match.group().lower()])
        keep(Quantity("amount", match.start(), match.end(), match.group(), number))
    return sorted(found, key=lambda quantity: quantity.start)


def _date(match: re.Match[str]) -> Quantity | None:
    parts = match.groupdict()
    month = parts.get("mon") or parts.get("m")
    number = (MONTHS[month.lower().rstrip(".")] if not month.isdigit() else int(month)) if month else None
    quarter = int(parts["q"][1]) if parts.get("q") else None
    year = int(parts["y"]) if parts.get("y") else None
    day = int(parts["d"]) if parts.get("d") else None
    if (day is not None and not 1 <= day <= 31) or (number is not None and not 1 <= number <= 12):
        return None
    return Quantity("date", match.start(), match.end(), match.group(), parts=(year, quarter, number, day))


def _number(match: re.Match[str]) -> Quantity | None:
    try:
        digits = Decimal(match["digits"].replace(",", ""))
    except InvalidOperation:  # pragma: no cover - the pattern admits numbers only
        return None
    scale = Decimal(10) ** SCALES.get((match["scale"] or "").lower(), 0)
    step = Decimal(1).scaleb(int(digits.as_tuple().exponent)) * scale
    before, after = (match["before"] or "").strip(), match["after"] or ""
    currency = SYMBOLS.get(before) or next((code for code in (before, after) if code in _CURRENCIES), "")
    start = match.start() if before in SYMBOLS or before in _CURRENCIES else match.start("digits")
    end = match.end() if not after or after in _CURRENCIES else match.end() - len(after) - 1
    kind: QuantityKind = "percent" if match["percent"] else "basis_points" if match["bp"] else "amount"
    return Quantity(kind, start, end, match.string[start:end], digits * scale, step, currency)


def of_fact(fact: Fact) -> list[Quantity]:
    """Every quantity that a fact states: in its words, its typed value, its dates."""
    found: list[Quantity] = []
    for text in (fact.value, fact.subject, fact.quote, fact.source_name, fact.locator):
        found += find(text)
    if fact.value_minor is not None:
        currency = fact.value_currency or ""
        found.append(Quantity("amount", 0, 0, "", Decimal(fact.value_minor) / 100, Decimal("0.01"), currency))
    if fact.value_number is not None:
        kind: QuantityKind = "percent" if fact.value_unit in ("%", "percent") else "amount"
        found.append(Quantity(kind, 0, 0, "", fact.value_number, Decimal("0.0001")))
    found.append(_of_day(fact.as_of_on))
    return found


def _of_day(day: date) -> Quantity:
    parts = (day.year, (day.month + 2) // 3, day.month, day.day)
    return Quantity("date", 0, 0, day.isoformat(), parts=parts)


def states(known: Iterable[Quantity], said: Quantity) -> bool:
    """True when `known` has what was said: the same date parts, or the same value at the precision it was said in."""
    return any(_equal(each, said) for each in known)


def _equal(known: Quantity, said: Quantity) -> bool:
    if known.kind != said.kind:
        return False
    if said.kind == "date":
        return _same_day(known.parts, said.parts)
    if said.unit and known.unit and said.unit != known.unit:
        return False
    # '$4.2bn' may be said of 4,210m; a single digit is too coarse to be rounded to
    coarse = len(said.value.normalize().as_tuple().digits) < 2
    return abs(known.value - said.value) <= (Decimal(0) if coarse else said.step / 2)


def _same_day(
    known: tuple[int | None, int | None, int | None, int | None],
    said: tuple[int | None, int | None, int | None, int | None],
) -> bool:
    year, quarter, month, day = known
    if quarter is None and month is not None:
        quarter = (month + 2) // 3
    given = (year, quarter, month, day)
    return all(want is None or want == have for want, have in zip(said, given, strict=True))
