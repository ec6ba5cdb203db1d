"""S0-G1: does the sales team use AI every week? Whole-population counts: the value is its own bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.kit.text import counted
from remit.ladder import artefacts
from remit.ladder.measures import Measured, measure
from remit.ladder.steps import Gate

REP_ROLES: Final = ("sdr", "ae", "se")
# An active rep of a week was active and a rep on each of its seven days: who came or left in between counts neither way.
# `used` keeps the first accepted artefact of each rep and week: exactly the rows that make the number.
_QUERY: Final = """
, weeks AS (SELECT generate_series(CAST(:first AS date), CAST(:last AS date), interval '7 days')::date AS week_on),
reps AS (SELECT w.week_on, p.id FROM weeks w JOIN remit.people p ON p.kind = 'person'
         WHERE (CAST(:people AS uuid[]) IS NULL OR p.id = ANY (CAST(:people AS uuid[])))
           AND (SELECT range_agg(daterange(s.from_on, s.until_on)) FROM remit.standing_periods s
                WHERE s.person_id = p.id AND s.what = 'active') @> daterange(w.week_on, w.week_on + 7)
           AND (SELECT range_agg(daterange(s.from_on, s.until_on)) FROM remit.standing_periods s
                WHERE s.person_id = p.id AND s.what = ANY (CAST(:roles AS text[]))) @> daterange(w.week_on, w.week_on + 7)),
used AS (SELECT DISTINCT ON (a.person_id, week_on) a.person_id, a.id, date_trunc('week', a.accepted_at AT TIME ZONE 'UTC')::date AS week_on
         FROM artefacts a WHERE a.accepted_at >= CAST(:first AS timestamp) AT TIME ZONE 'UTC'
           AND a.accepted_at < (CAST(:last AS timestamp) + interval '7 days') AT TIME ZONE 'UTC'
         ORDER BY a.person_id, week_on, a.accepted_at, a.id)
SELECT w.week_on, count(r.id) AS reps_count, count(u.id) AS users_count,
       coalesce(array_agg(u.id ORDER BY u.id) FILTER (WHERE u.id IS NOT NULL), '{}') AS artefact_ids,
       coalesce(array_agg(r.id ORDER BY r.id) FILTER (WHERE r.id IS NOT NULL AND u.id IS NULL), '{}') AS without_ids
FROM weeks w LEFT JOIN reps r ON r.week_on = w.week_on LEFT JOIN used u ON u.person_id = r.id AND u.week_on = w.week_on
GROUP BY w.week_on ORDER BY w.week_on
"""
_FIRST_USE: Final = "SELECT date_trunc('week', min(a.accepted_at) AT TIME ZONE 'UTC')::date FROM artefacts a"


@dataclass(frozen=True, slots=True)
class Week:
    """One whole ISO week: its Monday, the active reps, those with an accepted artefact, those without one."""

    week_on: date
    reps_count: int
    users_count: int
    artefact_ids: tuple[UUID, ...]
    without_ids: tuple[UUID, ...]

    @property
    def share(self) -> float:
        """Reps with an accepted artefact ÷ active reps; 0 when there were none."""
        return self.users_count / self.reps_count if self.reps_count else 0.0


def query() -> str:
    """The count, over every kind of artefact that is registered. Parameters: first and last Monday, roles."""
    return artefacts.with_artefacts(_QUERY)


def load_weeks(
    session: ReadSession, first: date, last: date, people: Sequence[UUID] | None = None
) -> list[Week]:
    """The weeks from one Monday to another, under the session's view; of these people only, where given."""
    rows = session.rows(query(), {"first": first, "last": last, "roles": list(REP_ROLES), "people": people})
    return [
        Week(row.week_on, row.reps_count, row.users_count, tuple(row.artefact_ids), tuple(row.without_ids))
        for row in rows
    ]


def load_first_use(session: ReadSession) -> date | None:
    """The Monday of the week in which an artefact was accepted for the first time; None before that."""
    found: date | None = session.scalar(artefacts.with_artefacts(_FIRST_USE))
    return found


def monday_of(day: date) -> date:
    """The Monday of a day's ISO week."""
    return day - timedelta(days=day.weekday())


def week_name(day: date) -> str:
    """`2026-W53`: the ISO week of a day, in the year that it belongs to."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def run_of(weeks: Sequence[Week], begun_on: date | None) -> list[Week]:
    """The weeks in a row up to the newest that can be counted: since the first use, and with reps in them."""
    run: list[Week] = []
    for week in reversed(weeks):
        if begun_on is None or week.week_on < begun_on or not week.reps_count:
            break
        run.insert(0, week)
    return run


@measure("S0-G1")
def weekly_use(session: ReadSession, gate: Gate, today: date) -> Measured:
    """The lowest of the whole ISO weeks in the window. Weeks before the very first accepted artefact are not observed."""
    last = monday_of(today) - timedelta(weeks=1)
    first = monday_of(today) - timedelta(weeks=gate.window_days // 7 - 1)
    run = run_of(load_weeks(session, first, last), load_first_use(session))
    lowest = min((week.share for week in run), default=None)
    used = [week for week in run if week.users_count]
    return Measured(
        value=lowest,
        bound=lowest,
        n_count=len(run),
        window_from_on=first,
        window_until_on=last + timedelta(days=6),
        newest_on=used[-1].week_on + timedelta(days=6) if used else None,
        query=" ".join(query().split()),
        row_ids=[found for week in run for found in week.artefact_ids],
        missing=missing(run, gate),
        detail={"weeks": [_told(week) for week in run]},
    )


def missing(run: Sequence[Week], gate: Gate) -> str:
    """What the weeks lack, in words: more weeks, more reps in a week."""
    lines = []
    if len(run) < gate.n_min_count:
        lacking = gate.n_min_count - len(run)
        lines.append(
            f"{counted(lacking, 'more whole week in a row is', 'more whole weeks in a row are')} needed ({len(run)} of {gate.n_min_count})"
        )
    for week in run:
        needed = ceil(Fraction(str(gate.threshold)) * week.reps_count)
        if week.users_count < needed:
            lacking = needed - week.users_count
            lines.append(
                f"{counted(lacking, 'more rep')} in week {week.week_on.isocalendar().week}"
                f" ({week.users_count} of {week.reps_count} had AI work accepted, {needed} needed)"
            )
    return "; ".join(lines) + "." if lines else ""


def _told(week: Week) -> dict[str, object]:
    return {
        "week": week_name(week.week_on), "from_on": week.week_on.isoformat(), "reps": week.reps_count,
        "users": week.users_count, "without": [str(each) for each in week.without_ids],
    }  # fmt: skip
