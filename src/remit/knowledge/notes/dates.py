"""The day by which something is promised: "by Friday", "end of next week", "in ten days", counted from the day of the note.

Own code: general date parsers take any number or "may" for a date, and look back as readily as ahead.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10, "a couple of": 2,
    "couple of": 2, "a few": 3,
}  # fmt: skip
_WEEKDAY: Final = (
    r"(?P<w>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|saturday|sunday)"
)
_MONTH: Final = r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_LEAD: Final = r"(?:(?P<lead>not later than|no later than|by|on|before|until|till|for|due|latest|this|coming)\s+)?(?:the\s+)?(?:(?:noon|midday|close|cob|eod|\d{1,2}\s?[ap]m)\s+(?:on\s+)?)?"


@dataclass(frozen=True, slots=True)
class Due:
    """A day named in a text, and where."""

    on: date
    start: int
    end: int


_Resolve = Callable[[re.Match[str], date], date | None]


def find(text: str, day: date) -> Due | None:
    """The first day ahead that `text` names, seen from `day`; None when it names none."""
    found = sorted(_all(text, day), key=lambda one: (one.start, -one.end))
    return found[0] if found else None


def _all(text: str, day: date) -> Iterator[Due]:
    for pattern, resolve in _PATTERNS:
        for match in pattern.finditer(text):
            on = resolve(match, day)
            if on is None:
                continue
            if text[match.end() :].lstrip(" ,").startswith("the day before"):
                continue
            if (match.groupdict().get("lead") or "").lower() == "before":
                on -= timedelta(days=1)
            if on >= day:
                yield Due(on, match.start(), match.end())


def _iso(match: re.Match[str], _day: date) -> date | None:
    return _made(int(match["y"]), int(match["m"]), int(match["d"]))


def _made(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _day_month(match: re.Match[str], day: date) -> date | None:
    month = _MONTHS.index(match["mon"][:3].lower()) + 1
    number = int(match["d"])
    if match["y"]:
        return _made(int(match["y"]), month, number)
    this = _made(day.year, month, number)
    return this if this and this >= day else _made(day.year + 1, month, number)


def _weekday(match: re.Match[str], day: date) -> date:
    wanted = next(number for number, name in enumerate(_DAYS) if name.startswith(match["w"][:3].lower()))
    monday = day - timedelta(days=day.weekday())
    if (match["n"] or "").lower().startswith("next"):
        return monday + timedelta(days=7 + wanted)
    ahead = (wanted - day.weekday()) % 7 or 7
    return day + timedelta(days=ahead)


def _near(match: re.Match[str], day: date) -> date:
    word = match["t"].lower()
    if word.startswith("day after"):
        return day + timedelta(days=2)
    return day + timedelta(days=1) if word.startswith("tomorrow") else day


def _week(match: re.Match[str], day: date) -> date:
    friday = day - timedelta(days=day.weekday()) + timedelta(days=4)
    if day.weekday() > 4:
        friday += timedelta(days=7)
    if "next" not in match.group().lower():
        return friday
    part = (match["p"] or "").lower()
    back = (
        4
        if part.startswith(("beginning", "start"))
        else 3
        if part.startswith("early")
        else 2
        if part.startswith("mid")
        else 0
    )
    return friday + timedelta(days=7 - back)


def _month_end(match: re.Match[str], day: date) -> date:
    year, month = day.year, day.month
    if match["mon"]:
        month = _MONTHS.index(match["mon"][:3].lower()) + 1
        year += month < day.month
    elif "next" in match.group().lower():
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, monthrange(year, month)[1])


def _period_end(match: re.Match[str], day: date) -> date:
    if match["q"]:
        month = int(match["q"]) * 3
        year = day.year + (month < day.month)
        return date(year, month, monthrange(year, month)[1])
    if "quarter" in match.group().lower():
        month = (day.month + 2) // 3 * 3
        return date(day.year, month, monthrange(day.year, month)[1])
    return date(day.year, 12, 31)


def _ahead(match: re.Match[str], day: date) -> date:
    said = match["n"].lower()
    count = _NUMBERS.get(said) or (int(said) if said.isdigit() else 14 if said == "fortnight" else 1)
    unit = (match["u"] or "").lower()
    if said.endswith("fortnight"):
        return day + timedelta(days=14)
    if "working" in match.group().lower() or "business" in match.group().lower():
        return _working(day, count)
    if unit.startswith("month"):
        month = day.month - 1 + count
        year, month = day.year + month // 12, month % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    return day + timedelta(days=count * (7 if unit.startswith("week") else 1))


def _working(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _of_month(match: re.Match[str], day: date) -> date | None:
    number = int(match["d"])
    this = _made(day.year, day.month, number)
    if this and this >= day:
        return this
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return _made(year, month, number)


_PATTERNS: Final[tuple[tuple[re.Pattern[str], _Resolve], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), resolve)
    for pattern, resolve in (
        (rf"\b{_LEAD}(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b", _iso),
        (rf"\b{_LEAD}(?:{_WEEKDAY},?\s+(?:the\s+)?)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<y>20\d\d))?\b", _day_month),
        (rf"\b{_LEAD}(?:{_WEEKDAY},?\s+)?{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>20\d\d))?\b(?!\d|:)", _day_month),
        (rf"\b{_LEAD}(?P<n>next\s+)?(?<!last ){_WEEKDAY}(?:\s+(?:morning|afternoon|evening|noon|night|latest|at the latest|next week|close|eod))?\b", _weekday),
        (rf"\b{_LEAD}(?P<t>day after tomorrow|tomorrow(?: morning| afternoon| evening)?|today|tonight|this (?:morning|afternoon|evening)|end of (?:the )?(?:day|business)|eod|cob)\b", _near),
        (rf"\b{_LEAD}(?P<p>end of|early|mid(?:dle of)?[- ]?|beginning of|start of|later|sometime)?\s*(?:the\s+|this\s+|next\s+)week\b|\b(?:by\s+)?eow\b", _week),
        (rf"\b{_LEAD}(?:end of (?:the |this |next )?(?:month\b|{_MONTH}\b)|month[- ]end\b|eom\b)", _month_end),
        (rf"\b{_LEAD}end of (?:the |this )?(?:quarter|year|Q(?P<q>[1-4]))\b|\b{_LEAD.replace('lead', 'lead3')}(?:year[- ]end|eoy)\b", _period_end),
        (r"\b(?:in|within|inside)\s+(?:the next\s+|about\s+)?(?P<n>a couple of|a few|an?\s+fortnight|an?|one|two|three|four|five|six|seven|eight|ten|\d{1,2})\s*(?:(?:working|business|calendar)\s+)?(?P<u>days?|weeks?|months?|(?<=fortnight))\b", _ahead),
        (r"\b(?P<lead>by|on|before|until)\s+the\s+(?P<d>\d{1,2})(?:st|nd|rd|th)\b(?!\s+(?:of\s+)?[A-Z])", _of_month),
    )
)  # fmt: skip
