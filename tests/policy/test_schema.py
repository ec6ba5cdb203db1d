"""Loading a folder of policies: everything wrong with it is said at once, and nothing half-right is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.policy.model import PRINCIPAL_KINDS
from remit.policy.schema import DEFAULT_DIRECTORY, PoliciesInvalid, build, load
from tests.support.policies import BOOK

SCHEMA = (DEFAULT_DIRECTORY / "remit.cedarschema").read_text("utf-8")
GOOD = '@id("a") @owner("vp") @sentence("all may") permit(principal, action, resource);'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD.replace('@id("a") ', ""), "needs @id"),
        (GOOD.replace('@owner("vp") ', ""), "needs @owner"),
        (GOOD.replace('@sentence("all may") ', ""), "needs @sentence"),
        (GOOD + GOOD, "the id is taken"),
        (GOOD.replace('"a"', '"default-deny"'), "the id is taken"),
        (GOOD.replace('"vp"', '"nobody"'), "unknown role nobody"),
        (GOOD[:-1] + ' when { principal.roles.contains("vpp") };', "unknown role vpp"),
        (GOOD[:-1] + ' when { context.approver_roles.containsAny(["aee"]) };', "unknown role aee"),
        (GOOD[:-1] + " when { principal.colour == 1 };", "colour"),
        (GOOD.replace("action,", 'action == Action::"SendMail",'), "SendMail"),
        (GOOD.replace("permit", "forbid")[:-1] + " unless { context.approved };", "needs @approvers"),
        (GOOD.replace("permit(principal,", "permit(principal == ?principal,"), "templates"),
        (GOOD[:-1] + " when { {a: context}.a.approved };", "directly on"),
        (GOOD[:-1] + " when { context == context };", "context as a whole"),
        (GOOD[:-2], "x.cedar"),
    ],
)
def test_a_bad_policy_is_refused_with_its_reason(text: str, complaint: str) -> None:
    with pytest.raises(PoliciesInvalid) as caught:
        build(SCHEMA, {"x.cedar": text})
    assert complaint in str(caught.value)


def test_groups_of_actions_may_stand_in_conditions() -> None:
    """Slices know no action hierarchy, so `action in` is answered when they are cut."""
    from remit.policy.decide import decide
    from remit.policy.model import PolicyRequest, Principal, Resource

    tests = ('action in Action::"Outreach"', 'action in [Action::"SendEmail", Action::"Consent"]')
    for condition in tests:
        book = build(SCHEMA, {"x.cedar": GOOD[:-1] + f" when {{ {condition} }};"})
        for kind, outcome in (("SendEmail", "permit"), ("SignOut", "forbid")):
            asked = PolicyRequest(Principal("Person", "p"), kind, Resource("x", "r"))
            assert decide(asked, book).outcome == outcome, (condition, kind)


def test_a_slice_is_cut_at_the_first_look_and_every_slice_can_be_cut() -> None:
    slices = BOOK.slices
    key = ("SendEmail", "Person")
    assert slices[key] is slices[key] and slices[key].rule_ids
    assert len(list(slices.values())) == len(slices) == len(BOOK.action_kinds) * len(PRINCIPAL_KINDS)
    assert slices.get(("NoSuchAct", "Person")) is None and slices.get(("SendEmail", "Nobody")) is None


def test_all_problems_are_listed_at_once() -> None:
    with pytest.raises(PoliciesInvalid) as caught:
        build(SCHEMA, {"x.cedar": "permit(principal, action, resource);"})
    assert len(caught.value.problems) == 3


def test_missing_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PoliciesInvalid, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "remit.cedarschema").write_text(SCHEMA)
    with pytest.raises(PoliciesInvalid, match=r"no \*.cedar"):
        load(tmp_path)


def test_the_hash_covers_names_texts_and_schema() -> None:
    base = build(SCHEMA, {"x.cedar": GOOD}).policy_hash
    assert build(SCHEMA, {"x.cedar": GOOD}).policy_hash == base
    assert build(SCHEMA, {"y.cedar": GOOD}).policy_hash != base
    assert build(SCHEMA + " ", {"x.cedar": GOOD}).policy_hash != base
    assert build(SCHEMA, {"x.cedar": GOOD + " "}).policy_hash != base
