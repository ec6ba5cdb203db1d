"""May this be done? Pure: a request and a book of policies in, a decision out. Never raises; in doubt it forbids.

Whether an approval is needed is found by asking Cedar twice: as things stand, and with the best approval there
could be. What the second question allows and the first does not is what waits for a person.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

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
    roles_told,
)
from remit.policy.schema import PolicyBook, Slice, current

DEFAULT_DENY = "default-deny"
POLICY_ERROR = "policy-error"

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
    return replace(_decided(request, book or current()), asked=request)


def _decided(request: PolicyRequest, book: PolicyBook) -> Decision:
    part = book.slices.get((request.action_kind, request.principal.kind))
    if part is None:
        return _failed(book, request, f"the policies do not know {request.action_kind}")
    try:
        question = _Question(request, part)
        first = question.ask(request.approval)
    except ValueError as error:  # PolicyInputInvalid, or Cedar could not read a value
        return _failed(book, request, str(error))
    if first.errors:
        return _failed(book, request, first.errors[0])
    if first.allowed:
        return Decision("permit", first.reasons, book.policy_hash, f"Allowed: {_told(book, first.reasons)}.")
    # A rule that no approval can change forbids for good: there is no second question to ask.
    final = tuple(rule_id for rule_id in first.reasons if rule_id not in part.on_approval)
    best = _Answer(False, final, ()) if final else question.ask_with_best_approval()
    return _refused_or_waiting(request, book, part, first, best)


class _Question:
    """One request in Cedar's form, cut to the attributes that the rules read, asked with different approvals.

    Types are checked here against the defaults, which a test holds equal to the schema; so the schema need not
    be applied again at each question.
    """

    __slots__ = ("_action", "_context", "_entities", "_part", "_reads_context", "_uids")

    def __init__(self, request: PolicyRequest, part: Slice) -> None:
        principal, resource = request.principal, request.resource
        self._part = part
        self._action = request.action_kind
        self._reads_context = part.reads["context"]
        self._context = _filled(request.context, CONTEXT_DEFAULTS, "context", self._reads_context)
        # Where no rule names a person or record itself, all with equal attributes are one to Cedar.
        who, what = (principal.id, resource.id) if part.by_id else ("-", "-")
        self._uids = (principal.kind, who, what)
        of_principal = _principal_attributes(principal, part.reads["principal"])
        of_resource = _resource_attributes(resource, part.reads["resource"])
        self._entities = json.dumps(
            [
                {"uid": {"type": principal.kind, "id": who}, "attrs": of_principal, "parents": []},
                {"uid": {"type": "Record", "id": what}, "attrs": of_resource, "parents": []},
            ]
        )

    def ask(self, approval: Approval | None) -> _Answer:
        """The question as things stand."""
        return self._ask(self._part.policies, approval)

    def ask_with_best_approval(self) -> _Answer:
        """The question with the best approval there could be: by somebody else, in every role the rules ask for.

        Only for a request that no rule forbids for good, so those rules need not be asked again.
        """
        roles = frozenset(self._part.approver_roles)
        return self._ask(self._part.second, Approval("", roles, is_maker=False, performs=True))

    def _ask(self, policies: cedarpy.PolicySet, approval: Approval | None) -> _Answer:
        reads = self._reads_context
        context = dict(self._context)
        if "approved" in reads:
            context["approved"] = approval is not None
        if "approver_is_maker" in reads:
            context["approver_is_maker"] = approval is None or approval.is_maker
        if "approver_performs" in reads:
            context["approver_performs"] = approval is not None and approval.performs
        if "approver_is_subject" in reads:
            context["approver_is_subject"] = approval is None or approval.is_subject
        if "approver_roles" in reads:
            context["approver_roles"] = sorted(approval.roles) if approval else []
        return _cedar(policies, self._action, self._uids, self._entities, json.dumps(context))


@lru_cache(maxsize=8192)
def _cedar(
    policies: cedarpy.PolicySet, action: str, uids: tuple[str, str, str], entities: str, context: str
) -> _Answer:
    """One question to Cedar. Remembered, because the answer depends on nothing but the arguments."""
    kind, who, what = uids
    asked = {
        "principal": {"type": kind, "id": who},
        "action": {"type": "Action", "id": action},
        "resource": {"type": "Record", "id": what},
        "context": context,
    }
    result = cedarpy.is_authorized(asked, policies, _parsed(entities))
    diagnostics = result.diagnostics
    return _Answer(result.allowed, tuple(sorted(diagnostics.reasons)), tuple(diagnostics.errors))


@lru_cache(maxsize=1024)
def _parsed(entities: str) -> cedarpy.Entities:
    return cedarpy.Entities.from_json_str(entities)


def _principal_attributes(principal: Principal, reads: Collection[str]) -> dict[str, object]:
    # A role that the policies do not know is in no rule: it gives nothing and takes nothing.
    roles = principal.effective_roles & _ROLES
    if principal.remit_level not in LEVELS:
        raise PolicyInputInvalid(f"unknown remit level {principal.remit_level}")
    attributes: dict[str, object] = {
        "person": principal.person,
        "roles": sorted(roles),
        "remit_level": "person" if principal.kind == "Person" else principal.remit_level,
    }
    return {key: value for key, value in attributes.items() if key in reads}


def _resource_attributes(resource: Resource, reads: Collection[str]) -> dict[str, object]:
    attributes = _filled(resource.attributes, RESOURCE_DEFAULTS, "resource", reads)
    if "kind" in reads:
        attributes["kind"] = resource.kind
    return attributes


def _filled(
    given: Mapping[str, object], defaults: Mapping[str, object], what: str, reads: Collection[str]
) -> dict[str, object]:
    """`given` over the defaults, cut to what is read; unknown keys and other types than the default's are refused."""
    for key, value in given.items():
        if key not in defaults:
            raise PolicyInputInvalid(f"unknown {what} attribute {key}; known: {', '.join(defaults)}")
        if type(value) is not type(defaults[key]):
            raise PolicyInputInvalid(f"{what} attribute {key} has the wrong type {type(value).__name__}")
    return {key: given.get(key, default) for key, default in defaults.items() if key in reads}


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
        whose = f"The yes of {roles_told(approvers)} is" if approvers else "More than one person's yes is"
        sentence = f"{not_done}: this approval is not enough. {whose} needed: {told}."
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
