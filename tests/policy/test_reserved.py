"""Reserved powers: whatever remit, whoever owns the agent, whoever approves."""

from __future__ import annotations

import pytest

from remit.policy.decide import decide
from remit.policy.model import ROLES, Approval, PolicyRequest, Principal, Resource
from remit.policy.reserved import RESERVED, reserved_power
from tests.support.policies import BOOK

ALL = frozenset(ROLES) - {"admin"}
POWERS = [(power, kind) for power in RESERVED for kind in power.action_kinds]


@pytest.mark.parametrize("machine", ["Agent", "Workflow", "Connector"])
@pytest.mark.parametrize(("power", "kind"), POWERS, ids=lambda each: str(each))
def test_no_machine_gets_a_reserved_power(power, kind, machine) -> None:
    principal = Principal(machine, "m", on_behalf_of="p", owner_roles=ALL, remit_level="auto")
    best = Approval("q", frozenset(ROLES), is_maker=False, performs=True)
    where = Resource("Account", "r", {"key_account": True})
    asked = PolicyRequest(
        principal, kind, where, {"within_cap": True, "closes": True, "discount_bp": 0}, best
    )
    decision = decide(asked, BOOK)
    assert decision.outcome == "forbid"
    assert power.rule_id in decision.rule_ids
    assert BOOK.rules[power.rule_id].ladder_id == power.ladder_id


def test_table_and_policies_name_the_same_powers() -> None:
    in_policies = {rule for rule in BOOK.rules if rule.startswith("reserved-")}
    assert in_policies == {power.rule_id for power in RESERVED}


@pytest.mark.parametrize("kind", sorted({kind for power, kind in POWERS if not power.only_when}))
def test_a_power_reserved_altogether_is_never_in_autonomous(kind: str) -> None:
    assert "Autonomous" not in BOOK.action_groups[kind]
    assert reserved_power(kind) is not None


def test_partly_reserved_kinds_may_carry_a_remit() -> None:
    assert reserved_power("QualifyLead") is None
    assert reserved_power("ChangeStage") is None


def test_whatever_is_not_autonomous_is_refused_to_every_agent() -> None:
    """A new kind that nobody thought about is for people until somebody puts it into Autonomous."""
    agent = Principal("Agent", "a", on_behalf_of="p", owner_roles=ALL, remit_level="auto")
    best = Approval("q", frozenset(ROLES), is_maker=False, performs=True)
    for kind, groups in BOOK.action_groups.items():
        if "Autonomous" in groups:
            continue
        asked = PolicyRequest(agent, kind, Resource("x", "r", {"owner": "p"}), {"halt_scope": "agent"}, best)
        assert decide(asked, BOOK).outcome == "forbid", kind
