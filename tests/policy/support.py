"""Reads the short form of requests used in cases.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from remit.policy.model import LEVELS, Approval, PolicyRequest, Principal, Resource

CASES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))


def cases_of(rule_id: str, side: str) -> list[dict[str, Any]]:
    """The permits or refuses cases of a rule; a single case may stand without a list."""
    found = CASES.get(rule_id, {}).get(side, [])
    return found if isinstance(found, list) else [found]


def principal(words: str) -> Principal:
    """`Agent auto for ae` → a principal; people and owners are p1."""
    kind, *rest = words.split()
    level = next((word for word in rest if word in LEVELS), "off")
    roles = frozenset(role for word in rest if word not in (*LEVELS, "for") for role in word.split("+"))
    if kind == "Person":
        return Principal(kind, "p1", roles=roles)
    owner = "p1" if roles else ""
    return Principal(kind, "a1", on_behalf_of=owner, owner_roles=roles, remit_level=level)  # type: ignore[arg-type]


def approval(words: str | None) -> Approval | None:
    """`ae+vp maker performs subject` → an approval."""
    if words is None:
        return None
    roles, *rest = words.split()
    maker = "maker" in rest
    return Approval(
        "p1" if maker else "p9", frozenset(roles.split("+")), maker, "performs" in rest, "subject" in rest
    )


def request(case: dict[str, Any]) -> PolicyRequest:
    """The request that a case describes."""
    return PolicyRequest(
        principal(case["who"]),
        case["do"],
        Resource(case.get("of", "Account"), "r1", {"key_account": False, **case.get("about", {})}),
        case.get("with", {}),
        approval(case.get("approved")),
    )
