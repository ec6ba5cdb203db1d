"""Salesforce alone: every kind of record, parents that come later, barriers, the commands and the preview."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import remit.wiring
from remit.actions import Refused, perform
from remit.cli import connect
from remit.cli import sync as sync_command
from remit.connectors.crm.reading import Sheet
from remit.connectors.crm.spool import spooled, sweep
from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.crm.actions import MapCrmFields
from tests.support.cast import Cast, make_cast
from tests.support.command import remit
from tests.support.crm.salesforce import Org
from tests.support.crm.vendors import AtVendor, connected


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(scope="module")
def at(cast: Cast) -> Iterator[AtVendor]:
    with pytest.MonkeyPatch.context() as patch, connected("salesforce", cast, patch, page=3) as made:
        yield made


@pytest.fixture
def crm(at: AtVendor) -> Org:
    assert isinstance(at.counterpart, Org)
    return at.counterpart


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


def test_every_kind_of_record_comes_in(cast: Cast, at: AtVendor, crm: Org) -> None:
    _one_of_each(crm)
    alice = crm.add(
        "User", Name="Alice", Email="alice@northlake.example", IsActive=True
    )  # who is one of us already
    child = crm.add("Account", Name="Elm Capital", OwnerId=alice, Industry="Funds", AnnualRevenue=1250000.5)
    parent = crm.add("Account", Name="Elm Holding", OwnerId=alice)
    crm.change("Account", child, ParentId=parent)
    crm.change("Account", parent, Industry="Holding")  # so that the parent comes after the child
    found = at.sync_all()
    assert not found.problem and not found.problems and found.total("rejected") == 1, found
    assert cast.sql(
        """SELECT a.name, a.revenue_minor, a.access_id, p.name FROM remit.accounts a LEFT JOIN remit.accounts p ON p.id = a.parent_id
        WHERE a.owner_id = :alice AND a.source = 'salesforce' ORDER BY a.name""", alice=cast.people["alice"]
    ) == [("Elm Capital", 125000050, 101, "Elm Holding"), ("Elm Holding", None, 101, None)]  # fmt: skip
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


def test_a_record_behind_a_barrier_stays_there_and_a_change_by_hand_until_the_crm_changes(
    cast: Cast, at: AtVendor, crm: Org
) -> None:
    wall = crm.add("Account", Name="Wall Capital", Industry="Funds")  # is here, behind the barrier
    other = crm.add("Account", Name="Open Capital")
    person = crm.add("Contact", LastName="Brick", AccountId=wall, Title="CIO")
    at.sync()
    behind = "SELECT c.access_id, a.name, c.title FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.last_name = 'Brick'"
    assert cast.sql(behind) == [(103, "Wall Capital", "CIO")]
    cast.sql("UPDATE remit.contacts SET title = 'by hand' WHERE last_name = 'Brick'")
    at.sync()
    assert cast.sql(behind) == [(103, "Wall Capital", "by hand")]
    crm.change("Contact", person, AccountId=other, Title="CEO")
    crm.merge("Account", wall, other)
    at.sync()
    assert cast.sql(behind) == [(103, "Wall Capital", "CEO")]
    with read(cast.scope("charlie")) as s:
        assert s.rows("SELECT 1 FROM remit.contacts WHERE last_name = 'Brick'") == []
    assert cast.sql("SELECT gone_at IS NOT NULL FROM remit.accounts WHERE name = 'Wall Capital'") == [(True,)]


def test_another_field_may_fill_ours_and_then_everything_is_read_again(
    cast: Cast, at: AtVendor, crm: Org
) -> None:
    crm.add("Account", Name="Oakum", Segment__c="macro", NumberOfEmployees=7)
    at.sync()
    scope, connection = cast.scope("olga"), at.connection
    mapping = {"segment": "Segment__c", "employees_count": ""}
    perform(
        scope,
        MapCrmFields(connection_id=connection.id, stream="accounts", entity="accounts", mapping=mapping),
    )
    at.sync()
    assert cast.sql("SELECT segment, employees_count FROM remit.accounts WHERE name = 'Oakum'") == [
        ("macro", 7)
    ]
    with pytest.raises(Refused, match="no field wings"):
        perform(
            scope,
            MapCrmFields(
                connection_id=connection.id, stream="accounts", entity="accounts", mapping={"wings": "X"}
            ),
        )


def test_the_commands_connect_take_show_and_preview(
    at: AtVendor,
    crm: Org,
    database: Location,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @contextmanager
    def running(_program: str = "") -> Iterator[Location]:
        yield database

    for module in (connect, sync_command):
        monkeypatch.setattr(module, "database", running)
    crm.add("Account", Name="Fir Capital", AnnualRevenue=5.0)
    crm.add("Account", Name="Yew Capital", AnnualRevenue="a lot")
    assert remit(capsys, "connect", "salesforce", "--as", "Olga").code == 0
    assert remit(capsys, "connect", "salesforce", "--as", "Alice").code == 1
    assert remit(capsys, "sync", "run", "hubspot", "--as", "Olga").code == 3
    ran = remit(capsys, "sync", "run", "salesforce", "--stream", "accounts", "--as", "Olga", "--json")
    assert ran.code == 0 and ran.document["synced"][0]["streams"]["accounts"]["created"] == 1
    shown = remit(capsys, "sync", "status", "--as", "Olga", "--json").document["connections"][0]
    accounts = next(each for each in shown["streams"] if each["stream"] == "accounts")
    assert (
        accounts["rejected_count"] >= 1 and accounts["lag_seconds"] >= 0 and accounts["state"] == "following"
    )
    preview = remit(capsys, "connect", "preview", "salesforce", "accounts", "--as", "Olga", "--json").document
    cells = [cell for row in preview["previews"][0]["rows"] for cell in row]
    assert (
        any(cell["reason"] for cell in cells) and {"came": "5.0", "read": "5.00 USD", "reason": ""} in cells
    )
    assert remit(capsys, "connect", "preview", "salesforce", "accounts", "--as", "Alice").code == 1
    mapping = remit(
        capsys,
        "connect",
        "mapping",
        "salesforce",
        "accounts",
        "--set",
        "aum=Aum__c",
        "--as",
        "Olga",
        "--json",
    )
    assert {"aum": "Aum__c"}.items() <= {
        each["name"]: each["source"] for each in mapping.document["fields"]
    }.items()
    assert remit(capsys, "connect", "mapping", "salesforce", "nothing", "--as", "Olga").code == 3
    crm.faults += [(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": ""}], {})]
    assert remit(capsys, "sync", "run", "--as", "Olga").code == 4
    assert remit(capsys, "connect", "stop", "salesforce", "--as", "Olga").code == 0
    assert remit(capsys, "sync", "run", "salesforce", "--as", "Olga").code == 3


def test_pages_of_killed_processes_do_not_stay_on_the_disk(tmp_path: Path) -> None:
    sheet = Sheet("accounts", ("external_id", "name"), [["1", "Left\x00over"]])
    with spooled(tmp_path, "salesforce", "accounts", [sheet], currency="USD", history_follows=False) as plan:
        assert plan is not None
        [on_its_way] = (tmp_path / "sync").iterdir()
        left = on_its_way.with_name("old.csv")
        left.write_text("x")
        os.utime(left, (0, 0))
        assert sweep(tmp_path) == 1 and on_its_way.stat().st_mode & 0o077 == 0
    assert list((tmp_path / "sync").iterdir()) == []
