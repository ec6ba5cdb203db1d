"""What a policy looks at, read off Cedar's JSON form of it.

A decision hands Cedar only the attributes that its rules read: building the request is most of what a decision
costs. So every attribute has to stand directly on a variable (`principal.roles`, `context.approved`); a rule
where that cannot be seen is refused when the policies are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

VARIABLES = ("principal", "resource", "context")
APPROVAL = frozenset(
    {"approved", "approver_is_maker", "approver_is_subject", "approver_performs", "approver_roles"}
)

Policy = Mapping[str, Any]


def reads(policies: Iterable[Policy]) -> dict[str, frozenset[str]]:
    """The attributes that any of the policies looks at, by variable."""
    found: dict[str, set[str]] = {variable: set() for variable in VARIABLES}
    for policy in policies:
        for access in _accesses(policy):
            variable = access["left"].get("Var")
            if variable in found:
                found[variable].add(access["attr"])
    return {variable: frozenset(attributes) for variable, attributes in found.items()}


def reads_approval(policy: Policy) -> bool:
    """Whether an approval can change what this policy answers."""
    return not APPROVAL.isdisjoint(reads([policy])["context"])


def role_literals(policy: Policy, attribute: str | None = None) -> set[str]:
    """Strings that a policy compares with a set of roles (`attribute`: only with that one)."""
    found: set[str] = set()
    for node in _nodes(policy["conditions"]):
        for operator in ("contains", "containsAny", "containsAll"):
            call = node.get(operator)
            if not isinstance(call, dict):
                continue
            name = call["left"].get(".", {}).get("attr", "")
            if name == attribute or (attribute is None and name.endswith("roles")):
                values = call["right"].get("Set", [call["right"]])
                found |= {value["Value"] for value in values if "Value" in value}
    return found


def untraceable(policy: Policy) -> list[str]:
    """Reasons why the attributes that the policy reads cannot be seen; empty for a usable policy."""
    problems = [
        f"write the attribute {access['attr']} directly on principal, resource or context"
        for access in _accesses(policy)
        if access["left"].get("Var") not in VARIABLES
    ]
    used = sum(node.get("Var") == "context" for node in _nodes(policy["conditions"]))
    accessed = sum(access["left"].get("Var") == "context" for access in _accesses(policy))
    if used != accessed:
        problems.append("use attributes of context, not context as a whole")
    return problems


def names_entities(policy: Policy) -> bool:
    """Whether the answer may depend on who or what it is, beyond the attributes (`resource == …`, `in`)."""
    scoped = any(policy[part]["op"] not in ("All", "is") for part in ("principal", "resource"))
    bare = sum(node.get("Var") in VARIABLES for node in _nodes(policy["conditions"]))
    explained = sum(True for _ in _accesses(policy)) + sum(
        node["is"]["left"].get("Var") in VARIABLES and "in" not in node["is"]
        for node in _nodes(policy["conditions"])
        if isinstance(node.get("is"), dict)
    )
    return scoped or bare != explained


def with_action(policy: Policy, action: str, groups: frozenset[str]) -> dict[str, Any]:
    """The policy for one action kind: its scope's action part dropped, `action in …` in conditions answered.

    Only for a policy whose scope matches the action. What remains needs no action hierarchy to be evaluated.
    """
    settled = _settled(policy["conditions"], frozenset({action}) | groups)
    return {**policy, "action": {"op": "All"}, "conditions": settled}


def _settled(node: Any, above: frozenset[str]) -> Any:
    if isinstance(node, list):
        return [_settled(each, above) for each in node]
    if not isinstance(node, dict):
        return node
    test = node.get("in")
    if isinstance(test, dict) and test.get("left") == {"Var": "action"}:
        named = {each["Value"]["__entity"]["id"] for each in test["right"].get("Set", [test["right"]])}
        return {"Value": not above.isdisjoint(named)}
    return {key: _settled(value, above) for key, value in node.items()}


def may_hold(policy: Policy, kind: str) -> bool:
    """False when some `when` can never hold for this kind of principal (`principal is Agent || …`)."""
    return not any(
        condition["kind"] == "when" and _fixed(condition["body"], kind) is False
        for condition in policy["conditions"]
    )


def _fixed(node: Mapping[str, Any], kind: str) -> bool | None:
    """The value of a condition as far as the kind of principal settles it; None = depends on the request."""
    (operator, operand), *_ = node.items()
    if operator == "is" and operand["left"].get("Var") == "principal" and "in" not in operand:
        return bool(operand["entity_type"] == kind)
    if operator == "!":
        value = _fixed(operand["arg"], kind)
        return None if value is None else not value
    if operator in ("&&", "||"):
        left, right = _fixed(operand["left"], kind), _fixed(operand["right"], kind)
        settles = operator == "||"
        # Cedar evaluates from the left: an error there must stay one, so only a settled left side may settle it all.
        if left is settles or (left is not None and right is settles):
            return settles
        return left if left is not None and left == right else None
    return None


def _accesses(policy: Policy) -> Iterator[dict[str, Any]]:
    """Every `x.attr` and `x has attr` of the conditions."""
    for node in _nodes(policy["conditions"]):
        for operator in (".", "has"):
            access = node.get(operator)
            if isinstance(access, dict) and "attr" in access:
                yield access


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
