"""Reads of the review queue, findings and remediation. An open item tells its words and nothing of where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from remit.actions import NotFound, Refused
from remit.db.sessions import ReadSession, read
from remit.kit import paging
from remit.scope import Scope

READERS: Final = ("compliance", "governance", "vp", "manager")
"""Who reads what was drawn and what was found in it, on every face; others see the remediation that is theirs."""

_ITEM_COLUMNS: Final = """i.id, i.account_id, a.name AS account, i.category, i.jurisdiction, i.subject, i.body, i.sent_at, i.why, i.rate,
    i.drawn_at, i.due_on, i.state, coalesce(p.name, '') AS reviewed_by_name, i.reviewed_at, i.seconds, i.note, i.version,
    o.message_id, coalesce(w.name, '') AS author_name, o.period, o.drawn, z.defect AS seeded_defect, z.quote AS seeded_quote, z.answer AS seeded_answer"""
_ITEMS: Final = """FROM remit.review_items i JOIN remit.accounts a ON a.id = i.account_id LEFT JOIN remit.people p ON p.id = i.reviewed_by
    LEFT JOIN remit.review_origins o ON o.item_id = i.id LEFT JOIN remit.people w ON w.id = o.author_id
    LEFT JOIN remit.seeded_drafts z ON z.item_id = i.id"""
_OPEN: Final = f"""
SELECT {_ITEM_COLUMNS} {_ITEMS} WHERE i.state = 'open'
  AND (CAST(:day AS date) IS NULL OR (i.due_on, i.id) > (CAST(:day AS date), CAST(:id AS uuid))) ORDER BY i.due_on, i.id LIMIT :limit
"""
_DONE: Final = f"""
SELECT {_ITEM_COLUMNS} {_ITEMS} WHERE i.state <> 'open'
  AND (CAST(:at AS timestamptz) IS NULL OR (i.reviewed_at, i.id) < (CAST(:at AS timestamptz), CAST(:id AS uuid)))
ORDER BY i.reviewed_at DESC, i.id DESC LIMIT :limit
"""
_ONE: Final = f"SELECT {_ITEM_COLUMNS} {_ITEMS} WHERE i.id = :id"
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'open' AND due_on < :today) AS late,
    count(*) FILTER (WHERE state <> 'open' AND reviewed_at >= :since) AS reviewed FROM remit.review_items
"""
# what was found in a seeded draft is a catch, not a finding about anybody
_FINDINGS: Final = """
SELECT f.id, f.item_id, f.account_id, a.name AS account, f.person_id, coalesce(p.name, '') AS person_name, f.severity, f.rule_id, f.quote, f.note,
    q.name AS found_by_name, f.found_at, i.subject, i.category,
    (SELECT count(*) FROM remit.remediations r WHERE r.finding_id = f.id)::int AS remedies,
    (SELECT count(*) FROM remit.remediations r WHERE r.finding_id = f.id AND r.state = 'verified')::int AS verified
FROM remit.findings f JOIN remit.accounts a ON a.id = f.account_id JOIN remit.people q ON q.id = f.found_by
JOIN remit.review_items i ON i.id = f.item_id LEFT JOIN remit.people p ON p.id = f.person_id
WHERE NOT EXISTS (SELECT FROM remit.seeded_drafts z WHERE z.item_id = f.item_id)
"""
_REMEDIES: Final = """
SELECT r.id, r.finding_id, r.account_id, a.name AS account, r.task, r.owner_id, o.name AS owner_name, r.due_on, r.state, s.name AS set_by_name,
    r.set_at, coalesce(d.name, '') AS done_by_name, r.done_at, r.done_note, coalesce(v.name, '') AS verified_by_name, r.verified_at,
    r.verified_note, r.version
FROM remit.remediations r JOIN remit.accounts a ON a.id = r.account_id JOIN remit.people o ON o.id = r.owner_id JOIN remit.people s ON s.id = r.set_by
LEFT JOIN remit.people d ON d.id = r.done_by LEFT JOIN remit.people v ON v.id = r.verified_by
"""


_FOUND: Final = f"{_FINDINGS} ORDER BY f.found_at DESC, f.id DESC LIMIT :limit"
_FOUND_IN: Final = f"{_FINDINGS} AND f.item_id = :item ORDER BY f.found_at DESC, f.id DESC"
_FOUND_ONE: Final = f"{_FINDINGS} AND f.id = :id"
_REMEDIES_OF: Final = f"{_REMEDIES} WHERE r.finding_id = :id ORDER BY r.due_on, r.id"
_REMEDY: Final = f"{_REMEDIES} WHERE r.id = :id"
_REMEDIES_OPEN: Final = f"""
{_REMEDIES} WHERE r.state <> 'verified' AND (CAST(:owner AS uuid) IS NULL OR r.owner_id = :owner) ORDER BY r.due_on, r.id
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A message that was drawn. Author, message, period and number, and that it was seeded, are empty until it is decided."""

    id: UUID
    account_id: UUID
    account: str
    category: str
    jurisdiction: str
    subject: str
    body: str
    sent_at: datetime
    why: Sequence[str]
    rate: float
    drawn_at: datetime
    due_on: date
    state: str
    reviewed_by_name: str
    reviewed_at: datetime | None
    seconds: int | None
    note: str
    version: int
    message_id: UUID | None
    author_name: str
    period: str | None
    drawn: float | None
    seeded_defect: str | None
    seeded_quote: str | None
    seeded_answer: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found in a message that went out. `remedies`, `verified`: how many remediations it has, and how many of them were verified."""

    id: UUID
    item_id: UUID
    account_id: UUID
    account: str
    person_id: UUID | None
    person_name: str
    severity: str
    rule_id: str
    quote: str
    note: str
    found_by_name: str
    found_at: datetime
    subject: str
    category: str
    remedies: int
    verified: int

    @property
    def settled(self) -> bool:
        """Whether something was done about it, and all of that verified."""
        return 0 < self.remedies == self.verified


@dataclass(frozen=True, slots=True)
class Remedy:
    """A remediation: open, done (waits for somebody else to verify it), verified."""

    id: UUID
    finding_id: UUID
    account_id: UUID
    account: str
    task: str
    owner_id: UUID
    owner_name: str
    due_on: date
    state: str
    set_by_name: str
    set_at: datetime
    done_by_name: str
    done_at: datetime | None
    done_note: str
    verified_by_name: str
    verified_at: datetime | None
    verified_note: str
    version: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Items that wait, those past their day, and those reviewed since a day."""

    open: int
    late: int
    reviewed: int


def may_read(scope: Scope) -> bool:
    """Whether the scope's person reads what was drawn and found."""
    return not scope.roles.isdisjoint(READERS)


def _check_reader(scope: Scope) -> None:
    if not may_read(scope):
        raise Refused(
            "What was drawn for review is read by compliance, the governance board, the VP and managers; ask compliance.",
            code="not_permitted",
        )


def list_open(scope: Scope, *, after: str | None = None, size: int | None = None) -> paging.Page[Item]:
    """What waits for a review, the most urgent first. Raises Refused for others than READERS; CursorInvalid."""
    _check_reader(scope)
    wanted = paging.size(size)
    day, last = paging.as_texts(after, 2) if after else (None, None)
    with read(scope) as s:
        rows = s.rows(_OPEN, {"day": day, "id": last, "limit": wanted + 1})
    return paging.page(
        [Item(**row._mapping) for row in rows], wanted, lambda one: (one.due_on.isoformat(), str(one.id))
    )


def list_done(scope: Scope, *, after: str | None = None, size: int | None = None) -> paging.Page[Item]:
    """What was reviewed, the last first. Raises Refused for others than READERS; CursorInvalid."""
    _check_reader(scope)
    wanted = paging.size(size)
    at, last = paging.as_texts(after, 2) if after else (None, None)
    with read(scope) as s:
        rows = s.rows(_DONE, {"at": at, "id": last, "limit": wanted + 1})
    return paging.page(
        [Item(**row._mapping) for row in rows],
        wanted,
        lambda one: (one.reviewed_at.isoformat() if one.reviewed_at else "", str(one.id)),
    )


def load_item(s: ReadSession, item_id: UUID) -> Item:
    """One item. Raises NotFound."""
    row = s.row(_ONE, {"id": item_id})
    if row is None:
        raise NotFound("item of the review queue")
    return Item(**row._mapping)


def get_item(scope: Scope, item_id: UUID) -> tuple[Item, list[Finding]]:
    """One item with what was found in it. Raises Refused for others than READERS; NotFound."""
    _check_reader(scope)
    with read(scope) as s:
        return load_item(s, item_id), _findings(s, _FOUND_IN, {"item": item_id})


def count_items(scope: Scope, today: date, since: date) -> Counts:
    """How much waits, is late, was done, in what the reader sees."""
    with read(scope) as s:
        row = s.row(_COUNTS, {"today": today, "since": since})
    return Counts(row.open, row.late, row.reviewed) if row is not None else Counts(0, 0, 0)


def list_findings(scope: Scope, *, limit: int = 200) -> list[Finding]:
    """Findings about what went out, newest first. Raises Refused for others than READERS."""
    _check_reader(scope)
    with read(scope) as s:
        return _findings(s, _FOUND, {"limit": limit})


def get_finding(scope: Scope, finding_id: UUID) -> tuple[Finding, list[Remedy]]:
    """One finding with its remediation; for others than READERS only what they have to remedy. Raises NotFound."""
    with read(scope) as s:
        found = _findings(s, _FOUND_ONE, {"id": finding_id})
        remedies = _remedies(s, _REMEDIES_OF, {"id": finding_id}) if found else []
    if not found or not (may_read(scope) or scope.person_id in {one.owner_id for one in remedies}):
        raise NotFound("finding")
    return found[0], remedies


def list_remedies(scope: Scope, *, owner_id: UUID | None = None) -> list[Remedy]:
    """Remediation that is not verified yet, the most urgent first; of one person with `owner_id`, and always for others than READERS."""
    whose = owner_id if may_read(scope) else scope.person_id
    with read(scope) as s:
        return _remedies(s, _REMEDIES_OPEN, {"owner": whose})


def find_remedy(scope: Scope, remedy_id: UUID) -> Remedy:
    """One remediation. Raises NotFound."""
    with read(scope) as s:
        found = _remedies(s, _REMEDY, {"id": remedy_id})
    if not found:
        raise NotFound("remediation")
    return found[0]


def _findings(s: ReadSession, statement: str, values: dict[str, Any]) -> list[Finding]:
    return [Finding(**row._mapping) for row in s.rows(statement, values)]


def _remedies(s: ReadSession, statement: str, values: dict[str, Any]) -> list[Remedy]:
    return [Remedy(**row._mapping) for row in s.rows(statement, values)]
