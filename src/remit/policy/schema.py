"""Loads a folder of Cedar policies: parsed once, checked against the schema, cut into slices by action kind.

All checks are made when the folder is loaded; a slice is cut when it is first asked for, because a process asks for
few of the hundreds and cutting all of them would cost every start of a command half a second. A slice holds the rules whose scope can match one action kind and one kind of principal, with the action part of
the scope already answered. It decides exactly as the whole set does (tests/policy/test_slices.py asks both) and
costs what its few rules cost, however many hundred rules the firm writes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import cedarpy

from remit import settings
from remit.policy import estimate
from remit.policy.model import PRINCIPAL_KINDS, ROLES

SCHEMA_FILE = "remit.cedarschema"
# The folder of this repository; a firm points elsewhere with the setting `policy_dir`.
DEFAULT_DIRECTORY = Path(__file__).resolve().parents[3] / "policies"


class PoliciesInvalid(Exception):
    """The folder cannot be used; `problems` lists every reason, one sentence each."""

    code = "policies_invalid"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy with what it says about itself. `approvers`: roles, or ("*",) for any person."""

    id: str
    effect: Literal["permit", "forbid"]
    owner: str
    sentence: str
    approvers: tuple[str, ...]
    ladder_id: str
    estimate: Mapping[str, Any]  # Cedar's own JSON form of the policy


@dataclass(frozen=True, slots=True)
class Slice:
    """What can apply to one action kind and one kind of principal.

    `second` holds what the second question (as if approved) has to ask again: the rules whose answer an approval
    can change, and the permits. `permits`: sentences for a default deny. `reads`: the attributes that the rules look at, by variable; nothing
    else needs to be handed to Cedar. `on_approval`: the rules whose answer an approval can change.
    `approver_roles`: the roles of an approver that the rules ask for. `by_id`: some rule names a person or record
    itself, so two requests with equal attributes may have different answers.
    """

    policies: cedarpy.PolicySet
    second: cedarpy.PolicySet
    rule_ids: tuple[str, ...]
    permits: tuple[str, ...]
    reads: Mapping[str, frozenset[str]]
    on_approval: frozenset[str]
    approver_roles: tuple[str, ...]
    by_id: bool


class Slices(Mapping[tuple[str, str], Slice]):
    """The slice of each action kind and kind of principal, cut at the first look. Two threads may cut the same one: both are equal."""

    def __init__(self, rules: Mapping[str, Rule], groups: Mapping[str, frozenset[str]]) -> None:
        self._rules, self._groups = rules, groups
        self._cut: dict[tuple[str, str], Slice] = {}

    def __getitem__(self, key: tuple[str, str]) -> Slice:
        found = self._cut.get(key)
        if found is None:
            action, kind = key
            if kind not in PRINCIPAL_KINDS:
                raise KeyError(key)
            found = self._cut[key] = _slice(self._rules, action, self._groups[action], kind)
        return found

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((action, kind) for action in self._groups for kind in PRINCIPAL_KINDS)

    def __len__(self) -> int:
        return len(self._groups) * len(PRINCIPAL_KINDS)


@dataclass(frozen=True)
class PolicyBook:
    """A loaded folder. `action_groups` maps every action kind to the groups it stands in."""

    policy_hash: str
    rules: Mapping[str, Rule]
    action_groups: Mapping[str, frozenset[str]]
    schema: cedarpy.Schema
    text: str
    slices: Mapping[tuple[str, str], Slice]

    @property
    def action_kinds(self) -> tuple[str, ...]:
        """Every action kind of the schema, sorted."""
        return tuple(sorted(self.action_groups))


def load(directory: Path) -> PolicyBook:
    """Read, check and slice the folder. Raises PoliciesInvalid with every problem found."""
    schema_text, texts = _read(directory)
    return build(schema_text, texts)


def build(schema_text: str, texts: Mapping[str, str]) -> PolicyBook:
    """The book of a schema and named policy texts. Raises PoliciesInvalid."""
    schema, groups = _parse_schema(schema_text)
    rules, problems = _parse_rules(texts)
    text = "\n".join(texts.values())
    if not problems:
        result = cedarpy.validate_policies(text, schema)
        problems += [f"{error.policy_id}: {error.error}" for error in result.errors]
        for rule in rules.values():
            problems += _unknown_roles(rule) + _without_approvers(rule)
            problems += [f"rule {rule.id}: {each}" for each in estimate.untraceable(rule.estimate)]
    if problems:
        raise PoliciesInvalid(problems)
    return PolicyBook(_hash(schema_text, texts), rules, groups, schema, text, Slices(rules, groups))


@lru_cache(maxsize=1)
def current() -> PolicyBook:
    """The policies in force in this process, loaded once. Raises PoliciesInvalid."""
    return load(settings.load().policy_dir or DEFAULT_DIRECTORY)


def _read(directory: Path) -> tuple[str, dict[str, str]]:
    try:
        schema_text = (directory / SCHEMA_FILE).read_text("utf-8")
        texts = {path.name: path.read_text("utf-8") for path in sorted(directory.glob("*.cedar"))}
    except (OSError, UnicodeDecodeError) as error:
        raise PoliciesInvalid([f"the policies in {directory} cannot be read: {error}"]) from error
    if not texts:
        raise PoliciesInvalid([f"{directory} holds no *.cedar file"])
    return schema_text, texts


def _hash(schema_text: str, texts: Mapping[str, str]) -> str:
    """SHA-256 over the schema and all policies: names and lengths are in it, so no text can pose as two."""
    parts = [(SCHEMA_FILE, schema_text), *sorted(texts.items())]
    canonical = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _parse_schema(text: str) -> tuple[cedarpy.Schema, dict[str, frozenset[str]]]:
    """The schema and, for each action kind, all groups above it (Cedar lists them as action entities)."""
    try:
        schema = cedarpy.Schema.from_str(text)
        actions = json.loads(str(cedarpy.Entities.from_json_str("[]", schema)))
    except ValueError as error:
        raise PoliciesInvalid([f"{SCHEMA_FILE}: {error}"]) from error
    parents = {a["uid"]["id"]: frozenset(p["id"] for p in a["parents"]) for a in actions}
    groups = {group for above in parents.values() for group in above}
    return schema, {kind: above for kind, above in parents.items() if kind not in groups}


def _parse_rules(texts: Mapping[str, str]) -> tuple[dict[str, Rule], list[str]]:
    rules: dict[str, Rule] = {}
    problems: list[str] = []
    for name, text in texts.items():
        try:
            document = json.loads(cedarpy.policies_to_json_str(text))
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        if document["templates"]:
            problems.append(f"{name}: templates are not used here, write the rule out")
        for policy in document["staticPolicies"].values():
            rule, missing = _rule(policy)
            where = f"{name}: rule {rule.id or policy['effect'] + ' without @id'}"
            problems += [f"{where} needs @{annotation}" for annotation in missing]
            if rule.id in rules or rule.id in ("default-deny", "policy-error"):
                problems.append(f"{where}: the id is taken")
            rules[rule.id] = rule
    return rules, problems


def _rule(policy: Mapping[str, Any]) -> tuple[Rule, list[str]]:
    notes = policy.get("annotations", {})
    missing = [name for name in ("id", "owner", "sentence") if not notes.get(name)]
    approvers = tuple(role.strip() for role in notes.get("approvers", "").split(",") if role.strip())
    rule = Rule(
        id=notes.get("id") or "",
        effect=policy["effect"],
        owner=notes.get("owner") or "",
        sentence=notes.get("sentence") or "",
        approvers=approvers,
        ladder_id=notes.get("ladder", ""),
        estimate=policy,
    )
    return rule, missing


def _unknown_roles(rule: Rule) -> list[str]:
    """A misspelt role would silently match nobody, so every role a rule names has to exist."""
    named = set(rule.approvers) - {"*"} | {rule.owner} | estimate.role_literals(rule.estimate)
    return [f"rule {rule.id} names the unknown role {role}" for role in sorted(named - set(ROLES))]


def _without_approvers(rule: Rule) -> list[str]:
    """A rule that an approval can satisfy has to say whose."""
    needs = rule.effect == "forbid" and estimate.reads_approval(rule.estimate) and not rule.approvers
    return [f"rule {rule.id} asks for an approval and needs @approvers"] if needs else []


def _slice(rules: Mapping[str, Rule], action: str, groups: frozenset[str], kind: str) -> Slice:
    chosen = [
        rule
        for rule in rules.values()
        if _action_matches(rule.estimate["action"], action, groups)
        and _kind_matches(rule.estimate["principal"], kind)
        and estimate.may_hold(rule.estimate, kind)
    ]
    on_approval = frozenset(rule.id for rule in chosen if estimate.reads_approval(rule.estimate))
    return Slice(
        policies=_policy_set(chosen, action, groups),
        second=_policy_set(
            [rule for rule in chosen if rule.effect == "permit" or rule.id in on_approval], action, groups
        ),
        rule_ids=tuple(rule.id for rule in chosen),
        permits=tuple(rule.sentence for rule in chosen if rule.effect == "permit"),
        reads=estimate.reads(rule.estimate for rule in chosen),
        on_approval=on_approval,
        approver_roles=_approver_roles(chosen),
        by_id=any(estimate.names_entities(rule.estimate) for rule in chosen),
    )


def _policy_set(rules: Iterable[Rule], action: str, groups: frozenset[str]) -> cedarpy.PolicySet:
    document = {
        "templates": {},
        "templateLinks": [],
        "staticPolicies": {rule.id: estimate.with_action(rule.estimate, action, groups) for rule in rules},
    }
    return cedarpy.PolicySet.from_json_str(json.dumps(document))


def _approver_roles(rules: Iterable[Rule]) -> tuple[str, ...]:
    named: set[str] = set()
    for rule in rules:
        named |= estimate.role_literals(rule.estimate, "approver_roles")
    return tuple(role for role in ROLES if role in named)


def _action_matches(scope: Mapping[str, Any], action: str, groups: frozenset[str]) -> bool:
    if scope["op"] == "All":
        return True
    named = {entity["id"] for entity in scope.get("entities", [scope.get("entity")]) if entity}
    return action in named or (scope["op"] == "in" and not groups.isdisjoint(named))


def _kind_matches(scope: Mapping[str, Any], kind: str) -> bool:
    """Only the stated type can rule a policy out; `==` and `in` are left to Cedar."""
    return scope["op"] != "is" or bool(scope["entity_type"] == kind)
