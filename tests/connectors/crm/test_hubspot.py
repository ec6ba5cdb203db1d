"""HubSpot alone: contacts without a company, histories of deals, what activities are about, far searches, tokens at rest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import remit.wiring  # noqa: F401
from remit.connectors.crm.reading import CrmRefused
from remit.connectors.hubspot import client, pull, tokens
from remit.db.location import Location
from remit.domains.crm.queries import get_sealed, list_streams
from remit.settings import load
from remit.workflows import connecting
from tests.support.cast import Cast, make_cast
from tests.support.crm.hubspot import Portal
from tests.support.crm.vendors import AtVendor, connected


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(scope="module")
def at(cast: Cast) -> Iterator[AtVendor]:
    with pytest.MonkeyPatch.context() as patch, connected("hubspot", cast, patch) as made:
        yield made


@pytest.fixture
def crm(at: AtVendor) -> Portal:
    assert isinstance(at.counterpart, Portal)
    return at.counterpart


def _one_of_each(crm: Portal) -> None:
    rep = crm.add_owner("alice@northlake.example", "Alice", "")
    crm.owners.append(
        {
            "id": "77",
            "email": "left@northlake.example",
            "firstName": "Lena",
            "lastName": "Left",
            "archived": True,
        }
    )
    crm.campaigns.append(
        {
            "id": "9",
            "properties": {
                "hs_name": "Autumn forum",
                "hs_start_date": "2026-09-01",
                "hs_budget_items_sum_amount": "5000",
            },
        }
    )
    firm = crm.add(
        "companies",
        name="Ash Capital",
        hubspot_owner_id=rep,
        annualrevenue="1250000.5",
        lifecyclestage="customer",
    )
    other = crm.add("companies", name="Elm Capital", hs_parent_company_id=firm)
    ann = crm.add(
        "contacts",
        firstname="Ann",
        lastname="Ash",
        email="ann@ash.example",
        associatedcompanyid=firm,
        hs_email_optout="true",
    )
    crm.add(
        "contacts",
        lastname="Birch",
        company="Birch LLP",
        email="b@birch.example",
        hs_lead_status="IN_PROGRESS",
    )
    deal = crm.add(
        "deals",
        {"contacts": [ann]},
        dealname="Ash OMS",
        dealstage="appt",
        hs_primary_associated_company=firm,
        amount="10",
    )
    crm.change("deals", deal, dealstage="talk")
    crm.change("deals", deal, dealstage="yes", closedate="2026-01-02T00:00:00Z")
    _activities(crm, {"companies": [firm, other], "contacts": [ann], "deals": [deal]})


def _activities(crm: Portal, about: dict[str, list[str]]) -> None:
    crm.add(
        "calls",
        about,
        hs_call_title="Rang",
        hs_timestamp="2025-11-03T10:00:00Z",
        hs_call_duration="600000",
        hs_call_direction="OUTBOUND",
    )
    crm.add(
        "meetings",
        about,
        hs_meeting_title="Demo",
        hs_timestamp="2025-11-04T10:00:00Z",
        hs_meeting_start_time="2025-11-04T10:00:00Z",
        hs_meeting_end_time="2025-11-04T10:45:00Z",
    )


def test_every_kind_of_record_comes_in(cast: Cast, at: AtVendor, crm: Portal) -> None:
    _one_of_each(crm)
    found = at.sync_all()
    assert not found.problem and not found.problems and found.total("rejected") == 0, found
    assert cast.sql(
        """SELECT a.name, a.revenue_minor, a.relation, o.name, p.name FROM remit.accounts a LEFT JOIN remit.people o ON o.id = a.owner_id
        LEFT JOIN remit.accounts p ON p.id = a.parent_id WHERE a.source = 'hubspot' ORDER BY a.name"""
    ) == [
        ("Ash Capital", 125000050, "customer", "Alice", None),
        ("Elm Capital", None, "target", None, "Ash Capital"),
    ]
    assert cast.sql("SELECT active FROM remit.people WHERE email = 'left@northlake.example'") == [(False,)]
    assert cast.sql("SELECT name, starts_on::text, budget_minor FROM remit.campaigns") == [
        ("Autumn forum", "2026-09-01", 500000)
    ]


def test_deals_bring_their_history_and_activities_what_they_are_about(cast: Cast, at: AtVendor) -> None:
    assert cast.sql("SELECT from_stage, to_stage FROM remit.opportunity_stages ORDER BY at") == [
        (None, "discovery"), ("discovery", "negotiation"), ("negotiation", "won"),
    ]  # fmt: skip
    assert cast.sql(
        "SELECT o.outcome, c.last_name FROM remit.opportunities o JOIN remit.contacts c ON c.id = o.contact_id"
    ) == [("won", "Ash")]
    assert cast.sql(
        """SELECT a.kind, a.minutes_count, a.direction, f.name, c.first_name, o.name FROM remit.activities a
        JOIN remit.accounts f ON f.id = a.account_id JOIN remit.contacts c ON c.id = a.contact_id
        JOIN remit.opportunities o ON o.id = a.opportunity_id ORDER BY a.at"""
    ) == [
        ("call", 10, "out", "Ash Capital", "Ann", "Ash OMS"),
        ("meeting", 45, None, "Ash Capital", "Ann", "Ash OMS"),
    ]
    assert cast.sql("SELECT state, firm_name, last_name FROM remit.leads") == [
        ("working", "Birch LLP", "Birch")
    ]


def test_a_contact_is_a_lead_until_it_has_a_company(cast: Cast, at: AtVendor, crm: Portal) -> None:
    person = crm.add("contacts", lastname="Wander")
    at.sync()
    both = """SELECT 'lead', gone_at IS NULL FROM remit.leads WHERE last_name = 'Wander'
        UNION ALL SELECT 'contact', gone_at IS NULL FROM remit.contacts WHERE last_name = 'Wander'"""
    assert cast.sql(both) == [("lead", True)]
    crm.change("contacts", person, associatedcompanyid=crm.add("companies", name="Found Capital"))
    at.sync()
    assert cast.sql(both) == [("lead", False), ("contact", True)]
    crm.change("contacts", person, associatedcompanyid="")
    at.sync()
    assert cast.sql(both) == [("lead", True), ("contact", False)]
    crm.delete("contacts", person)
    assert at.sync("contacts").total("gone") == 1 and cast.sql(both) == [("lead", False), ("contact", False)]


def test_a_search_that_finds_too_many_goes_on_from_the_last_it_gave(
    cast: Cast, at: AtVendor, crm: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SEARCH_PAGE", 3)
    monkeypatch.setattr(client, "SEARCH_MOST", 6)
    monkeypatch.setattr(pull, "_FAR", 4)
    monkeypatch.setattr(pull, "BATCH", 2)
    for n in range(11):
        crm.add("companies", name=f"Far {n}")
    assert at.sync("companies").total("created") == 11
    same = crm.now  # more of one instant than a search gives: the lists are read again
    for n in range(9):
        crm.add("companies", name=f"Same {n}")
    for record in crm.records["companies"].values():
        if record["properties"]["name"].startswith("Same"):
            record["properties"]["hs_lastmodifieddate"] = same.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert at.sync("companies").total("created") == 9
    place = list_streams(cast.scope("olga"), at.connection.id)["companies"].cursor
    assert place["phase"] == "since" and at.sync("companies").total("created") == 0


def test_a_token_is_kept_encrypted_bound_and_never_told(cast: Cast, at: AtVendor, crm: Portal) -> None:
    action = connecting.connect_hubspot("code-1", "http://localhost:8321/settings/connections/hubspot/back")
    assert action.address == "portal 4711" and "sealed" not in action.payload()
    sealed = get_sealed(cast.scope("olga"), at.connection.id)
    assert sealed and b"refresh-me" not in sealed
    assert tokens.unseal(load().home, at.connection.id, sealed) == "refresh-me"
    with pytest.raises(CrmRefused, match="belongs to something else"):
        tokens.unseal(load().home, cast.people["alice"], sealed)
    with pytest.raises(CrmRefused, match="does not let us in"):
        connecting.connect_hubspot("code-1", "http://localhost:8321/x")  # a code is good once
    assert "refresh-me" not in repr(cast.sql("SELECT payload FROM remit.actions")) + repr(
        cast.sql("SELECT * FROM remit.audit")
    )
    where = connecting.consent_url("http://localhost:8321/back", "state")
    assert ".write" not in where and "crm.objects.contacts.read" in where
