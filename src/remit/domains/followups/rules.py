"""Dates and names of promises. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

DAY_ENDS: Final = time(18)
UNNAMED_DAYS: Final = 5
"""Working days after which a promise without a day is looked at again."""


def look_again_on(day: date) -> date:
    """The day on which a promise of `day` that names none comes up: five working days on."""
    left = UNNAMED_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def due_at(on: date, zone: ZoneInfo) -> datetime:
    """The end of that working day where whoever owes it works."""
    return datetime.combine(on, DAY_ENDS, zone)


def owner_named(who: str, ours: Mapping[UUID, str]) -> UUID | None:
    """The one of us whom a name means, by full, first or last name; None when it is nobody or several."""
    folded = who.casefold().strip()
    if not folded:
        return None
    exact = [found for found, name in ours.items() if name.casefold() == folded]
    parts = [found for found, name in ours.items() if folded in (part.casefold() for part in name.split())]
    for found in (exact, parts):
        if len(found) == 1:
            return found[0]
    return None
