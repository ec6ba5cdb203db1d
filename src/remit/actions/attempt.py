"""One attempt at one action inside an open transaction: every stage in order, then handler and record."""

from __future__ import annotations

from dataclasses import dataclass

from remit.actions import record, seeded, stages
from remit.actions.errors import KeyReused, Refused
from remit.actions.model import Action, Approval, Performed, Target
from remit.actions.registry import verb
from remit.db.sessions import WriteSession
from remit.identity import SYSTEM_ID
from remit.policy.model import Decision
from remit.scope import Scope

# the maker's own act, or what a person did in their own name for a suggestion that the maker had put under this key
_BY_KEY = """
SELECT id, kind, encode(payload_hash, 'hex') AS payload_hash, result, sentence, rule_ids FROM remit.actions
WHERE idempotency_key = :key AND actor_id = :maker
   OR id = (SELECT action_id FROM remit.suggestions WHERE idempotency_key = :key AND proposed_by = :maker)
"""


class Alone(Exception):
    """This act cannot be performed in step with others."""


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """All stages were passed but the last: a person has to approve."""

    maker: stages.Maker
    target: Target
    decision: Decision


def attempt(
    tx: WriteSession,
    maker_scope: Scope,
    action: Action,
    *,
    approval: Approval | None,
    key: str | None,
    ask: bool = False,
) -> Performed | NeedsApproval:
    """Take `action` through the stages for the maker. With an approval it is decided again, on today's state."""
    found = verb(action.kind())
    if not maker_scope.allows(action.kind()):
        raise Refused(f"This scope does not reach {action.kind()}.", code="out_of_scope")
    approver_scope = tx.scope
    tx.act_for(maker_scope, approval.approver_id if approval else None)
    if approval is not None and found.as_system:
        tx.view_as(
            SYSTEM_ID
        )  # as in the first attempt; that the approver may see the suggestion was asked before
    if key is not None and (earlier := _earlier(tx, action, key)) is not None:
        return earlier
    trail = stages.Trail()
    maker = stages.identify(tx, maker_scope, trail)
    target = found.target(tx, action)
    standing = stages.within_remit(tx, maker, action, target, trail)
    if tx.together is not None and standing.level == "auto":
        raise Alone  # its cap counts what this maker has done, the acts of this batch among it
    decision = stages.ask_policy(maker, action, target, standing, approval, trail)
    if approval is None and not ask and decision.outcome == "permit" and maker_scope.actor.kind == "person":
        seeded.check_own(tx, action.kind(), maker_scope.person_id)
    stages.run_checks(tx, found, action, target, trail)
    if decision.outcome == "needs_approval" or (ask and approval is None):
        return NeedsApproval(maker, target, decision)
    trail.add("approval", _approval_told(approval))
    if approval is not None and approval.performs:
        # the remit only lets the agent suggest: the person does it, in their own name
        tx.act_for(approver_scope, approval.approver_id)
        key = None  # it is the maker's, and the suggestion keeps it
        maker = stages.Maker(approver_scope.actor, None, approval.roles)
        decision = stages.ask_policy(maker, action, target, standing, approval, trail)
    if tx.together is not None and not found.in_step:
        raise Alone
    change = found.handle(tx, action, target)
    trail.add("handler", f"{change.object_type} changed", fields=sorted(change.after))
    trail.add("audit", "recorded in the same transaction")
    trail.add(
        "effect",
        f"{len(change.effects)} queued for delivery" if change.effects else "nothing leaves the building",
    )
    effect_ids = record.write_act(tx, maker, action, target, change, decision, trail, approval, key)
    return Performed(
        tx.action_id, action.kind(), dict(change.result), decision.sentence, decision.rule_ids, effect_ids
    )


def _approval_told(approval: Approval | None) -> str:
    if approval is None:
        return "no approval needed"
    return f"approved by {approval.approver_id}, for exactly this payload"


def _earlier(tx: WriteSession, action: Action, key: str) -> Performed | None:
    """What the maker's own call with this key did before. Raises KeyReused when it was another payload."""
    row = tx.row(_BY_KEY, {"key": key, "maker": tx.maker_id})
    if row is None:
        return None
    if row.payload_hash != action.payload_hash():
        raise KeyReused(key, details={"action_id": str(row.id), "kind": row.kind})
    effects = tx.rows("SELECT id FROM remit.effects WHERE action_id = :id", {"id": row.id})
    return Performed(
        row.id,
        row.kind,
        row.result,
        row.sentence,
        tuple(row.rule_ids),
        tuple(e.id for e in effects),
        repeated=True,
    )
