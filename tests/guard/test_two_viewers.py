"""At approval: what the maker cannot see is not there, however far the approver sees, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

import remit.wiring  # noqa: F401
from remit.actions import NotFound, Performed, Target, approve, perform, propose, registry
from remit.db.location import Role
from remit.db.sessions import WriteSession
from remit.domains.facts.actions import RecordFact
from remit.domains.opportunities.actions import CreateOpportunity, UpdateOpportunity
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support import verbs
from tests.support.cast import Cast
from tests.support.verbs import UpdateAccount

PEOPLE = ("alice", "bob", "charlie", "mia", "vera", "adam")


@pytest.fixture(scope="module", autouse=True)
def seats(cast: Cast) -> Iterator[None]:
    """Alice has a seat on palm (South); Charlie on oak (North) and on wall, behind a barrier that keeps him out."""
    for who, account in (("alice", "palm"), ("charlie", "oak"), ("charlie", "wall"), ("bob", "palm")):
        deal = new_id()
        cast.sql(
            "INSERT INTO remit.opportunities (id, account_id, access_id, name, stage, opened_on, stage_since_at)"
            " VALUES (:id, :account, :access, 'Seat', 'discovery', now(), now())",
            id=deal, account=cast.accounts[account], access=cast.access[account],
        )  # fmt: skip
        cast.sql(
            "INSERT INTO remit.deal_team (opportunity_id, person_id, account_id, access_id, role)"
            " VALUES (:deal, :person, :account, :access, 'se')",
            deal=deal, person=cast.people[who], account=cast.accounts[account], access=cast.access[account],
        )  # fmt: skip
    yield


def _seen(cast: Cast, person: UUID, also: UUID | None = None) -> set[UUID]:
    with create_engine(cast.location.url(Role.WRITER)).begin() as connection:
        connection.execute(text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(person)})
        if also is not None:
            connection.execute(text("SELECT set_config('remit.also_id', :p, true)"), {"p": str(also)})
        return {row.id for row in connection.execute(text("SELECT id FROM remit.accounts"))}


def test_two_see_what_each_of_them_sees(cast: Cast) -> None:
    alone = {who: _seen(cast, cast.people[who]) for who in PEOPLE}
    assert alone["alice"] == {cast.accounts[one] for one in ("pine", "oak", "palm")}
    assert alone["charlie"] == {cast.accounts[one] for one in ("palm", "oak")}
    for one, other in product(PEOPLE, repeat=2):
        both = _seen(cast, cast.people[one], cast.people[other])
        assert both == alone[one] & alone[other], (one, other)


def test_an_approver_does_not_lend_their_view_to_the_maker(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payload names a second record that only the approver sees; the handler finds nothing there."""
    found: list[object] = []

    def look_up(tx: WriteSession, action: UpdateAccount, target: Target) -> object:
        found.append(tx.scalar("SELECT name FROM remit.accounts WHERE id = :id", {"id": action.website}))
        return verbs.update_account(tx, action, target)

    verb = registry.verb("UpdateAccount")
    monkeypatch.setitem(registry._verbs, "UpdateAccount", replace(verb, handle=look_up))
    pine, wall, oak = (cast.accounts[one] for one in ("pine", "wall", "oak"))
    for version, named in enumerate((wall, oak), start=1):
        asked = UpdateAccount(account_id=pine, website=str(named), expected_version=version)
        waiting = propose(cast.scope("alice"), asked)
        approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert found == [None, "Oak Capital"]


def test_a_maker_who_lost_sight_of_the_account_has_nothing_approved_about_it(cast: Cast) -> None:
    wall = cast.accounts["wall"]
    cast.sql("INSERT INTO remit.person_barriers VALUES (:id, 101)", id=cast.people["mia"])
    waiting = propose(cast.scope("bob"), UpdateAccount(account_id=wall, website="lost", expected_version=1))
    cast.sql("DELETE FROM remit.person_barriers WHERE person_id = :id", id=cast.people["bob"])
    try:
        with pytest.raises(NotFound):
            approve(cast.scope("mia"), waiting.suggestion_id, waiting.payload_hash)
        assert cast.sql("SELECT website FROM remit.accounts WHERE id = :id", id=wall) == [(None,)]
    finally:
        cast.sql("INSERT INTO remit.person_barriers VALUES (:id, 101)", id=cast.people["bob"])
        cast.sql("DELETE FROM remit.person_barriers WHERE person_id = :id", id=cast.people["mia"])


def _contact(cast: Cast, account: str) -> UUID:
    contact = new_id()
    cast.sql(
        "INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name)"
        " VALUES (:id, :account, :access, 'Pat', 'Quiet')",
        id=contact, account=cast.accounts[account], access=cast.access[account],
    )  # fmt: skip
    return contact


def test_a_deal_or_a_fact_names_no_contact_of_another_account(cast: Cast) -> None:
    """A foreign key finds what row-level security hides: naming an id would have told whether it exists."""
    pine, alice = cast.accounts["pine"], cast.scope("alice")
    done = perform(alice, CreateOpportunity(account_id=pine, name="Rates", contact_id=_contact(cast, "pine")))
    assert isinstance(done, Performed)
    deal = UUID(done.result["opportunity_id"])
    source = {
        "value": "x",
        "source_name": "call",
        "as_of_on": clock.today(),
        "fact_kind": "need",
        "subject": "x",
    }
    for contact in (_contact(cast, "wall"), _contact(cast, "oak"), new_id()):
        for action in (
            CreateOpportunity(account_id=pine, name="Rates", contact_id=contact),
            UpdateOpportunity(opportunity_id=deal, expected_version=1, contact_id=contact),
            RecordFact.model_validate({**source, "account_id": pine, "contact_id": contact}),
            RecordFact.model_validate({**source, "account_id": None, "contact_id": contact}),
        ):
            with pytest.raises(NotFound):
                perform(alice, action)
