"""S1-G3: every template category in use stands under an approval of its current version, by compliance, that has not run out."""

from __future__ import annotations

from datetime import date, timedelta

from remit.db.sessions import ReadSession
from remit.domains.supervision.categories import Category, covered_ids, load_standing
from remit.ladder.measures import Measured, Move, measure
from remit.ladder.steps import Gate

_MOVED = """
SELECT max(at) AS at, count(*)::int AS acts FROM (SELECT at FROM remit.category_approvals
    UNION ALL SELECT ended_at FROM remit.category_approvals WHERE ended_at IS NOT NULL
    UNION ALL SELECT made_at FROM remit.rule_profiles
    UNION ALL SELECT approved_at FROM remit.template_versions WHERE approved_at IS NOT NULL
    UNION ALL SELECT closed_at FROM remit.template_versions WHERE closed_at IS NOT NULL) AS moves
"""


def _moved(session: ReadSession) -> Move | None:
    row = session.row(_MOVED)
    return Move(row.at, row.acts) if row is not None and row.at is not None else None


@measure("S1-G3", moved=_moved)
def approved_categories(session: ReadSession, gate: Gate, today: date) -> Measured:
    """Covered categories ÷ categories in use: a count of all of them, so there is no bound but the value."""
    used = load_standing(session, today).in_use
    good = [one for one in used if not one.why_not]
    share = len(good) / len(used) if used else None
    return Measured(
        value=share, bound=share, n_count=len(used), window_from_on=today - timedelta(days=gate.window_days), window_until_on=today,
        newest_on=today if used else None,
        query="categories with a live template, or from whose templates a message was sent or a text kept in 90 days; covered: a live approval by a person"
        " who is of compliance, not run out, of all its live versions and of the rules and profiles in force",
        row_ids=covered_ids(good), missing=missing(used),
        detail={"categories": [{"key": one.key, "title": one.title, "templates": len(one.live_ids), "uses": one.uses, "why_not": one.why_not} for one in used]},
    )  # fmt: skip


def missing(used: list[Category]) -> str:
    """What is not covered, in words; "" when everything is."""
    if not used:
        return "No template category is in use."
    return " ".join(f"{one.title}: {one.why_not}." for one in used if one.why_not)
