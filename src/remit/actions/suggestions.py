"""What waits for a person: bound to one payload's hash, expiring, decided again at approval.

A suggestion is a row, never a parked call. Changing the payload means a new suggestion; the old one is void.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Row

from remit import identity
from remit.actions import seeded, stages
from remit.actions.attempt import attempt
from remit.actions.errors import KeyReused, NotFound, Refused
from remit.actions.model import Action, Approval, Change, Performed, Target, Waiting, payload_hash
from remit.actions.registry import handler, rebuild
from remit.audit import log
from remit.audit.record import Record
from remit.db.sessions import ReadSession, WriteSession, read
from remit.policy import remits
from remit.policy.model import roles_told
from remit.scope import Scope

_FIND = """
SELECT id, kind, payload, encode(payload_hash, 'hex') AS payload_hash, title, account_id, access_id, object_type, object_id,
       proposed_by, proposer_kind, on_behalf_of, needs, rule_ids, state, expires_at, version, idempotency_key,
       held
FROM remit.suggestions WHERE {where}
"""
_OWN_KEY = "idempotency_key = :key AND proposed_by = :maker"
_DECIDE = """
UPDATE remit.suggestions SET state = :state, decided_by = :by, decided_at = :at, decision_reason = :reason,
    action_id = :action_id, version = version + 1
WHERE id = :id AND state = 'waiting'
"""


class ApproveSuggestion(Action):
    """A person's yes to exactly one payload."""

    event: ClassVar[str] = "suggestion:approve"
    by_api: ClassVar[bool] = False
    suggestion_id: UUID
    approved_hash: str


class RejectSuggestion(Action):
    """A person's no, with the reason that whoever proposed it can learn from."""

    event: ClassVar[str] = "suggestion:reject"
    by_api: ClassVar[bool] = False
    suggestion_id: UUID
    reason: str


class ReleaseSuggestion(Action):
    """A person's word that what is held may be decided: they looked, and it has not been done already."""

    event: ClassVar[str] = "suggestion:release"
    suggestion_id: UUID
    reason: str


class ExpireSuggestion(Action):
    """Time ran out: nobody decided before the suggestion's expiry."""

    event: ClassVar[str] = "suggestion:expire"
    suggestion_id: UUID


def find_by_key(tx: WriteSession, action: Action, key: str) -> Waiting | None:
    """What of the maker's own already waits under this key. Raises Refused when it was another payload, or was decided."""
    row = tx.row(_FIND.format(where=_OWN_KEY), {"key": key, "maker": tx.maker_id})
    if row is None or row.state == "approved":
        return None
    if row.payload_hash != action.payload_hash():
        raise KeyReused(key)
    if row.state != "waiting":
        raise Refused(f"This was suggested before and is {row.state}.", code="suggestion_not_waiting")
    roles = tuple(row.needs.split(",")) if row.needs else ()
    return Waiting(
        row.id, row.payload_hash, "It already waits for approval.", tuple(row.rule_ids), row.expires_at, roles
    )


def find_waiting(scope: Scope, suggestion_id: UUID) -> Action | None:
    """The action that waits, for what has to be found out before it is approved; `approve` refuses whatever is wrong with it."""
    with read(scope) as session:
        row = session.row(_FIND.format(where="id = :id"), {"id": suggestion_id})
    if row is None or row.state != "waiting" or payload_hash(row.kind, row.payload) != row.payload_hash:
        return None
    return rebuild(row.kind, row.payload)


def approve(tx: WriteSession, scope: Scope, act: ApproveSuggestion) -> Performed:
    """Inside the door: check the approver and the hash, then take the maker's action through every stage again."""
    if not scope.allows(act.kind()):
        raise Refused("This scope does not reach ApproveSuggestion.", code="out_of_scope")
    row = _waiting(tx, act.suggestion_id)
    if row.held:
        raise Refused(row.held, code="suggestion_held")
    if not hmac.compare_digest(row.payload_hash.encode(), act.approved_hash.lower().encode()):
        raise Refused(
            "What you approved is not what waits here now. Read it again and approve its present hash.",
            code="payload_changed",
            details={"present_hash": row.payload_hash},
        )
    if payload_hash(row.kind, row.payload) != row.payload_hash:
        raise Refused(
            "The stored payload does not match its hash; it cannot be approved.", code="payload_tampered"
        )
    trail = stages.Trail()
    approver = stages.identify(tx, scope, trail)
    target = _target_of(row)
    nobody = remits.Standing("off", False, "an approval is a person's own act")
    try:
        stages.ask_policy(approver, act, target, nobody, None, trail)
    except Refused as refused:
        refused.message += f" This one waits for {roles_told(row.needs.split(',') if row.needs else ())}."
        raise
    seeded.check_approver(tx, row, scope.actor.id, approver.roles)
    maker_scope = _scope_of_maker(row, scope)
    tx.view_also_as(maker_scope.person_id)  # whatever the payload names, its maker has to see it, too
    performs = row.proposer_kind != "person" and "remit-suggest" in row.rule_ids
    approval = Approval(row.id, scope.actor.id, approver.roles, scope.actor.id in _makers(row), performs)
    done = attempt(
        tx, maker_scope, rebuild(row.kind, row.payload), approval=approval, key=row.idempotency_key
    )
    if not isinstance(done, Performed):
        raise Refused(done.decision.sentence, code="approval_not_enough", rule_ids=done.decision.rule_ids)
    _decide(tx, row.id, "approved", scope, "", done.action_id)
    log.append(tx.connection, [_decided(scope, act, row, done, tx.action_id)], at=tx.now)
    return done


def _makers(row: Row[Any]) -> set[UUID]:
    """Whose own yes does not count as a second one: an agent is its person's hand, a service hands on what a person made."""
    return {row.proposed_by, row.on_behalf_of}


def _decided(scope: Scope, act: ApproveSuggestion, row: Row[Any], done: Performed, action_id: UUID) -> Record:
    return Record(
        kind="decision",
        event=act.event,
        actor_id=scope.actor.id,
        actor_kind=scope.actor.kind,
        approver_id=scope.actor.id,
        action_id=action_id,
        account_id=row.account_id,
        access_id=row.access_id,
        object_type="suggestion",
        object_id=row.id,
        payload_hash=row.payload_hash,
        rule_ids=done.rule_ids,
        request_id=scope.request_id,
        sentence=f"{scope.actor.name} approved {row.kind}: {row.title}",
        body={"kind": row.kind, "proposed_by": row.proposed_by, "via": scope.via},
    )


def _scope_of_maker(row: Row[Any], approver: Scope) -> Scope:
    """The maker as of now: one who was disabled since cannot have anything approved."""
    try:
        if row.proposer_kind == "person":
            return identity.for_person(row.proposed_by, via="approval", request_id=approver.request_id)
        if row.proposer_kind == "agent":
            return identity.for_agent(row.proposed_by, via="approval", request_id=approver.request_id)
        job = identity.job_of(row.proposed_by, row.kind)
        if job is None:
            raise identity.NotPermitted(f"{row.kind} is none of its jobs")
        return identity.for_service(job, via="approval", request_id=approver.request_id)
    except identity.NotPermitted as gone:
        raise Refused("Whoever proposed this is no longer active.", code="maker_not_active") from gone


def _waiting(tx: WriteSession, suggestion_id: UUID) -> Row[Any]:
    row = tx.row(_FIND.format(where="id = :id") + " FOR UPDATE", {"id": suggestion_id})
    if row is None:
        raise NotFound("suggestion")
    if row.state != "waiting":
        raise Refused(f"This suggestion is {row.state} already.", code="suggestion_not_waiting")
    if row.expires_at <= tx.now:
        raise Refused("This suggestion has expired; ask for it again.", code="suggestion_expired")
    return row


def _target_of(row: Row[Any]) -> Target:
    return Target("suggestion", row.id, row.account_id, row.access_id, title=row.title)


def _decide(
    tx: WriteSession, suggestion_id: UUID, state: str, scope: Scope, reason: str, action_id: UUID | None
) -> None:
    tx.execute(
        _DECIDE,
        {
            "id": suggestion_id, "state": state, "by": scope.actor.id, "at": tx.now,
            "reason": reason, "action_id": action_id,
        },
    )  # fmt: skip


def _suggestion(
    session: ReadSession, action: RejectSuggestion | ReleaseSuggestion | ExpireSuggestion
) -> Target:
    row = session.row(_FIND.format(where="id = :id"), {"id": action.suggestion_id})
    if row is None:
        raise NotFound("suggestion")
    return _target_of(row)


@handler(RejectSuggestion, target=_suggestion)
def reject_suggestion(tx: WriteSession, action: RejectSuggestion, _target: Target) -> Change:
    """Close a waiting suggestion with a reason."""
    row = _waiting(tx, action.suggestion_id)
    if not action.reason.strip():
        raise Refused("Say why, so that the next suggestion is better.", code="reason_missing")
    _decide(tx, row.id, "rejected", tx.scope, action.reason.strip(), None)
    after = {"state": "rejected", "reason": action.reason.strip()}
    result = {"suggestion_id": str(row.id)}
    if said := seeded.told_of_catch(tx, row.id):
        result["seeded"] = said
    return Change("suggestion", row.id, {"state": "waiting"}, after, result=result)


@handler(ReleaseSuggestion, target=_suggestion)
def release_suggestion(tx: WriteSession, action: ReleaseSuggestion, _target: Target) -> Change:
    """Let a held suggestion be decided; it is approved or rejected afterwards as any other."""
    row = _waiting(tx, action.suggestion_id)
    if not row.held:
        raise Refused("This is not held; approve or reject it.", code="not_held")
    if not action.reason.strip():
        raise Refused("Say how you know that it was not done already.", code="reason_missing")
    tx.execute("UPDATE remit.suggestions SET held = '', version = version + 1 WHERE id = :id", {"id": row.id})
    after = {"held": "", "reason": action.reason.strip()}
    return Change("suggestion", row.id, {"held": row.held}, after, result={"suggestion_id": str(row.id)})


@handler(ExpireSuggestion, target=_suggestion)
def expire_suggestion(tx: WriteSession, action: ExpireSuggestion, _target: Target) -> Change:
    """Close a suggestion whose time ran out. Raises Refused when it has not."""
    row = tx.row(_FIND.format(where="id = :id") + " FOR UPDATE", {"id": action.suggestion_id})
    if row is None or row.state != "waiting" or row.expires_at > tx.now:
        raise Refused("This suggestion is not due to expire.", code="not_due")
    _decide(tx, row.id, "expired", tx.scope, "nobody decided in time", None)
    return Change("suggestion", row.id, {"state": "waiting"}, {"state": "expired"})


def void_for_object(tx: WriteSession, object_type: str, object_id: UUID, reason: str) -> int:
    """Void what waits about an object that was edited: an approval names one payload, and this is another now."""
    return void_for_objects(tx, object_type, [object_id], reason)


def void_for_objects(tx: WriteSession, object_type: str, object_ids: Sequence[UUID], reason: str) -> int:
    """As `void_for_object`, for several; gives how many waited."""
    done = tx.execute(
        "UPDATE remit.suggestions SET state = 'void', decided_by = :by, decided_at = :at, decision_reason = :reason,"
        " version = version + 1 WHERE object_type = :type AND object_id = ANY (CAST(:objects AS uuid[])) AND state = 'waiting'",
        {"by": tx.scope.actor.id, "at": tx.now, "reason": reason, "type": object_type, "objects": list(object_ids)},
    )  # fmt: skip
    return done.rowcount
