"""The check that no number of a line says more, less or other than the places it cites.

Each number must stand there with the same digits, scale, currency or unit, and sign; a quarter or a year must be
named there; a direction ('rose', 'fell') must be said there. A line that fails is dropped, never mended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from remit.evidence.facts import plain_line
from remit.evidence.quantities import SCALES
from remit.llm.embedded.summary import periods, values
from remit.llm.embedded.summary.lexicon import FALL, NEGATED, RISE
from remit.llm.embedded.summary.model import Bullet, Citation, Line, Number
from remit.llm.embedded.summary.sentences import Sentence
from remit.llm.embedded.summary.values import Value

_YEAR: Final = re.compile(r"(?<![\d$.,])(?:19|20)\d\d(?![\d%]|,\d|\.\d)")
_QUARTER: Final = re.compile(r"\bQ[1-4]\b")
_DIGITS: Final = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_SCALE_WORD: Final = re.compile(
    r"(?<=[\d\s])(thousand|million|billion|trillion|mln|bln|mn|bn|[MBK])\b", re.IGNORECASE
)
_IN_SCALE: Final = re.compile(r"\bin\s+(thousand|million|billion)s\b", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"[$€£¥]")
_NAMES: Final = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}


def check(document: str, lines: Sequence[Line]) -> tuple[list[Bullet], list[Number], list[str]]:
    """The lines that hold as bullets, their numbers with places, and the texts of those dropped."""
    bullets: list[Bullet] = []
    found: list[Number] = []
    dropped: list[str] = []
    for line in lines:
        places = tuple(Citation(start, end, document[start:end]) for start, end in line.spans)
        read = numbers_of(line.text, places)
        if read is None or not _same_sense(line.text, places):
            dropped.append(line.text)
            continue
        bullets.append(Bullet(plain_line(line.text), places))
        found += read
    return bullets, found, dropped


def numbers_of(text: str, places: Sequence[Citation]) -> list[Number] | None:
    """Every number of `text` with its place among `places`; None when one of them stands nowhere there."""
    read: list[Number] = []
    taken: list[tuple[int, int]] = []
    found = values.find(text)
    upper = {low: found[high] for low, high in values.ranges(text, found)}
    for at, value in enumerate(found):
        place = _stands(value, places)
        if place is None:
            return None
        taken.append((value.start, value.end))
        whole = _completed(value, upper.get(at))
        read.append(Number(value.text, _amount(whole), _unit(whole), place))
    for pattern, unit in ((_QUARTER, "quarter"), (_YEAR, "year")):
        for match in pattern.finditer(text):
            if any(start <= match.start() < end for start, end in taken):
                continue
            place = _named(match.group(), places)
            if place is None:
                return None
            taken.append(match.span())
            read.append(Number(match.group(), int(match.group().lstrip("Q")), unit, place))
    # whatever is no quantity (names, dates) must stand there letter for letter
    for match in _DIGITS.finditer(text):
        counted = any(start <= match.start() < end for start, end in taken)
        if not counted and not any(_word_at(text, match) in place.quote for place in places):
            return None
    return read


def _completed(value: Value, upper: Value | None) -> Value:
    """The lower end of a range may leave scale and unit to the upper end: '$3.1 to $3.3 billion', '8 to 10%'."""
    if upper is None or _scale(value.text):
        return value
    sign = "".join(_signs(value.text) or _signs(upper.text))
    digits = _DIGITS.search(upper.text)
    tail = upper.text[digits.end() :] if digits and value.kind in ("count", upper.kind) else ""
    return replace(value, text=f"{sign}{value.digits}{tail}", kind=upper.kind, per_share=upper.per_share)


def _word_at(text: str, match: re.Match[str]) -> str:
    start = text.rfind(" ", 0, match.start()) + 1
    end = text.find(" ", match.end())
    return text[start : end if end >= 0 else len(text)].strip(".,;:()\"'“”") or match.group()


def _stands(value: Value, places: Sequence[Citation]) -> Citation | None:
    for place in places:
        for said in values.find(place.quote):
            if (
                said.digits == value.digits
                and said.negative == value.negative
                and _agree(value, said, places)
            ):
                return Citation(place.start + said.start, place.start + said.end, said.text)
    return None


def _agree(value: Value, said: Value, places: Sequence[Citation]) -> bool:
    """Same kind and scale; a table may name scale and currency once for all, then that place must be cited too."""
    headers = [each.quote for each in places if _IN_SCALE.search(each.quote)]
    own, there = _scale(value.text), _scale(said.text)
    if value.kind == said.kind and own == there and _signs(value.text) == _signs(said.text):
        return True
    if said.kind not in ("count", "money") or value.kind not in ("count", "money") or there:
        return False
    if _signs(said.text) not in ([], _signs(value.text)):
        return False
    if own and own not in {
        SCALES[match[1].lower()] for each in headers for match in _IN_SCALE.finditer(each)
    }:
        return False
    sign = _CURRENCY.search(value.text)
    return sign is None or any(sign.group() in each.quote for each in places)


def _signs(text: str) -> list[str]:
    return _CURRENCY.findall(text)


def _scale(text: str) -> int:
    match = _SCALE_WORD.search(text)
    return SCALES.get(match[1].lower(), 0) if match else 0


def _named(label: str, places: Sequence[Citation]) -> Citation | None:
    for place in places:
        if label in place.quote:
            start = place.quote.index(label)
            return Citation(place.start + start, place.start + start + len(label), label)
        for period in periods.said_in(Sentence(place.start, place.end, place.quote, 0)):
            if period.label[:2] == label:
                return Citation(
                    period.start,
                    period.end,
                    place.quote[period.start - place.start : period.end - place.start],
                )
    return None


def _same_sense(text: str, places: Sequence[Citation]) -> bool:
    quotes = " ".join(place.quote for place in places)
    if re.search(r" (?:rose|up) ", text) and not RISE.search(quotes):
        return False
    if re.search(r" (?:fell|down) ", text) and not FALL.search(quotes):
        return False
    return not NEGATED.search(text) or bool(NEGATED.search(quotes))


def _amount(value: Value) -> float | int:
    amount = Decimal(value.digits) * Decimal(10) ** _scale(value.text)
    if value.negative:
        amount = -amount
    if value.text.rstrip().lower().endswith("cents"):
        amount /= 100
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _unit(value: Value) -> str:
    if value.kind == "percent":
        return "percent"
    if value.kind == "points":
        return "percentage points" if "point" in value.text and "basis" not in value.text else "basis points"
    sign = _CURRENCY.search(value.text)
    unit = _NAMES[sign.group()] if sign else "USD" if value.kind == "money" else ""
    return f"{unit} per share" if value.per_share and unit else unit
