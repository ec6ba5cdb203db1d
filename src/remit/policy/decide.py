"""May this be done? Pure: a request and a book of policies in, a decision out. Never raises; in doubt it forbids.

Whether an approval is needed is found by asking Cedar twice: as things stand, and with the best approval there
could be. What the second question allows and the first does not is what waits for a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cedarpy

from remit.policy.model import (
    CONTEXT_DEFAULTS,
    LEVELS,
    RESOURCE_DEFAULTS,
    ROLES,
    Approval,
    Decision,
    PolicyInputInvalid,
    PolicyRequest,
    Principal,
    Resource,
)
from remit.policy.schema import PolicyBook, Slice, current

DEFAULT_DENY = "default-deny"
POLICY_ERROR = "policy-error"

_BEST_APPROVAL = Approval("", frozenset(ROLES), is_maker=False, performs=True)
_DONE = {"SendEmail": "sent", "GrantRemit": "granted", "ImportCrm": "imported", "Resume": "resumed"}
_ROLES = frozenset(ROLES)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What Cedar said to one question. `errors`: it could not evaluate a rule, or not build the request."""

    allowed: bool
    reasons: tuple[str, ...]
    errors: tuple[str, ...]


def decide(request: PolicyRequest, book: PolicyBook | None = None) -> Decision:
    """Decide `request` by `book` (default: the policies in force)."""
    book = book or current()
    part = book.slices.get((request.action_kind, request.principal.kind))
    if part is None:
        return _failed(book, request, f"the policies do not know {request.action_kind}")
    try:
        question = _Question(request, part, book.schema)
    except (PolicyInputInvalid, ValueError) as error:
        return _failed(book, request, str(error))
    first = question.ask(request.approval)
    if first.errors:
        return _failed(book, request, first.errors[0])
    if first.allowed:
        return Decision("permit", first.reasons, book.policy_hash, f"Allowed: {_told(book, first.reasons)}.")
    return _refused_or_waiting(request, book, part, first, question.ask(_BEST_APPROVAL))


class _Question:
    """One request in Cedar's form: entities parsed once, asked with different approvals."""

    __slots__ = ("_context", "_entities", "_part", "_request", "_schema")

    def __init__(self, request: PolicyRequest, part: Slice, schema: cedarpy.Schema) -> None:
        principal, resource = request.principal, request.resource
        self._part = part
        self._schema = schema
        self._context = _filled(request.context, CONTEXT_DEFAULTS, "context")
        self._request = {
            "principal": {"type": principal.kind, "id": principal.id},
            "action": {"type": "Action", "id": request.action_kind},
            "resource": {"type": "Record", "id": resource.id},
        }
        entities = [_principal_entity(principal), _resource_entity(resource)]
        self._entities = cedarpy.Entities.from_json_str(json.dumps(entities))

    def ask(self, approval: Approval | None) -> _Answer:
        context = {
            **self._context,
            "approved": approval is not None,
            "approver_is_maker": approval is None or approval.is_maker,
            "approver_performs": approval is not None and approval.performs,
            "approver_roles": list(approval.roles) if approval else [],
        }
        asked = {**self._request, "context": context}
        result = cedarpy.is_authorized(asked, self._part.policies, self._entities, self._schema)
        return _Answer(
            allowed=result.decision is cedarpy.Decision.Allow,
            reasons=tuple(sorted(result.diagnostics.reasons)),
            errors=tuple(result.diagnostics.errors),
        )


def _principal_entity(principal: Principal) -> dict[str, object]:
    roles = principal.effective_roles
    if not roles <= _ROLES:
        raise PolicyInputInvalid(f"unknown role {', '.join(sorted(roles - _ROLES))}")
    if principal.remit_level not in LEVELS:
        raise PolicyInputInvalid(f"unknown remit level {principal.remit_level}")
    attributes = {
        "person": principal.person,
        "roles": list(roles),
        "remit_level": "person" if principal.kind == "Person" else principal.remit_level,
    }
    return {"uid": {"type": principal.kind, "id": principal.id}, "attrs": attributes, "parents": []}


def _resource_entity(resource: Resource) -> dict[str, object]:
    attributes = {"kind": resource.kind, **_filled(resource.attributes, RESOURCE_DEFAULTS, "resource")}
    return {"uid": {"type": "Record", "id": resource.id}, "attrs": attributes, "parents": []}


def _filled(given: Mapping[str, object], defaults: Mapping[str, object], what: str) -> dict[str, object]:
    """`given` over the defaults; unknown keys and other types than the default's are refused."""
    filled = dict(defaults)
    for key, value in given.items():
        if key not in defaults:
            raise PolicyInputInvalid(f"unknown {what} attribute {key}; known: {', '.join(defaults)}")
        if type(value) is not type(defaults[key]):
            raise PolicyInputInvalid(f"{what} attribute {key} has the wrong type {type(value).__name__}")
        filled[key] = value
    return filled


def _refused_or_waiting(
    request: PolicyRequest, book: PolicyBook, part: Slice, first: _Answer, best: _Answer
) -> Decision:
    """The decision when the first question was answered no."""
    not_done = f"Not {_DONE.get(request.action_kind, 'done')}"
    if best.errors:
        return _failed(book, request, best.errors[0])
    if not best.allowed:
        if best.reasons:
            told = f"{not_done}: {_told(book, best.reasons)}."
            return Decision("forbid", best.reasons, book.policy_hash, told)
        return Decision("forbid", (DEFAULT_DENY,), book.policy_hash, f"{not_done}: {_default_deny(part)}.")
    # Only an approval was missing, so each rule that refused names who may give it.
    approvers = _approvers(book, first.reasons)
    told = _told(book, first.reasons)
    if request.approval is not None:
        sentence = f"{not_done}: this approval is not enough. What is needed: {told}."
        return Decision("forbid", first.reasons, book.policy_hash, sentence)
    if not approvers:
        sentence = f"{not_done}: no one person may give all the approvals that this needs: {told}."
        return Decision("forbid", first.reasons, book.policy_hash, sentence)
    performs = request.principal.kind != "Person" and request.principal.remit_level == "suggest"
    sentence = f"{not_done} yet: {told}."
    return Decision("needs_approval", first.reasons, book.policy_hash, sentence, approvers, performs)


def _approvers(book: PolicyBook, rule_ids: Iterable[str]) -> tuple[str, ...]:
    """Roles that satisfy every one of the rules, in the order of ROLES; ("*",) when any person does."""
    allowed: set[str] = set(ROLES)
    open_to_all = True
    for rule_id in rule_ids:
        named = book.rules[rule_id].approvers
        if named != ("*",):
            open_to_all = False
            allowed &= set(named)
    return ("*",) if open_to_all else tuple(role for role in ROLES if role in allowed)


def _told(book: PolicyBook, rule_ids: Iterable[str]) -> str:
    rules = [book.rules[rule_id] for rule_id in rule_ids]
    return "; ".join(f"{rule.sentence} (rule {rule.id}, owner {rule.owner})" for rule in rules)


def _default_deny(part: Slice) -> str:
    if not part.permits:
        return f"no rule allows this to anybody of this kind (rule {DEFAULT_DENY})"
    return f"no rule allows this here (rule {DEFAULT_DENY}). What is allowed: {'; '.join(part.permits)}"


def _failed(book: PolicyBook, request: PolicyRequest, why: str) -> Decision:
    sentence = f"Not {_DONE.get(request.action_kind, 'done')}: the policies could not decide, because {why} (rule {POLICY_ERROR})."
    return Decision("forbid", (POLICY_ERROR,), book.policy_hash, sentence)
