"""Rows of Form ADV Part 1A (CSV) as facts about the adviser, ready to be recorded.

Columns are found by the words of their headings, so that extracts with other spellings work. A cell of zero or
nothing makes no fact: it says that nothing was reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, Literal

from remit.kit.tabular import open_tables
from remit.knowledge.filings.model import FilingRefused, joined

SOURCE: Final = "Form ADV Part 1A"
_CLIENTS: Final = re.compile(r"^number of clients?\s*\(?(?P<type>[^)]+)\)?$", re.IGNORECASE)
_MONEY: Final = re.compile(
    r"^(?:aum|regulatory assets under management|assets)\s*\((?P<type>[^)]+)\)$", re.IGNORECASE
)
_TOTAL: Final = re.compile(
    r"^(?:total\s+(?:aum|regulatory assets under management|raum)|5f\(2\)\(c\))$", re.IGNORECASE
)
_NAME: Final = re.compile(
    r"^(?:primary business name|legal name|adviser name|firm name|1a|1b)$", re.IGNORECASE
)
_ID: Final = re.compile(
    r"^(?:adviser_id|crd(?:\s*(?:number|no\.?|#))?|organization crd#|sec(?:#| file number| number))$",
    re.IGNORECASE,
)
_STAFF: Final = re.compile(r"^(?:total\s+)?number of employees(?:\s+full\s*time.*)?$|^5a$", re.IGNORECASE)
_PRIME: Final = re.compile(r"prime\s+broker", re.IGNORECASE)
_CUSTODIAN: Final = re.compile(r"custodian", re.IGNORECASE)
_NO_NAME: Final = frozenset({"", "y", "n", "yes", "no", "none", "n/a", "na", "0", "0.0", "true", "false"})


@dataclass(frozen=True, slots=True)
class AccountFact:
    """One fact, in the fields of `RecordFact` but for the account. `value_minor` in hundredths of `value_currency`."""

    fact_kind: str
    value: str
    source_name: str
    locator: str
    quote: str
    as_of_on: date
    subject: str = ""
    value_number: Decimal | None = None
    value_unit: str | None = None
    value_minor: int | None = None
    value_currency: str | None = None
    sensitivity: Literal["public"] = "public"
    sayable: Literal["public"] = "public"


@dataclass(frozen=True, slots=True)
class Adviser:
    """One row: the adviser's name (may be empty), its id in the file, the 1-based row, the facts, and every filled cell
    as a line `heading: cell`, in which the quotes of the facts stand."""

    name: str
    identifier: str
    row: int
    facts: tuple[AccountFact, ...]
    lines: tuple[str, ...] = ()


def read(path: Path, as_of: date, accession: str = "") -> list[Adviser]:
    """The advisers of a CSV in order. `as_of`: the day that the extract is of. Raises FilingRefused, FileBroken."""
    tables = list(open_tables(path))
    rows = tables[0].rows() if tables else iter(())
    found = next(rows, None)
    heads = [joined(cell) for cell in found[1]] if found else []
    if not any(_TOTAL.match(head) or _MONEY.match(head) for head in heads):
        raise FilingRefused(
            "filing_unknown",
            f"{path.name} has no column of assets under management: it is no Form ADV extract.",
        )
    return [_adviser(number, heads, cells, as_of, accession or path.name) for number, cells in rows]


def _adviser(number: int, heads: Sequence[str], cells: Sequence[str], as_of: date, source: str) -> Adviser:
    row = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if cell.strip()}
    name = next((row[head] for head in heads if _NAME.match(head) and head in row), "")
    identifier = next((row[head] for head in heads if _ID.match(head) and head in row), "")
    where = f"{source} row {number}" + (f" ({identifier})" if identifier else "")
    facts = [
        *_assets(row, where, as_of),
        *_clients(row, where, as_of),
        *_people(row, where, as_of),
        *_named(row, where, as_of),
    ]
    lines = tuple(f"{head}: {cell}" for head, cell in row.items())
    return Adviser(joined(name), identifier, number, tuple(facts), lines)


def _assets(row: dict[str, str], where: str, as_of: date) -> Iterator[AccountFact]:
    for head, cell in row.items():
        if _TOTAL.match(head) and (amount := _number(cell)):
            yield AccountFact(
                "aum",
                _dollars(amount),
                SOURCE,
                where,
                f"{head}: {cell}",
                as_of,
                value_minor=int(amount * 100),
                value_currency="USD",
            )


def _clients(row: dict[str, str], where: str, as_of: date) -> Iterator[AccountFact]:
    money = {
        found["type"].casefold(): (head, cell) for head, cell in row.items() if (found := _MONEY.match(head))
    }
    for head, cell in row.items():
        found = _CLIENTS.match(head)
        count = _number(cell) if found else None
        if found is None:
            continue
        kept, held = money.get(found["type"].casefold(), ("", ""))
        amount = _number(held)
        if not count and not amount:
            continue
        said = [f"{count:,.0f} clients" if count else "", _dollars(amount) if amount else ""]
        quote = " … ".join(f"{title}: {text}" for title, text in ((head, cell), (kept, held)) if text)
        yield AccountFact(
            "client_type", ", ".join(each for each in said if each), SOURCE, where, quote, as_of, subject=found["type"], value_number=count or None,
            value_unit="clients" if count else None, value_minor=int(amount * 100) if amount else None, value_currency="USD" if amount else None,
        )  # fmt: skip


def _people(row: dict[str, str], where: str, as_of: date) -> Iterator[AccountFact]:
    for head, cell in row.items():
        if _STAFF.match(head) and (count := _number(cell)):
            yield AccountFact(
                "headcount",
                f"{count:,.0f}",
                SOURCE,
                where,
                f"{head}: {cell}",
                as_of,
                value_number=count,
                value_unit="people",
            )


def _named(row: dict[str, str], where: str, as_of: date) -> Iterator[AccountFact]:
    for head, cell in row.items():
        kind = "prime_broker" if _PRIME.search(head) else "custodian" if _CUSTODIAN.search(head) else ""
        if not kind:
            continue
        for name in re.split(r"\s*[;|]\s*", cell):
            if joined(name).casefold() not in _NO_NAME and not re.fullmatch(r"[\d.,]+", name):
                yield AccountFact(kind, joined(name), SOURCE, where, f"{head}: {cell}", as_of)


def _number(cell: str) -> Decimal | None:
    try:
        return Decimal(re.sub(r"[\s,$]", "", cell))
    except InvalidOperation:
        return None


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.0f}"
