"""S0-G2: how many signed cases show that the work takes less time with AI? A count of all cases: exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.productivity import queries, rules
from remit.kit.intervals import Difference
from remit.kit.text import counted
from remit.ladder.measures import Measured, Move, measure
from remit.ladder.steps import Gate


@dataclass(frozen=True, slots=True)
class Judged:
    """A signed case, and why it does not count ("" when it does)."""

    case: queries.Case
    found: Difference | None
    why: str


def judge_case(case: queries.Case, bad_count: int, fit: Check) -> Judged:
    """Whether a signed case counts. `bad_count`: its artefacts that are gone or are not what they were; `fit`: of the work timed?"""
    compared, found = case.strata, case.strata.compare()
    named = [one for one in case.observations if one.side == "with_ai" and one.artefact_sha256]
    with_ai = [one for one in case.observations if one.side == "with_ai"]
    why = ""
    if case.decided_by is None or case.decided_by == case.owner_id:
        why = "nobody but its owner signed it"
    elif not compared.enough:
        why = f"{compared.before_count} and {compared.with_ai_count} comparable observations; it needs {rules.LEAST} of each"
    elif len(named) < len(with_ai) or bad_count:
        why = "an artefact it stands on is missing or is not what it was"
    elif not fit.passed:
        why = f"its evidence is not of the work that was timed ({fit.reason.partition(';')[0]})"
    elif found is None or found.upper >= 0:
        why = (
            f"the upper bound of the difference is {found.upper if found else 0:+.1f} minutes, not below zero"
        )
    return Judged(case, found, why)


def _moved(session: ReadSession) -> Move | None:
    """When a case was last submitted, signed or returned, and by how many acts they came to be as they are."""
    row = session.row(
        """SELECT max(greatest(submitted_at, decided_at)) AS at, coalesce(sum(version), 0)::int AS acts
        FROM remit.productivity_cases WHERE state <> 'draft'"""
    )
    return Move(row.at, row.acts) if row is not None and row.at is not None else None


@measure("S0-G2", moved=_moved)
def signed_cases(session: ReadSession, gate: Gate, today: date) -> Measured:
    """Signed within the window, with minutes, evidence and an upper bound below zero, all worked out anew."""
    first = today - timedelta(days=gate.window_days)
    cases = [one for one in queries.load_cases(session, state="signed") if one.decided_at is not None]
    inside = [one for one in cases if one.decided_at is not None and first <= one.decided_at.date() <= today]
    judged = [
        judge_case(one, len(queries.load_bad_evidence(session, one)), queries.load_fit(session, one))
        for one in inside
    ]
    good = [one for one in judged if not one.why]
    waiting = len(queries.load_cases(session, state="submitted"))
    return Measured(
        value=float(len(good)),
        bound=float(len(good)),
        n_count=len(judged),
        window_from_on=first,
        window_until_on=today,
        newest_on=max((one.decided_at.date() for one in inside if one.decided_at is not None), default=None),
        query="signed cases decided in the window: 5 or more of each, evidence whole and of that work, signer not owner, upper bound below 0",
        row_ids=[one.case.id for one in good],
        missing=missing(judged, waiting, int(gate.threshold)),
        detail={"cases": [_told(one) for one in judged]},
    )


def missing(judged: Sequence[Judged], waiting: int, needed: int) -> str:
    """What the cases lack, in words."""
    good = sum(1 for one in judged if not one.why)
    if good >= needed:
        return ""
    lacking = needed - good
    lines = [f"{counted(lacking, 'more case')} ({good} of {needed})"]
    if waiting:
        lines.append(f"{counted(waiting, 'waits', 'wait')} for a manager to sign")
    lines += [f"“{one.case.title}” does not count: {one.why}" for one in judged if one.why]
    return "; ".join(lines) + "."


def _told(one: Judged) -> dict[str, object]:
    found, compared = one.found, one.case.strata
    return {
        "id": str(one.case.id), "title": one.case.title, "before": compared.before_count, "with_ai": compared.with_ai_count,
        "point_minutes": round(found.point, 2) if found else None, "bound_minutes": round(found.upper, 2) if found else None,
        "why_not": one.why,
    }  # fmt: skip
