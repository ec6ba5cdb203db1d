"""What the workers' upkeep needs of the door: overdue suggestions, the months to come, how far mailboxes were read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from remit.audit import log
from remit.audit.record import Record
from remit.db.sessions import Permit, read, write
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope

MONTHLY: Final = ("audit", "activities", "effects", "readings")
_PAUSE: Final = "500ms"  # half of PostgreSQL's deadlock_timeout
_TRIES: Final = 10
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


def _hold(scope: Scope, why: str, statement: str, object_type: str = "suggestion") -> int:
    """Hold the rows that `statement` names, each on the record; gives how many."""
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        held = tx.rows(statement, {"why": why})
        log.append(tx.connection, [_held(scope, row, why, object_type) for row in held], at=tx.now)
        return len(held)


def hold_restored(scope: Scope, made_at: datetime) -> int:
    """After a restore: nobody approves what waited when the backup was made before a person has looked. Gives how many.

    It may have been approved, and sent, since; the record of that is not in the backup.
    """
    why = (
        f"Restored from a backup made at {made_at:%Y-%m-%d %H:%M} UTC: this may have been approved and done since. "
        "Look first (the mailbox, the other side), then release it with a reason, or reject it."
    )
    return _hold(
        scope,
        why,
        "UPDATE remit.suggestions SET held = :why, version = version + 1 WHERE state = 'waiting'"
        " RETURNING id, account_id, access_id",
    )


def hold_restored_drafts(scope: Scope, made_at: datetime) -> int:
    """After a restore: nobody sends what was not sent when the backup was made before a person has looked. Gives how many drafts.

    A draft that was sent since reads as unsent in the backup, and the effect that took it away is not in it.
    """
    why = (
        f"Restored from a backup made at {made_at:%Y-%m-%d %H:%M} UTC: this may have been sent since. "
        "Look first (the sender's mailbox, the other side), then release it with a reason, or discard it."
    )
    return _hold(
        scope,
        why,
        "UPDATE remit.drafts SET held = :why WHERE state = 'draft' AND held = ''"
        " RETURNING id, account_id, access_id",
        "draft",
    )


def hold_restored_runs(scope: Scope, made_at: datetime) -> int:
    """After a restore: no sequence takes its next step before a person has looked. Gives how many runs.

    A step that was taken and sent since reads as not taken in the backup, and would be written, and sent, once more. A run that was
    paused stays so, for its own reason as well.
    """
    why = (
        f"restored from a backup made at {made_at:%Y-%m-%d %H:%M} UTC: its next step may have been taken since. Look first (its owner's "
        "sent mailbox, the other side), then resume it, or leave the step out that was taken"
    )
    return _hold(
        scope,
        why,
        "UPDATE remit.enrolments SET why = CASE WHEN state = 'paused' AND why <> '' THEN why || '; ' || :why ELSE :why END,"
        " code = CASE WHEN state = 'paused' THEN code ELSE 'restored' END, state = 'paused', version = version + 1"
        " WHERE state IN ('active', 'paused') RETURNING id, account_id, access_id",
        "enrolment",
    )


def _held(scope: Scope, row: Row[Any], why: str, what: str = "suggestion") -> Record:
    return Record(
        kind="system",
        event=f"{what}:hold",
        actor_id=scope.actor.id,
        actor_kind=scope.actor.kind,
        account_id=row.account_id,
        access_id=row.access_id,
        object_type=what,
        object_id=row.id,
        request_id=scope.request_id,
        sentence=why,
    )


def make_months(scope: Scope, first: date, last: date) -> int:
    """Make the partitions from `first` to `last` that are not there; gives how many were made.

    One table at a time, each in a transaction of its own: a new partition locks its whole table (and `accounts`, to which
    it refers), and whoever held one of them and asked for another would end in a deadlock. It waits for less time
    than PostgreSQL waits before it looks for deadlocks, so it is never somebody else's transaction that is ended.
    Raises OperationalError where a table was busy all the time; the months are made far ahead, so the next run will do.
    """
    return sum(_make_months(scope, parent, first, last) for parent in MONTHLY)


def _make_months(scope: Scope, parent: str, first: date, last: date) -> int:
    for _ in range(_TRIES - 1):
        with suppress(OperationalError):
            return _try_months(scope, parent, first, last)
    return _try_months(scope, parent, first, last)


def _try_months(scope: Scope, parent: str, first: date, last: date) -> int:
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        tx.execute("SELECT set_config('lock_timeout', :pause, true)", {"pause": _PAUSE})
        before = tx.scalar(_MONTHS, {"parent": parent})
        tx.execute(
            "SELECT remit.ensure_months(:parent, :first, :last)",
            {"parent": parent, "first": first, "last": last},
        )
        made: int = tx.scalar(_MONTHS, {"parent": parent}) - before
        if made:
            record = Record(
                kind="system",
                event="partitions:make",
                actor_id=scope.actor.id,
                actor_kind=scope.actor.kind,
                request_id=scope.request_id,
                body={"table": parent, "made": made, "from": first, "until": last},
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
