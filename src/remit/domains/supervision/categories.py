"""Categories of templates and how they stand: approved of these versions, under these rules, until this day (S1-R3, S1-G3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.supervision import rules
from remit.domains.supervision.profiles import Profile, load_profiles, rules_version
from remit.domains.supervision.rules import CATEGORIES
from remit.kit import clock
from remit.scope import Scope

USE_DAYS: Final = 90

_LIVE: Final = """
SELECT v.category, array_agg(v.id ORDER BY t.key) AS ids, array_agg(t.key || ' version ' || v.number ORDER BY t.key) AS names
FROM remit.template_versions v JOIN remit.templates t ON t.id = v.template_id
WHERE v.state = 'live' AND v.review_by_on >= :today GROUP BY v.category
"""
# sent, kept or approved as part of a proposal from a template of the category, in what the reader sees
_USED: Final = """
SELECT v.category, count(*) AS uses, max(u.at) AS last_at FROM (
    SELECT d.template_version_id AS version_id, d.updated_at AS at FROM remit.drafts d
    WHERE d.template_version_id IS NOT NULL AND d.state = 'sent' AND d.updated_at >= :since
    UNION ALL SELECT x.version_id, x.made_at FROM remit.template_texts x WHERE x.made_at >= :since
    UNION ALL SELECT CAST(z ->> 'version_id' AS uuid), a.approved_at FROM remit.proposal_versions a CROSS JOIN LATERAL jsonb_array_elements(a.document -> 'sections') z
    WHERE a.approved_at >= :since AND z ->> 'version_id' <> '') u
JOIN remit.template_versions v ON v.id = u.version_id GROUP BY v.category
"""
_APPROVALS: Final = """
SELECT a.id, a.category, a.rules_sha256, a.version_ids, a.expires_on, a.note, a.approved_by, p.name AS approved_by_name,
    coalesce(q.name, '') AS second_by_name, a.at, a.ended_at, coalesce(e.name, '') AS ended_by_name, a.ended_why, a.version,
    p.active AND EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = a.approved_by AND r.role = 'compliance') AS by_compliance
FROM remit.category_approvals a JOIN remit.people p ON p.id = a.approved_by LEFT JOIN remit.people q ON q.id = a.second_by
LEFT JOIN remit.people e ON e.id = a.ended_by
"""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval of a category; live while `ended_at` is None. `by_compliance`: its approver is active and of compliance today."""

    id: UUID
    category: str
    rules_sha256: str
    version_ids: Sequence[UUID]
    expires_on: date
    note: str
    approved_by: UUID
    approved_by_name: str
    second_by_name: str
    at: datetime
    ended_at: datetime | None
    ended_by_name: str
    ended_why: str
    version: int
    by_compliance: bool

    def left(self) -> rules.Approved:
        """What the rules look at."""
        return rules.Approved(
            self.rules_sha256, frozenset(self.version_ids), self.expires_on, self.by_compliance
        )


@dataclass(frozen=True, slots=True)
class Category:
    """A category today. `why_not`: why its live versions stand under no approval, "" when they do; `needed`: a profile asks for it.

    `uses`: messages sent, texts kept and sections of approved proposals from its templates in 90 days, in what the reader sees. `new`: live versions that no approval covers.
    """

    key: str
    title: str
    live_ids: Sequence[UUID]
    live_names: Sequence[str]
    uses: int
    last_at: datetime | None
    approval: Approval | None
    why_not: str
    new: Sequence[str]
    needed: bool

    @property
    def in_use(self) -> bool:
        """Whether it has a live template, or something was written from one in the window."""
        return bool(self.live_ids) or self.uses > 0


@dataclass(frozen=True, slots=True)
class Standing:
    """All categories with the version of the rules that approvals are of now."""

    categories: Sequence[Category]
    rules_sha256: str
    profiles: Sequence[Profile]

    @property
    def in_use(self) -> list[Category]:
        """Those that count for S1-G3."""
        return [one for one in self.categories if one.in_use]


def load_standing(s: ReadSession, today: date) -> Standing:
    """Every category as it stands today, in the order of the library."""
    profiles = load_profiles(s)
    version = rules_version(profiles)
    live = {row.category: row for row in s.rows(_LIVE, {"today": today})}
    used = {row.category: row for row in s.rows(_USED, {"since": today - timedelta(days=USE_DAYS)})}
    approvals = {one.category: one for one in load_approvals(s)}
    needed = {name for one in profiles for name in one.approval_of}
    return Standing(
        [
            _category(key, live.get(key), used.get(key), approvals.get(key), version, key in needed, today)
            for key in CATEGORIES
        ],
        version,
        profiles,
    )


def _category(
    key: str, live: object, used: object, approval: Approval | None, version: str, needed: bool, today: date
) -> Category:
    ids: list[UUID] = list(getattr(live, "ids", ()))
    names: list[str] = list(getattr(live, "names", ()))
    covered = set(approval.version_ids) if approval else set()
    return Category(
        key, CATEGORIES[key], ids, names, getattr(used, "uses", 0), getattr(used, "last_at", None), approval,
        rules.why_not_covered(approval.left() if approval else None, version, ids, today),
        [name for one, name in zip(ids, names, strict=True) if one not in covered], needed,
    )  # fmt: skip


def get_standing(scope: Scope, today: date) -> Standing:
    """As load_standing."""
    with read(scope) as s:
        return load_standing(s, today)


def load_approvals(s: ReadSession, category: str | None = None) -> list[Approval]:
    """The live approvals; with a category all of it, ended ones too, newest first."""
    where = "WHERE a.category = :category ORDER BY a.at DESC" if category else "WHERE a.ended_at IS NULL"
    rows = s.rows(_APPROVALS + where, {"category": category} if category else None)
    return [Approval(**row._mapping) for row in rows]


def get_category(scope: Scope, key: str) -> tuple[Category, Standing, list[Approval]]:
    """One category, the whole standing, and all its approvals. Raises NotFound."""
    with read(scope) as s:
        standing = load_standing(s, clock.today())
        found = next((one for one in standing.categories if one.key == key), None)
        if found is None:
            raise NotFound("category")
        return found, standing, load_approvals(s, key)


def find_why_not(s: ReadSession, category: str, version_id: UUID, jurisdictions: Sequence[str], today: date) -> str:  # fmt: skip
    """Why a template version may not be used for want of an approval of its category; "" where it may, or no profile asks.

    A profile asks when it names the category, for a jurisdiction that the template is for.
    """
    profiles = load_profiles(s)
    asking = [
        one for one in profiles
        if category in one.approval_of and ("any" in jurisdictions or one.jurisdiction in jurisdictions)
    ]  # fmt: skip
    if not asking:
        return ""
    approval = next((one for one in load_approvals(s) if one.category == category), None)
    left = approval.left() if approval else None
    why = rules.why_not_covered(left, rules_version(profiles), [version_id], today)
    return (
        f"the rules of {asking[0].entity} ask that its category, {CATEGORIES[category]}, is approved as it stands, and {why}"
        if why
        else ""
    )


def covered_ids(found: Sequence[Category]) -> list[UUID]:
    """The approvals under which categories stand."""
    return [one.approval.id for one in found if one.approval is not None and not one.why_not]
