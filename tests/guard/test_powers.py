"""Powers taken by a detour: through a flag, an agent's suggestion, a namesake, somebody else's halt. Each must fail."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

import remit.wiring  # noqa: F401
from remit import identity, settings
from remit.actions import NotFound, Performed, Refused, Waiting, approve, perform
from remit.actions.queries import list_suggestions
from remit.cli import acting
from remit.cli.output import CommandRefused
from remit.db.location import Location
from remit.domains.accounts.actions import UpdateAccount
from remit.domains.consent.actions import AddDoNotContact
from remit.domains.governance.actions import GrantRemit
from remit.domains.governance.halts import Halt, Resume
from remit.domains.people.actions import ManagePeople
from remit.kit.ids import new_id
from tests.support import verbs
from tests.support.cast import Cast, make_cast


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    """With the product's own verbs, not those of the other guard tests."""
    return make_cast(database)


def test_a_rep_does_not_lift_the_halt_that_compliance_set_on_their_agent(cast: Cast) -> None:
    scope = f"agent:{cast.people['robo']}"
    perform(cast.scope("cora"), Halt(scope=scope, reason="it promised a price"))
    again = perform(cast.scope("alice"), Halt(scope=scope, reason="mine, too"))
    assert isinstance(again, Performed) and again.result["already_halted"]
    with pytest.raises(Refused) as caught:
        perform(cast.scope("alice"), Resume(scope=scope, reason="it is fine"))
    assert caught.value.code == "not_permitted_by_policy"
    perform(cast.scope("cora"), Resume(scope=scope, reason="looked into"))


def test_a_rep_does_not_unmark_a_key_account_to_approve_alone(cast: Cast) -> None:
    unmark = UpdateAccount(account_id=cast.accounts["oak"], expected_version=1, key_account=False)
    for who in ("alice", "bob"):
        with pytest.raises(Refused) as caught:
            perform(cast.scope(who), unmark)
        assert caught.value.rule_ids == ("end-key-account",)
    same = UpdateAccount(account_id=cast.accounts["oak"], expected_version=1, city="Oslo", key_account=True)
    assert isinstance(perform(cast.scope("alice"), same), Performed)
    assert cast.sql("SELECT key_account FROM remit.accounts WHERE name = 'Oak Capital'") == [(True,)]


def test_who_takes_up_an_agents_suggestion_must_be_allowed_to_do_it_themselves(cast: Cast) -> None:
    """At `suggest` the act is the approver's own: operations do not work on accounts, by an agent neither."""
    asked = perform(
        cast.scope("vera"), GrantRemit(action_kind="UpdateAccount", level="suggest", reason="try it")
    )
    assert isinstance(asked, Waiting)
    approve(cast.scope("cora"), asked.suggestion_id, asked.payload_hash)
    change = UpdateAccount(account_id=cast.accounts["pine"], expected_version=1, city="Bergen")
    waiting = perform(cast.scope("robo"), change)
    assert isinstance(waiting, Waiting)
    for who in ("olga", "gwen", "cora"):
        with pytest.raises(Refused) as caught:
            approve(cast.scope(who), waiting.suggestion_id, waiting.payload_hash)
        assert caught.value.code == "not_permitted_by_policy"
    done = approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    [row] = cast.sql("SELECT actor_id, rule_ids FROM remit.actions WHERE id = :id", id=done.action_id)
    assert row == (cast.people["bob"], ["client-work"])


def test_a_namesake_is_nobody(cast: Cast) -> None:
    done = perform(cast.scope("adam"), ManagePeople(name="Cora", email="c2@n.example", roles=("sdr",)))
    assert isinstance(done, Performed)
    assert identity.find_person("Cora") is None
    by_address = identity.find_person("cora@northlake.example")
    assert by_address is not None and by_address.id == cast.people["cora"]


def test_the_record_says_by_which_way_an_approval_came(cast: Cast) -> None:
    asked = perform(
        cast.scope("vera"), GrantRemit(action_kind="WriteDraft", level="suggest", reason="try it")
    )
    assert isinstance(asked, Waiting)
    scope = identity.for_person(cast.people["cora"], via="cli")
    approve(scope, asked.suggestion_id, asked.payload_hash)
    records = cast.sql("SELECT record::text FROM remit.audit WHERE event = 'suggestion:approve'")
    assert any('"via":"cli"' in row[0].replace(" ", "").replace("\\", "") for row in records)


def test_a_rep_does_not_approve_by_themselves_what_their_own_agent_proposed_to_a_key_account(
    cast: Cast,
) -> None:
    """Maker and checker differ (S5-H3): an agent is its person's hand."""
    with verbs.registered():
        cast.sql(
            "INSERT INTO remit.remits (id, action_kind, level, granted_by, approved_by, reason, created_at)"
            " VALUES (:id, 'SendEmail', 'approve', :vera, :cora, 'test', now())",
            id=new_id(), vera=cast.people["vera"], cora=cast.people["cora"],
        )  # fmt: skip
        for account, refused in (("pine", False), ("oak", True)):
            waiting = perform(
                cast.scope("robo"), verbs.SendEmail(account_id=cast.accounts[account], body="Hello")
            )
            assert isinstance(waiting, Waiting)
            with pytest.raises(Refused) if refused else nullcontext():
                approve(cast.scope("alice"), waiting.suggestion_id, waiting.payload_hash)
            offered = [row.id for row in list_suggestions(cast.scope("alice")).rows]
            assert waiting.suggestion_id not in offered
        approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)


def test_nobody_blocks_an_account_that_they_cannot_see(cast: Cast) -> None:
    wall, pine = cast.accounts["wall"], cast.accounts["pine"]
    for account_id in (None, pine):
        with pytest.raises(NotFound):
            perform(
                cast.scope("alice"),
                AddDoNotContact(entry="account", value=str(wall), reason="x", account_id=account_id),
            )


def test_a_server_takes_nobodys_word_for_who_acts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert acting.named("cora@northlake.example").person_id == cast.people["cora"]
    monkeypatch.setenv("REMIT_AS_PERSON", "false")
    settings.load.cache_clear()
    try:
        with pytest.raises(CommandRefused) as caught:
            acting.named("cora@northlake.example")
        assert caught.value.code == "as_not_allowed"
    finally:
        monkeypatch.delenv("REMIT_AS_PERSON")
        settings.load.cache_clear()
