"""The delivery side of the outbox: each step of an effect is one transaction with its audit row.

queued → sending (claimed → committing) → delivered | parked | failed | recalled, or queued again. A worker signs
its steps with its token: one that was taken for dead and taken over finds its token gone (ClaimLost) and stops.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions.delivery import Claimed, Delivered, Failed
from remit.actions.recalled import hand_back
from remit.actions.record import digest
from remit.audit import log
from remit.audit.record import Record
from remit.db.sessions import Permit, ReadSession, WriteSession, read, write
from remit.kit import clock
from remit.kit.ids import new_id
from remit.policy import halt, remits
from remit.scope import Scope

STALE_SECONDS: Final = (
    25.0  # a worker that did not say for so long that it works on an effect is taken for dead
)
RETRY_SECONDS: Final = (15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600)
LONGEST_TRY: Final = timedelta(days=3)  # after that a temporary refusal is final
WORKER_LOCK: Final = (
    0x52454D57  # advisory lock class "REMW": one per worker process, its number the token's mark
)

_COLUMNS: Final = """id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload, account_id,
    access_id, actor_id, agent_id, on_behalf_of, attempt_count, phase, worker"""
_ALIVE: Final = f"""EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = {WORKER_LOCK}
    AND l.objid = split_part(effects.worker, '/', 2)::bigint AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
# Dead: the connection that held its mark has ended. Stuck: alive, but nobody in it works on this effect any more.
_ABANDONED: Final = f"state = 'sending' AND (NOT {_ALIVE} OR worker_seen_at < :stale)"

# Quotation marks inside a record's texts are escaped, so these match its fields and nothing else.
_AS_APPROVED: Final = """
SELECT EXISTS (SELECT FROM remit.audit WHERE action_id = :action AND kind = 'effect'
    AND strpos(record, '"effect_id":"' || :id || '"') > 0 AND strpos(record, '"effect_hash":"' || :hash || '"') > 0)
"""
_CHANGED: Final = (
    "Its content is not what was approved: it is not what the record of the act says. Nothing was sent."
)


class ClaimLost(Exception):
    """This worker no longer holds the effect: it was recalled, resolved, or taken over by another worker."""

    code = "claim_lost"


class Stopped(Exception):
    """The effect was recalled at the last moment: halted, or its recipient must not be contacted."""

    code = "recalled"


@contextmanager
def _step(scope: Scope) -> Iterator[WriteSession]:
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        yield tx


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
    with _step(scope) as tx:
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
    with _step(scope) as tx:
        row = tx.row(
            f"SELECT {_COLUMNS}, state FROM remit.effects WHERE id = :id"
            f" AND ((state = 'queued' AND next_at <= :now) OR ({_ABANDONED}))"
            " AND NOT EXISTS (SELECT FROM remit.receipts r WHERE r.effect_id = effects.id) FOR UPDATE SKIP LOCKED",
            {"id": effect_id, "now": tx.now, "stale": tx.now - timedelta(seconds=STALE_SECONDS)},
        )
        if row is None:
            return None
        found = claimed_of(row)
        if found.phase != "committing" and _stopped(tx, found):
            return None
        if not _as_approved(tx, found):
            _change(tx, found, "parked", _CHANGED)
            return None
        fresh = row.state == "queued"
        taken = tx.row(
            "UPDATE remit.effects SET state = 'sending', phase = CASE WHEN :fresh THEN 'claimed' ELSE phase END,"
            " attempt_count = attempt_count + CAST(:fresh AS int), worker = :worker, worker_seen_at = :now,"
            f" version = version + 1 WHERE id = :id RETURNING {_COLUMNS}",
            {"id": effect_id, "fresh": fresh, "worker": worker, "now": tx.now},
        )
        assert taken is not None
        claimed = claimed_of(taken)
        body = {"phase": claimed.phase, "taken_over_from": None if fresh else found.worker}
        _note(tx, claimed, "effect", "claimed" if fresh else "taken_over", body)
        return claimed


def commit_point(scope: Scope, effect: Claimed, guard: Callable[[ReadSession, Claimed], str | None]) -> None:
    """Write down that the next bytes may deliver the effect. Raises ClaimLost, Stopped: then send nothing.

    Halts and the channel's own guard are asked in this same transaction: nothing that was stopped before it goes.
    """
    with _step(scope) as tx:
        _lock(tx, effect)
        reason = _stopped(tx, effect)
        if reason is None and (reason := guard(tx, effect)):
            _change(tx, effect, "recalled", reason)
        elif reason is None:
            tx.execute(
                "UPDATE remit.effects SET phase = 'committing', worker_seen_at = :now, version = version + 1"
                " WHERE id = :id",
                {"id": effect.id, "now": tx.now},
            )
            _note(tx, effect, "effect", "committing", {})
    if reason:
        raise Stopped(reason)


def settle(scope: Scope, effect: Claimed, delivered: Delivered) -> None:
    """Write the receipt. Raises ClaimLost, Stopped.

    Proof is proof: it settles the attempt also when it comes late, after another worker parked or took it over.
    A captured message leaves with this very transaction, so halts are asked here and not at a commit point.
    """
    reason = None
    with _step(scope) as tx:
        _lock(tx, effect, with_proof=delivered.captured is None)
        reason = None if delivered.captured is None else _stopped(tx, effect)
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
    _change(tx, effect, "delivered", "", kind="receipt", body={"proof": delivered.proof})


def try_later(scope: Scope, effect: Claimed, reason: str) -> None:
    """Queue again after a pause that grows; after LONGEST_TRY it has failed. Raises ClaimLost."""
    with _step(scope) as tx:
        _lock(tx, effect)
        since = tx.scalar(
            "SELECT coalesce(released_at, created_at) FROM remit.effects WHERE id = :id", {"id": effect.id}
        )
        if tx.now - since > LONGEST_TRY:
            _fail(tx, effect, Failed(f"{reason} Given up after {LONGEST_TRY.days} days.", "undelivered"))
            return
        pause = RETRY_SECONDS[min(effect.attempt_count, len(RETRY_SECONDS)) - 1]
        _change(tx, effect, "queued", reason, next_at=tx.now + timedelta(seconds=pause))


def fail(scope: Scope, effect: Claimed, failed: Failed) -> None:
    """It did not leave and will not: the state and the outcome. Raises ClaimLost."""
    with _step(scope) as tx:
        _lock(tx, effect)
        _fail(tx, effect, failed)


def park(scope: Scope, effect: Claimed, known: str) -> None:
    """Leave it to a person, with what is known. Raises ClaimLost."""
    with _step(scope) as tx:
        _lock(tx, effect)
        _change(tx, effect, "parked", known)


def park_restored(scope: Scope, made_at: datetime) -> int:
    """After a restore: leave to a person all that waited when the backup was made. Gives how many.

    It may have left since; the receipt of that is not in the backup. Run before any worker sees the data.
    """
    known = f"Restored from a backup made at {made_at:%Y-%m-%d %H:%M} UTC; it may have left since: settle it by hand."
    with _step(scope) as tx:
        waiting = tx.rows(
            f"SELECT {_COLUMNS} FROM remit.effects WHERE state IN ('queued', 'sending')"
            " ORDER BY created_at, id FOR UPDATE"
        )
        for row in waiting:
            _change(tx, claimed_of(row), "parked", known)
        return len(waiting)


def recall(scope: Scope, effect: Claimed, reason: str) -> None:
    """Take back a claimed effect that has not left. Raises ClaimLost."""
    with _step(scope) as tx:
        _lock(tx, effect)
        _change(tx, effect, "recalled", reason)


def list_parked(scope: Scope, limit: int = 100) -> list[Claimed]:
    """What waits for a person, oldest first; for a worker that looks for proof once more."""
    with read(scope) as session:
        found = session.rows(
            f"SELECT {_COLUMNS} FROM remit.effects WHERE state = 'parked' ORDER BY created_at, id LIMIT :limit",
            {"limit": limit},
        )
        return [claimed_of(row) for row in found]


# -- parts ------------------------------------------------------------------------------------------------


def claimed_of(row: Row[Any]) -> Claimed:
    """A row with the columns of `remit.effects` as a value."""
    same = {name: getattr(row, name) for name in Claimed.__slots__ if name not in ("key", "worker")}
    return Claimed(**same, key=row.idempotency_key, worker=row.worker or "")


def _lock(tx: WriteSession, effect: Claimed, with_proof: bool = False) -> None:
    found = tx.scalar(
        "SELECT true FROM remit.effects WHERE id = :id AND attempt_count = :attempt"
        " AND ((state = 'sending' AND worker = :worker) OR (:with_proof AND state IN ('sending', 'parked')))"
        " FOR UPDATE",
        {
            "id": effect.id,
            "worker": effect.worker,
            "attempt": effect.attempt_count,
            "with_proof": with_proof,
        },
    )
    if not found:
        raise ClaimLost(f"effect {effect.id} is no longer held by {effect.worker}")


def _as_approved(tx: WriteSession, effect: Claimed) -> bool:
    """Whether the record of the act names this effect with this content: rows can be changed, the record cannot."""
    values = {"action": effect.action_id, "id": str(effect.id), "hash": digest(effect.payload)}
    return bool(tx.scalar(_AS_APPROVED, values))


def _stopped(tx: WriteSession, effect: Claimed) -> str | None:
    """Recall the effect when it is halted, or when the remit that alone let it out is gone. Gives the reason."""
    facts = halt.Facts(effect.action_kind, effect.channel, effect.account_id, effect.agent_id)
    found = halt.halted_by(tx, facts)
    if found is not None:
        known, because = (
            halt.recalled_note(found.id, found.reason),
            f"{found.what[:1].lower()}{found.what[1:]} was halted: {found.reason}",
        )
    elif effect.agent_id is not None and not remits.still_covers(tx, effect.id, effect.agent_id):
        known = f"Recalled, because the remit for {effect.action_kind} was taken back before it left."
        because = f"the remit for {effect.action_kind} was taken back"
    else:
        return None
    _change(tx, effect, "recalled", known)
    hand_back(tx, [effect.id], because)
    return known


def _fail(tx: WriteSession, effect: Claimed, failed: Failed) -> None:
    tx.execute(
        "INSERT INTO remit.outcomes (id, effect_id, kind, at, detail, account_id, access_id)"
        " VALUES (:id, :effect_id, :kind, :at, CAST(:detail AS jsonb), :account_id, :access_id)",
        {
            "id": new_id(),
            "effect_id": effect.id,
            "kind": failed.outcome,
            "at": tx.now,
            "detail": json.dumps({"reason": failed.reason, **failed.detail}),
            "account_id": effect.account_id,
            "access_id": effect.access_id,
        },
    )
    _change(tx, effect, "failed", failed.reason, kind="outcome", body={"outcome": failed.outcome})


def _change(
    tx: WriteSession,
    effect: Claimed,
    state: str,
    known: str,
    *,
    next_at: datetime | None = None,
    kind: Any = "effect",
    body: Mapping[str, Any] | None = None,
) -> None:
    tx.execute(
        "UPDATE remit.effects SET state = :state, known = :known, next_at = coalesce(:next_at, next_at),"
        " phase = CASE WHEN :state = 'parked' THEN phase ELSE '' END,"
        " worker_seen_at = :now, version = version + 1 WHERE id = :id",
        {
            "id": effect.id,
            "state": state,
            "known": known,
            "next_at": next_at,
            "now": tx.now,
        },
    )
    _note(tx, effect, kind, state, {"reason": known, **(body or {})})


def _note(tx: WriteSession, effect: Claimed, kind: Any, step: str, body: Mapping[str, Any]) -> None:
    actor = tx.scope.actor
    record = Record(
        kind=kind,
        event=f"effect:{step}",
        actor_id=actor.id,
        actor_kind=actor.kind,
        on_behalf_of=tx.scope.on_behalf_of,
        action_id=effect.action_id,
        account_id=effect.account_id,
        access_id=effect.access_id,
        object_type="effect",
        object_id=effect.id,
        request_id=tx.scope.request_id,
        body={"attempt": effect.attempt_count, "worker": effect.worker, "channel": effect.channel, **body},
    )
    log.append(tx.connection, [record], at=tx.now)
