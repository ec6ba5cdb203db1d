"""Reads about deals: the board, the table, one deal with its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions.errors import NotFound
from remit.db.sessions import ReadSession, read
from remit.kit import paging
from remit.kit.money import Money, stored
from remit.kit.text import like
from remit.scope import Scope


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal as board and table show it."""

    id: UUID
    name: str
    account_id: UUID | None
    account: str | None
    stage: str
    forecast_category: str
    amount: Money | None
    close_on: date | None
    stage_since_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    owner_id: UUID | None
    owner: str | None
    next_step: str | None
    next_step_on: date | None
    last_activity_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class DealDetail:
    """One deal, as its page shows it."""

    deal: Deal
    product: str | None
    competitor: str | None
    contact_id: UUID | None
    contact: str | None
    list_amount: Money | None
    discount_rate: Decimal | None
    opened_on: date | None
    loss_reason: str | None
    stages: tuple[StageMove, ...]
    team: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageMove:
    """One change of stage."""

    id: UUID
    at: datetime
    from_stage: str | None
    to_stage: str
    by: str | None
    deal_id: UUID
    deal: str


@dataclass(frozen=True, slots=True)
class StageTotal:
    """Open deals of one stage and currency."""

    stage: str
    currency: str | None
    count: int
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of deals is narrowed to; None: not narrowed."""

    stage: str | None = None
    owner_id: UUID | None = None
    account_id: UUID | None = None
    open_only: bool = True
    outcome: str | None = None
    forecast_category: str | None = None
    text: str | None = None


_COLUMNS: Final = """
SELECT d.id, d.name, d.account_id, a.name AS account, d.stage, d.forecast_category, d.amount_minor, d.amount_currency,
       d.close_on, d.stage_since_at, d.closed_at, d.outcome, d.owner_id, o.name AS owner, d.next_step, d.next_step_on,
       x.at AS last_activity_at, d.version"""
_JOINS: Final = """
LEFT JOIN remit.accounts a ON a.id = d.account_id LEFT JOIN remit.people o ON o.id = d.owner_id
LEFT JOIN LATERAL (SELECT at FROM remit.activities x WHERE x.opportunity_id = d.id AND x.at <= :now
                   ORDER BY at DESC LIMIT 1) x ON true"""
# the key of each order and its type; deals without a date come last: the date that stands for "none" is one that no deal has
_SORTS: Final = {
    "close": ("coalesce(d.close_on, DATE '9999-12-31')", "date"),
    "amount": ("coalesce(d.amount_minor, -1)", "bigint"),
    "name": ("lower(d.name)", "text"),
    "stage_since": ("coalesce(d.stage_since_at, TIMESTAMPTZ '1970-01-01 00:00Z')", "timestamptz"),
}
SORTS: Final = tuple(_SORTS)
_ORDER: Final = "d.sort_key{down}, d.id{down}"
_LIST: Final = (
    _COLUMNS + ", d.sort_key FROM (SELECT d.*, {key} AS sort_key FROM remit.opportunities d WHERE {where}"
    " ORDER BY {key}{down}, d.id{down} LIMIT :limit) d" + _JOINS + " ORDER BY " + _ORDER
)  # fmt: skip
# the first deals of each stage, by the index on (stage, close_on, id)
_BOARD: Final = (
    _COLUMNS + " FROM unnest(CAST(:stages AS text[])) AS w (stage) CROSS JOIN LATERAL (SELECT * FROM remit.opportunities d"
    " WHERE {where} AND d.stage = w.stage ORDER BY d.close_on, d.id LIMIT :limit) d" + _JOINS + " ORDER BY d.close_on, d.id"
)  # fmt: skip
_GET: Final = (
    _COLUMNS
    + """, d.list_amount_minor, d.list_amount_currency, d.discount_rate, d.opened_on, d.loss_reason, d.contact_id,
       p.name AS product, c.name AS competitor, nullif(trim(n.first_name || ' ' || n.last_name), '') AS contact,
       array(SELECT m.name FROM remit.deal_team t JOIN remit.people m ON m.id = t.person_id
             WHERE t.opportunity_id = d.id ORDER BY m.name) AS team
FROM remit.opportunities d"""
    + _JOINS
    + """ LEFT JOIN remit.products p ON p.id = d.product_id LEFT JOIN remit.competitors c ON c.id = d.competitor_id
LEFT JOIN remit.contacts n ON n.id = d.contact_id WHERE d.id = :id"""
)
_CONDITIONS: Final = {
    "stage": "d.stage = :stage",
    "owner_id": "d.owner_id = :owner_id",
    "account_id": "d.account_id = :account_id",
    "open_only": "d.closed_at IS NULL",
    "outcome": "d.outcome = :outcome",
    "forecast_category": "d.forecast_category = :forecast_category",
    "text": "lower(d.name) LIKE '%' || :text || '%' ESCAPE '\\'",
}
_MOVES: Final = """
SELECT h.id, h.at, h.from_stage, h.to_stage, coalesce(p.name, CASE WHEN h.import_id IS NOT NULL THEN 'imported' END) AS by, d.id AS deal_id, d.name AS deal
FROM remit.opportunity_stages h JOIN remit.opportunities d ON d.id = h.opportunity_id LEFT JOIN remit.people p ON p.id = h.by_id
WHERE h.opportunity_id = ANY (CAST(:deals AS uuid[])) AND (CAST(:before AS timestamptz) IS NULL OR h.at < :before
      OR (h.at = :before AND h.id < :before_id)) ORDER BY h.at DESC, h.id DESC LIMIT :limit
"""
_TOTALS: Final = """
SELECT stage, amount_currency, count(*) AS n, sum(amount_minor) AS minor FROM remit.opportunities d
WHERE {where} GROUP BY stage, amount_currency
"""


def list_deals(
    scope: Scope,
    filters: Filters,
    *,
    now: datetime,
    after: str | None = None,
    size: int = 50,
    sort: str = "close",
    descending: bool = False,
) -> paging.Page[Deal]:
    """Deals by expected close date (those without one last), amount (of any currency), name or time in stage."""
    wanted = paging.size(size)
    key, kind = _SORTS[sort]
    asked, given = _narrowed(filters)
    conditions = [_CONDITIONS[name] for name in asked]
    if after:
        beyond, place = paging.past(after, key, kind, "d.id", descending=descending)
        conditions.append(beyond)
        given |= place
    where, down = " AND ".join(conditions) or "true", " DESC" if descending else ""
    with read(scope) as s:
        rows = s.rows(
            _LIST.format(key=key, where=where, down=down), {**given, "limit": wanted + 1, "now": now}
        )
    keys: dict[UUID, paging.Key] = {row.id: (paging.as_key(row.sort_key), str(row.id)) for row in rows}
    return paging.page([_deal(row) for row in rows], wanted, lambda one: keys[one.id])


def list_board(
    scope: Scope, filters: Filters, stages: Sequence[str], *, now: datetime, size: int = 12
) -> dict[str, list[Deal]]:
    """The open deals of each stage that close first, at most `size` a stage."""
    asked, given = _narrowed(filters)
    where = " AND ".join(_CONDITIONS[name] for name in {*asked, "open_only"})
    with read(scope) as s:
        rows = s.rows(
            _BOARD.format(where=where), {**given, "stages": list(stages), "limit": size, "now": now}
        )
    found: dict[str, list[Deal]] = {stage: [] for stage in stages}
    for row in rows:
        found[row.stage].append(_deal(row))
    return found


def load_deals_of_account(session: ReadSession, account_id: UUID, *, now: datetime) -> list[Deal]:
    """All deals of one account, open ones first, inside an open session."""
    given = {"account_id": account_id, "limit": 200, "now": now}
    key = _SORTS["close"][0]
    rows = session.rows(_LIST.format(key=key, where=_CONDITIONS["account_id"], down=""), given)
    return sorted((_deal(row) for row in rows), key=lambda d: d.closed_at is not None)


def list_stage_totals(scope: Scope, filters: Filters) -> list[StageTotal]:
    """Count and sum of the deals by stage and currency."""
    asked, given = _narrowed(filters)
    where = " AND ".join(_CONDITIONS[name] for name in asked) or "true"
    with read(scope) as s:
        rows = s.rows(_TOTALS.format(where=where), given)
    return [
        StageTotal(row.stage, row.amount_currency, row.n, stored(row.minor, row.amount_currency))
        for row in rows
    ]


def get_deal(scope: Scope, deal_id: UUID, *, now: datetime) -> DealDetail:
    """One deal. Raises NotFound, also where it may not be seen."""
    with read(scope) as s:
        row = s.row(_GET, {"id": deal_id, "now": now})
        if row is None:
            raise NotFound("deal")
        moves = load_moves(s, [deal_id])[::-1]
    return DealDetail(
        _deal(row), row.product, row.competitor, row.contact_id, row.contact,
        stored(row.list_amount_minor, row.list_amount_currency), row.discount_rate, row.opened_on, row.loss_reason,
        tuple(moves), tuple(row.team),
    )  # fmt: skip


def load_moves(
    s: ReadSession, deal_ids: Sequence[UUID], *, before: datetime | None = None, before_id: UUID = UUID(int=0), limit: int = 1_000
) -> list[StageMove]:  # fmt: skip
    """Changes of stage of these deals, newest first, at most `limit`; of the instant `before`, those with an id before `before_id`."""
    rows = s.rows(_MOVES, {"deals": list(deal_ids), "before": before, "before_id": before_id, "limit": limit})
    return [StageMove(**row._mapping) for row in rows]


def _narrowed(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    values = ("stage", "owner_id", "account_id", "outcome", "forecast_category")
    given: dict[str, Any] = {
        name: getattr(filters, name) for name in values if getattr(filters, name) is not None
    }
    asked = [*given, *(["open_only"] if filters.open_only else [])]
    if filters.text:
        given["text"] = like(filters.text.lower())
        asked.append("text")
    return asked, given


def _deal(row: Row[Any]) -> Deal:
    return Deal(
        row.id, row.name, row.account_id, row.account, row.stage, row.forecast_category,
        stored(row.amount_minor, row.amount_currency), row.close_on, row.stage_since_at, row.closed_at, row.outcome,
        row.owner_id, row.owner, row.next_step, row.next_step_on, row.last_activity_at, row.version,
    )  # fmt: skip


def stages_in_use(totals: Sequence[StageTotal], known: Sequence[str]) -> list[str]:
    """Known stages in their order, then those that only an imported pipeline has."""
    return [*known, *sorted({one.stage for one in totals} - set(known))]
