"""Data-quality issues that a scope may see: the repair queue, and counts per rep, account and kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from remit.db.sessions import read
from remit.kit import paging
from remit.scope import Scope


@dataclass(frozen=True)
class Issue:
    """One open issue. `account_name` is None where the record belongs to no account."""

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


@dataclass(frozen=True)
class IssueCount:
    """Open issues of one kind of one rep (None: nobody's) or account."""

    id: UUID | None
    name: str | None
    kind: str
    count: int


def list_issues(
    scope: Scope, *, owner_id: UUID | None = None, account_id: UUID | None = None, kind: str | None = None,
    cursor: str | None = None, size: int = 50,
) -> paging.Page[Issue]:  # fmt: skip
    """The repair queue: contradictions first, then duplicates, missing, stale; by id within. Pages by key."""
    key = paging.decode(cursor, 2) if cursor else (None, None)
    with read(scope) as s:
        rows = s.rows(
            """SELECT q.id, q.kind, q.object_type, q.object_id, q.other_id, q.field, q.detail, q.account_id, a.name AS account_name,
                q.owner_id, p.name AS owner_name, q.found_at, q.version
            FROM remit.quality_issues q LEFT JOIN remit.accounts a ON a.id = q.account_id LEFT JOIN remit.people p ON p.id = q.owner_id
            WHERE q.state = 'open' AND (CAST(:owner AS uuid) IS NULL OR q.owner_id = :owner)
              AND (CAST(:account AS uuid) IS NULL OR q.account_id = :account) AND (CAST(:kind AS text) IS NULL OR q.kind = :kind)
              AND (CAST(:k AS text) IS NULL OR (q.kind, q.id) > (CAST(:k AS text), CAST(:i AS uuid)))
            ORDER BY q.kind, q.id LIMIT :n""",
            {"owner": owner_id, "account": account_id, "kind": kind, "k": key[0], "i": key[1], "n": size + 1},
        )
    return paging.page([Issue(*tuple(row)) for row in rows], size, lambda each: (each.kind, str(each.id)))


def count_by_rep(scope: Scope) -> list[IssueCount]:
    """Open issues per rep and kind, most first."""
    return _counts(scope, "q.owner_id", "LEFT JOIN remit.people n ON n.id = q.owner_id", 5_000)


def count_by_account(scope: Scope, limit: int = 100) -> list[IssueCount]:
    """Open issues per account and kind, most first."""
    return _counts(scope, "q.account_id", "LEFT JOIN remit.accounts n ON n.id = q.account_id", limit)


def _counts(scope: Scope, column: str, join: str, limit: int) -> list[IssueCount]:
    query = f"""SELECT {column}, max(n.name), q.kind, count(*) FROM remit.quality_issues q {join} WHERE q.state = 'open'
        GROUP BY 1, 3 ORDER BY 4 DESC, 2, 3 LIMIT :n"""
    with read(scope) as s:
        rows = s.rows(query, {"n": limit})
    return [IssueCount(*tuple(row)) for row in rows]
