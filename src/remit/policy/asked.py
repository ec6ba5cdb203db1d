"""The question of a decision as JSON: kept in the audit record, read back to try changed policies on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remit.policy.model import Approval, Decision, PolicyRequest, Principal, Resource


def of_decision(decision: Decision) -> dict[str, Any] | None:
    """The question that a decision answered; None for one that was not made by decide()."""
    return None if decision.asked is None else as_json(decision.asked)


def as_json(request: PolicyRequest) -> dict[str, Any]:
    """A request as plain JSON: ids, roles and the few facts that policies read; no content."""
    who, what, yes = request.principal, request.resource, request.approval
    return {
        "principal": {
            "kind": who.kind,
            "id": who.id,
            "roles": sorted(who.roles),
            "on_behalf_of": who.on_behalf_of,
            "owner_roles": sorted(who.owner_roles),
            "remit_level": who.remit_level,
        },
        "action": request.action_kind,
        "resource": {"kind": what.kind, "id": what.id, "attributes": dict(what.attributes)},
        "context": dict(request.context),
        "approval": None
        if yes is None
        else {
            "approver_id": yes.approver_id,
            "roles": sorted(yes.roles),
            "is_maker": yes.is_maker,
            "performs": yes.performs,
            "is_subject": yes.is_subject,
        },
    }


def from_json(value: Mapping[str, Any]) -> PolicyRequest:
    """The request again. Raises KeyError or TypeError for something else than `as_json` writes."""
    who, what, yes = value["principal"], value["resource"], value["approval"]
    return PolicyRequest(
        principal=Principal(
            kind=who["kind"],
            id=who["id"],
            roles=frozenset(who["roles"]),
            on_behalf_of=who["on_behalf_of"],
            owner_roles=frozenset(who["owner_roles"]),
            remit_level=who["remit_level"],
        ),
        action_kind=value["action"],
        resource=Resource(what["kind"], what["id"], what["attributes"]),
        context=value["context"],
        approval=None
        if yes is None
        else Approval(
            yes["approver_id"],
            frozenset(yes["roles"]),
            yes["is_maker"],
            yes["performs"],
            yes.get("is_subject", False),  # not asked before there was a rule about it
        ),
    )
