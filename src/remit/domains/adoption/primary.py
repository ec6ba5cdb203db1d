"""S1-G2: for how many reps is Remit the primary AI tool? By their accepted artefacts, their own word, and what was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession, read
from remit.domains.adoption import rules
from remit.domains.adoption.queries import Whose, load_reps
from remit.domains.adoption.rules import RepMonth, counted_as
from remit.kit.text import counted
from remit.ladder.adoption import REP_ROLES
from remit.ladder.artefacts import with_artefacts
from remit.ladder.measures import Measured, Move, measure
from remit.ladder.steps import Gate
from remit.scope import Scope

# an active rep of the month was active and a rep on each of its days, as S0-G1 has it for weeks
_MONTH: Final = """
, reps AS (SELECT p.id, p.name FROM remit.people p WHERE p.kind = 'person'
         AND (CAST(:people AS uuid[]) IS NULL OR p.id = ANY (CAST(:people AS uuid[])))
         AND (SELECT range_agg(daterange(s.from_on, s.until_on)) FROM remit.standing_periods s
              WHERE s.person_id = p.id AND s.what = 'active') @> daterange(:first, :last, '[]')
         AND (SELECT range_agg(daterange(s.from_on, s.until_on)) FROM remit.standing_periods s
              WHERE s.person_id = p.id AND s.what = ANY (CAST(:roles AS text[]))) @> daterange(:first, :last, '[]')),
here AS (SELECT a.person_id, count(*) AS number, array_agg(a.id ORDER BY a.id) AS ids FROM artefacts a
         WHERE (a.accepted_at AT TIME ZONE 'UTC')::date BETWEEN :first AND :last GROUP BY a.person_id),
said AS (SELECT DISTINCT ON (t.person_id) t.person_id, t.id, t.other_count, t.tools, t.at FROM remit.ai_attestations t
         WHERE t.month_on = :first ORDER BY t.person_id, t.at DESC, t.id DESC)
SELECT r.id, r.name, coalesce(h.number, 0) AS here, coalesce(h.ids, '{}') AS artefact_ids, s.id AS attestation_id,
       s.other_count AS attested, coalesce(s.tools, '{}') AS tools, s.at AS attested_at, coalesce(c.stopped, 0) AS stopped
FROM reps r LEFT JOIN here h ON h.person_id = r.id LEFT JOIN said s ON s.person_id = r.id
LEFT JOIN remit.stopped_calls(:first, :last) c ON c.person_id = r.id ORDER BY r.name, r.id
"""
_DUE: Final = """
SELECT EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = :me AND r.role = ANY (CAST(:roles AS text[])))
   AND EXISTS (SELECT FROM remit.standing_periods s WHERE s.person_id = :me AND s.what = 'active' AND s.from_on <= :last)
   AND NOT EXISTS (SELECT FROM remit.ai_attestations t WHERE t.person_id = :me AND t.month_on = :first)
"""


@dataclass(frozen=True, slots=True)
class Month:
    """A month's reps, by name."""

    month_on: date
    reps: tuple[RepMonth, ...]

    @property
    def share(self) -> float | None:
        """Reps with Remit as primary tool ÷ active reps; None without reps."""
        return counted_as(self.reps, "primary") / len(self.reps) if self.reps else None


def load_month(session: ReadSession, month_on: date, people: Sequence[UUID] | None = None) -> Month:
    """A month (given by its first day) under the session's view; of these people only, where given."""
    given = {
        "first": month_on, "last": rules.end_of(month_on), "roles": list(REP_ROLES), "people": people,
    }  # fmt: skip
    rows = session.rows(with_artefacts(_MONTH), given)
    return Month(
        month_on,
        tuple(
            RepMonth(
                row.id, row.name, row.here, row.attested, tuple(row.tools), row.attested_at, row.stopped, tuple(row.artefact_ids),
                row.attestation_id,
            )
            for row in rows
        ),
    )  # fmt: skip


def get_month(scope: Scope, whose: Whose, month_on: date) -> Month:
    """The month of me, my team or everybody."""
    with read(scope) as session:
        return load_month(session, month_on, [one.id for one in load_reps(session, whose)])


def find_due(scope: Scope, today: date) -> date | None:
    """The month that I, a rep, have not attested yet; None when there is nothing to say."""
    month_on = rules.month_before(today)
    with read(scope) as session:
        due = session.scalar(
            _DUE, {"me": scope.person_id, "roles": list(REP_ROLES), "first": month_on, "last": rules.end_of(month_on)}
        )  # fmt: skip
    return month_on if due else None


def _moved(session: ReadSession) -> Move | None:
    row = session.row("SELECT max(at) AS at, count(*)::int AS acts FROM remit.ai_attestations")
    return Move(row.at, row.acts) if row is not None and row.at is not None else None


@measure("S1-G2", moved=_moved)
def primary_tool(session: ReadSession, gate: Gate, today: date) -> Measured:
    """Of all active reps of the counted month, a whole-population count: the value is its own bound."""
    found = load_month(session, rules.counted_month(today))
    return Measured(
        value=found.share, bound=found.share, n_count=len(found.reps), window_from_on=found.month_on,
        window_until_on=rules.end_of(found.month_on), newest_on=rules.end_of(found.month_on), query=" ".join(with_artefacts(_MONTH).split()),
        row_ids=[
            each
            for one in found.reps
            for each in (*((one.attestation_id,) if one.attestation_id else ()), *one.artefact_ids)
        ],
        missing=missing(found, gate.threshold),
        detail={
            "month": f"{found.month_on:%Y-%m}", "reps": len(found.reps),
            **{name: counted_as(found.reps, name) for name in ("primary", "other", "unused", "unknown")},
        },
    )  # fmt: skip


def missing(found: Month, needed: float) -> str:
    """What the month lacks, in words; "" when the share is reached."""
    if found.share is None:
        return f"Nobody was a rep on every day of {found.month_on:%B %Y}."
    if found.share >= needed:
        return ""
    unknown, other, unused = (counted_as(found.reps, name) for name in ("unknown", "other", "unused"))
    told = [
        f"{counted(unknown, 'rep has', 'reps have')} not attested {found.month_on:%B %Y}" if unknown else "",
        f"{counted(other, 'rep does', 'reps do')} more of their AI work elsewhere" if other else "",
        f"{counted(unused, 'rep', 'reps')} had no AI work accepted" if unused else "",
    ]
    return "; ".join(filter(None, told)) + "."
