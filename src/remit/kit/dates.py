"""Dates and instants as people export them, and which comes first: day or month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Literal

Order = Literal["dmy", "mdy"]

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene gennaio gen janeiro januari",
            "feb february februar fevrier fev febrero febbraio fevereiro februari fevr",
            "mar march marz mars marzo marco maart mrt maerz mrz",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag maio mei",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet julio luglio lug julho juil",
            "aug august aout agosto ago augustus",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october oktober okt octobre octubre ottobre ott outubro out",
            "nov november novembre noviembre novembro",
            "dec december dezember dez decembre diciembre dic dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\s*(.+))?")
_YMD: Final = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})(?:[T ,]\s*(.+))?")
_COMPACT: Final = re.compile(r"(19|20)(\d{2})(\d{2})(\d{2})(?:T?(\d{6})Z?)?")
_NUMERIC: Final = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,]\s*(.+))?")
_WORDS: Final = re.compile(r"[\s,./\-]+")
_TIME: Final = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(am|pm|a\.m\.|p\.m\.)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH: Final = re.compile(r"1?\d{9}|1?\d{12}")
_EXCEL_ZERO: Final = datetime(1899, 12, 30, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


class DateUnreadable(ValueError):
    """The text is no date; the message says why, in words for the person who wrote it."""


@dataclass(frozen=True)
class OrderEvidence:
    """What a column's values say about day and month. Counts are of values; `example` reads both ways."""

    dmy_only_count: int = 0
    mdy_only_count: int = 0
    both_count: int = 0
    example: str | None = None

    @property
    def order(self) -> Order | None:
        """The order that the column decides; None when every value reads both ways (or none is of this kind)."""
        if self.dmy_only_count == self.mdy_only_count:
            return None
        return "dmy" if self.dmy_only_count > self.mdy_only_count else "mdy"

    @property
    def needed(self) -> bool:
        """Whether some value reads both ways, so that the order matters."""
        return self.both_count > 0

    def __add__(self, other: OrderEvidence) -> OrderEvidence:
        return OrderEvidence(
            self.dmy_only_count + other.dmy_only_count,
            self.mdy_only_count + other.mdy_only_count,
            self.both_count + other.both_count,
            self.example or other.example,
        )


def order_evidence(values: Iterable[str]) -> OrderEvidence:
    """Count the values of the form 03/04/2017 by how they can be read. Equal parts (03/03/2017) say nothing."""
    dmy = mdy = both = 0
    example: str | None = None
    for value in values:
        found = _NUMERIC.fullmatch(value.strip())
        if found is None:
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            dmy += 1
        elif second > 12 >= first:
            mdy += 1
        elif first != second and first <= 12 and second <= 12:
            both += 1
            example = example or value.strip()
    return OrderEvidence(dmy, mdy, both, example)


def parse_date(text: str, order: Order | None = None) -> date:
    """Read a date (a time of day beside it is dropped). Raises DateUnreadable, also when `order` is needed."""
    return _parse(text, order)[0]


def parse_instant(text: str, order: Order | None = None) -> datetime:
    """Read an instant; without a zone it is taken as UTC, without a time as midnight. Raises DateUnreadable."""
    day, time_text = _parse(text, order)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if isinstance(time_text, timedelta):
        return midnight + time_text
    return _with_time(midnight, time_text) if time_text else midnight


def _parse(text: str, order: Order | None) -> tuple[date, str | timedelta | None]:
    text = text.strip()
    if found := _ISO.fullmatch(text):
        return _make(found[1], found[2], found[3]), found[4]
    if found := _NUMERIC.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        if order is None and first != second and first <= 12 and second <= 12:
            raise DateUnreadable("reads both as day/month and as month/day")
        if order is None:
            order = "mdy" if second > 12 else "dmy"
        day, month = (first, second) if order == "dmy" else (second, first)
        return _make(_year(found[4]), month, day), found[5]
    if found := _YMD.fullmatch(text):
        return _make(found[1], found[3], found[4]), found[5]
    if found := _COMPACT.fullmatch(text):
        clock = found[5] and f"{found[5][:2]}:{found[5][2:4]}:{found[5][4:]}"
        return _make(found[1] + found[2], found[3], found[4]), clock
    if _EPOCH.fullmatch(text):
        seconds = int(text) / 1000 if len(text) >= 12 else int(text)
        at = datetime.fromtimestamp(seconds, UTC)
        return at.date(), timedelta(
            hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
        )
    if _SERIAL.fullmatch(text):
        at = _EXCEL_ZERO + timedelta(seconds=round(float(text) * 86400))
        return _make(at.year, at.month, at.day), timedelta(
            hours=at.hour, minutes=at.minute, seconds=at.second
        )
    return _textual(text)


def _textual(text: str) -> tuple[date, str | None]:
    """4-Mar-17 · 4 March 2017 · March 4, 2017 · Sat, 4 Mar 2017 10:00 · 2017-Mar-04."""
    time_found = _TIME.search(text)
    time_text = time_found.group() if time_found else None
    rest = text.replace(time_text, " ") if time_text else text
    words = [
        word
        for word in _WORDS.split(_plain(rest))
        if word and word not in ("de", "of", "del", "den", "the", "at", "le")
    ]
    month = next((_MONTHS[word] for word in words if word in _MONTHS), None)
    numbers = [re.sub(r"(st|nd|rd|th|er)$", "", word) for word in words if word[:1].isdigit()]
    if month is None or len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        raise DateUnreadable("is not a date that we can read")
    if sum(1 for word in words if word not in _MONTHS and not word[:1].isdigit()) > 1:
        raise DateUnreadable("is not a date that we can read")
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return _make(_year(year), month, day), time_text


def _plain(text: str) -> str:
    import unicodedata

    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in spread if not unicodedata.combining(mark))


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    if len(text) != 2:
        raise DateUnreadable(f"has the year {text}")
    return 2000 + year if year < 69 else 1900 + year


def _make(year: str | int, month: str | int, day: str | int) -> date:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        raise DateUnreadable(f"has the year {year}, outside {_FIRST_YEAR}–{_LAST_YEAR}")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise DateUnreadable("is no day of the calendar") from None


def _with_time(midnight: datetime, text: str) -> datetime:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise DateUnreadable(f"has the time {text.strip()!r}, which we cannot read")
    hour, half = int(found[1]), (found[5] or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            raise DateUnreadable("has an hour that is no hour")
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        at = midnight.replace(
            hour=hour,
            minute=int(found[2]),
            second=int(found[3] or 0),
            microsecond=int((found[4] or "0").ljust(6, "0")[:6]),
        )
    except ValueError:
        raise DateUnreadable("has a time that is no time of day") from None
    return at.replace(tzinfo=_zone(found[6])).astimezone(UTC)


def _zone(text: str | None) -> timezone:
    if not text or text.lower() in ("z", "utc", "gmt"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 15 or minutes > 59:
        raise DateUnreadable(f"has the time zone {text}")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


_NAMES: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def in_words(day: date, *, month_first: bool = False) -> str:
    """`4 March 2027`, or `March 4, 2027` where the month comes first; whatever the locale of the machine."""
    month = _NAMES[day.month - 1]
    return f"{month} {day.day}, {day.year}" if month_first else f"{day.day} {month} {day.year}"
