"""What the workers' upkeep needs of the door: overdue suggestions, the months to come, how far mailboxes were read."""

from __future__ import annotations

from collections.abc import Mapping
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


def count_months(scope: Scope) -> None:
    """Count the rows of the tables partitioned by month anew, for the planner: PostgreSQL never does so for parents."""
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        tx.execute("SELECT set_config('statement_timeout', '0', true)")
        tx.execute("SELECT remit.analyze_partitioned()")


def mailbox_cursor(scope: Scope, mailbox: str) -> tuple[int, int]:
    """(generation, last UID) up to which a mailbox was read; (0, 0) for a new one."""
    with read(scope) as session:
        row = session.row(
            "SELECT generation, last_uid FROM remit.mailbox_cursors WHERE mailbox = :mailbox",
            {"mailbox": mailbox},
        )
        return (row.generation, row.last_uid) if row else (0, 0)


def advance_mailbox(scope: Scope, mailbox: str, generation: int, uid: int, tally: Mapping[str, int]) -> None:
    """Remember that a mailbox was read up to `uid`; `tally` counts what was found. Never goes back within a generation."""
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        moved = tx.execute(
            "INSERT INTO remit.mailbox_cursors AS m (mailbox, generation, last_uid, updated_at)"
            " VALUES (:mailbox, :generation, :uid, :now) ON CONFLICT (mailbox) DO UPDATE"
            " SET generation = excluded.generation, last_uid = excluded.last_uid, updated_at = excluded.updated_at"
            " WHERE m.generation <> excluded.generation OR m.last_uid < excluded.last_uid",
            {"mailbox": mailbox, "generation": generation, "uid": uid, "now": tx.now},
        )
        if moved.rowcount:
            record = Record(
                kind="system",
                event="mailbox:read",
                actor_id=scope.actor.id,
                actor_kind=scope.actor.kind,
                request_id=scope.request_id,
                body={"mailbox": mailbox, "generation": generation, "until_uid": uid, **tally},
            )
            log.append(tx.connection, [record], at=tx.now)
