"""Timed work from text: lines that people type, and tables that they bring. Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from remit.domains.productivity.actions import Timed
from remit.kit.dates import DateUnreadable, parse_date

COLUMNS: Final = ("side", "minutes", "date", "stratum", "artefact", "note")
_SIDES: Final = {
    "before": "before",
    "without": "before",
    "with_ai": "with_ai",
    "with": "with_ai",
    "ai": "with_ai",
}


class TimesUnreadable(ValueError):
    """A line says no time; the message names it and what is wrong."""

    code = "times_unreadable"


def typed(text: str, side: str, today: date) -> tuple[Timed, ...]:
    """Lines of `minutes[, date[, kind of task]]`; the date is `today` where none is given. Raises TimesUnreadable."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(
        timed(number, side, *([*map(str.strip, line.split(",", 2)), "", ""][:3]), today=today)
        for number, line in enumerate(lines, start=1)
        if line
    )


def table(lines: Iterable[str], today: date) -> tuple[Timed, ...]:
    """A CSV with COLUMNS, `side` and `minutes` at least. Raises TimesUnreadable."""
    return tuple(_rows(csv.DictReader(lines), today))


def _rows(reader: csv.DictReader[str], today: date) -> Iterator[Timed]:
    named = {(name or "").strip().casefold() for name in reader.fieldnames or ()}
    if not {"side", "minutes"} <= named:
        raise TimesUnreadable(
            f"the table needs the columns side and minutes; it may have {', '.join(COLUMNS)}"
        )
    for number, raw in enumerate(reader, start=2):
        row: Mapping[str, str] = {
            (key or "").strip().casefold(): str(value or "").strip() for key, value in raw.items()
        }
        yield timed(
            number, row["side"], row["minutes"], row.get("date", ""), row.get("stratum", ""), row.get("artefact", ""),
            row.get("note", ""), today=today,
        )  # fmt: skip


def timed(
    number: int,
    side: str,
    minutes: str,
    day: str,
    stratum: str,
    artefact: str = "",
    note: str = "",
    *,
    today: date,
) -> Timed:
    known = _SIDES.get(side.casefold().replace(" ", "_"))
    if known is None:
        raise TimesUnreadable(f"line {number}: side {side[:20]!r} is neither before nor with_ai")
    try:
        return Timed.model_validate(
            {
                "side": known, "minutes": float(minutes), "observed_on": parse_date(day) if day else today, "stratum": stratum,
                "note": note, "artefact_id": UUID(artefact) if artefact else None,
            }
        )  # fmt: skip
    except DateUnreadable as error:
        raise TimesUnreadable(f"line {number}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise TimesUnreadable(f"line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except ValueError as error:
        raise TimesUnreadable(
            f"line {number}: {minutes[:20]!r} is no number of minutes"
            if not artefact
            else f"line {number}: {error}"
        ) from error
