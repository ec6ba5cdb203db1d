"""Reads about accounts. Everything runs under the reader's own view; lists page by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions.errors import NotFound
from remit.db.sessions import ReadSession, read
from remit.kit import paging
from remit.kit.money import Money, stored
from remit.kit.text import fold, like
from remit.scope import Scope


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as lists show it. `open_amount`: sum of open deals, None when there is none or currencies differ."""

    id: UUID
    name: str
    segment: str
    relation: str
    key_account: bool
    territory: str
    country: str | None
    owner_id: UUID | None
    owner: str | None
    open_count: int
    open_amount: Money | None
    last_activity_at: datetime | None
    version: int
    aum: Money | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account, as its page shows it."""

    id: UUID
    name: str
    legal_name: str | None
    segment: str
    sector: str | None
    relation: str
    key_account: bool
    territory: str
    barrier: str | None
    website: str | None
    country: str | None
    city: str | None
    founded_on: date | None
    employees_count: int | None
    revenue: Money | None
    aum: Money | None
    owner_id: UUID | None
    owner: str | None
    parent_id: UUID | None
    parent: str | None
    source: str | None
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of accounts is narrowed to; None: not narrowed. `text` matches the beginning of words of the name."""

    text: str | None = None
    segment: str | None = None
    territory_id: int | None = None
    owner_id: UUID | None = None
    relation: str | None = None


_LIST: Final = """
SELECT a.id, a.name, a.sort_key, a.aum_minor, a.aum_currency, a.segment, a.relation, a.key_account, t.name AS territory, a.country, a.owner_id, o.name AS owner,
       coalesce(d.n, 0) AS open_count, d.minor, d.currency, x.at AS last_activity_at, a.version
FROM (SELECT a.*, {key} AS sort_key FROM remit.accounts a WHERE {where} ORDER BY {order} LIMIT :limit) a
JOIN remit.access_groups g ON g.id = a.access_id JOIN remit.territories t ON t.id = g.territory_id
LEFT JOIN remit.people o ON o.id = a.owner_id
LEFT JOIN LATERAL (
    SELECT count(*) AS n, CASE WHEN count(DISTINCT amount_currency) = 1 THEN sum(amount_minor) END AS minor,
           min(amount_currency) AS currency
    FROM remit.opportunities d WHERE d.account_id = a.id AND d.closed_at IS NULL) d ON true
LEFT JOIN LATERAL (
    SELECT at FROM remit.activities x WHERE x.account_id = a.id AND x.at <= :now ORDER BY at DESC LIMIT 1) x ON true
ORDER BY {outer}
"""
# the key of each order and its type; accounts without an amount stand at its lower end
_SORTS: Final = {
    "name": ("a.name_key", "text"),
    "aum": ("coalesce(a.aum_minor, -1)", "bigint"),
    "changed": ("a.updated_at", "timestamptz"),
}
SORTS: Final = tuple(_SORTS)
_CONDITIONS: Final = {
    "text": "(a.name_key LIKE :text || '%' ESCAPE '\\' OR a.name_key LIKE '% ' || :text || '%' ESCAPE '\\')",
    "segment": "a.segment = :segment",
    "territory_id": "a.access_id IN (SELECT id FROM remit.access_groups WHERE territory_id = :territory_id)",
    "owner_id": "a.owner_id = :owner_id",
    "relation": "a.relation = :relation",
}
_GET: Final = """
SELECT a.*, t.name AS territory, b.name AS barrier, o.name AS owner, p.name AS parent
FROM remit.accounts a
JOIN remit.access_groups g ON g.id = a.access_id JOIN remit.territories t ON t.id = g.territory_id
LEFT JOIN remit.barriers b ON b.id = g.barrier_id
LEFT JOIN remit.people o ON o.id = a.owner_id LEFT JOIN remit.accounts p ON p.id = a.parent_id
WHERE a.id = :id
"""
# Row-level security still bounds what is read of them: a deal team's guest reads one account of its group, not the group.
_COUNTABLE: Final = """
SELECT g.id FROM remit.access_groups g JOIN remit.access_groups mine ON mine.territory_id = g.territory_id
WHERE mine.id = (SELECT a.access_id FROM remit.accounts a WHERE a.id = :account) AND (g.barrier_id IS NULL OR g.id = mine.id)
"""


def list_accounts(
    scope: Scope,
    filters: Filters,
    *,
    now: datetime,
    after: str | None = None,
    size: int = 50,
    sort: str = "name",
    descending: bool = False,
) -> paging.Page[AccountRow]:
    """Accounts by name, AUM or last change. `now` bounds the last activity (plans for the future do not count)."""
    wanted = paging.size(size)
    key, kind = _SORTS[sort]
    asked, given = _narrowed(filters)
    conditions = [_CONDITIONS[name] for name in asked]
    if after:
        beyond, place = paging.past(after, key, kind, "a.id", descending=descending)
        conditions.append(beyond)
        given |= place
    down = " DESC" if descending else ""
    statement = _LIST.format(
        key=key, where=" AND ".join(conditions) or "true", order=f"{key}{down}, a.id{down}", outer=f"a.sort_key{down}, a.id{down}"
    )  # fmt: skip
    with read(scope) as s:
        rows = s.rows(statement, {**given, "limit": wanted + 1, "now": now})
    keys: dict[UUID, paging.Key] = {row.id: (paging.as_key(row.sort_key), str(row.id)) for row in rows}
    return paging.page([_listed(row) for row in rows], wanted, lambda one: keys[one.id])


def _narrowed(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    asked = [
        name
        for name in ("segment", "territory_id", "owner_id", "relation")
        if getattr(filters, name) is not None
    ]
    given: dict[str, Any] = {name: getattr(filters, name) for name in asked}
    if filters.text and (folded := fold(filters.text)):
        given["text"] = like(folded)
        asked.append("text")
    return asked, given


def get_account(scope: Scope, account_id: UUID) -> Account:
    """One account. Raises NotFound, also where it may not be seen."""
    with read(scope) as s:
        return load_account(s, account_id)


def load_account(session: ReadSession, account_id: UUID) -> Account:
    """As get_account, inside an open session."""
    row = session.row(_GET, {"id": account_id})
    if row is None:
        raise NotFound("account")
    return Account(
        row.id, row.name, row.legal_name, row.segment, row.sector, row.relation, row.key_account, row.territory,
        row.barrier, row.website, row.country, row.city, row.founded_on, row.employees_count,
        stored(row.revenue_minor, row.revenue_currency), stored(row.aum_minor, row.aum_currency), row.owner_id, row.owner,
        row.parent_id, row.parent, row.source, row.updated_at, row.version,
    )  # fmt: skip


def load_countable_groups(session: ReadSession, account_id: UUID) -> list[int]:
    """Access groups whose deals may be counted beside an account: those of its territory that no barrier hides, and its own."""
    return [row.id for row in session.rows(_COUNTABLE, {"account": account_id})]


def _listed(row: Row[Any]) -> AccountRow:
    return AccountRow(
        row.id, row.name, row.segment, row.relation, row.key_account, row.territory, row.country, row.owner_id,
        row.owner, row.open_count, stored(row.minor, row.currency), row.last_activity_at, row.version,
        stored(row.aum_minor, row.aum_currency),
    )  # fmt: skip
