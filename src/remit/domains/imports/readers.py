"""How one cell is read for each kind of field: text in, PostgreSQL's COPY text out.

A reader returns the text of one or more columns (tab between them); `\\N` is NULL. It raises `CellRefused` with
the reason. Readers are pure, so each is called once for each distinct value of a column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

from remit.db.bulk import escaped
from remit.domains.imports import vocabulary
from remit.domains.imports.plan import ColumnPlan
from remit.domains.opportunities.rules import STAGES
from remit.kit import dates, money
from remit.kit.text import clean, fold, name_key

NULL: Final = "\\N"
MAX_TEXT: Final = 2_000
# names are index keys, two of them in one (first and last): in four bytes a character both stay below what PostgreSQL indexes
MAX_NAME: Final = 255
_NAMES: Final = frozenset({"name", "first_name", "last_name"})
MAX_LONG: Final = 200_000
DEFAULT_CURRENCY: Final = "USD"
_OUR_STAGES: Final = {fold(stage.name): stage.key for stage in STAGES}
_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}")
_YEAR: Final = re.compile(r"(1[5-9]\d\d|20\d\d|21\d\d)(\.0)?")
_PLACES: Final = frozenset({"country", "location", "region", "territory", "city"})


class CellRefused(ValueError):
    """The cell cannot be the value of its field; the message says why."""


Reader = Callable[[str], str]


def reader(column: ColumnPlan, default: str | None = None) -> Reader:
    """The reader for a column that is mapped to a field; `default` is read where a cell has no value."""
    nulls = vocabulary.NULLS_OF_PLACES if column.field in _PLACES else vocabulary.NULLS
    width = WIDTHS.get(column.field or "", WIDTHS.get(column.kind or "", 1))
    empty = "\t".join([NULL] * width)
    read = _readers(column)
    if default is not None:
        empty = read(clean(default))

    def from_cell(cell: str) -> str:
        value = clean(cell)
        if value.lower() in nulls:
            return empty
        return read(value)

    return from_cell


# fields and kinds that fill more than one column
WIDTHS: Final = {"money": 2, "full_name": 2, "stage": 2, "name": 2}


def _readers(column: ColumnPlan) -> Reader:
    if column.field == "full_name":
        return _full_name
    if (column.field in _NAMES and column.kind == "text") or column.kind == "ref":
        return lambda value: _text(value, MAX_NAME)
    if column.field == "founded_on":
        return lambda value: _founded(value, column)
    match column.kind:
        case "date":
            return lambda value: _told(dates.parse_date, value, column)
        case "instant":
            return lambda value: _told(dates.parse_instant, value, column)
        case "money":
            return lambda value: _money(value, column)
        case "count":
            return lambda value: _count(value, column)
        case "rate":
            return lambda value: _rate(value, column)
        case "stage":
            return _stage
        case "name":
            return lambda value: (
                f"{_text(value, MAX_NAME)}\t{escaped((name_key(value) or value.lower())[:500])}"
            )
        case "long":
            return lambda value: _text(value, MAX_LONG)
    return _SIMPLE.get(column.kind or "", _text)


def _text(value: str, limit: int = MAX_TEXT) -> str:
    if len(value) > limit:
        raise CellRefused(f"has {len(value):,} characters; at most {limit:,} are kept")
    return escaped(value)


def _email(value: str) -> str:
    address = value.removeprefix("mailto:").strip("<>")
    if _EMAIL.fullmatch(address) is None or len(address) > 254:
        raise CellRefused("is not an e-mail address")
    return _text(address)


def _url(value: str) -> str:
    if re.match(r"(?i)\s*(javascript|data|vbscript|file):", value):
        raise CellRefused("is not the address of a web site")
    return _text(value)


def _full_name(value: str) -> str:
    last, comma, first = value.partition(",")
    if not comma:
        first, _, last = value.rpartition(" ")
    return f"{_text(first.strip(), MAX_NAME)}\t{_text(last.strip(), MAX_NAME)}"


def _told(parse: Callable[[str, dates.Order | None], date], value: str, column: ColumnPlan) -> str:
    try:
        return parse(value, column.date_order).isoformat()
    except dates.DateUnreadable as refused:
        raise CellRefused(str(refused)) from None


def _founded(value: str, column: ColumnPlan) -> str:
    if _YEAR.fullmatch(value):
        return f"{value[:4]}-01-01"
    return _told(dates.parse_date, value, column)


def _number(value: str, column: ColumnPlan) -> money.Written:
    try:
        return money.parse(value, column.decimal_mark)
    except money.AmountUnreadable as refused:
        raise CellRefused(str(refused)) from None


def _money(value: str, column: ColumnPlan) -> str:
    written = _number(value, column)
    currency = written.currency or column.currency or DEFAULT_CURRENCY
    try:
        return f"{money.of(written.number * column.scale, currency).minor}\t{currency}"
    except money.AmountUnreadable as refused:
        raise CellRefused(str(refused)) from None


def _count(value: str, column: ColumnPlan) -> str:
    found = re.fullmatch(r"([\d.,\s]+)\s*(?:-|–|to|bis)\s*[\d.,\s]+|([\d.,\s]+)\+", value)
    written = _number((found[1] or found[2]) if found else value, column)
    number = written.number * column.scale
    if number != number.to_integral_value():
        number = number.to_integral_value()
    if not 0 <= number < 2**31:
        raise CellRefused("is not a count that can be")
    return str(int(number))


def _rate(value: str, column: ColumnPlan) -> str:
    percent = value.endswith("%")
    number = _number(value.rstrip("% "), column).number
    rate = number / 100 if percent or number > 1 else number
    if not Decimal(0) <= rate <= Decimal(1):
        raise CellRefused("is not between 0 and 100 %")
    return str(round(rate, 5))


def _stage(value: str) -> str:
    key = fold(value)
    if key in vocabulary.WON:
        return "won\twon"
    if key in vocabulary.LOST:
        return "lost\tlost"
    return f"{_OUR_STAGES.get(key) or _text(value, 200)}\t{NULL}"


def _outcome(value: str) -> str:
    key = fold(value)
    if key in vocabulary.WON or key in vocabulary.YES:
        return "won"
    if key in vocabulary.LOST:
        return "lost"
    if key in vocabulary.NO or key in ("open", "pending", "in progress"):
        return NULL
    raise CellRefused("is neither won nor lost")


def _bool(value: str) -> str:
    key = value.lower()
    if key in vocabulary.YES:
        return "t"
    if key in vocabulary.NO:
        return "f"
    raise CellRefused("is neither yes nor no")


def _phone(value: str) -> str:
    if sum(mark.isdigit() for mark in value) < 3:
        raise CellRefused("is not a telephone number")
    return _text(value, 60)


def _one_of(words: dict[str, str], otherwise: str) -> Reader:
    return lambda value: words.get(fold(value), otherwise)


_SIMPLE: Final[dict[str, Reader]] = {
    "email": _email,
    "url": _url,
    "phone": _phone,
    "bool": _bool,
    "outcome": _outcome,
    "state": _one_of(vocabulary.LEAD_STATES, "working"),
    "relation": _one_of(vocabulary.RELATIONS, "target"),
    "forecast": _one_of(vocabulary.FORECASTS, "pipeline"),
    "activity": _one_of(vocabulary.ACTIVITIES, "note"),
    "direction": _one_of(vocabulary.DIRECTIONS, NULL),
}
