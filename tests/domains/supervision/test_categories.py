"""Categories of templates: who approves them, what an approval covers, when it falls, and that S1-G3 counts exactly that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from remit.actions import Action, Performed, Refused, Waiting, approve, perform
from remit.actions.queries import get_suggestion
from remit.connectors.email.message import EmailPayload, footer_of
from remit.connectors.email.preview import footer_for
from remit.db.sessions import read
from remit.domains.library import using
from remit.domains.library.actions import ExpireTemplates
from remit.domains.outreach.queries import preview
from remit.domains.outreach.writing import draft_outreach, send_draft
from remit.domains.supervision import categories, profiles
from remit.domains.supervision.approving import ApproveCategory, WithdrawCategory
from remit.domains.supervision.profiles import SetRuleProfile
from remit.kit import clock
from remit.ladder.measures import judge, measures
from remit.ladder.steps import GATES
from tests.domains.library.test_life import live, named, step
from tests.support.cast import Cast
from tests.support.desk import Desk


def done(cast: Cast, who: str, action: Action) -> Performed:
    found = perform(cast.scope(who), action)
    assert isinstance(found, Performed), found
    return found


def together(cast: Cast, maker: str, second: str, action: Action) -> Performed:
    """Asked for by one, approved by the other."""
    waiting = perform(cast.scope(maker), action)
    assert isinstance(waiting, Waiting)
    return approve(cast.scope(second), waiting.suggestion_id, waiting.payload_hash)


def profile(after: int = 0, **more: Any) -> SetRuleProfile:
    given = {"entity": "Northlake Clearing LLC", "jurisdiction": "US", "regimes": ("us_broker_dealer",), "after_number": after,
             "approval_of": ("first_contact", "offer", "comparison"), "retention_years": 3} | more  # fmt: skip
    return SetRuleProfile(**given)


def as_it_stands(cast: Cast, key: str = "first_contact", days: int = 180) -> ApproveCategory:
    found, standing, _ = categories.get_category(cast.scope("cora"), key)
    return ApproveCategory(
        category=key, rules_sha256=standing.rules_sha256, version_ids=tuple(found.live_ids),
        expires_on=clock.today() + timedelta(days=days),
    )  # fmt: skip


def gate(cast: Cast) -> tuple[Any, str]:
    with read(cast.scope("vera")) as s:
        found = measures()["S1-G3"](s, GATES["S1-G3"], clock.today())
    return found, judge(GATES["S1-G3"], found, clock.today())


def test_a_profile_takes_two_people_and_asks_no_less_than_its_regimes(desk: Desk) -> None:
    cast = desk.cast
    with pytest.raises(Refused, match="3 years"):
        perform(cast.scope("cora"), profile(retention_years=2))
    with pytest.raises(Refused, match="Comparisons"):
        perform(cast.scope("cora"), profile(approval_of=("first_contact", "offer")))
    with pytest.raises(Refused):
        perform(cast.scope("alice"), profile())
    together(cast, "cora", "gwen", profile())
    [first] = profiles.list_profiles(cast.scope("alice"))
    assert (first.number, first.made_by_name, first.approved_by_name, first.retention_years) == (
        1,
        "Cora",
        "Gwen",
        3,
    )
    with pytest.raises(Refused, match="changed"):  # somebody else was faster
        together(cast, "cora", "gwen", profile())


def test_a_category_from_nothing_to_withdrawn_with_the_gate_beside_it(desk: Desk) -> None:
    cast, contact = desk.cast, desk.contacts["pine"]
    alice = cast.scope("alice")
    version_id = live(cast, named("covered"))
    with pytest.raises(
        Refused,
        match="its category, First contact, is approved as it stands, and nobody in compliance has approved",
    ):
        using.use(alice, "covered", contact, {})
    found, state = gate(cast)
    assert (found.value, found.bound, found.n_count, state) == (0.0, 0.0, 1, "not_met")
    assert "First contact: nobody in compliance has approved the category." in found.missing
    with pytest.raises(Refused):
        perform(cast.scope("mia"), as_it_stands(cast))
    with pytest.raises(Refused, match="within 400 days"):
        perform(cast.scope("cora"), as_it_stands(cast, days=500))
    made = done(cast, "cora", as_it_stands(cast))
    approval_id = UUID(str(made.result["approval_id"]))
    found, state = gate(cast)
    assert (found.value, list(found.row_ids), state) == (1.0, [approval_id], "met")
    draft_id = using.write_from(alice, "covered", contact, {})
    # a version that came after is not covered; what was approved still is
    newer = live(cast, named("came-later"))
    with pytest.raises(Refused, match="one version came into the category after it was approved"):
        using.use(alice, "came-later", contact, {})
    assert using.use(alice, "covered", contact, {})
    assert gate(cast)[1] == "not_met"
    step(cast, "cora", ExpireTemplates, newer, reason="One will do")
    assert gate(cast)[1] == "met"
    # the day, and the rules
    cast.sql("UPDATE remit.category_approvals SET expires_on = :day", day=clock.today() - timedelta(days=1))
    assert "ran out" in gate(cast)[0].missing
    with pytest.raises(Refused, match="ran out"):
        send_draft(alice, draft_id)  # written while it was covered
    done(cast, "cora", as_it_stands(cast))
    together(cast, "cora", "vera", profile(1, two_people=True, retention_years=6))
    assert "have changed since the category was approved" in gate(cast)[0].missing
    # where the profile asks for it, a second person of compliance or the board
    with pytest.raises(Refused):
        together(cast, "cora", "mia", as_it_stands(cast))
    with pytest.raises(Refused):
        together(cast, "cora", "cora", as_it_stands(cast))
    together(cast, "cora", "gwen", as_it_stands(cast))
    assert gate(cast)[1] == "met"
    [now, *_] = categories.get_category(alice, "first_contact")[2]
    assert (now.approved_by_name, now.second_by_name, list(now.version_ids)) == ("Cora", "Gwen", [version_id])
    done(cast, "cora", WithdrawCategory(approval_id=now.id, expected_version=now.version, reason="Under discussion"))  # fmt: skip
    with pytest.raises(Refused, match="nobody in compliance"):
        using.use(alice, "covered", contact, {})


def test_whoever_left_compliance_left_no_approval_behind(desk: Desk) -> None:
    cast = desk.cast
    together(cast, "cora", "gwen", as_it_stands(cast))
    assert gate(cast)[1] == "met"
    cast.sql("DELETE FROM remit.person_roles WHERE person_id = :id", id=cast.people["cora"])
    assert "is not in compliance any more" in gate(cast)[0].missing
    cast.sql("INSERT INTO remit.person_roles VALUES (:id, 'compliance')", id=cast.people["cora"])


def test_a_profile_says_what_stands_under_a_message_and_which_rules_hold_for_its_reader(desk: Desk) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    line = "Northlake Clearing LLC, member FINRA/SIPC."
    together(cast, "cora", "gwen", profile(2, disclosures=(line,)))
    draft_id = draft_outreach(alice, desk.contacts["pine"], by="embedded")
    asked = send_draft(alice, draft_id)
    assert isinstance(asked, Waiting)
    waiting = get_suggestion(alice, asked.suggestion_id)
    assert line in footer_for(alice, waiting.kind, waiting.payload)
    done = approve(alice, asked.suggestion_id, asked.payload_hash)
    [(payload,)] = cast.sql("SELECT payload FROM remit.effects WHERE id = :id", id=done.effect_ids[0])
    assert line in footer_of(
        "Alice", "Northlake", "1 Main St", EmailPayload.model_validate(payload).disclosures
    )
    # a reader in the UK is nobody's under that profile; the setting counts until one is set for them
    cast.sql("UPDATE remit.contacts SET country = 'GB' WHERE id = :id", id=desk.contacts["palm"])
    charlie = cast.scope("charlie")
    palm = draft_outreach(charlie, desk.contacts["palm"], by="embedded")

    def held() -> set[str]:
        return {one["id"] for one in preview(charlie, palm)["checks"]}

    assert "conduct-cherry-picking" in held()
    together(
        cast, "cora", "gwen",
        profile(0, entity="Northlake Ltd", jurisdiction="UK", regimes=("uk_firm",), retention_years=5,
                approval_of=("first_contact", "offer", "comparison", "correspondence")),
    )  # fmt: skip
    assert "conduct-cherry-picking" not in held() and "conduct-promissory" in held()
