"""decide(): approval found by asking twice, fail closed, sentences, and slices that decide as the whole does."""

from __future__ import annotations

import dataclasses
import json

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.policy import decide as module
from remit.policy.decide import decide
from remit.policy.model import (
    CONTEXT_DEFAULTS,
    LEVELS,
    PRINCIPAL_KINDS,
    RESOURCE_DEFAULTS,
    ROLES,
    Approval,
    PolicyRequest,
    Principal,
    Resource,
)
from remit.policy.schema import DEFAULT_DIRECTORY
from tests.support.policies import BOOK

WHOLE = cedarpy.PolicySet.from_str(BOOK.text)
AE = Principal("Person", "p1", frozenset({"ae"}))
BUYER = Resource("Contact", "c1", {"key_account": False})


def test_the_sentence_of_the_brief() -> None:
    decision = decide(PolicyRequest(AE, "SendEmail", BUYER), BOOK)
    assert decision.sentence == (
        "Not sent yet: an e-mail to a buyer needs the approval of a person first "
        "(rule outreach-needs-approval, owner compliance)."
    )
    assert decision.policy_hash == BOOK.policy_hash and len(BOOK.policy_hash) == 64


def test_default_deny_names_what_would_be_allowed() -> None:
    decision = decide(PolicyRequest(Principal("Person", "p", frozenset()), "ChangeStage", BUYER), BOOK)
    assert decision.rule_ids == ("default-deny",)
    assert "AEs, managers and the VP may change the stage" in decision.sentence


@pytest.mark.parametrize(
    "broken",
    [
        PolicyRequest(AE, "LaunchRocket", BUYER),
        PolicyRequest(AE, "UpdateAccount", BUYER, {"chanel": "email"}),
        PolicyRequest(AE, "UpdateAccount", BUYER, {"discount_bp": "0"}),
        PolicyRequest(AE, "UpdateAccount", BUYER, {"closes": 0}),
        PolicyRequest(AE, "ApproveDiscount", BUYER, {"discount_bp": 2**70}),
        PolicyRequest(AE, "UpdateAccount", Resource("Account", "a", {"owned": "p1"})),
        PolicyRequest(AE, "UpdateAccount", Resource("Account", "a", {"key_account": "no"})),
        PolicyRequest(Principal("Robot", "p", frozenset({"ae"})), "UpdateAccount", BUYER),  # type: ignore[arg-type]
        PolicyRequest(
            Principal("Agent", "a", on_behalf_of="p", owner_roles=frozenset({"ae"}), remit_level="full"),  # type: ignore[arg-type]
            "UpdateAccount",
            BUYER,
        ),
    ],
    ids=lambda request: f"{request.action_kind}-{request.principal.kind}",
)
def test_what_cannot_be_decided_is_forbidden(broken: PolicyRequest) -> None:
    decision = decide(broken, BOOK)
    assert decision.outcome == "forbid"
    assert decision.rule_ids == ("policy-error",)
    assert "could not decide" in decision.sentence


def test_a_rule_that_fails_in_evaluation_forbids() -> None:
    """Cedar skips a rule whose evaluation fails; a skipped forbid must not let the act pass."""
    schema = (DEFAULT_DIRECTORY / "remit.cedarschema").read_text("utf-8")
    text = """
        @id("a") @owner("vp") @sentence("all") permit(principal, action, resource);
        @id("b") @owner("vp") @sentence("overflow") forbid(principal, action == Action::"ApproveDiscount", resource)
        when { context.discount_bp * 9223372036854775807 > 1 };"""
    from remit.policy.schema import build

    decision = decide(
        PolicyRequest(AE, "ApproveDiscount", BUYER, {"discount_bp": 500}), build(schema, {"x": text})
    )
    assert decision.rule_ids == ("policy-error",)


def test_a_role_that_no_policy_knows_gives_nothing() -> None:
    for kind in BOOK.action_kinds:
        bare, odd = (
            decide(PolicyRequest(Principal("Person", "p", roles), kind, BUYER), BOOK)
            for roles in (frozenset[str](), frozenset({"root", "deal_desk"}))
        )
        assert (bare.outcome, bare.rule_ids) == (odd.outcome, odd.rule_ids), kind


def test_a_rule_may_name_one_record_or_person() -> None:
    """Answers are remembered by attributes; a rule about one record must not be taken for the next one."""
    from remit.policy.schema import build

    schema = (DEFAULT_DIRECTORY / "remit.cedarschema").read_text("utf-8")
    head = '@id("p") @owner("vp") @sentence("all") permit(principal, action, resource);'
    rule = '@id("f") @owner("vp") @sentence("not this one") forbid({0}, action, {1}) {2};'
    for scope in (
        ("principal", 'resource == Record::"c1"', ""),
        ('principal == Person::"p1"', "resource", ""),
        ("principal", "resource", 'when { resource == Record::"c1" }'),
        ("principal", "resource", 'when { [Record::"c1"].contains(resource) }'),
        ("principal", "resource", 'when { principal in Person::"p1" }'),
        ("principal", "resource", 'when { principal is Person in Person::"p1" }'),
    ):
        book = build(schema, {"x": head + rule.format(*scope)})
        other = PolicyRequest(
            Principal("Person", "p2", frozenset({"ae"})), "SignOut", Resource("Contact", "c2")
        )
        assert decide(PolicyRequest(AE, "SignOut", BUYER), book).rule_ids == ("f",), scope
        assert decide(other, book).permitted, scope


def test_approvals_that_no_single_person_can_give_are_a_refusal() -> None:
    from remit.policy.schema import build

    schema = (DEFAULT_DIRECTORY / "remit.cedarschema").read_text("utf-8")
    head = '@id("p") @owner("vp") @sentence("all") permit(principal, action, resource);'
    rule = (
        '@id("{0}") @owner("vp") @approvers("{0}") @sentence("{0} agrees") forbid(principal, action, resource)'
        ' unless {{ context.approved && context.approver_roles.contains("{0}") }};'
    )
    book = build(schema, {"x": head + rule.format("vp") + rule.format("legal")})
    decision = decide(PolicyRequest(AE, "SignContract", BUYER), book)
    assert decision.outcome == "forbid" and "no one person" in decision.sentence


def test_an_agent_never_does_more_than_its_person() -> None:
    for kind in BOOK.action_kinds:
        context = {"within_cap": True, "closes": False, "halt_scope": "agent", "discount_bp": 0}
        for roles in ({"sdr"}, {"finance"}, {"ae"}, {"compliance"}):
            person = PolicyRequest(Principal("Person", "p", frozenset(roles)), kind, BUYER, context)
            agent = Principal(
                "Agent", "a", on_behalf_of="p", owner_roles=frozenset(roles), remit_level="auto"
            )
            if decide(dataclasses.replace(person, principal=agent), BOOK).permitted:
                assert decide(person, BOOK).outcome != "forbid", (kind, roles)


requests = st.builds(
    PolicyRequest,
    principal=st.builds(
        Principal,
        kind=st.sampled_from(PRINCIPAL_KINDS),
        id=st.just("p1"),
        roles=st.frozensets(st.sampled_from(ROLES), max_size=3),
        on_behalf_of=st.sampled_from(["", "p1", "p2"]),
        owner_roles=st.frozensets(st.sampled_from(ROLES), max_size=3),
        remit_level=st.sampled_from(LEVELS),
    ),
    action_kind=st.sampled_from(BOOK.action_kinds),
    resource=st.builds(
        Resource,
        kind=st.just("Account"),
        id=st.just("r"),
        attributes=st.fixed_dictionaries(
            {"owner": st.sampled_from(["", "p1", "p2"]), "key_account": st.booleans()}
        ),
    ),
    context=st.fixed_dictionaries(
        {
            "within_cap": st.booleans(),
            "closes": st.booleans(),
            "discount_bp": st.sampled_from([0, 500, 501, 1501, 3001]),
            "halt_scope": st.sampled_from(["everything", "agent", "channel"]),
            "own_halt": st.booleans(),
            "own_work": st.booleans(),
            "with_proposal": st.booleans(),
            "ends_key_account": st.booleans(),
            "renames_priced": st.booleans(),
            "oversight": st.sampled_from(["none", "first", "change"]),
            "admits": st.sampled_from(["nobody", "others", "maker"]),
        }
    ),
    approval=st.none()
    | st.builds(
        Approval,
        approver_id=st.just("p9"),
        roles=st.frozensets(st.sampled_from(ROLES), max_size=3),
        is_maker=st.booleans(),
        performs=st.booleans(),
        is_subject=st.booleans(),
    ),
)


def ask_whole(request: PolicyRequest) -> cedarpy.AuthzResult:
    """The same question to plain Cedar over all policies, action groups resolved by Cedar itself."""
    person = module._principal_attributes(request.principal, {"person", "roles", "remit_level"})
    record = module._resource_attributes(request.resource, {"kind", *RESOURCE_DEFAULTS})
    entities = [
        {"uid": {"type": request.principal.kind, "id": request.principal.id}, "attrs": person, "parents": []},
        {"uid": {"type": "Record", "id": request.resource.id}, "attrs": record, "parents": []},
    ]
    handle = cedarpy.Entities.from_json_str(json.dumps(entities), BOOK.schema)
    approval = request.approval
    context = {
        **CONTEXT_DEFAULTS,
        **request.context,
        "approved": approval is not None,
        "approver_is_maker": approval is None or approval.is_maker,
        "approver_is_subject": approval is None or approval.is_subject,
        "approver_performs": approval is not None and approval.performs,
        "approver_roles": sorted(approval.roles) if approval else [],
    }
    asked = {
        "principal": {"type": request.principal.kind, "id": request.principal.id},
        "action": {"type": "Action", "id": request.action_kind},
        "resource": {"type": "Record", "id": request.resource.id},
        "context": context,
    }
    return cedarpy.is_authorized(asked, WHOLE, handle, BOOK.schema)


@settings(max_examples=400, deadline=None)
@given(requests)
def test_slices_decide_as_the_whole_does(request: PolicyRequest) -> None:
    whole = ask_whole(request)
    assert not whole.diagnostics.errors
    decision = decide(request, BOOK)
    assert decision.permitted == whole.allowed
    if whole.allowed:
        named = set(whole.diagnostics.id_annotations_by_reason.values())
        assert set(decision.rule_ids) == named


@settings(max_examples=200, deadline=None)
@given(requests)
def test_waiting_means_that_a_named_role_can_help(request: PolicyRequest) -> None:
    """needs_approval is never a dead end: some one role it names (or a maker of the other side) unlocks it."""
    request = dataclasses.replace(request, approval=None)
    decision = decide(request, BOOK)
    if decision.outcome != "needs_approval":
        return
    roles = ROLES if decision.approver_roles == ("*",) else decision.approver_roles
    helped = [
        role
        for role in roles
        if decide(
            dataclasses.replace(
                request,
                approval=Approval(
                    "q", frozenset({role}), is_maker=False, performs=decision.approver_performs
                ),
            ),
            BOOK,
        ).permitted
    ]
    assert helped, decision


@settings(max_examples=100, deadline=None)
@given(requests)
def test_leaving_facts_out_never_permits_more(request: PolicyRequest) -> None:
    """The defaults are the restrictive end: a caller that forgets a fact is refused, not let through."""
    bare = dataclasses.replace(request, resource=Resource("Account", "r"), context={})
    if decide(bare, BOOK).permitted:
        assert decide(request, BOOK).permitted


def test_defaults_and_schema_agree() -> None:
    entity = {
        "uid": {"type": "Record", "id": "r"},
        "attrs": {"kind": "x", **RESOURCE_DEFAULTS},
        "parents": [],
    }
    cedarpy.Entities.from_json_str(json.dumps([entity]), BOOK.schema)
    for missing in RESOURCE_DEFAULTS:
        attrs = {key: value for key, value in entity["attrs"].items() if key != missing}  # type: ignore[attr-defined]
        with pytest.raises(ValueError, match="does not conform"):
            cedarpy.Entities.from_json_str(json.dumps([{**entity, "attrs": attrs}]), BOOK.schema)
