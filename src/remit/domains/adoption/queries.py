"""What people made with AI, had accepted, edited and sent, per ISO week; who has not begun, and what could help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from remit.db.sessions import ReadSession, read
from remit.ladder.adoption import REP_ROLES, Week, load_weeks, monday_of
from remit.ladder.artefacts import Artefact, of_row, with_artefacts
from remit.scope import Scope

Whose = Literal["me", "team", "all"]
WEEKS: Final = 8
HELP_DAYS: Final = 28
MOST_ROWS: Final = 500
SEE_ALL: Final = frozenset({"vp", "compliance", "governance", "operations", "enablement"})
_REPS: Final = """
SELECT p.id, p.name, p.title FROM remit.people p
WHERE p.kind = 'person' AND p.active AND EXISTS (
    SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role = ANY (CAST(:roles AS text[]))) AND """
_WHOSE: Final[Mapping[Whose, str]] = {
    "me": "p.id = :me",
    "team": """p.id IN (
        WITH RECURSIVE r AS (SELECT id FROM remit.people WHERE id = :me
            UNION SELECT q.id FROM remit.people q JOIN r ON q.manager_id = r.id)
        SELECT id FROM r UNION SELECT q.id FROM remit.people q JOIN remit.people m ON m.team_id = q.team_id WHERE m.id = :me)""",
    "all": "true",
}
_ORDER: Final = " ORDER BY p.name, p.id"
_OF: Final[Mapping[Whose, str]] = {key: _REPS + where + _ORDER for key, where in _WHOSE.items()}
# made counts in the week in which it was made; accepted, edited, sent and minutes in the week in which it was accepted
_USE: Final = """
SELECT e.person_id, e.week_on, sum(e.made) AS made, sum(e.accepted) AS accepted, sum(e.edited) AS edited, sum(e.sent) AS sent,
       sum(e.minutes) AS minutes, sum(e.changed) AS changed, sum(e.untimed) AS untimed
FROM (
    SELECT person_id, date_trunc('week', made_at AT TIME ZONE 'UTC')::date AS week_on, 1 AS made, 0 AS accepted, 0 AS edited, 0 AS sent,
           0.0 AS minutes, 0 AS changed, 0 AS untimed FROM artefacts
    UNION ALL
    SELECT person_id, date_trunc('week', accepted_at AT TIME ZONE 'UTC')::date, 0, 1, edited::int, (accepted_how = 'sent')::int,
           coalesce(minutes, 0), (minutes IS NULL AND edited)::int, (minutes IS NULL AND NOT edited)::int FROM artefacts WHERE accepted_at IS NOT NULL) e
WHERE e.person_id = ANY (CAST(:people AS uuid[])) AND e.week_on BETWEEN :first AND :last
GROUP BY e.person_id, e.week_on ORDER BY e.person_id, e.week_on
"""
_BEGUN: Final = """
SELECT DISTINCT a.person_id FROM artefacts a WHERE a.accepted_at IS NOT NULL AND a.person_id = ANY (CAST(:people AS uuid[]))
"""
_ROWS: Final = """
SELECT a.* FROM artefacts a WHERE a.person_id = ANY (CAST(:people AS uuid[]))
  AND (CAST(:first AS date) IS NULL OR (CASE WHEN :accepted THEN a.accepted_at ELSE a.made_at END AT TIME ZONE 'UTC')::date
       BETWEEN :first AND :last)
  AND (NOT :accepted OR a.accepted_at IS NOT NULL)
ORDER BY coalesce(a.accepted_at, a.made_at) DESC, a.id LIMIT :limit
"""
_MOTION: Final = """CASE WHEN x.kind = 'email' AND x.direction = 'out' THEN 'outreach' WHEN x.kind = 'email' THEN 'answer'
    WHEN x.kind = 'call' THEN 'follow_up' WHEN x.kind = 'meeting' THEN 'brief' END"""
_WORK: Final = f"""
SELECT x.owner_id AS person_id, {_MOTION} AS motion, count(*) AS number FROM remit.activities x
WHERE x.owner_id = ANY (CAST(:people AS uuid[])) AND x.at >= :since AND x.at < :until AND x.kind IN ('email', 'call', 'meeting')
GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""
_ACCEPTED: Final = """
SELECT a.motion, count(*) AS number FROM artefacts a
WHERE a.person_id = ANY (CAST(:people AS uuid[])) AND a.accepted_at >= :since AND a.accepted_at < :until GROUP BY a.motion
"""
_WORDS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "outreach": (
        "e-mail to a buyer",
        "e-mails to buyers",
        "Have a first message written from facts",
        "/write/new",
    ),
    "answer": (
        "message from a buyer",
        "messages from buyers",
        "Have the answer to a waiting reply begun",
        "/today?kind=reply",
    ),
    "follow_up": ("call", "calls", "Have the follow-up of a call written from its note", "/write"),
    "brief": ("meeting", "meetings", "Prepare the next meeting from its account", "/today?kind=meeting"),
}


class ScopeUnknown(ValueError):
    """Neither me nor team nor all."""

    code = "whose_unknown"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Use:
    """One person's ISO week. Made counts when it was made; the others when it was accepted. `minutes` saved, estimated.

    Of the accepted, `changed` count no minutes because a person changed them, `untimed` because nobody knows their time by hand.
    """

    week_on: date
    made: int = 0
    accepted: int = 0
    edited: int = 0
    sent: int = 0
    minutes: float = 0.0
    changed: int = 0
    untimed: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(
            self.week_on, self.made + other.made, self.accepted + other.accepted, self.edited + other.edited,
            self.sent + other.sent, self.minutes + other.minutes, self.changed + other.changed, self.untimed + other.untimed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonUse:
    """A rep and their weeks, oldest first, each week once."""

    id: UUID
    name: str
    title: str
    weeks: tuple[Use, ...]
    begun: bool

    @property
    def total(self) -> Use:
        """All shown weeks together."""
        return sum(self.weeks[1:], self.weeks[0])


@dataclass(frozen=True, slots=True)
class Motion:
    """A kind of work (`work_one`, `work`: one of it, several), in HELP_DAYS days.

    `work_count` counts activities on record, `accepted_count` texts of AI that were sent, saved or cited: one call may have several
    texts, and a message from a buyer none, so neither bounds the other.
    """

    key: str
    work_one: str
    work: str
    work_count: int
    accepted_count: int
    help: str
    href: str


@dataclass(frozen=True, slots=True)
class NotBegun:
    """A rep who has had nothing accepted yet, and the work of theirs with which it could begin (None: nothing logged)."""

    id: UUID
    name: str
    motion: Motion | None


@dataclass(frozen=True, slots=True)
class Adoption:
    """People by name, the share per week, motions, who has not begun. Counted over what the reader may see."""

    whose: Whose
    people: tuple[PersonUse, ...]
    weeks: tuple[Week, ...]
    motions: tuple[Motion, ...]
    not_begun: tuple[NotBegun, ...]

    @property
    def total(self) -> Use:
        """All people and shown weeks together; the week is the first one's. Empty without people."""
        return sum((one.total for one in self.people), Use(self.weeks[0].week_on if self.weeks else date.min))


def whose(roles: frozenset[str], asked: str = "") -> Whose:
    """Whose use somebody with these roles sees: `asked`, but no more than their own, their team's or everybody's.

    Raises ScopeUnknown for another word.
    """
    widest: Whose = "all" if roles & SEE_ALL else "team" if "manager" in roles else "me"
    order: tuple[Whose, ...] = ("me", "team", "all")
    if asked and asked not in order:
        raise ScopeUnknown("Use of AI is shown of me, team or all.")
    return next((one for one in order if one in (asked, widest)), widest)


@dataclass(frozen=True, slots=True)
class Rep:
    """A rep of now."""

    id: UUID
    name: str
    title: str


def load_reps(session: ReadSession, whose: Whose) -> list[Rep]:
    """Active reps by name: me, my team (who reports to me, or is of my team), or all."""
    rows = session.rows(_OF[whose], {"me": session.scope.person_id, "roles": list(REP_ROLES)})
    return [Rep(row.id, row.name, row.title) for row in rows]


def get_adoption(scope: Scope, whose: Whose, today: date, *, weeks: int = WEEKS) -> Adoption:
    """Use of AI by me, my team or everybody, over the last `weeks` ISO weeks, the present one included."""
    last = monday_of(today)
    first = last - timedelta(weeks=weeks - 1)
    with read(scope) as session:
        rows = load_reps(session, whose)
        ids = [row.id for row in rows]
        used = _used(session, ids, first, last)
        begun = {row.person_id for row in session.rows(with_artefacts(_BEGUN), {"people": ids})}
        shares = load_weeks(session, first, last, people=ids)
        motions, by_person = _motions(session, ids, today)
    every = [first + timedelta(weeks=number) for number in range(weeks)]
    people = tuple(
        PersonUse(
            row.id,
            row.name,
            row.title,
            tuple(used.get((row.id, day), Use(day)) for day in every),
            row.id in begun,
        )
        for row in rows
    )
    without = tuple(NotBegun(one.id, one.name, by_person.get(one.id)) for one in people if not one.begun)
    return Adoption(whose, people, tuple(shares), motions, without)


def list_artefacts(
    scope: Scope,
    whose: Whose,
    *,
    person_id: UUID | None = None,
    days: tuple[date, date] | None = None,
    accepted: bool = True,
) -> list[Artefact]:
    """The artefacts behind a number, newest first: of one person or all that `whose` names, of these days (both counted) or all."""
    with read(scope) as session:
        chosen = [one.id for one in load_reps(session, whose) if person_id in (None, one.id)]
        first, last = days or (None, None)
        given = {
            "people": chosen, "first": first, "last": last, "accepted": accepted, "limit": MOST_ROWS,
        }  # fmt: skip
        return [of_row(row) for row in session.rows(with_artefacts(_ROWS), given)]


def _used(session: ReadSession, ids: list[UUID], first: date, last: date) -> dict[tuple[UUID, date], Use]:
    rows = session.rows(with_artefacts(_USE), {"people": ids, "first": first, "last": last})
    return {
        (row.person_id, row.week_on): Use(
            row.week_on,
            row.made,
            row.accepted,
            row.edited,
            row.sent,
            float(row.minutes),
            row.changed,
            row.untimed,
        )
        for row in rows
    }


def _motions(
    session: ReadSession, ids: list[UUID], today: date
) -> tuple[tuple[Motion, ...], dict[UUID, Motion]]:
    given: dict[str, Any] = {
        "people": ids, "since": today - timedelta(days=HELP_DAYS), "until": today + timedelta(days=1),
    }  # fmt: skip
    work = session.rows(_WORK, given)
    helped: dict[str, int] = dict.fromkeys(_WORDS, 0)
    for row in session.rows(with_artefacts(_ACCEPTED), given):
        helped[row.motion] = row.number
    totals: dict[str, int] = dict.fromkeys(_WORDS, 0)
    by_person: dict[UUID, Motion] = {}
    for row in work:  # each person's most frequent work comes first
        totals[row.motion] += row.number
        by_person.setdefault(row.person_id, _motion(row.motion, row.number, 0))
    motions = tuple(_motion(key, totals[key], helped[key]) for key in _WORDS)
    return motions, by_person


def _motion(key: str, work: int, accepted: int) -> Motion:
    one, name, help_, href = _WORDS[key]
    return Motion(key, one, name, work, accepted, help_, href)
