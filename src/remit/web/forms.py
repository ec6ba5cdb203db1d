"""Values of forms: empty means not given; what cannot be read is refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from remit.kit import money as amounts
from remit.kit.money import Money
from remit.web.problems import BadRequest

DEFAULT_CURRENCY = "USD"
Choice = TypeVar("Choice", bound=str)


def whole(text: str | None) -> int | None:
    """A whole number that a table's integer holds. Raises BadRequest."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadRequest("This is not one of the choices offered.")
    return int(text)


def choice(text: str, offered: Mapping[Choice, str]) -> Choice:
    """One of the values that a form offered. Raises BadRequest."""
    for value in offered:
        if value == text:
            return value
    raise BadRequest("This is not one of the choices offered.")


def found_id(text: str | None) -> UUID | None:
    """An id. Raises BadRequest."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest("This is not one of the choices offered.") from error


def day(text: str) -> date | None:
    """A date as browsers send it. Raises BadRequest."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(f"{text[:40]!r} is no date: write it as 2026-11-23.") from error


def day_end(text: str, zone: ZoneInfo) -> datetime | None:
    """The end of the working day (18:00) of a date in the reader's zone. Raises BadRequest."""
    found = day(text)
    return None if found is None else datetime.combine(found, time(18), zone)


def money(text: str) -> Money | None:
    """An amount as people write it: $250k, 1,250,000 EUR; dollars where no currency is named. Raises BadRequest."""
    if not text.strip():
        return None
    try:
        written = amounts.parse(text)
        found = amounts.of(written.number, written.currency or DEFAULT_CURRENCY)
    except amounts.AmountUnreadable as error:
        raise BadRequest(
            f"The amount {text.strip()[:40]!r} {error}. Write it as $250,000 or 250k EUR."
        ) from error
    if found.minor < 0:
        raise BadRequest("An amount cannot be negative.")
    return found
