"""The stages before a handler runs: identity, remit, policy, evidence and guard. Each may only narrow.

Every stage adds a plain sentence to the trail that is kept with the action, so that anybody can read why it was let
through or stopped. A stage that cannot decide raises; nothing here ever lets an act pass by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from remit.actions.errors import Refused
from remit.actions.model import Action, Approval, Check, Target
from remit.actions.registry import Verb
from remit.db.sessions import WriteSession
from remit.policy import asked, halt, model, remits
from remit.policy.decide import decide
from remit.scope import Actor, Scope

_KINDS: dict[str, model.PrincipalKind] = {
    "person": "Person",
    "agent": "Agent",
    "workflow": "Workflow",
    "connector": "Connector",
}
_WHO = """
SELECT p.kind, p.active, p.owner_id, coalesce(o.active, true) AS owner_active,
       array(SELECT role FROM remit.person_roles r WHERE r.person_id = CAST(:answers AS uuid)) AS roles
FROM remit.people p LEFT JOIN remit.people o ON o.id = p.owner_id WHERE p.id = :actor
"""


@dataclass(slots=True)
class Trail:
    """What each stage found, in order; becomes `actions.stages`."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, stage: str, sentence: str, **details: Any) -> None:
        """Note one stage's finding."""
        self.entries.append({"stage": stage, "sentence": sentence, **details})


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the act, as the database knows them now (not as the scope remembers them)."""

    actor: Actor
    on_behalf_of: UUID | None
    roles: frozenset[str]

    @property
    def agent_id(self) -> UUID | None:
        """The agent, when it is one."""
        return self.actor.id if self.actor.kind == "agent" else None


def identify(tx: WriteSession, scope: Scope, trail: Trail) -> Maker:
    """Stage 1. The actor is active now; roles are those of now, and no more than the scope carries."""
    row = tx.row(_WHO, {"actor": scope.actor.id, "answers": scope.person_id})
    if row is None or not row.active or not row.owner_active or row.kind != scope.actor.kind:
        raise Refused("You are no longer active in Remit; ask an admin.", code="not_permitted")
    if scope.actor.kind == "agent" and row.owner_id != scope.on_behalf_of:
        raise Refused("This agent does not work for that person.", code="not_permitted")
    roles = frozenset(row.roles)
    if not _is_service(scope):
        roles &= scope.roles
    trail.add("identity", f"{scope.actor.name} ({scope.actor.kind}) by {scope.via}", roles=sorted(roles))
    return Maker(scope.actor, scope.on_behalf_of, roles)


def _is_service(scope: Scope) -> bool:
    return scope.actor.kind in ("workflow", "connector") and scope.on_behalf_of is None


def within_remit(
    tx: WriteSession, maker: Maker, action: Action, target: Target, trail: Trail
) -> remits.Standing:
    """Stage 2. Nothing halted; how far this actor may go alone with this kind, segment and channel today."""
    stopped = halt.halted_by(
        tx,
        halt.Facts(
            action_kind=action.kind(),
            channel=target.channel,
            account_id=target.account_id,
            agent_id=maker.agent_id,
        ),
    )
    if stopped is not None and action.kind() not in halt.EXEMPT:
        raise Refused(
            f"Stopped: {stopped.sentence} It can go on when somebody lifts the halt.",
            code="halted",
            details={
                "halt_id": str(stopped.id),
                "scope": stopped.scope,
                "reason": stopped.reason,
                "what": stopped.what,
                "by": stopped.by,
                "halted_at": stopped.halted_at.isoformat(),
            },
        )
    standing = remits.standing(
        tx, action.kind(), target.segment, target.channel, maker.actor.kind, maker.actor.id
    )
    trail.add("remit", standing.sentence, level=standing.level)
    return standing


def ask_policy(
    maker: Maker,
    action: Action,
    target: Target,
    standing: remits.Standing,
    approval: Approval | None,
    trail: Trail,
) -> model.Decision:
    """Stage 3. Permit, forbid, or permit once a person has approved. Raises Refused for a forbid."""
    kind = _KINDS[maker.actor.kind]
    principal = model.Principal(
        kind=kind,
        id=str(maker.actor.id),
        roles=maker.roles if kind == "Person" else frozenset(),
        on_behalf_of=str(maker.on_behalf_of or ""),
        owner_roles=frozenset() if kind == "Person" else maker.roles,
        remit_level=standing.level,
    )
    channel = "" if target.channel == "*" else target.channel
    decision = decide(
        model.PolicyRequest(
            principal=principal,
            action_kind=action.kind(),
            resource=model.Resource(target.type, str(target.id or ""), target.attributes),
            context={"channel": channel, "within_cap": standing.within_cap, **target.context},
            approval=None
            if approval is None
            else model.Approval(
                str(approval.approver_id),
                approval.roles,
                approval.is_maker,
                approval.performs,
                approval.approver_id in target.subjects,
            ),
        )
    )
    trail.add("policy", decision.sentence, rule_ids=list(decision.rule_ids))
    if decision.outcome == "forbid":
        raise Refused(
            decision.sentence,
            code="not_permitted_by_policy",
            rule_ids=decision.rule_ids,
            policy_hash=decision.policy_hash,
            asked=asked.of_decision(decision),
            details={"rule_ids": list(decision.rule_ids)},
        )
    return decision


def run_checks(tx: WriteSession, verb: Verb, action: Action, target: Target, trail: Trail) -> None:
    """Stages 4 and 5. Every check of the verb is looked at, so that one answer names everything to mend."""
    found: list[Check] = []
    for check in verb.checks:
        found.extend(check(tx, action, target))
    failed = [check for check in found if not check.passed]
    trail.add(
        "guard",
        f"{len(found) - len(failed)} of {len(found)} checks passed",
        checks=[{"id": one.id, "passed": one.passed, "reason": one.reason} for one in found],
    )
    if failed:
        raise Refused(
            "Not done: " + " ".join(check.reason for check in failed),
            code="check_failed",
            details={"checks": _listed(failed)},
        )


def _listed(checks: Sequence[Check]) -> list[dict[str, Any]]:
    return [{"id": one.id, "passed": one.passed, "reason": one.reason} for one in checks]
