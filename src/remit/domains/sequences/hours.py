"""At which hours a reader of a sequence may be written to: the rule of conduct only warns about the hour, a sequence waits for a better one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from remit import settings
from remit.db.sessions import ReadSession
from remit.domains.supervision.profiles import Profile, load_profiles, regimes_of
from remit.evidence import conduct_rules
from remit.evidence.conduct import Sending, judge

QUIET: Final = timedelta(hours=1)
QUIET_MOST: Final = 24 * 7
"""Hours ahead in which a waking one is looked for."""
_TIMED: Final = frozenset({"quiet_hours", "market_holiday"})
_READER: Final = """
SELECT coalesce(c.country, a.country, c.jurisdiction, '') AS country, coalesce(c.time_zone, '') AS time_zone FROM remit.enrolment_steps s
JOIN remit.enrolments e ON e.id = s.enrolment_id JOIN remit.contacts c ON c.id = e.contact_id JOIN remit.accounts a ON a.id = e.account_id
WHERE s.id = :step
"""


def leaves(s: ReadSession, step_id: UUID, now: datetime) -> datetime | None:
    """When the e-mail of a step leaves that a person approves now; None: at once. Nobody who approves has to know what time it is there."""
    row = s.row(_READER, {"step": step_id})
    profiles = load_profiles(s)
    if row is None or why_not_now(row.country, row.time_zone, now, profiles) is None:
        return None
    return waking(row.country, row.time_zone, now, profiles)


def why_not_now(country: str, time_zone: str, now: datetime, profiles: Sequence[Profile] = ()) -> str | None:
    """Why nobody is written to at this hour there: night, a weekend or a holiday of their market; None when they may be."""
    configured = settings.load()
    found = conduct_rules.current(configured.conduct_rules_file or conduct_rules.DEFAULT_FILE)
    timed = [one for one in found if one.look in _TIMED]
    for one in judge(timed, regimes_of(profiles, country), Sending("", now, country, time_zone), ()):
        if not one.passed:
            return f"{one.rule.says} ({one.why})"
    return None


def waking(country: str, time_zone: str, now: datetime, profiles: Sequence[Profile] = ()) -> datetime:
    """The first full hour from here on at which somebody there may be written to; a week on where there is none before."""
    at = now.replace(minute=0, second=0, microsecond=0)
    hours = (at + QUIET * n for n in range(1, QUIET_MOST))
    return next(
        (each for each in hours if why_not_now(country, time_zone, each, profiles) is None),
        now + QUIET * QUIET_MOST,
    )
