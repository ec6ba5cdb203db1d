"""Amounts, percentages, counts and dates in running text, in one form, so that '$4.2bn' is found in '4,200m USD'."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, Literal

from remit.evidence.facts import Fact
from remit.evidence.numerals import in_digits

QuantityKind = Literal["amount", "percent", "basis_points", "share", "ratio", "duration", "time", "date"]

_SEASONS: Final = {"spring": 3, "summer": 4, "autumn": 5, "winter": 6}
Parts = tuple[int | None, int | None, int | None, int | None]

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
        r"\b(?:in |this |last |next )?(?P<s>spring|summer|autumn|winter)(?: of)?(?: (?P<y>(?:19|20)\d\d))?\b",
        r"\bH(?P<h>[12])(?:\s*(?:of\s+)?(?P<y>(?:19|20)\d\d))?\b",
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
_CLOCK: Final = re.compile(
    r"\b(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?\s?(?P<half>[ap]\.?m\b\.?)|\b(?P<h24>\d{1,2}):(?P<m24>[0-5]\d)\b",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(
    r"(?<![\w.,$€£¥])(?P<digits>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)[\s-]?(?P<unit>microseconds?|µs|milliseconds?|ms|seconds?|secs?|minutes?|mins?|hours?|hrs?)\b",
    re.IGNORECASE,
)
_SECONDS: Final = (
    ("micro", Decimal("0.000001")), ("µs", Decimal("0.000001")), ("milli", Decimal("0.001")), ("ms", Decimal("0.001")),
    ("sec", Decimal(1)), ("min", Decimal(60)), ("h", Decimal(3600)),
)  # fmt: skip
_SHARE: Final = re.compile(r"\b(?P<over>\d)/(?P<under>\d+) share\b")
_RATIO: Final = re.compile(
    r"\b(?P<verb>doubl\w*|halv(?:e[sd]?|ing)|tripl\w*|trebl\w*|quadrupl\w*)\b|(?<![\d.])(?P<times>\d+(?:\.\d+)?)[\s-](?:times|fold)\b(?! per)",
    re.IGNORECASE,
)
_TIMES: Final = {"doub": "2", "halv": "0.5", "trip": "3", "treb": "3", "quad": "4"}
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

    For dates the parts that were said: (year, quarter, month, day), None where not, and `half` of a year (1 or 2; 3 to 6 are
    spring, summer, autumn and winter).
    A duration is in seconds, a time in minutes since midnight (`unit` 'am/pm' when the half of the day was said), a share
    a fraction (0.5), a ratio a factor ('doubled' = 2).
    """

    kind: QuantityKind
    start: int
    end: int
    text: str
    value: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    unit: str = ""
    parts: Parts = (None, None, None, None)
    half: int | None = None


def find(text: str) -> list[Quantity]:
    """Every quantity in `text`, in order, without overlaps."""
    return list(_find(text) if len(text) <= _KEPT else _find.__wrapped__(text))


_KEPT: Final = (
    300  # characters of a text whose quantities are kept: facts and approved wording are read over and over
)


@lru_cache(maxsize=8_192)
def _find(text: str) -> tuple[Quantity, ...]:
    found: list[Quantity] = []
    taken = bytearray(len(text))

    def keep(quantity: Quantity | None) -> None:
        if quantity is not None and not any(taken[quantity.start : quantity.end]):
            taken[quantity.start : quantity.end] = b"\x01" * (quantity.end - quantity.start)
            found.append(quantity)

    for pattern in _DATES:
        for match in pattern.finditer(text):
            keep(_date(match))
    for pattern, made in (
        (_RATIO, _ratio),
        (_CLOCK, _clock),
        (_DURATION, _duration),
        (_SHARE, _share),
        (_NUMBER, _number),
    ):
        for match in pattern.finditer(text):
            keep(made(match))
    for match in _WORD.finditer(text):
        number = Decimal(WORDS[match.group().lower()])
        keep(Quantity("amount", match.start(), match.end(), match.group(), number))
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _date(match: re.Match[str]) -> Quantity | None:
    parts = match.groupdict()
    month = parts.get("mon") or parts.get("m")
    number = (MONTHS[month.lower().rstrip(".")] if not month.isdigit() else int(month)) if month else None
    quarter = int(parts["q"][1]) if parts.get("q") else None
    year = int(parts["y"]) if parts.get("y") else None
    day = int(parts["d"]) if parts.get("d") else None
    if (day is not None and not 1 <= day <= 31) or (number is not None and not 1 <= number <= 12):
        return None
    half = int(parts["h"]) if parts.get("h") else _SEASONS[parts["s"].lower()] if parts.get("s") else None
    return Quantity(
        "date", match.start(), match.end(), match.group(), parts=(year, quarter, number, day), half=half
    )


def _clock(match: re.Match[str]) -> Quantity | None:
    hour = int(match["hour"] or match["h24"])
    if hour > 24:
        return None
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0].lower() == "p" else 0)
    minutes = Decimal(hour * 60 + int(match["minute"] or match["m24"] or 0))
    unit = "am/pm" if match["half"] or hour > 12 else ""
    return Quantity("time", match.start(), match.end(), match.group(), minutes, unit=unit)


def _duration(match: re.Match[str]) -> Quantity:
    digits, unit = Decimal(match["digits"].replace(",", "")), match["unit"].lower()
    scale = next(seconds for start, seconds in _SECONDS if unit.startswith(start))
    step = Decimal(1).scaleb(int(digits.as_tuple().exponent)) * scale
    return Quantity("duration", match.start(), match.end(), match.group(), digits * scale, step)


def _ratio(match: re.Match[str]) -> Quantity:
    value = Decimal(match["times"] or _TIMES[match["verb"][:4].lower()])
    step = Decimal(1).scaleb(int(value.as_tuple().exponent)) if match["times"] else Decimal("0.1")
    return Quantity("ratio", match.start(), match.end(), match.group(), value, step)


def _share(match: re.Match[str]) -> Quantity:
    value = Decimal(match["over"]) / Decimal(match["under"])
    return Quantity("share", match.start(), match.end(), match.group(), value, Decimal("0.03"))


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
    """Every quantity that a fact states: in its words, its typed value, its dates. The last one is its as-of day."""
    found = [
        one
        for text in (fact.value, fact.subject, fact.quote, fact.source_name, fact.locator)
        for one in _read(text, fact)
    ]
    return [*found, *typed(fact), of_day(fact.as_of_on)]


def of_value(fact: Fact) -> list[Quantity]:
    """The quantities of the statement itself: its words and typed value, in order; not its source or dates of record."""
    return [*_read(fact.value, fact), *typed(fact)]


def _read(text: str, fact: Fact) -> list[Quantity]:
    return find(in_digits(text, fact.as_of_on)) if text else []


def typed(fact: Fact) -> list[Quantity]:
    """The typed value of a fact as a quantity; [] when it has none."""
    found = []
    if fact.value_minor is not None:
        currency = fact.value_currency or ""
        found.append(Quantity("amount", 0, 0, "", Decimal(fact.value_minor) / 100, Decimal("0.01"), currency))
    if fact.value_number is not None:
        kind: QuantityKind = "percent" if fact.value_unit in ("%", "percent") else "amount"
        found.append(Quantity(kind, 0, 0, "", fact.value_number, Decimal("0.0001")))
    return found


def of_day(day: date) -> Quantity:
    """A day as a quantity."""
    return Quantity("date", 0, 0, day.isoformat(), parts=(day.year, (day.month + 2) // 3, day.month, day.day))


def states(known: Iterable[Quantity], said: Quantity) -> bool:
    """True when `known` has what was said: the same date parts, or the same value at the precision it was said in."""
    return any(equal(each, said) for each in known)


def equal(known: Quantity, said: Quantity) -> bool:
    """Whether `said` is `known` in another form: other unit of the same measure, or correctly rounded."""
    known, said = _in_percent(known), _in_percent(said)
    if said.kind == "ratio" and known.kind == "percent":
        return abs(known.value / 100 - said.value) <= said.step / 2
    if known.kind != said.kind:
        return False
    if said.kind == "date":
        return _same_day(known, said)
    if said.kind == "time":
        apart = abs(known.value - said.value)
        return apart == 0 or (apart == 720 and not (known.unit and said.unit))
    if said.unit != known.unit and said.unit and known.kind == "amount":
        return False
    # '$4.2bn' may be said of 4,210m; a single digit is too coarse to be rounded to
    coarse = len(said.value.normalize().as_tuple().digits) < 2
    return abs(known.value - said.value) <= (Decimal(0) if coarse else said.step / 2)


def _in_percent(one: Quantity) -> Quantity:
    """Basis points as percent, everything else as it is."""
    return (
        replace(one, kind="percent", value=one.value / 100, step=one.step / 100)
        if one.kind == "basis_points"
        else one
    )


def _same_day(known: Quantity, said: Quantity) -> bool:
    year, quarter, month, day = known.parts
    if quarter is None and month is not None:
        quarter = (month + 2) // 3
    half = known.half or (None if quarter is None else (quarter + 1) // 2)
    if said.half is not None and said.half > 2 and known.half is None:
        half = None if month is None else month % 12 // 3 + 2 if month % 12 // 3 else 6
    given = (year, quarter, month, day, half)
    return all(
        want is None or want == have for want, have in zip((*said.parts, said.half), given, strict=True)
    )
