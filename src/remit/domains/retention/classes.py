"""Kinds of text and how long each is kept. A kind that nobody spoke about is kept for good; a rule profile can only ask for longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit.actions import Action, Change, Check, Conflict, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.supervision.profiles import Profile, asked_of, load_profiles
from remit.evidence.conduct_regimes import jurisdiction_of
from remit.kit import clock
from remit.scope import Scope

Kind = Literal["messages", "notes", "drafts"]
DAYS_A_YEAR: Final = 366
"""A year of keeping is never a day too short."""


@dataclass(frozen=True, slots=True)
class Described:
    """A kind of text. `goes`: what is erased with it. `least_days`: nobody may agree to less. `regulated`: rule profiles count."""

    title: str
    goes: str
    least_days: int
    regulated: bool


KINDS: Final[Mapping[Kind, Described]] = {
    "messages": Described(
        "Messages sent and received",
        "subject and text, also in drafts, sendings, reviews, the timeline and the acts that wrote them; e-mails that a CRM brought or somebody logged",
        365,
        True,
    ),
    "notes": Described(
        "Notes of calls and meetings",
        "subject and text on the timeline, and in the acts that wrote them",
        365,
        True,
    ),
    "drafts": Described(
        "Drafts that were discarded", "subject and text, and in the acts that wrote them", 30, False
    ),
}
_CLASSES: Final = """
SELECT c.kind, c.keep_days, c.reason, b.name AS set_by, g.name AS agreed_by, c.set_at, c.version
FROM remit.retention_classes c JOIN remit.people b ON b.id = c.set_by LEFT JOIN remit.people g ON g.id = c.agreed_by
"""
# what a text said while a hold kept it, before it was changed
_VERSIONS: Final = """SELECT v.id, v.at, v.recorded_at, v.account_id, a.name AS account, a.country, v.who, v.subject AS title
        FROM remit.held_versions v LEFT JOIN remit.accounts a ON a.id = v.account_id WHERE v.kind = :kind AND v.at < :soonest"""
_FROM: Final[Mapping[Kind, str]] = {
    "messages": """SELECT m.id, m.at, m.recorded_at, m.account_id, a.name AS account, a.country, d.author_id AS who, m.subject AS title
        FROM remit.messages m LEFT JOIN remit.accounts a ON a.id = m.account_id LEFT JOIN remit.drafts d ON d.id = m.draft_id
        WHERE m.erased_at IS NULL AND m.at < :soonest
        UNION ALL SELECT n.id, n.at, n.created_at, n.account_id, a.name, a.country, n.owner_id, n.subject
        FROM remit.activities n LEFT JOIN remit.accounts a ON a.id = n.account_id
        WHERE n.erased_at IS NULL AND n.kind = 'email' AND n.at < :soonest AND n.subject || n.body <> ''
          AND NOT EXISTS (SELECT FROM remit.messages m WHERE m.message_id = n.message_id AND m.erased_at IS NULL)
        UNION ALL {versions}""",
    "notes": """SELECT n.id, n.at, n.created_at AS recorded_at, n.account_id, a.name AS account, a.country, n.owner_id AS who, n.subject AS title
        FROM remit.activities n LEFT JOIN remit.accounts a ON a.id = n.account_id
        WHERE n.erased_at IS NULL AND n.kind IN ('call', 'meeting', 'note') AND n.at < :soonest AND n.subject || n.body <> ''
        UNION ALL {versions}""",
    "drafts": """SELECT d.id, d.updated_at AS at, d.created_at AS recorded_at, d.account_id, a.name AS account, a.country, d.author_id AS who, d.subject AS title
        FROM remit.drafts d LEFT JOIN remit.accounts a ON a.id = d.account_id
        WHERE d.erased_at IS NULL AND d.state = 'discarded' AND d.updated_at < :soonest
        UNION ALL {versions}""",
}
_DUE: Final = """
SELECT x.id, greatest(x.at, x.recorded_at) AS at, x.account_id, x.account, x.title, remit.held(x.account_id, x.who, x.at, x.recorded_at) AS held
FROM ({found}) x
LEFT JOIN unnest(CAST(:countries AS text[]), CAST(:befores AS timestamptz[])) AS longer (country, before) ON longer.country = x.country
WHERE greatest(x.at, x.recorded_at) < coalesce(longer.before, :otherwise)
"""


class SetRetention(Action):
    """How long a kind of text is kept; `keep_days` 0: for good. Two people agree: what is erased does not come back."""

    event: ClassVar[str] = "retention:set"
    of_kind: Kind
    expected_version: int = 0
    keep_days: Annotated[int, Field(ge=0, le=36_500)]
    reason: Annotated[str, Field(min_length=3, max_length=500)]


@dataclass(frozen=True, slots=True)
class Class:
    """A kind with what was agreed; `keep_days` None: it is kept for good. `profile_years`: the longest that a profile in force asks."""

    kind: Kind
    title: str
    goes: str
    least_days: int
    keep_days: int | None
    reason: str
    set_by: str
    agreed_by: str
    set_at: datetime | None
    version: int
    profile_years: int
    due_count: int
    held_count: int


@dataclass(frozen=True, slots=True)
class DueRow:
    """One text that is due to be erased, or would be if nothing held it. `at`: from when on it is kept, the later of the day
    that it says of itself and the moment it came to us."""

    id: UUID
    at: datetime
    account_id: UUID | None
    account: str | None
    title: str
    held: bool


def list_classes(scope: Scope) -> list[Class]:
    """Each kind: for how long, who agreed, how many texts are due now and how many of those are held."""
    with read(scope) as s:
        agreed = {row.kind: row for row in s.rows(_CLASSES)}
        profiles = load_profiles(s)
        return [_class(s, kind, agreed.get(kind), profiles) for kind in KINDS]


def _class(s: ReadSession, kind: Kind, row: object | None, profiles: list[Profile]) -> Class:
    told, years = KINDS[kind], 0
    if told.regulated and profiles:
        years = max(one.retention_years for one in profiles)
    common = (kind, told.title, told.goes, told.least_days)
    if row is None:
        return Class(*common, None, "", "", "", None, 0, years, 0, 0)
    counted = _found(
        s, kind, "SELECT count(*) FILTER (WHERE NOT held) AS due, count(*) FILTER (WHERE held) AS held"
    )[0]
    return Class(
        *common, row.keep_days, row.reason, row.set_by, row.agreed_by or "", row.set_at, row.version, years,  # type: ignore[attr-defined]
        counted.due, counted.held,
    )  # fmt: skip


def list_due(scope: Scope, kind: Kind, *, limit: int = 200) -> list[DueRow]:
    """What would be erased now, and what a hold keeps: oldest first. Nothing is changed by looking."""
    with read(scope) as s:
        return load_due(s, kind, limit=limit)


def load_due(s: ReadSession, kind: Kind, *, limit: int, unheld: bool = False) -> list[DueRow]:
    """The same in an open session; [] for a kind that is kept for good. `unheld`: only what no hold keeps."""
    more = "WHERE NOT held" if unheld else ""
    rows = _found(
        s, kind, "SELECT id, at, account_id, account, title, held", f"{more} ORDER BY at, id LIMIT {limit:d}"
    )
    return [DueRow(**row._mapping) for row in rows]


def _found(s: ReadSession, kind: Kind, select: str, rest: str = "") -> Sequence[Row[Any]]:
    """`select … rest` over what is due by now; [] for a kind that is kept for good. Both are made of constants and numbers."""
    days = s.scalar("SELECT keep_days FROM remit.retention_classes WHERE kind = :kind", {"kind": kind})
    if days is None:
        return []
    now, soonest = clock.now(), clock.now() - timedelta(days=days)
    countries, befores, otherwise = _longer(s, kind, soonest, now)
    values = {
        "kind": kind,
        "soonest": soonest,
        "countries": countries,
        "befores": befores,
        "otherwise": otherwise,
    }
    return s.rows(  # sql-parts: constants of this module and a number
        f"{select} FROM ({_DUE.format(found=_FROM[kind].format(versions=_VERSIONS))}) AS due {rest}", values
    )


def _longer(
    s: ReadSession, kind: Kind, soonest: datetime, now: datetime
) -> tuple[list[str], list[datetime], datetime]:
    """Before which instant a text may go, by the country of its account; and where that is not known: the longest of all."""
    profiles = load_profiles(s) if KINDS[kind].regulated else []
    if not profiles:
        return [], [], soonest

    def before(jurisdiction: str) -> datetime:
        asked = asked_of(profiles, jurisdiction)
        years = asked.retention_years if asked else 0
        return min(soonest, now - timedelta(days=years * DAYS_A_YEAR))

    known = [
        row.country for row in s.rows("SELECT DISTINCT country FROM remit.accounts WHERE country IS NOT NULL")
    ]
    named = {country: jurisdiction_of(country) for country in known}
    return (
        [country for country, where in named.items() if where],
        [before(where) for where in named.values() if where],
        before(""),
    )


def _kind(session: ReadSession, action: SetRetention) -> Target:
    told = KINDS[action.of_kind]
    version = session.scalar(
        "SELECT version FROM remit.retention_classes WHERE kind = :kind", {"kind": action.of_kind}
    )
    kept = f"kept {action.keep_days} days, then erased" if action.keep_days else "kept for good"
    return Target("retention", title=f"{told.title}: {kept}", version=version or 0)


def _least(_session: ReadSession, action: SetRetention, _target: Target) -> list[Check]:
    least = KINDS[action.of_kind].least_days
    good = action.keep_days == 0 or action.keep_days >= least
    return [
        Check(
            "retention-least",
            good,
            f"{KINDS[action.of_kind].title} are kept {least} days at least, or for good (0).",
        )
    ]


@handler(SetRetention, target=_kind, checks=[_least])
def set_retention(tx: WriteSession, action: SetRetention, target: Target) -> Change:
    """Write how long; what is due by it goes with the next run, not with this act."""
    if tx.approver_id is None:
        raise Refused("How long texts are kept needs a second person.", code="needs_approval")
    row = tx.row(f"{_CLASSES} WHERE c.kind = :kind", {"kind": action.of_kind})
    if (found := row.version if row else 0) != action.expected_version:
        raise Conflict("retention", expected=action.expected_version, found=found, yours={})
    values = {
        "kind": action.of_kind, "days": action.keep_days, "reason": action.reason.strip(), "by": tx.maker_id,
        "second": tx.approver_id, "now": tx.now,
    }  # fmt: skip
    if action.keep_days:
        tx.execute(
            "INSERT INTO remit.retention_classes (kind, keep_days, reason, set_by, agreed_by, set_at)"
            " VALUES (:kind, :days, :reason, :by, :second, :now) ON CONFLICT (kind) DO UPDATE SET keep_days = excluded.keep_days,"
            " reason = excluded.reason, set_by = excluded.set_by, agreed_by = excluded.agreed_by, set_at = excluded.set_at,"
            " version = retention_classes.version + 1",
            values,
        )
    else:
        tx.execute("DELETE FROM remit.retention_classes WHERE kind = :kind", values)
    before = {"keep_days": row.keep_days} if row else {}
    return Change("retention", target.id, before, {"kind": action.of_kind, "keep_days": action.keep_days, "reason": values["reason"]})  # fmt: skip
