"""The delivery side of the outbox: each step of an effect is one transaction with its audit row.

queued → sending (claimed → committing) → delivered | parked | failed | recalled, or queued again. A worker signs
its steps with its token: one that was taken for dead and taken over finds its token gone (ClaimLost) and stops.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions.delivery import Claimed, Delivered, Failed
from remit.actions.effect_rows import (
    COLUMNS,
    Stopped,
    as_approved,
    change,
    claimed_of,
    lock,
    note,
    record_failure,
    step,
    stopped,
)
from remit.db.sessions import ReadSession, WriteSession, read
from remit.kit import clock
from remit.scope import Scope

STALE_SECONDS: Final = (
    25.0  # a worker that did not say for so long that it works on an effect is taken for dead
)
RETRY_SECONDS: Final = (15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600)
LONGEST_TRY: Final = timedelta(days=3)  # after that a temporary refusal is final
WORKER_LOCK: Final = (
    0x52454D57  # advisory lock class "REMW": one per worker process, its number the token's mark
)

_ALIVE: Final = f"""EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = {WORKER_LOCK}
    AND l.objid = split_part(effects.worker, '/', 2)::bigint AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
# Dead: the connection that held its mark has ended. Stuck: alive, but nobody in it works on this effect any more.
_ABANDONED: Final = f"state = 'sending' AND (NOT {_ALIVE} OR worker_seen_at < :stale)"

_CHANGED: Final = (
    "Its content is not what was approved: it is not what the record of the act says. Nothing was sent."
)


# -- finding work ---------------------------------------------------------------------------------------


def list_due(scope: Scope, limit: int = 100) -> Sequence[Row[Any]]:
    """Effects to start now, oldest first: (id, attempt_count, next_at)."""
    with read(scope) as session:
        return session.rows(
            "SELECT id, attempt_count, next_at FROM remit.effects"
            " WHERE state = 'queued' AND next_at <= :now ORDER BY next_at, id LIMIT :limit",
            {"now": clock.now(), "limit": limit},
        )


def list_abandoned(scope: Scope, limit: int = 100) -> Sequence[Row[Any]]:
    """Effects whose worker died or lost them on the way: (id, attempt_count, worker)."""
    with read(scope) as session:
        return session.rows(
            f"SELECT id, attempt_count, worker FROM remit.effects WHERE {_ABANDONED} ORDER BY next_at LIMIT :limit",
            {"stale": clock.now() - timedelta(seconds=STALE_SECONDS), "limit": limit},
        )


def still_working(scope: Scope, worker: str, effect_ids: Sequence[UUID]) -> None:
    """Say that `worker` is at work on these effects (not audited: it is a sign of life, not a step)."""
    if not effect_ids:
        return
    with step(scope) as tx:
        tx.execute(
            "UPDATE remit.effects SET worker_seen_at = :now"
            " WHERE id = ANY(:ids) AND worker = :worker AND state = 'sending'",
            {"now": clock.now(), "ids": list(effect_ids), "worker": worker},
        )


# -- the steps of an attempt ------------------------------------------------------------------------------


def claim(scope: Scope, effect_id: UUID, worker: str) -> Claimed | None:
    """Take a due effect, or one whose worker is dead, for `worker`. None when there is nothing to take.

    A halted effect is recalled instead, one whose content is not the approved one is parked. One that was taken over keeps its phase: `committing` means that the
    other side may have it.
    """
    with step(scope) as tx:
        row = tx.row(
            f"SELECT {COLUMNS}, state FROM remit.effects WHERE id = :id"
            f" AND ((state = 'queued' AND next_at <= :now) OR ({_ABANDONED}))"
            " AND NOT EXISTS (SELECT FROM remit.receipts r WHERE r.effect_id = effects.id) FOR UPDATE SKIP LOCKED",
            {"id": effect_id, "now": tx.now, "stale": tx.now - timedelta(seconds=STALE_SECONDS)},
        )
        if row is None:
            return None
        found = claimed_of(row)
        if found.phase != "committing" and stopped(tx, found):
            return None
        if not as_approved(tx, found):
            change(tx, found, "parked", _CHANGED)
            return None
        fresh = row.state == "queued"
        taken = tx.row(
            "UPDATE remit.effects SET state = 'sending', phase = CASE WHEN :fresh THEN 'claimed' ELSE phase END,"
            " attempt_count = attempt_count + CAST(:fresh AS int), worker = :worker, worker_seen_at = :now,"
            f" version = version + 1 WHERE id = :id RETURNING {COLUMNS}",
            {"id": effect_id, "fresh": fresh, "worker": worker, "now": tx.now},
        )
        assert taken is not None
        claimed = claimed_of(taken)
        body = {"phase": claimed.phase, "taken_over_from": None if fresh else found.worker}
        note(tx, claimed, "effect", "claimed" if fresh else "taken_over", body)
        return claimed


def commit_point(scope: Scope, effect: Claimed, guard: Callable[[ReadSession, Claimed], str | None]) -> None:
    """Write down that the next bytes may deliver the effect. Raises ClaimLost, Stopped: then send nothing.

    Halts and the channel's own guard are asked in this same transaction: nothing that was stopped before it goes.
    """
    with step(scope) as tx:
        lock(tx, effect)
        reason = stopped(tx, effect)
        if reason is None and (reason := guard(tx, effect)):
            change(tx, effect, "recalled", reason)
        elif reason is None:
            tx.execute(
                "UPDATE remit.effects SET phase = 'committing', worker_seen_at = :now, version = version + 1"
                " WHERE id = :id",
                {"id": effect.id, "now": tx.now},
            )
            note(tx, effect, "effect", "committing", {})
    if reason:
        raise Stopped(reason)


def settle(scope: Scope, effect: Claimed, delivered: Delivered) -> None:
    """Write the receipt. Raises ClaimLost, Stopped.

    Proof is proof: it settles the attempt also when it comes late, after another worker parked or took it over.
    A captured message leaves with this very transaction, so halts are asked here and not at a commit point.
    """
    reason = None
    with step(scope) as tx:
        lock(tx, effect, with_proof=delivered.captured is None)
        reason = None if delivered.captured is None else stopped(tx, effect)
        if reason is None:
            write_receipt(tx, effect, delivered)
    if reason:
        raise Stopped(reason)


def write_receipt(tx: WriteSession, effect: Claimed, delivered: Delivered) -> None:
    """Receipt, captured message and state of `effect`, whose row the caller has locked in `tx`."""
    place = {"account_id": effect.account_id, "access_id": effect.access_id}
    tx.execute(
        "INSERT INTO remit.receipts (effect_id, at, worker, proof, account_id, access_id)"
        " VALUES (:id, :at, :worker, CAST(:proof AS jsonb), :account_id, :access_id)",
        {
            "id": effect.id,
            "at": tx.now,
            "worker": effect.worker,
            "proof": json.dumps(delivered.proof),
            **place,
        },
    )
    if delivered.captured is not None:
        tx.execute(
            "INSERT INTO remit.captured_mail (effect_id, at, raw, account_id, access_id)"
            " VALUES (:id, :at, :raw, :account_id, :access_id)",
            {"id": effect.id, "at": tx.now, "raw": delivered.captured, **place},
        )
    change(tx, effect, "delivered", "", kind="receipt", body={"proof": delivered.proof})


def try_later(scope: Scope, effect: Claimed, reason: str) -> None:
    """Queue again after a pause that grows; after LONGEST_TRY it has failed. Raises ClaimLost."""
    with step(scope) as tx:
        lock(tx, effect)
        since = tx.scalar(
            "SELECT coalesce(released_at, created_at) FROM remit.effects WHERE id = :id", {"id": effect.id}
        )
        if tx.now - since > LONGEST_TRY:
            record_failure(
                tx, effect, Failed(f"{reason} Given up after {LONGEST_TRY.days} days.", "undelivered")
            )
            return
        pause = RETRY_SECONDS[min(effect.attempt_count, len(RETRY_SECONDS)) - 1]
        change(tx, effect, "queued", reason, next_at=tx.now + timedelta(seconds=pause))


def fail(scope: Scope, effect: Claimed, failed: Failed) -> None:
    """It did not leave and will not: the state and the outcome. Raises ClaimLost."""
    with step(scope) as tx:
        lock(tx, effect)
        record_failure(tx, effect, failed)


def park(scope: Scope, effect: Claimed, known: str) -> None:
    """Leave it to a person, with what is known. Raises ClaimLost."""
    with step(scope) as tx:
        lock(tx, effect)
        change(tx, effect, "parked", known)


def park_restored(scope: Scope, made_at: datetime) -> int:
    """After a restore: leave to a person all that waited when the backup was made. Gives how many.

    It may have left since; the receipt of that is not in the backup. Run before any worker sees the data.
    """
    known = f"Restored from a backup made at {made_at:%Y-%m-%d %H:%M} UTC; it may have left since: settle it by hand."
    with step(scope) as tx:
        waiting = tx.rows(
            f"SELECT {COLUMNS} FROM remit.effects WHERE state IN ('queued', 'sending')"
            " ORDER BY created_at, id FOR UPDATE"
        )
        for row in waiting:
            change(tx, claimed_of(row), "parked", known)
        return len(waiting)


def recall(scope: Scope, effect: Claimed, reason: str) -> None:
    """Take back a claimed effect that has not left. Raises ClaimLost."""
    with step(scope) as tx:
        lock(tx, effect)
        change(tx, effect, "recalled", reason)


def list_parked(scope: Scope, limit: int = 100) -> list[Claimed]:
    """What waits for a person, oldest first; for a worker that looks for proof once more."""
    with read(scope) as session:
        found = session.rows(
            f"SELECT {COLUMNS} FROM remit.effects WHERE state = 'parked' ORDER BY created_at, id LIMIT :limit",
            {"limit": limit},
        )
        return [claimed_of(row) for row in found]
