"""Every rule of the policies in force, one by one: registered in cases.yaml, lets through, refuses, explains."""

from __future__ import annotations

import pytest

from remit.policy.decide import decide
from tests.policy.support import CASES, cases_of, request
from tests.support.policies import BOOK

RULES = sorted(BOOK.rules)


def test_every_case_belongs_to_a_rule() -> None:
    assert set(CASES) <= set(BOOK.rules)


@pytest.mark.parametrize("rule_id", RULES)
def test_rule_has_a_permitting_case(rule_id: str) -> None:
    cases = cases_of(rule_id, "permits")
    assert cases, f"write a permits case for {rule_id} in tests/policy/cases.yaml"
    for case in cases:
        decision = decide(request(case), BOOK)
        assert decision.outcome == "permit", decision.sentence
        assert (rule_id in decision.rule_ids) == (BOOK.rules[rule_id].effect == "permit")


@pytest.mark.parametrize("rule_id", RULES)
def test_rule_has_a_refusing_case(rule_id: str) -> None:
    cases = cases_of(rule_id, "refuses")
    assert cases, f"write a refuses case for {rule_id} in tests/policy/cases.yaml"
    for case in cases:
        decision = decide(request(case), BOOK)
        assert decision.outcome == case.get("outcome", "forbid"), decision.sentence
        assert (rule_id in decision.rule_ids) == (BOOK.rules[rule_id].effect == "forbid"), decision
        assert decision.sentence.startswith("Not ")
        if "approvers" in case:
            assert list(decision.approver_roles) == case["approvers"]
        assert decision.approver_performs == case.get("performs", False)


@pytest.mark.parametrize("rule_id", RULES)
def test_sentences_read_well_inside_a_decision(rule_id: str) -> None:
    sentence = BOOK.rules[rule_id].sentence
    assert not sentence.endswith((".", ";", ",")), "the decision adds the full stop"
    assert "!" not in sentence and len(sentence) <= 160
