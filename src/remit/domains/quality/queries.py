"""Data-quality issues that a scope may see: the repair queue, and counts per rep, account and kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import read
from remit.kit import paging
from remit.scope import Scope

Whose = Literal["me", "team", "all"]


@dataclass(frozen=True)
class Filters:
    """Which issues. `whose` is about who has to mend them: me, my team and whoever reports to me, or all that I may see."""

    whose: Whose = "all"
    owner_id: UUID | None = None
    unowned: bool = False
    account_id: UUID | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Issue:
    """One open issue. `account_name` is None where the record belongs to no account.

    `record` names the deal, contact or lead. `other_account` names the second of two accounts that may be one, where the
    scope may see it.
    """

    id: UUID
    kind: str
    object_type: str
    object_id: UUID
    other_id: UUID | None
    field: str
    detail: str
    account_id: UUID | None
    account_name: str | None
    owner_id: UUID | None
    owner_name: str | None
    found_at: datetime
    version: int
    other_account: str | None
    record: str | None


@dataclass(frozen=True)
class IssueCount:
    """Open issues of one kind of one rep (None: nobody's) or account."""

    id: UUID | None
    name: str | None
    kind: str
    count: int


@dataclass(frozen=True)
class Look:
    """The last time that all records were looked through: faults that were new, gone, and open after it."""

    at: datetime
    opened: int
    closed: int
    open: int


@dataclass(frozen=True)
class Lead:
    """One of several leads with the same e-mail address. `received_at` None where the import did not say."""

    id: UUID
    name: str
    firm_name: str
    title: str
    email: str
    state: str
    channel: str
    owner_name: str | None
    received_at: datetime | None


_LOOKED: Final = """
SELECT c.at, c.result FROM remit.actions c WHERE c.kind = 'RefreshQuality' ORDER BY c.at DESC, c.id DESC LIMIT 1
"""
_LEADS: Final = """
SELECT l.id, concat_ws(' ', nullif(l.first_name, ''), nullif(l.last_name, '')), coalesce(l.firm_name, ''), coalesce(l.title, ''),
    l.email, l.state, coalesce(l.channel, ''), p.name, l.received_at
FROM remit.quality_issues q JOIN remit.leads f ON f.id = q.object_id
JOIN remit.leads l ON lower(l.email) = lower(f.email) AND l.access_id = f.access_id LEFT JOIN remit.people p ON p.id = l.owner_id
WHERE q.id = :issue AND q.object_type = 'lead' ORDER BY l.id LIMIT 200
"""
_WHERE: Final = """q.state = 'open' AND (CAST(:owner AS uuid) IS NULL OR q.owner_id = :owner) AND (NOT :unowned OR q.owner_id IS NULL)
    AND (CAST(:account AS uuid) IS NULL OR q.account_id = :account) AND (CAST(:kind AS text) IS NULL OR q.kind = :kind)"""
_MINE: Final = {
    "me": " AND q.owner_id = :me",
    "team": """ AND q.owner_id IN (
        WITH RECURSIVE r AS (SELECT id FROM remit.people WHERE id = :me
            UNION SELECT p.id FROM remit.people p JOIN r ON p.manager_id = r.id)
        SELECT id FROM r UNION SELECT p.id FROM remit.people p JOIN remit.people m ON m.team_id = p.team_id WHERE m.id = :me)""",
    "all": "",
}


_LIST: Final = """
SELECT q.id, q.kind, q.object_type, q.object_id, q.other_id, q.field, q.detail, q.account_id, a.name AS account_name,
    q.owner_id, p.name AS owner_name, q.found_at, q.version, o.name AS other_account,
    coalesce((SELECT d.name FROM remit.opportunities d WHERE q.object_type = 'opportunity' AND d.id = q.object_id),
             (SELECT concat_ws(' ', c.first_name, c.last_name) FROM remit.contacts c WHERE q.object_type = 'contact' AND c.id = q.object_id),
             (SELECT concat_ws(' ', l.first_name, l.last_name) FROM remit.leads l WHERE q.object_type = 'lead' AND l.id = q.object_id)) AS record
FROM remit.quality_issues q LEFT JOIN remit.accounts a ON a.id = q.account_id LEFT JOIN remit.people p ON p.id = q.owner_id
LEFT JOIN remit.accounts o ON o.id = q.other_id AND q.object_type = 'account'
WHERE {where} AND (CAST(:k AS text) IS NULL OR (q.kind, q.id) > (CAST(:k AS text), CAST(:i AS uuid)))
ORDER BY q.kind, q.id LIMIT :n
"""
_KINDS: Final = (
    "SELECT q.kind, count(*) AS issues FROM remit.quality_issues q WHERE {where} GROUP BY 1 LIMIT 10"
)


def _narrowed(scope: Scope, filters: Filters) -> tuple[str, dict[str, Any]]:
    given = {
        "owner": filters.owner_id, "unowned": filters.unowned, "account": filters.account_id, "kind": filters.kind,
    }  # fmt: skip
    return _WHERE + _MINE[filters.whose], given | ({} if filters.whose == "all" else {"me": scope.person_id})


def list_issues(
    scope: Scope, filters: Filters | None = None, *, cursor: str | None = None, size: int = 50
) -> paging.Page[Issue]:
    """The repair queue: contradictions first, then duplicates, missing, stale; by id within. Pages by key."""
    kind, last = _place(cursor)
    where, given = _narrowed(scope, filters or Filters())
    with read(scope) as s:
        rows = s.rows(
            _LIST.format(where=where),
            {**given, "k": kind, "i": last, "n": size + 1},
        )
    return paging.page([Issue(*tuple(row)) for row in rows], size, lambda each: (each.kind, str(each.id)))


def find_last_look(scope: Scope) -> Look | None:
    """When all records were last looked through, and what that found; None before the first time."""
    with read(scope) as s:
        row = s.row(_LOOKED, {})
    return (
        None if row is None else Look(row.at, row.result["opened"], row.result["closed"], row.result["open"])
    )


def list_repeated_leads(scope: Scope, issue_id: UUID) -> list[Lead]:
    """The leads behind an issue about a repeated address, first come first. Raises NotFound for any other issue."""
    with read(scope) as s:
        rows = s.rows(_LEADS, {"issue": issue_id})
    if not rows:
        raise NotFound("group of leads")
    return [Lead(*tuple(row)) for row in rows]


def _place(cursor: str | None) -> tuple[str | None, UUID | None]:
    if not cursor:
        return None, None
    kind, last = paging.decode(cursor, 2)
    try:
        return str(kind), UUID(str(last))
    except ValueError as error:
        raise paging.CursorInvalid("this page address belongs to another list") from error


def count_by_rep(scope: Scope, filters: Filters | None = None, limit: int = 5_000) -> list[IssueCount]:
    """Open issues per rep and kind, most first."""
    return _counts(
        scope, filters, "q.owner_id", "LEFT JOIN remit.people n ON n.id = q.owner_id", "true", limit
    )


def count_by_account(scope: Scope, filters: Filters | None = None, limit: int = 100) -> list[IssueCount]:
    """Open issues per account and kind, most first."""
    join = "JOIN remit.accounts n ON n.id = q.account_id"
    return _counts(scope, filters, "q.account_id", join, "q.account_id IS NOT NULL", limit)


def count_by_kind(scope: Scope, filters: Filters) -> dict[str, int]:
    """Open issues per kind; a kind without any is left out."""
    where, given = _narrowed(scope, filters)
    with read(scope) as s:
        rows = s.rows(_KINDS.format(where=where), given)
    return {row.kind: row.issues for row in rows}


def _counts(
    scope: Scope, filters: Filters | None, column: str, join: str, also: str, limit: int
) -> list[IssueCount]:
    where, given = _narrowed(scope, filters or Filters())
    query = f"""SELECT {column}, max(n.name), q.kind, count(*) FROM remit.quality_issues q {join} WHERE {where} AND {also}
        GROUP BY 1, 3 ORDER BY sum(count(*)) OVER (PARTITION BY {column}) DESC, 2, 1, 3 LIMIT :n"""
    with read(scope) as s:
        rows = s.rows(query, {**given, "n": limit})
    return [IssueCount(*tuple(row)) for row in rows]
