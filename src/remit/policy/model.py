"""The question that a policy answers, and the answer. Pure: no database, no clock, no Cedar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

PrincipalKind = Literal["Person", "Agent", "Workflow", "Connector"]
Outcome = Literal["permit", "forbid", "needs_approval"]
RemitLevel = Literal["off", "suggest", "approve", "auto"]

PRINCIPAL_KINDS: tuple[PrincipalKind, ...] = ("Person", "Agent", "Workflow", "Connector")
# From the least to the most autonomy: the index is the rank.
LEVELS: tuple[RemitLevel, ...] = ("off", "suggest", "approve", "auto")

# What each role is called wherever people read it: the one definition (in a sentence with its article).
ROLE_NAMES: Mapping[str, str] = {
    "sdr": "SDR",
    "ae": "AE",
    "se": "SE",
    "manager": "sales manager",
    "enablement": "sales enablement",
    "compliance": "compliance",
    "operations": "revenue operations",
    "vp": "VP sales",
    "governance": "governance board",
    "finance": "finance",
    "legal": "legal",
    "delivery": "client delivery",
    "engineering": "engineering",
    "admin": "admin",
}
_ARTICLES = {"sdr": "an ", "ae": "an ", "se": "an ", "manager": "a ", "vp": "the ", "governance": "the ", "admin": "an "}  # fmt: skip
ROLES = tuple(ROLE_NAMES)


def role_name(role: str) -> str:
    """What a role is called in a list: "Sales manager". A role that no rule names keeps its own word."""
    name = ROLE_NAMES.get(role, role.replace("_", " "))
    return name[:1].upper() + name[1:]


def roles_told(roles: Iterable[str]) -> str:
    """Who may say yes, in a sentence: "an AE, a sales manager or the VP sales"; "any person" for none named or "*"."""
    named = tuple(roles)
    if not named or "*" in named:
        return "any person"
    titles = [_ARTICLES.get(role, "") + ROLE_NAMES.get(role, role) for role in named]
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} or {titles[-1]}"


# What a caller leaves out is filled with the value that permits least.
RESOURCE_DEFAULTS: Mapping[str, object] = {"owner": "", "key_account": True, "segment": ""}
CONTEXT_DEFAULTS: Mapping[str, object] = {
    "channel": "",
    "within_cap": False,
    "closes": True,
    "discount_bp": 10_000,
    "halt_scope": "everything",
    "own_halt": False,
    "own_work": True,
    "with_proposal": True,
    "ends_key_account": True,
    "renames_priced": True,
    "oversight": "change",
    "admits": "maker",
}


class PolicyInputInvalid(ValueError):
    """A request names an attribute, a role or a value that the policies do not know; the message names it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts.

    `roles` are a person's own. Agents, workflows and connectors have none: they get `owner_roles`, the roles of the
    person they act for (`on_behalf_of`), so that they can never do more than that person. `remit_level` is read
    for agents and workflows only.
    """

    kind: PrincipalKind
    id: str
    roles: frozenset[str] = frozenset()
    on_behalf_of: str = ""
    owner_roles: frozenset[str] = frozenset()
    remit_level: RemitLevel = "off"

    @property
    def person(self) -> str:
        """Id of the person who answers for the act; "" when there is none."""
        return self.id if self.kind == "Person" else self.on_behalf_of

    @property
    def effective_roles(self) -> frozenset[str]:
        """The roles that count: one's own for a person, the owner's for everything else."""
        return self.roles if self.kind == "Person" else self.owner_roles


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted on. `attributes`: keys of RESOURCE_DEFAULTS only (`owner` is a person's id)."""

    kind: str
    id: str
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to exactly this payload (the door has checked the hash and the expiry).

    `performs`: the person does it in their own name instead of letting the agent do it (remit level `suggest`).
    `is_subject`: the act is about the approver, or gives them something.
    """

    approver_id: str
    roles: frozenset[str]
    is_maker: bool
    performs: bool = False
    is_subject: bool = False


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """One question. `context`: keys of CONTEXT_DEFAULTS only; `approval` is None until a person approved."""

    principal: Principal
    action_kind: str
    resource: Resource
    context: Mapping[str, object] = field(default_factory=dict)
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and everything needed to explain it later.

    `rule_ids` are never empty: a default deny carries `default-deny`, a decision that could not be taken
    `policy-error`. `approver_roles` says who may approve when `needs_approval` ("*" = any person);
    `approver_performs` says that the approver has to do it in their own name. `asked` is the question, kept with
    the decision so that changed policies can be tried on what was really asked (policy/simulate).
    """

    outcome: Outcome
    rule_ids: tuple[str, ...]
    policy_hash: str
    sentence: str
    approver_roles: tuple[str, ...] = ()
    approver_performs: bool = False
    asked: PolicyRequest | None = field(default=None, repr=False, compare=False)

    @property
    def permitted(self) -> bool:
        """True when the action may be performed now."""
        return self.outcome == "permit"
