"""Verbs on accounts, contacts, leads, deals and activities, through the door."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from remit.actions import Action, Conflict, NotFound, Performed, Refused, perform
from remit.domains.accounts.actions import CreateAccount, ReassignAccount, UpdateAccount
from remit.domains.activities.actions import CompleteTask, LogActivity
from remit.domains.contacts.actions import CreateContact, UpdateContact
from remit.domains.leads.actions import ConvertLead, QualifyLead
from remit.domains.opportunities.actions import (
    ChangeStage,
    CloseOpportunity,
    CreateOpportunity,
    UpdateOpportunity,
)
from remit.kit.ids import new_id
from tests.support.cast import Cast


def _do(cast: Cast, who: str, action: Action) -> dict[str, Any]:
    done = perform(cast.scope(who), action)
    assert isinstance(done, Performed), done
    return dict(done.result)


def _code(cast: Cast, who: str, action: Action) -> str:
    with pytest.raises(Refused) as caught:
        perform(cast.scope(who), action)
    return caught.value.code


def test_an_account_is_created_where_its_maker_works_and_others_do_not_see_it(cast: Cast) -> None:
    account = UUID(_do(cast, "alice", CreateAccount(name="Fir Partners LLP", segment="credit"))["account_id"])
    assert cast.sql(
        "SELECT access_id, owner_id, name_key FROM remit.accounts WHERE id = :id", id=account
    ) == [(101, cast.people["alice"], "fir partners")]
    update = UpdateAccount(account_id=account, expected_version=1, city="Paris")
    assert _code(cast, "charlie", update) == "not_found"
    assert _do(cast, "bob", update) == {"version": 2}
    assert _code(cast, "alice", CreateAccount(name="Elsewhere", territory_id=102)) == "not_found"


def test_an_account_moves_with_everything_about_it(cast: Cast) -> None:
    account = UUID(_do(cast, "alice", CreateAccount(name="Larch"))["account_id"])
    _do(cast, "alice", CreateContact(account_id=account, last_name="Lee", email="lee@larch.example"))
    move = ReassignAccount(account_id=account, expected_version=1, territory_id=102)
    assert _code(cast, "alice", move) == "not_permitted_by_policy"
    _do(cast, "mia", move)
    assert cast.sql("SELECT access_id FROM remit.contacts WHERE account_id = :id", id=account) == [(102,)]
    assert (
        _code(cast, "alice", UpdateAccount(account_id=account, expected_version=2, city="x")) == "not_found"
    )
    _do(cast, "mia", ReassignAccount(account_id=account, expected_version=2, owner_id=cast.people["charlie"]))


@pytest.mark.parametrize(
    "email", ["a@b", "a@b.example, c@d.example", "a@b.example\nBcc: x@y.example", "<a@b.example>", ""]
)
def test_a_contacts_address_is_one_address(cast: Cast, email: str) -> None:
    with pytest.raises(ValidationError):
        CreateContact(account_id=cast.accounts["pine"], last_name="X", email=email)


def test_a_contact_changes_by_version(cast: Cast) -> None:
    contact = UUID(
        _do(cast, "alice", CreateContact(account_id=cast.accounts["pine"], last_name="Ray"))["contact_id"]
    )
    _do(cast, "bob", UpdateContact(contact_id=contact, expected_version=1, title="COO"))
    with pytest.raises(Conflict) as caught:
        perform(cast.scope("alice"), UpdateContact(contact_id=contact, expected_version=1, title="CTO"))
    assert caught.value.details["theirs"] == {"title": "COO"}
    assert caught.value.details["yours"] == {"title": "CTO"}


def test_a_deal_climbs_by_what_its_stages_need_and_keeps_its_history(cast: Cast) -> None:
    account = cast.accounts["pine"]
    contact = UUID(_do(cast, "alice", CreateContact(account_id=account, last_name="Day"))["contact_id"])
    deal = UUID(_do(cast, "alice", CreateOpportunity(account_id=account, name="OMS"))["opportunity_id"])
    with pytest.raises(Refused) as caught:
        perform(cast.scope("alice"), ChangeStage(opportunity_id=deal, expected_version=1, stage="evaluation"))
    assert "a main contact" in caught.value.message
    assert "an amount" in caught.value.message
    _do(cast, "alice", UpdateOpportunity(opportunity_id=deal, expected_version=1, contact_id=contact,
                                         amount_minor=25_000_000, amount_currency="USD", close_on=date(2027, 3, 1)))  # fmt: skip
    _do(cast, "bob", ChangeStage(opportunity_id=deal, expected_version=2, stage="evaluation"))
    assert (
        _code(cast, "alice", ChangeStage(opportunity_id=deal, expected_version=3, stage="nonsense"))
        == "check_failed"
    )
    lost = CloseOpportunity(opportunity_id=deal, expected_version=3, outcome="lost")
    assert _code(cast, "alice", lost) == "check_failed"
    _do(cast, "alice", lost.model_copy(update={"reason": "price"}))
    assert (
        _code(cast, "alice", ChangeStage(opportunity_id=deal, expected_version=4, stage="discovery"))
        == "check_failed"
    )
    stages = cast.sql(
        "SELECT from_stage, to_stage FROM remit.opportunity_stages WHERE opportunity_id = :id ORDER BY at",
        id=deal,
    )
    assert stages == [(None, "qualification"), ("qualification", "evaluation"), ("evaluation", "lost")]
    snapshots = cast.sql(
        "SELECT stage, amount_minor, until_at IS NULL FROM remit.opportunity_snapshots WHERE opportunity_id = :id ORDER BY from_at",
        id=deal,
    )
    assert snapshots == [
        ("qualification", None, False), ("qualification", 25_000_000, False), ("evaluation", 25_000_000, False),
        ("lost", 25_000_000, True),
    ]  # fmt: skip
    [(days,)] = cast.sql("SELECT count(*) FROM remit.opportunity_days WHERE opportunity_id = :id", id=deal)
    assert days >= 1


def test_a_lead_converts_once(cast: Cast) -> None:
    lead = new_id()
    cast.sql(
        "INSERT INTO remit.leads (id, access_id, firm_name, owner_id) VALUES (:id, 101, 'Elm', :owner)",
        id=lead,
        owner=cast.people["bob"],
    )
    convert = ConvertLead(lead_id=lead, expected_version=1, account_id=cast.accounts["pine"], name="Elm: EMS")
    assert _code(cast, "bob", convert) == "lead_not_qualified"
    assert (
        _code(cast, "bob", QualifyLead(lead_id=lead, expected_version=1, state="disqualified"))
        == "reason_missing"
    )
    _do(cast, "bob", QualifyLead(lead_id=lead, expected_version=1, state="qualified"))
    deal = _do(cast, "bob", convert.model_copy(update={"expected_version": 2}))["opportunity_id"]
    assert cast.sql("SELECT name, owner_id FROM remit.opportunities WHERE id = :id", id=deal) == [
        ("Elm: EMS", cast.people["bob"])
    ]
    assert _code(cast, "bob", convert.model_copy(update={"expected_version": 3})) == "lead_not_qualified"


def test_a_task_is_due_and_done_once_and_its_contact_is_of_the_account(cast: Cast) -> None:
    account = cast.accounts["pine"]
    task = LogActivity(account_id=account, activity_kind="task", subject="Send the FIX spec")
    assert _code(cast, "alice", task) == "due_missing"
    due = datetime(2027, 1, 4, 9, tzinfo=UTC)
    made = UUID(_do(cast, "alice", task.model_copy(update={"due_at": due}))["activity_id"])
    _do(cast, "alice", CompleteTask(activity_id=made))
    assert _code(cast, "alice", CompleteTask(activity_id=made)) == "task_done"
    stranger = UUID(
        _do(cast, "bob", CreateContact(account_id=cast.accounts["wall"], last_name="X"))["contact_id"]
    )
    with pytest.raises(NotFound):
        perform(
            cast.scope("alice"),
            LogActivity(account_id=account, activity_kind="note", subject="x", contact_id=stranger),
        )
