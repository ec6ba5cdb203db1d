"""What a person decides about messages on their way: recall one, or settle one whose delivery nobody can know."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit.actions import Action, Change, Conflict, NotFound, Refused, Target, attributes_of, handler
from remit.actions.delivery import Delivered
from remit.actions.effect_rows import claimed_of
from remit.actions.effects import write_receipt
from remit.db.sessions import ReadSession, WriteSession

_FIND: Final = """
SELECT e.*, a.name AS account, a.segment, a.key_account, a.owner_id
FROM remit.effects e LEFT JOIN remit.accounts a ON a.id = e.account_id WHERE e.id = :id
"""
_RESOLVED: Final = {"delivered": "delivered", "send_again": "queued", "give_up": "failed"}

Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class ResolveParkedEffect(Action):
    """A person's word on a parked effect: it was delivered, it was not (send again), or leave it unsent for good."""

    event: ClassVar[str] = "effect:parked:resolve"
    effect_id: UUID
    decision: Literal["delivered", "send_again", "give_up"]
    reason: Reason
    expected_version: int


class RecallEffect(Action):
    """Take back an effect that still waits."""

    event: ClassVar[str] = "effect:queued:recall"
    effect_id: UUID
    reason: Reason


def _target(session: ReadSession, action: ResolveParkedEffect | RecallEffect) -> Target:
    row = session.row(_FIND, {"id": action.effect_id})
    if row is None:
        raise NotFound("effect")
    return Target(
        "effect",
        row.id,
        row.account_id,
        row.access_id,
        row.segment or "*",
        row.channel,
        row.version,
        f"{row.kind} to {row.account or 'no account'}",
        attributes_of(row.owner_id, row.key_account, row.segment),
    )


def _locked(tx: WriteSession, effect_id: UUID) -> Row[Any]:
    tx.execute("SELECT 1 FROM remit.effects WHERE id = :id FOR UPDATE", {"id": effect_id})
    row = tx.row(_FIND, {"id": effect_id})
    if row is None:
        raise NotFound("effect")
    return row


@handler(ResolveParkedEffect, target=_target)
def resolve_parked_effect(tx: WriteSession, action: ResolveParkedEffect, _target: Target) -> Change:
    """Settle, queue again under the same key and Message-ID, or close."""
    row = _locked(tx, action.effect_id)
    if row.state != "parked":
        raise Refused(f"This effect is {row.state}; only a parked one can be settled.", code="not_parked")
    if row.version != action.expected_version:
        raise Conflict("effect", expected=action.expected_version, found=row.version)
    if not action.reason.strip():
        raise Refused("Say how you know.", code="reason_missing")
    state = _RESOLVED[action.decision]
    known = f"Settled by {tx.scope.actor.name}: {action.reason.strip()}"
    if action.decision == "delivered":
        proof = {"proof": "a person's word", "person_id": str(tx.scope.actor.id), "reason": action.reason}
        write_receipt(tx, claimed_of(row), Delivered(proof))
    else:
        tx.execute(
            "UPDATE remit.effects SET state = :state, phase = '', known = :known, next_at = :now, worker = NULL,"
            " released_at = :now, version = version + 1 WHERE id = :id",
            {"id": row.id, "state": state, "known": known, "now": tx.now},
        )
    if state == "queued":
        tx.execute("SELECT pg_notify('remit_effects', :id)", {"id": str(row.id)})
    after = {"state": state, "decision": action.decision, "reason": action.reason}
    return Change("effect", row.id, {"state": "parked"}, after, result={"state": state})


@handler(RecallEffect, target=_target)
def recall_effect(tx: WriteSession, action: RecallEffect, _target: Target) -> Change:
    """Recall; refused for what is with a worker or gone."""
    done = tx.execute(
        "UPDATE remit.effects SET state = 'recalled', known = :known, version = version + 1"
        " WHERE id = :id AND state = 'queued'",
        {"id": action.effect_id, "known": f"Recalled by {tx.scope.actor.name}: {action.reason.strip()}"},
    )
    if done.rowcount == 0:
        state = _locked(tx, action.effect_id).state
        raise Refused(f"This effect is {state}; only a queued one can be recalled.", code="not_queued")
    after = {"state": "recalled", "reason": action.reason}
    return Change("effect", action.effect_id, {"state": "queued"}, after, result={"state": "recalled"})
