"""Numbers and dates as people write them, rewritten in digits: 'half a billion dollars', 'last quarter', 'an hour and a half'.

Only the form changes, never the value. What is relative ('last month') is counted from a given day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final

_UNITS: Final = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS: Final = {
    word: 10 * number
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_SMALL: Final = _UNITS | _TENS
_SCALE: Final = "thousand|million|billion|trillion"
_TIME: Final = "microseconds?|milliseconds?|seconds?|minutes?|hours?"
_ONE: Final = "|".join(sorted(_SMALL, key=len, reverse=True))
_COMPOUND: Final = re.compile(
    rf"\b(?:(?:{_ONE})|a(?=\s+hundred\b))(?:(?:[\s-]+and)?[\s-]+(?:{_ONE}|hundred))*(?:\s+point(?:\s+(?:{_ONE}))+)?\b",
    re.IGNORECASE,
)
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ORDINAL: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_QUARTERS: Final = {"a": 1, "one": 1, "two": 2, "three": 3}
_PARTS: Final = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_MONEY: Final = {
    r"(?:US\s+)?dollars?": "USD", r"euros?": "EUR", r"pounds?(?:\s+sterling)?|sterling": "GBP", r"(?:Swiss\s+)?francs?": "CHF",
    r"yen": "JPY",
}  # fmt: skip
_PERIOD: Final = "hour|day|night|week|month|quarter|year"
_ADVERB: Final = {
    "hourly": "hour", "daily": "day", "nightly": "night", "weekly": "week", "monthly": "month", "quarterly": "quarter",
    "annually": "year", "yearly": "year",
}  # fmt: skip
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _number(found: re.Match[str]) -> str:
    """'two hundred and ninety-one' → 291; 'one' alone stays, it counts nothing."""
    text = found.group().casefold()
    if text == "one":
        return found.group()
    whole, _, decimals = text.partition(" point ")
    total = current = 0
    for word in re.split(r"[\s-]+", whole):
        if word == "hundred":
            current = max(current, 1) * 100
        elif word in _SMALL:
            current += _SMALL[word]
    total += current
    tail = "".join(str(_SMALL[word]) for word in decimals.split())
    return f"{total}.{tail}" if tail else str(total)


def _share(found: re.Match[str]) -> str:
    """'two thirds' → 66.7% as a share that may be rounded: written share(2/3)."""
    return f"{_QUARTERS[found['n'].casefold()]}/{_PARTS[found['part'].casefold().rstrip('s')]} share"


def _rule(pattern: str, replace: Callable[[re.Match[str]], str] | str) -> Rule:
    fixed = replace
    return re.compile(pattern, re.IGNORECASE), (lambda _: fixed) if isinstance(fixed, str) else fixed


_EARLY: Final[tuple[Rule, ...]] = (
    _rule(r"\bhalf past (\w+)", lambda m: f"{_SMALL.get(m[1].casefold(), m[1])}:30"),
    _rule(rf"\b(an?|one) ({_TIME}|{_SCALE}) and a half\b", lambda m: f"1.5 {m[2]}s"),
    _rule(rf"\b({_ONE}) and a half\b", lambda m: f"{_SMALL[m[1].casefold()]}.5"),
    _rule(rf"\bhalf an? ({_SCALE}|{_TIME})\b", lambda m: f"0.5 {m[1]}"),
    _rule(rf"\b(?:an? )?quarter of an? ({_SCALE}|{_TIME})\b", lambda m: f"0.25 {m[1]}"),
    _rule(rf"\ban? ({_SCALE})\b", lambda m: f"1 {m[1]}"),
    _rule(r"\bhalf a dozen\b", "6"),
    _rule(r"\b(?:a couple of|two) dozen\b", "24"),
    _rule(rf"\b({_ONE}) dozen\b", lambda m: str(12 * _SMALL[m[1].casefold()])),
    _rule(r"\ba dozen\b", "12"),
    _rule(r"\ba couple of\b", "2"),
    _rule(
        r"\b(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th)[\s-]quarter\b(?: of)?",
        lambda m: f"Q{_ORDINAL[m[1].casefold()]}",
    ),
    _rule(
        r"\b(?:the )?(first|second)[\s-](?:half|six months)\b(?: of)?",
        lambda m: f"H{_ORDINAL[m[1].casefold()]}",
    ),
    _rule(r"\bsingle-digit\b", "single-digit"),
    _rule(
        r"\b(?P<n>a|one|two|three) (?P<part>half|thirds?|quarters?|fourths?|fifths?|sixths?|tenths?)\b"
        r"(?<!\d% a quarter)(?! (?:prime|custodian|administrator|broker|party|parties|hour|year))",
        _share,
    ),
    _rule(r"\bby half\b", "by 1/2 share"),
    _rule(r"\bhalf of\b", "1/2 share of"),
)
_LATE: Final[tuple[Rule, ...]] = (
    # 'from 90 minutes to 20': the unit is said once
    _rule(
        rf"\b(?P<from>from|between) (?P<one>[\d.,]+)(?P<unit>\s?(?:{_TIME}|{_SCALE}|%))(?P<to> to | and )(?P<two>[\d.,]*\d)"
        rf"(?![\d.,]*\s?(?:{_TIME}|{_SCALE}|%|bn|m\b))",
        lambda m: f"{m['from']} {m['one']}{m['unit']}{m['to']}{m['two']}{m['unit']}",
    ),
    *(
        _rule(rf"(?<=[\d.])(\s*(?:{_SCALE}|bn|mn?))?\s+(?:{name})\b", lambda m, code=code: f"{m[1] or ''} {code}")  # type: ignore[misc]
        for name, code in _MONEY.items()
    ),
    _rule(r"\b(?:at |by |since )?(?:the )?(?:beginning|start|end|close) of (?=\w)", "in "),
    _rule(r"\b(?:mid|early|late)[\s-](?=(?:" + "|".join(_MONTHS) + r")\b)", ""),
    _rule(r"\byear[\s-]on[\s-]year\b|\bon the year before\b", "peryearchange"),
    _rule(rf"\b(?:every|each|per|an?) ({_PERIOD})\b(?! (?:ago|later|earlier|before|of|and))", lambda m: f"per{m[1].casefold()}"),
    _rule(rf"\b({'|'.join(_ADVERB)})\b", lambda m: f"per{_ADVERB[m[1].casefold()]}"),
)  # fmt: skip
# 'within a year' and 'over a month' name a span, not a rhythm
_SPAN: Final = re.compile(
    rf"\b(within|over|in|for|about|nearly|almost|half) (an?) ({_PERIOD})\b", re.IGNORECASE
)
_RELATIVE: Final = re.compile(
    r"\b(?P<which>last|this|next|previous|past|current|coming) (?P<what>month|quarter|year)\b", re.IGNORECASE
)
_NEAR_MONTH: Final = re.compile(
    rf"\b(?P<which>last|this|next|past|coming) (?P<month>{'|'.join(_MONTHS)}|spring|summer|autumn|winter)\b",
    re.IGNORECASE,
)
_AHEAD: Final = re.compile(
    r"\b(will|shall|plan\w*|intend\w*|due|is to|are to|going to|expect\w*)\b", re.IGNORECASE
)
_BARE_MONTH: Final = re.compile(
    r"\b((?i:in|since|from|by|until|during|and|between|to|of|for)\s+)"
    r"(January|February|March|April|May|June|July|August|September|October|November|December)\b(?!\s+\d)"
)
_FISCAL: Final = re.compile(r"\b(?:FY|fiscal(?: year)?)[\s-]?(?P<y>20\d\d)\b", re.IGNORECASE)
_SHIFT: Final = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1}


def _dated(found: re.Match[str], day: date) -> str:
    shift, what = _SHIFT[found["which"].casefold()], found["what"].casefold()
    if what == "year":
        return str(day.year + shift)
    if what == "quarter":
        number = day.year * 4 + (day.month - 1) // 3 + shift
        return f"Q{number % 4 + 1} {number // 4}"
    number = day.year * 12 + day.month - 1 + shift
    return f"{_MONTHS[number % 12]} {number // 12}"


def _named_month(found: re.Match[str], day: date) -> str:
    """'next March' is the first March to come, 'last March' the last that was; a season counts from its first month."""
    name = found["month"].capitalize()
    first = (
        _MONTHS.index(name) + 1
        if name in _MONTHS
        else {"Spring": 3, "Summer": 6, "Autumn": 9, "Winter": 12}[name]
    )
    shift = _SHIFT[found["which"].casefold()]
    year = day.year + (
        1 if shift > 0 and first <= day.month else -1 if shift < 0 and first >= day.month else 0
    )
    return f"{found['month']} {year}"


def _with_years(text: str, day: date) -> str:
    """'In October' as a month of a year: the last one that there was, or the next when the sentence speaks of plans."""
    ahead = _AHEAD.search(text) is not None

    def dated(found: re.Match[str]) -> str:
        month = _MONTHS.index(found[2]) + 1
        later = month > day.month if not ahead else month < day.month
        return f"{found[1]}{found[2]} {day.year + ((1 if ahead else -1) if later else 0)}"

    return _BARE_MONTH.sub(dated, text)


@lru_cache(maxsize=16384)
def in_digits(text: str, day: date) -> str:
    """`text` with numbers, shares, currencies, rhythms and relative dates in one written form, counted from `day`.

    'a third' becomes '1/3 share', 'a month' after an amount 'permonth', 'last quarter' 'Q3 2026'.
    """
    text = _RELATIVE.sub(lambda found: _dated(found, day), text)
    text = _NEAR_MONTH.sub(lambda found: _named_month(found, day), text)
    text = _with_years(text, day)
    text = _FISCAL.sub(lambda found: found["y"], text)
    text = _SPAN.sub(lambda found: f"{found[1]} one {found[3]}", text)
    text = re.sub(r"(%|per cent|\d|million|billion) an? (?=quarter\b)", r"\1 per ", text)
    for pattern, replace in _EARLY:
        text = pattern.sub(replace, text)
    text = _COMPOUND.sub(_number, text)
    for pattern, replace in _LATE:
        text = pattern.sub(replace, text)
    return text
