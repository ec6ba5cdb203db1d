"""The parts of a step of an effect: its row as a value, locked and changed, and the audit row that goes with each change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from remit.actions.delivery import Claimed, Failed
from remit.actions.recalled import hand_back
from remit.actions.record import digest
from remit.audit import log
from remit.audit.record import Record
from remit.db.sessions import Permit, WriteSession, write
from remit.kit import clock
from remit.kit.ids import new_id
from remit.policy import halt, remits
from remit.scope import Scope

COLUMNS: Final = """id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload, account_id,
    access_id, actor_id, agent_id, on_behalf_of, attempt_count, phase, worker"""
"""The columns that `claimed_of` reads."""
# Quotation marks inside a record's texts are escaped, so these match its fields and nothing else.
_AS_APPROVED: Final = """
SELECT EXISTS (SELECT FROM remit.audit WHERE action_id = :action AND kind = 'effect'
    AND strpos(record, '"effect_id":"' || :id || '"') > 0 AND strpos(record, '"effect_hash":"' || :hash || '"') > 0)
"""


class ClaimLost(Exception):
    """This worker no longer holds the effect: it was recalled, resolved, or taken over by another worker."""

    code = "claim_lost"


class Stopped(Exception):
    """The effect was recalled at the last moment: halted, or its recipient must not be contacted."""

    code = "recalled"


@contextmanager
def step(scope: Scope) -> Iterator[WriteSession]:
    """One transaction of the delivery side."""
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        yield tx


def claimed_of(row: Row[Any]) -> Claimed:
    """A row with the columns of `remit.effects` as a value."""
    same = {name: getattr(row, name) for name in Claimed.__slots__ if name not in ("key", "worker")}
    return Claimed(**same, key=row.idempotency_key, worker=row.worker or "")


def lock(tx: WriteSession, effect: Claimed, with_proof: bool = False) -> None:
    """Lock the row that `effect` claims. `with_proof`: whoever brings proof need not hold it any more. Raises ClaimLost."""
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


def as_approved(tx: WriteSession, effect: Claimed) -> bool:
    """Whether the record of the act names this effect with this content: rows can be changed, the record cannot."""
    values = {"action": effect.action_id, "id": str(effect.id), "hash": digest(effect.payload)}
    return bool(tx.scalar(_AS_APPROVED, values))


def stopped(tx: WriteSession, effect: Claimed) -> str | None:
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
    change(tx, effect, "recalled", known)
    hand_back(tx, [effect.id], because)
    return known


def record_failure(tx: WriteSession, effect: Claimed, failed: Failed) -> None:
    """It failed: the outcome, and the state."""
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
    change(tx, effect, "failed", failed.reason, kind="outcome", body={"outcome": failed.outcome})


def change(
    tx: WriteSession,
    effect: Claimed,
    state: str,
    known: str,
    *,
    next_at: datetime | None = None,
    kind: Any = "effect",
    body: Mapping[str, Any] | None = None,
) -> None:
    """Put the effect into `state`, with the audit row of that step. `known`: what is known about why."""
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
    note(tx, effect, kind, state, {"reason": known, **(body or {})})


def note(tx: WriteSession, effect: Claimed, kind: Any, step: str, body: Mapping[str, Any]) -> None:
    """The audit row of a step."""
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
