"""Salesforce, end to end: from the org to accounts through the door, first all, then what changed, deleted, merged, or broke."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import remit.wiring
from remit import settings
from remit.actions import Refused, perform
from remit.cli import connect
from remit.cli import sync as sync_command
from remit.connectors.crm.opening import open_reader
from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.crm.actions import ConnectCrm, MapCrmFields
from remit.domains.crm.queries import get_connection, list_streams
from remit.workflows.syncing import Synced, sync
from tests.support.cast import Cast, make_cast
from tests.support.command import remit
from tests.support.crm.salesforce import Org, org


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture
def crm(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Org]:
    with org(page=3) as made:
        monkeypatch.setenv("REMIT_SALESFORCE_URL", made.url)
        monkeypatch.setenv("REMIT_SALESFORCE_CLIENT_ID", "app")
        monkeypatch.setenv("REMIT_SALESFORCE_CLIENT_SECRET", "sesame")
        settings.reload()
        perform(cast.scope("olga"), ConnectCrm(vendor="salesforce", address=made.url))
        yield made
    settings.load.cache_clear()


@pytest.fixture
def opened_here(database: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def running(_program: str = "") -> Iterator[Location]:
        yield database

    for module in (connect, sync_command):
        monkeypatch.setattr(module, "database", running)


def _sync(cast: Cast) -> Synced:
    scope = cast.scope("olga")
    return sync(scope, get_connection(scope, "salesforce"), opened=open_reader)


def test_accounts_come_in_with_their_owner_and_parent(cast: Cast, crm: Org) -> None:
    alice = crm.add("User", Name="Alice", Email="alice@northlake.example", IsActive=True)
    child = crm.add("Account", Name="Elm Capital", OwnerId=alice, Industry="Funds", AnnualRevenue=1250000.5)
    parent = crm.add("Account", Name="Elm Holding", OwnerId=alice)
    crm.change("Account", child, ParentId=parent)
    crm.change("Account", parent, Industry="Holding")  # so that the parent comes after the child
    found = _sync(cast)
    assert not found.problem and not found.problems, found
    assert cast.sql(
        """SELECT a.name, a.revenue_minor, a.access_id, o.name, p.name FROM remit.accounts a JOIN remit.people o ON o.id = a.owner_id
        LEFT JOIN remit.accounts p ON p.id = a.parent_id WHERE a.source = 'salesforce' ORDER BY a.name"""
    ) == [("Elm Capital", 125000050, 101, "Alice", "Elm Holding"), ("Elm Holding", None, 101, "Alice", None)]
    streams = list_streams(cast.scope("olga"), get_connection(cast.scope("olga"), "salesforce").id)
    assert streams["accounts"].created_count == 2 and streams["accounts"].state == "following"


def test_the_commands_connect_take_show_and_preview(
    cast: Cast, crm: Org, capsys: pytest.CaptureFixture[str], opened_here: None
) -> None:
    crm.add("Account", Name="Fir Capital", AnnualRevenue=5.0)
    crm.add("Account", Name="Yew Capital", AnnualRevenue="a lot")
    assert remit(capsys, "connect", "salesforce", "--as", "Olga").code == 0
    assert remit(capsys, "connect", "salesforce", "--as", "Alice").code == 1
    ran = remit(capsys, "sync", "run", "salesforce", "--as", "Olga", "--json")
    assert ran.code == 0 and ran.document["synced"][0]["streams"]["accounts"]["created"] == 1
    shown = remit(capsys, "sync", "status", "--as", "Olga", "--json").document["connections"][0]
    accounts = next(each for each in shown["streams"] if each["stream"] == "accounts")
    assert (
        accounts["rejected_count"] == 1 and accounts["lag_seconds"] >= 0 and accounts["state"] == "following"
    )
    preview = remit(capsys, "connect", "preview", "salesforce", "accounts", "--as", "Olga", "--json").document
    cells = [cell for row in preview["previews"][0]["rows"] for cell in row]
    assert (
        any(cell["reason"] for cell in cells) and {"came": "5.0", "read": "5.00 USD", "reason": ""} in cells
    )
    assert remit(capsys, "connect", "preview", "salesforce", "accounts", "--as", "Alice").code != 0


def _one_of_each(crm: Org) -> None:
    rep = crm.add("User", Name="Rita Vale", Email="rita@northlake.example", IsActive=True)
    crm.add("Campaign", Name="Autumn forum", Type="Event", BudgetedCost=5000.0, IsActive=True, OwnerId=rep)
    firm = crm.add("Account", Name="Ash Capital", OwnerId=rep)
    ann = crm.add(
        "Contact",
        FirstName="Ann",
        LastName="Ash",
        Email="ann@ash.example",
        AccountId=firm,
        HasOptedOutOfEmail=True,
    )
    crm.add("Contact", LastName="Nobody's")
    crm.add(
        "Lead",
        LastName="Birch",
        Company="Birch LLP",
        Status="Working - Contacted",
        IsConverted=False,
        LeadSource="Web",
    )
    deal = crm.add(
        "Opportunity",
        Name="Ash OMS",
        AccountId=firm,
        StageName="Negotiation",
        Amount=10.0,
        CloseDate="2026-09-30",
        ContactId=ann,
        IsWon=False,
        IsClosed=False,
    )
    for stage in ("Discovery", "Discovery", "Negotiation"):
        crm.add("OpportunityHistory", OpportunityId=deal, StageName=stage, CreatedById=rep)
    crm.add(
        "Task",
        Subject="Rang",
        WhoId=ann,
        WhatId=deal,
        AccountId=firm,
        TaskSubtype="Call",
        Status="Completed",
        IsClosed=True,
        CompletedDateTime="2025-11-03T10:00:00.000+0000",
        CallDurationInSeconds=600,
    )
    crm.add(
        "Event",
        Subject="Demo",
        WhoId=ann,
        AccountId=firm,
        StartDateTime="2025-11-04T10:00:00.000+0000",
        DurationInMinutes=45,
    )


def test_every_kind_of_record_comes_in(cast: Cast, crm: Org) -> None:
    _one_of_each(crm)
    found = _sync(cast)
    assert not found.problems and found.total("rejected") == 1, found
    assert cast.sql("SELECT name, budget_minor, starts_on FROM remit.campaigns") == [
        ("Autumn forum", 500000, None)
    ]
    assert cast.sql("SELECT from_stage, to_stage FROM remit.opportunity_stages WHERE source = 'salesforce' ORDER BY at") == [
        (None, "discovery"), ("discovery", "negotiation"),
    ]  # fmt: skip
    assert cast.sql(
        """SELECT a.kind, a.minutes_count, c.first_name, o.name FROM remit.activities a JOIN remit.contacts c ON c.id = a.contact_id
        LEFT JOIN remit.opportunities o ON o.id = a.opportunity_id WHERE a.source = 'salesforce' ORDER BY a.at"""
    ) == [("call", 10, "Ann", "Ash OMS"), ("meeting", 45, "Ann", None)]
    assert cast.sql("SELECT state, channel FROM remit.leads WHERE source = 'salesforce'") == [
        ("working", "Web")
    ]
    assert cast.sql("SELECT count(*) FROM remit.do_not_contact WHERE value = 'ann@ash.example'") == [(1,)]


def test_what_changes_is_deleted_or_merged_there_is_so_here(cast: Cast, crm: Org) -> None:
    kept = crm.add("Account", Name="Teak Capital")
    lost = crm.add("Account", Name="Teak Cap")
    person = crm.add("Contact", LastName="Teak", AccountId=lost)
    crm.add("Opportunity", Name="Teak PB", AccountId=lost, StageName="Discovery", IsWon=False, IsClosed=False)
    assert _sync(cast).total("created") == 4
    again = _sync(cast)  # looks at the last two minutes once more
    assert (again.total("created"), again.total("updated"), again.total("gone")) == (0, 0, 0)
    crm.merge("Account", lost, kept)
    crm.change("Contact", person, Title="COO")
    found = _sync(cast)
    assert (found.total("created"), found.total("gone")) == (0, 1)
    where = "SELECT a.name FROM remit.{} t JOIN remit.accounts a ON a.id = t.account_id WHERE t.source = 'salesforce' AND {}"
    assert cast.sql(where.format("contacts", "t.title = 'COO'")) == [("Teak Capital",)]
    assert cast.sql(where.format("opportunities", "t.name = 'Teak PB'")) == [("Teak Capital",)]
    seen = "SELECT name FROM remit.accounts WHERE name LIKE 'Teak%'"
    assert _seen_by(cast, "vera", seen) == ["Teak Capital"]
    crm.delete("Account", kept)
    assert _sync(cast).total("gone") == 1 and _seen_by(cast, "vera", seen) == []
    crm.change("Account", kept, IsDeleted=False)
    _sync(cast)
    assert _seen_by(cast, "vera", seen) == ["Teak Capital"]


def _seen_by(cast: Cast, name: str, query: str) -> list[object]:
    with read(cast.scope(name)) as s:
        return [row[0] for row in s.rows(query)]


def test_a_record_behind_a_barrier_stays_there_and_a_change_by_hand_until_the_crm_changes(
    cast: Cast, crm: Org
) -> None:
    wall = crm.add("Account", Name="Wall Capital", Industry="Funds")  # is here, behind the barrier
    other = crm.add("Account", Name="Open Capital")
    person = crm.add("Contact", LastName="Brick", AccountId=wall, Title="CIO")
    _sync(cast)
    behind = "SELECT c.access_id, a.name, c.title FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.last_name = 'Brick'"
    assert cast.sql(behind) == [(103, "Wall Capital", "CIO")]
    cast.sql("UPDATE remit.contacts SET title = 'by hand' WHERE last_name = 'Brick'")
    _sync(cast)
    assert cast.sql(behind) == [(103, "Wall Capital", "by hand")]
    crm.change("Contact", person, AccountId=other, Title="CEO")
    crm.merge("Account", wall, other)
    _sync(cast)
    assert cast.sql(behind) == [(103, "Wall Capital", "CEO")]
    assert _seen_by(cast, "charlie", "SELECT last_name FROM remit.contacts WHERE last_name = 'Brick'") == []
    assert cast.sql("SELECT gone_at IS NOT NULL FROM remit.accounts WHERE name = 'Wall Capital'") == [(True,)]


def test_a_field_that_vanishes_or_changes_is_told_and_the_others_go_on(cast: Cast, crm: Org) -> None:
    first = crm.add("Account", Name="Oakum", Industry="Funds", NumberOfEmployees=7)
    _sync(cast)
    crm.drop_field("Account", "Industry")
    crm.schema["Account"]["NumberOfEmployees"] = "string"
    del crm.schema["Lead"]["LastName"]
    crm.change("Account", first, BillingCity="Leeds", NumberOfEmployees="many")
    found = _sync(cast)
    assert len(found.drift) >= 2 and "Industry is gone from Account" in " ".join(found.drift)
    assert "LastName" in found.problems["leads"] and "accounts" not in found.problems
    assert cast.sql("SELECT city, sector, employees_count FROM remit.accounts WHERE name = 'Oakum'") == [
        ("Leeds", "Funds", 7)
    ]
    scope = cast.scope("olga")
    connection = get_connection(scope, "salesforce")
    streams = list_streams(scope, connection.id)
    assert streams["accounts"].drift and streams["leads"].problem
    mapping = {"segment": "Segment__c", "employees_count": ""}
    perform(
        scope,
        MapCrmFields(connection_id=connection.id, stream="accounts", entity="accounts", mapping=mapping),
    )
    crm.records["Account"][first]["Segment__c"] = "macro"
    assert not any("Account:" in each for each in _sync(cast).drift)
    assert cast.sql("SELECT segment FROM remit.accounts WHERE name = 'Oakum'") == [("macro",)]
    with pytest.raises(Refused, match="no field wings"):
        perform(
            scope,
            MapCrmFields(
                connection_id=connection.id, stream="accounts", entity="accounts", mapping={"wings": "X"}
            ),
        )
