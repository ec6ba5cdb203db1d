"""Reads about activities: what happened, newest first, and what is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import ReadSession, read
from remit.scope import Scope


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity. `body` may be text from outside: shown as text, never obeyed."""

    id: UUID
    at: datetime
    kind: str
    direction: str | None
    subject: str
    body: str
    account_id: UUID | None
    account: str | None
    contact_id: UUID | None
    contact: str | None
    opportunity_id: UUID | None
    owner: str | None
    minutes_count: int | None
    outcome: str | None
    due_at: datetime | None
    done_at: datetime | None
    noted_at: datetime | None = None
    """When the CRM that it came from says that it was entered there; None where it is ours or the CRM does not say."""

    @property
    def late(self) -> bool:
        """Whether it was entered more than a day after the day that it gives."""
        return self.noted_at is not None and self.noted_at - self.at > timedelta(days=1)


FIRST_ID: Final = UUID(int=0)
"""Before every id: of an instant, nothing comes before it."""
_SELECT: Final = """
SELECT x.id, x.at, x.kind, x.direction, x.subject, x.body, x.account_id, a.name AS account, x.contact_id, x.opportunity_id,
       nullif(trim(c.first_name || ' ' || c.last_name), '') AS contact, p.name AS owner, x.minutes_count, x.outcome,
       x.due_at, x.done_at, x.noted_at
FROM (SELECT * FROM remit.activities x WHERE {where} LIMIT :limit) x
LEFT JOIN remit.accounts a ON a.id = x.account_id LEFT JOIN remit.contacts c ON c.id = x.contact_id
LEFT JOIN remit.people p ON p.id = x.owner_id ORDER BY {order}
"""
_OF_ACCOUNT: Final = _SELECT.format(
    where="x.account_id = :id AND x.at <= :before AND (x.at < :before OR x.id < :before_id) ORDER BY x.at DESC, x.id DESC",
    order="x.at DESC, x.id DESC",
)
_OF_DEAL: Final = _SELECT.format(
    where="x.opportunity_id = :id AND x.at < :before ORDER BY x.at DESC, x.id DESC",
    order="x.at DESC, x.id DESC",
)
_BEFORE: Final = """
SELECT w.id, b.bodies FROM unnest(CAST(:ids AS uuid[]), CAST(:accounts AS uuid[]), CAST(:contacts AS uuid[]), CAST(:ats AS timestamptz[]))
    AS w (id, account_id, contact_id, at)
CROSS JOIN LATERAL (SELECT array_agg(x.body ORDER BY x.at, x.id) AS bodies FROM (
    SELECT y.id, y.at, y.body FROM remit.activities y
    WHERE y.account_id = w.account_id AND y.contact_id = w.contact_id AND y.direction = 'in' AND y.at < w.at AND y.body <> ''
    ORDER BY y.at DESC, y.id DESC LIMIT 2) x) b
WHERE b.bodies IS NOT NULL
"""


class Written(Protocol):
    """What somebody outside wrote to us: an activity or a message that came in."""

    @property
    def id(self) -> UUID: ...
    @property
    def account_id(self) -> UUID | None: ...
    @property
    def contact_id(self) -> UUID | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def direction(self) -> str | None: ...


def load_said_before(session: ReadSession, written: Iterable[Written]) -> dict[UUID, list[str]]:
    """By the id of each that came in: the last two texts of the same contact before it, in order. Others have no entry.

    An order to software that is split over several messages shows only when they are read together.
    """
    came = [one for one in written if one.direction == "in" and one.account_id and one.contact_id]
    given = {
        "ids": [one.id for one in came], "accounts": [one.account_id for one in came],
        "contacts": [one.contact_id for one in came], "ats": [one.at for one in came],
    }  # fmt: skip
    return {row.id: list(row.bodies) for row in session.rows(_BEFORE, given)} if came else {}


def list_of_account(scope: Scope, account_id: UUID, *, before: datetime, size: int = 30) -> list[Activity]:
    """What happened with an account before an instant, newest first; the last row's `at` is the next `before`."""
    with read(scope) as s:
        return load_of_account(s, account_id, before=before, size=size)


def load_of_account(
    session: ReadSession, account_id: UUID, *, before: datetime, before_id: UUID = FIRST_ID, size: int = 30
) -> list[Activity]:
    """As list_of_account, inside an open session; of the instant `before` itself, those with an id before `before_id`."""
    return [
        _activity(row)
        for row in session.rows(
            _OF_ACCOUNT, {"id": account_id, "before": before, "before_id": before_id, "limit": size}
        )
    ]


def load_of_deal(session: ReadSession, deal_id: UUID, *, before: datetime, size: int = 30) -> list[Activity]:
    """What happened with a deal before an instant, newest first, inside an open session."""
    return [
        _activity(row) for row in session.rows(_OF_DEAL, {"id": deal_id, "before": before, "limit": size})
    ]


def _activity(row: Row[Any]) -> Activity:
    return Activity(
        row.id, row.at, row.kind, row.direction, row.subject, row.body, row.account_id, row.account, row.contact_id, row.contact,
        row.opportunity_id, row.owner, row.minutes_count, row.outcome, row.due_at, row.done_at, row.noted_at,
    )  # fmt: skip
