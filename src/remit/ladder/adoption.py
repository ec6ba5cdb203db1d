"""S0-G1: does the sales team use AI every week? Whole-population counts: the value is its own bound."""

from __future__ import annotations

from datetime import date, timedelta

from remit.db.sessions import ReadSession
from remit.ladder.measures import Measured, measure
from remit.ladder.steps import Gate

# Accepted = sent. A draft that was opened or thrown away is not use, and what was recalled before it left was not sent.
QUERY = """
WITH weeks AS (SELECT generate_series(CAST(:first AS date), CAST(:last AS date), interval '7 days')::date AS week_on),
reps AS (SELECT DISTINCT p.id, (p.created_at AT TIME ZONE 'UTC')::date AS since_on FROM remit.people p
         JOIN remit.person_roles r ON r.person_id = p.id AND r.role IN ('sdr', 'ae', 'se') WHERE p.kind = 'person' AND p.active),
used AS (SELECT d.id, d.author_id, date_trunc('week', d.updated_at AT TIME ZONE 'UTC')::date AS week_on
         FROM remit.drafts d LEFT JOIN remit.effects e ON e.id = d.effect_id
         WHERE d.state = 'sent' AND coalesce(e.state, '') <> 'recalled' AND d.writer <> '' AND d.updated_at >= CAST(:first AS date)
         AND d.updated_at < CAST(:last AS date) + 7)
SELECT w.week_on, (SELECT count(*) FROM reps) AS reps_count,
       count(DISTINCT u.author_id) FILTER (WHERE u.author_id IN (SELECT id FROM reps)) AS users_count,
       coalesce(array_agg(u.id) FILTER (WHERE u.id IS NOT NULL), '{}') AS draft_ids
FROM weeks w LEFT JOIN used u ON u.week_on = w.week_on GROUP BY w.week_on ORDER BY w.week_on
"""


@measure("S0-G1")
def weekly_use(session: ReadSession, gate: Gate, today: date) -> Measured:
    """The lowest of the whole ISO weeks in the window. Weeks before the first accepted artefact do not count as observed."""
    this_monday = today - timedelta(days=today.weekday())
    weeks = gate.window_days // 7 - 1
    first, last = this_monday - timedelta(weeks=weeks), this_monday - timedelta(weeks=1)
    rows = session.rows(QUERY, {"first": first, "last": last})
    begun = next((number for number, row in enumerate(rows) if row.users_count), len(rows))
    observed = rows[begun:]
    shares = [row.users_count / row.reps_count for row in observed if row.reps_count]
    lowest = min(shares, default=None)
    used = [row for row in observed if row.users_count]
    return Measured(
        value=lowest,
        bound=lowest,
        n_count=len(shares),
        window_from_on=first,
        window_until_on=last + timedelta(days=6),
        newest_on=used[-1].week_on + timedelta(days=6) if used else None,
        query=" ".join(QUERY.split()),
        row_ids=[draft for row in observed for draft in row.draft_ids],
    )
