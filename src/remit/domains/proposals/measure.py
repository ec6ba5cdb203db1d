"""S1-G4: do proposals take less of people's time than they did? Minutes worked on them here beside the recorded baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from remit.db.sessions import ReadSession
from remit.domains.productivity.baselines import load_baselines
from remit.domains.proposals.queries import LEFT
from remit.domains.proposals.terms import COMPLEXITIES
from remit.kit.intervals import drop_of_medians
from remit.kit.text import counted
from remit.ladder.measures import Measured, measure
from remit.ladder.steps import Gate

LEAST_IN_STRATUM: Final = 5
"""On either side: a bootstrap of fewer is too sure of itself (docs/quality.md)."""
# what counts was accepted, which is given to its buyer (gates.md: sent, saved or cited)
_GIVEN: Final = f"""
FROM remit.proposals p CROSS JOIN LATERAL (SELECT i.at, i.number FROM {LEFT} ORDER BY i.at, i.id LIMIT 1) g
WHERE g.at >= :first AND g.at < :until AND p.active_minutes IS NOT NULL
"""
_DONE: Final = f"""
SELECT p.id, p.complexity, p.active_minutes, g.at AS given_at, extract(epoch FROM coalesce(
    (SELECT v.approved_at FROM remit.proposal_versions v WHERE v.proposal_id = p.id AND v.number = g.number), g.at) - p.requested_at) / 60
    AS elapsed_minutes
{_GIVEN} AND p.state <> 'withdrawn' ORDER BY p.id
"""
_WITHDRAWN: Final = f"SELECT count(*) {_GIVEN} AND p.state = 'withdrawn'"
_UNGIVEN: Final = f"""
SELECT count(*) FROM remit.proposals p WHERE p.first_approved_at >= :first AND p.first_approved_at < :until AND p.state <> 'withdrawn'
  AND NOT EXISTS (SELECT FROM {LEFT})
"""


@measure("S1-G4")
def proposal_time(session: ReadSession, gate: Gate, today: date) -> Measured:
    """Median active minutes from request to the approval of what its buyer got, edits included, beside the median of the baseline, like with like."""
    first = today - timedelta(days=gate.window_days)
    window = {"first": first, "until": today + timedelta(days=1)}
    rows = session.rows(_DONE, window)
    before: dict[str, list[float]] = {}
    for one in load_baselines(session, "proposal"):
        before.setdefault(one.stratum.strip().casefold(), []).append(one.minutes)
    here: dict[str, list[Any]] = {}
    for row in rows:
        here.setdefault(row.complexity, []).append(row)
    strata: dict[str, tuple[list[float], list[float]]] = {
        key: (before[key], [float(row.active_minutes) for row in here[key]])
        for key in COMPLEXITIES
        if min(len(before.get(key, ())), len(here.get(key, ()))) >= LEAST_IN_STRATUM
    }
    ungiven = int(session.scalar(_UNGIVEN, window) or 0)
    counted_rows = [row for key in strata for row in here[key]]
    found = drop_of_medians(list(strata.values())) if strata else None
    return Measured(
        value=found.point if found else None,
        bound=found.lower if found else None,
        n_count=len(counted_rows),
        window_from_on=first,
        window_until_on=today,
        newest_on=max((row.given_at.date() for row in counted_rows), default=None),
        query="proposals first given to their buyer in the window and not withdrawn since, by their complexity then, and baseline pieces of the same complexity, five or more of each; 1 − median ÷ median,"
        " lower bound by bootstrap within complexity",
        row_ids=[row.id for row in counted_rows],
        missing=_missing(gate, before, strata, rows, len(counted_rows), ungiven),
        detail={
            "strata": [
                {
                    "complexity": key, "baseline": len(was), "proposals": len(now), "baseline_median_minutes": _median(was),
                    "median_minutes": _median(now),
                }
                for key, (was, now) in strata.items()
            ],
            "withdrawn": session.scalar(_WITHDRAWN, window), "approved_not_given": ungiven,
            "pooled_bound": found.pooled if found else None, "within_bound": found.within if found else None,
            "elapsed_median_minutes": _median([float(row.elapsed_minutes) for row in counted_rows]),
        },
    )  # fmt: skip


def _missing(
    gate: Gate,
    before: Mapping[str, Any],
    strata: Mapping[str, Any],
    rows: Sequence[Any],
    n: int,
    ungiven: int,
) -> str:
    """What it lacks, and always how many proposals are left out."""
    if not before:
        return "No baseline is on record: record on Team, under Baselines, how long proposals took before, and have a manager approve it."
    said = []
    if n < gate.n_min_count:
        pieces = sum(len(was) for was, _ in strata.values())
        beside = f" beside {counted(pieces, 'baseline piece', 'baseline pieces')}"
        said.append(
            f"{counted(gate.n_min_count - n, 'more proposal in a buyer’s hands', 'more proposals in buyers’ hands')} ({n} of {gate.n_min_count}{beside})."
        )
    if apart := len(rows) - n:
        said.append(
            f"{counted(apart, 'proposal is', 'proposals are')} left out: a complexity counts from {LEAST_IN_STRATUM} proposals and"
            f" {LEAST_IN_STRATUM} baseline pieces on."
        )
    if ungiven:
        said.append(
            f"{counted(ungiven, 'approved proposal', 'approved proposals')} went to no buyer so far: not counted."
        )
    return " ".join(said)


def _median(values: Sequence[float]) -> float | None:
    from statistics import median

    return round(float(median(values)), 2) if values else None
