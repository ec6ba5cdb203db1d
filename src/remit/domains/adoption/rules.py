"""Which month an attestation is of, which month is counted, and whether Remit was a rep's primary tool. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from remit.actions import Check

GRACE_DAYS: Final = 10
"""Days of a month in which the month before is asked about; then it is counted."""
PRIMARY: Final = 0.5
Standing = Literal["primary", "other", "unused", "unknown"]


def month_before(day: date) -> date:
    """The first day of the month before a day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def end_of(month_on: date) -> date:
    """The last day of a month, given its first."""
    return (month_on + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def counted_month(today: date) -> date:
    """The first day of the newest month for which everybody has had GRACE_DAYS to attest."""
    last = month_before(today)
    return last if today.day > GRACE_DAYS else month_before(last)


def check_month(month_on: date, today: date) -> Check:
    """A month is attested when it is over, and not long after: nobody remembers work of last spring."""
    last = month_before(today)
    return Check.that(
        "attested-month",
        month_on in (last, month_before(last)),
        f"{month_on:%B %Y} cannot be attested: it has to be {last:%B %Y} or {month_before(last):%B %Y}, the two months that ended last.",
        "The month is over, and not longer ago than one can remember.",
    )


@dataclass(frozen=True, slots=True)
class RepMonth:
    """A rep's month. `here`: accepted AI artefacts; `attested`: pieces of work with other AI by their own word, None before it;
    `stopped`: texts that data handling stopped on their way to a model."""

    id: UUID
    name: str
    here: int
    attested: int | None
    tools: tuple[str, ...]
    attested_at: datetime | None
    stopped: int
    artefact_ids: tuple[UUID, ...] = ()
    attestation_id: UUID | None = None

    @property
    def shadow(self) -> int | None:
        """AI work done elsewhere, estimated: what they attest, but no less than what was stopped. None while nobody can tell."""
        return None if self.attested is None else max(self.attested, self.stopped)

    @property
    def share(self) -> float | None:
        """Artefacts made here ÷ all AI-assisted work; None without any, or while nobody can tell."""
        everything = None if self.shadow is None else self.here + self.shadow
        return self.here / everything if everything else None

    @property
    def standing(self) -> Standing:
        """`primary` counts for S1-G2, the others do not: what cannot be told is no yes."""
        if self.attested is None:
            return "unknown"
        if self.share is None:
            return "unused"
        return "primary" if self.share >= PRIMARY else "other"


def counted_as(reps: Sequence[RepMonth], standing: Standing) -> int:
    """How many of the reps stand so."""
    return sum(one.standing == standing for one in reps)
