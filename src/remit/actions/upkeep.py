"""What the workers' upkeep needs of the door: overdue suggestions, and the months to come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from remit.audit import log
from remit.audit.record import Record
from remit.db.sessions import Permit, read, write
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope

MONTHLY: Final = ("audit", "activities", "effects", "readings")
_MONTHS: Final = "SELECT count(*) FROM pg_inherits WHERE inhparent = ('remit.' || :parent)::regclass"


def list_overdue_suggestions(scope: Scope, at: datetime, limit: int) -> list[UUID]:
    """Ids of waiting suggestions whose time has run out, oldest first."""
    with read(scope) as session:
        rows = session.rows(
            "SELECT id FROM remit.suggestions WHERE state = 'waiting' AND expires_at <= :at"
            " ORDER BY expires_at, id LIMIT :limit",
            {"at": at, "limit": limit},
        )
        return [row.id for row in rows]


def make_months(scope: Scope, first: date, last: date) -> int:
    """Make the partitions from `first` to `last` that are not there; gives how many were made."""
    made = 0
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        for parent in MONTHLY:
            before = tx.scalar(_MONTHS, {"parent": parent})
            tx.execute(
                "SELECT remit.ensure_months(:parent, :first, :last)",
                {"parent": parent, "first": first, "last": last},
            )
            made += tx.scalar(_MONTHS, {"parent": parent}) - before
        if made:
            record = Record(
                kind="system",
                event="partitions:make",
                actor_id=scope.actor.id,
                actor_kind=scope.actor.kind,
                request_id=scope.request_id,
                body={"made": made, "from": first, "until": last},
            )
            log.append(tx.connection, [record], at=tx.now)
    return made
