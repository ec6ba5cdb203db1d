"""Adoption beside outcomes, rep by rep: counts with intervals and n, never a ranking; what differs beyond chance is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from remit.db.sessions import ReadSession, read
from remit.domains.adoption import behind, coaching
from remit.domains.adoption.behind import Behind
from remit.domains.adoption.queries import Rep, Whose, load_reps
from remit.kit.intervals import beyond_chance, interval, mean_interval
from remit.ladder.artefacts import kinds, with_artefacts
from remit.scope import Scope

LEAST: Final = 20
"""Trials below which a share says nothing about a rep."""
LEAST_TIMED: Final = 5
DAYS: Final = 56
_COUNT: Final = "SELECT r.person_id, count(*) AS n, count(*) FILTER (WHERE r.mark) AS marked FROM ({rows}) r GROUP BY r.person_id"
_LIST: Final = "SELECT r.* FROM ({rows}) r ORDER BY r.mark DESC, r.at DESC, r.ref_id LIMIT 500"
_MINUTES: Final = """
SELECT a.person_id, count(*) AS accepted, array_agg(a.minutes) FILTER (WHERE a.minutes IS NOT NULL) AS minutes FROM artefacts a
WHERE a.person_id = ANY (CAST(:people AS uuid[])) AND a.accepted_at >= :since AND a.accepted_at <= :now GROUP BY a.person_id
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of trials with its two-sided 95 % interval (Clopper-Pearson). `stands_out`: it differs from the others' beyond chance."""

    successes: int
    n: int
    low: float
    high: float
    stands_out: bool = False

    @property
    def value(self) -> float | None:
        """The share, None without a trial."""
        return self.successes / self.n if self.n else None

    @property
    def enough(self) -> bool:
        """Whether there are enough trials to say anything."""
        return self.n >= LEAST


@dataclass(frozen=True, slots=True)
class Saved:
    """Minutes saved by the texts that count any: their sum, and its interval from how they vary; None with too few texts."""

    total: float
    n: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class RepOutcomes:
    """A rep: what they had accepted in DAYS, minutes, outcomes, and what could help. `little`: too few rows for any hint."""

    id: UUID
    name: str
    accepted: int
    saved: Saved
    rates: Mapping[str, Rate]
    meetings: int
    hints: Sequence[coaching.Hint]
    little: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a number. `mark`: it is one of those that the number names."""

    person_id: UUID
    href: str
    title: str
    at: datetime
    mark: bool


def get_outcomes(scope: Scope, whose: Whose, now: datetime) -> tuple[RepOutcomes, ...]:
    """Reps by name, in what the reader may see."""
    with read(scope) as session:
        reps = load_reps(session, whose)
        ids = [one.id for one in reps]
        counts = {key: _counts(session, one, ids, now) for key, one in behind.ALL.items()}
        used = {
            row.person_id: (row.accepted, [float(each) for each in row.minutes or ()])
            for row in session.rows(with_artefacts(_MINUTES), _given(ids, now, timedelta(days=DAYS)))
        }
    rates = {key: rates_of([counts[key].get(one, (0, 0)) for one in ids]) for key in ("replies", "deals")}
    found = []
    for place, rep in enumerate(reps):
        accepted, minutes = used.get(rep.id, (0, []))
        mine = {key: counts[key].get(rep.id, (0, 0)) for key in behind.HINTS}
        found.append(
            RepOutcomes(
                rep.id, rep.name, accepted, saved_of(minutes), {key: rates[key][place] for key in rates},
                counts["meetings"].get(rep.id, (0, 0))[1], coaching.hints(mine), coaching.too_little(mine),
            )
        )  # fmt: skip
    return tuple(found)


def list_behind(
    scope: Scope, whose: Whose, key: str, now: datetime, person_id: UUID | None = None
) -> list[Row]:
    """The rows behind a number or hint (a key of `behind.ALL`), those it names first; of one rep or all. 500 at most."""
    one = behind.ALL[key]
    with read(scope) as session:
        ids = [rep.id for rep in load_reps(session, whose) if person_id in (None, rep.id)]
        rows = session.rows(_statement(_LIST, one), _given(ids, now, one.back))
    return [
        Row(row.person_id, (one.href or kinds()[row.kind].href).format(id=row.ref_id), row.title, row.at, row.mark)
        for row in rows
    ]  # fmt: skip


def list_reps(scope: Scope, whose: Whose) -> list[Rep]:
    """The reps that are shown."""
    with read(scope) as session:
        return load_reps(session, whose)


def rates_of(counts: Sequence[tuple[int, int]]) -> list[Rate]:
    """Rates of (successes, trials); who has enough trials is compared with the others who have."""
    enough = [place for place, (_, n) in enumerate(counts) if n >= LEAST]
    differs = dict(zip(enough, beyond_chance([counts[place] for place in enough]), strict=True))
    return [Rate(k, n, *interval(k, n), differs.get(place, False)) for place, (k, n) in enumerate(counts)]


def saved_of(minutes: Sequence[float]) -> Saved:
    """The sum of minutes, with what as many texts of this kind could as well have saved."""
    n = len(minutes)
    if n < LEAST_TIMED:
        return Saved(sum(minutes), n, None, None)
    mean, low, high = mean_interval(minutes)
    return Saved(mean * n, n, max(0.0, low * n), high * n)


def _counts(session: ReadSession, one: Behind, ids: list[UUID], now: datetime) -> dict[UUID, tuple[int, int]]:
    rows = session.rows(_statement(_COUNT, one), _given(ids, now, one.back))
    return {row.person_id: (row.marked, row.n) for row in rows}


def _statement(around: str, one: Behind) -> str:
    """Each part is a constant of this slice; the registry's artefacts are put before it."""
    return with_artefacts(around.format(rows=one.statement))


def _given(ids: list[UUID], now: datetime, back: timedelta) -> dict[str, Any]:
    return {"people": ids, "now": now, "since": now - back}
