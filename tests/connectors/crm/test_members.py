"""Who is a member of which campaign, and what became of a lead: the same at each vendor's counterpart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta

import pytest

import remit.wiring  # noqa: F401
from remit.cli import campaigns
from remit.connectors.hubspot import pull
from remit.db.location import Location
from remit.db.sessions import read
from remit.domains.consent.queries import latest_consent, must_not_contact
from remit.domains.crm.model import TITLES
from remit.kit import clock
from remit.workflows import syncing
from remit.workflows.syncing import Synced
from tests.support.cast import Cast, make_cast
from tests.support.command import remit as run
from tests.support.crm.hubspot import Portal
from tests.support.crm.vendors import AtVendor, connected

CAME = clock.now().replace(hour=18, minute=0, second=0, microsecond=0) - timedelta(
    days=10
)  # a fact of long ago is none
# a look at everything takes as long as all the rest of these tests: only what is needed is looked at
STREAMS = {
    "salesforce": ("users", "campaigns", "accounts", "contacts", "opportunities", "leads", "members", "tasks"),
    "hubspot": ("owners", "campaigns", "events", "companies", "contacts", "deals", "leads", "attendances", "reached", "calls"),
}  # fmt: skip
FIRST = ("reached", "opportunities", "deals", "leads", "calls", "tasks")
LATER = ("users", "owners", *FIRST)
OF_LEADS = ("users", "owners", "reached", "opportunities", "deals")
MEMBERS = """SELECT p.name, coalesce(c.last_name, l.last_name), c.id IS NOT NULL, lower(m.state), m.responded, m.first_responded_on::text, m.access_id
FROM remit.campaign_members m JOIN remit.campaigns p ON p.id = m.campaign_id LEFT JOIN remit.contacts c ON c.id = m.contact_id
LEFT JOIN remit.leads l ON l.id = m.lead_id WHERE m.source = :v AND m.gone_at IS NULL AND p.gone_at IS NULL AND p.name LIKE :like ORDER BY 1, 2"""


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(scope="module", params=["salesforce", "hubspot"])
def crm(request: pytest.FixtureRequest, cast: Cast) -> Iterator[AtVendor]:
    with pytest.MonkeyPatch.context() as patch, connected(request.param, cast, patch) as made:
        yield made


def _sync(crm: AtVendor, *without: str) -> Synced:
    found = crm.sync(*(each for each in STREAMS[crm.vendor] if each not in without))
    assert not found.problem and not found.problems, found
    return found


def _members(crm: AtVendor, like: str) -> list[tuple]:
    return crm.cast.sql(MEMBERS, v=crm.vendor, like=f"{like}%")


FACTS = """SELECT f.state, f.subject, f.value, f.source_name, f.as_of_on::text, c.last_name FROM remit.facts f
JOIN remit.contacts c ON c.id = f.contact_id WHERE f.kind = 'attendance' AND f.source = :v AND f.value LIKE :like ORDER BY f.state, f.created_at"""


def _facts(crm: AtVendor, like: str) -> list[tuple]:
    return crm.cast.sql(FACTS, v=crm.vendor, like=f"{like}%")


def test_members_come_change_go_and_are_merged(crm: AtVendor) -> None:
    rep = crm.rep("Alice", "alice@northlake.example")
    pine, oak = (crm.add("accounts", name=f"{name} {crm.vendor}", owner=rep) for name in ("Pine", "Oak"))
    ann, bea, bee = (
        crm.add("contacts", last_name=name, account=firm, email=f"{name}@{crm.vendor}.example")
        for name, firm in (("Ann", pine), ("Bea", oak), ("Bee", pine))
    )
    forum = crm.event(f"Forum {crm.vendor}")
    for who in (ann, bea):
        crm.attend(forum, who, "Registered", CAME)
    _sync(crm, *FIRST)
    named, access = f"Forum {crm.vendor}", 101
    assert _members(crm, "Forum") == [
        (named, one, True, "registered", True, CAME.date().isoformat(), access) for one in ("Ann", "Bea")
    ]
    again = _sync(crm, *LATER)
    assert (again.total("created"), again.total("updated"), again.total("gone")) == (0, 0, 0)
    crm.attend(forum, ann, "Attended", CAME)
    crm.attend(forum, bee, "No_show", CAME)
    crm.leave(forum, bea)
    found = _sync(crm, *LATER)
    assert found.total("gone") == 1, found
    assert [row[1:5] for row in _members(crm, "Forum")] == [
        ("Ann", True, "attended", True), ("Bee", True, "no_show", False),
    ]  # fmt: skip
    came = (f"Forum {crm.vendor}", TITLES[crm.vendor], CAME.date().isoformat())
    assert _facts(crm, "Forum") == [("live", "attended", *came, "Ann")]
    crm.merge("contacts", bee, bea)  # Bea of Oak stays: what Bee did is hers
    _sync(crm, *LATER)
    assert [row[1] for row in _members(crm, "Forum")] == ["Ann", "Bea"]
    with read(crm.cast.scope("charlie")) as s:  # of another territory
        assert s.rows("SELECT 1 FROM remit.campaign_members") == []
    with read(crm.cast.scope("alice")) as s:
        assert len(s.rows("SELECT 1 FROM remit.campaign_members WHERE source = :v", {"v": crm.vendor})) == 2
    crm.end(forum)
    _sync(crm, *LATER)
    assert _members(crm, "Forum") == []
    assert [each[0] for each in _facts(crm, "Forum")] == ["withdrawn"]


def test_what_hung_on_a_lead_follows_it_to_the_contact(
    crm: AtVendor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cast = crm.cast
    lead = crm.lead(f"Birch {crm.vendor}", email=f"asked@{crm.vendor}.example", opted_out=True)
    evening = crm.event(f"Evening {crm.vendor}")
    crm.attend(evening, lead, "Attended", CAME)
    crm.rang(lead, f"Rang {crm.vendor}")
    _sync(crm, *OF_LEADS)
    assert [row[1:5] for row in _members(crm, "Evening")] == [
        (f"Birch {crm.vendor}", False, "attended", True)
    ]
    firm = crm.add("accounts", name=f"Birch Capital {crm.vendor}")
    # under another address, and the CRM does not say of the contact that it opted out
    crm.convert(lead, firm, email=f"new@{crm.vendor}.example")
    _sync(crm, *OF_LEADS)
    contact, account, access = cast.sql(
        "SELECT id, account_id, access_id FROM remit.contacts WHERE email = :e", e=f"new@{crm.vendor}.example"
    )[0]
    assert [row[1:5] for row in _members(crm, "Evening")] == [(f"Birch {crm.vendor}", True, "attended", True)]
    assert [(each[0], each[5]) for each in _facts(crm, "Evening")] == [("live", f"Birch {crm.vendor}")]
    rang = "SELECT contact_id, account_id FROM remit.activities WHERE subject = :s"
    assert cast.sql(rang, s=f"Rang {crm.vendor}") == [(contact, account)]
    with read(cast.scope("vera")) as s:
        assert must_not_contact(s, f"New+x@{crm.vendor}.example", account)
        said = latest_consent(s, [contact], "email")
        assert said is not None and said.state == "withdrawn"
    assert cast.sql("SELECT state, contact_id FROM remit.leads WHERE last_name = :n", n=f"Birch {crm.vendor}") == [
        ("converted", contact)
    ]  # fmt: skip
    assert cast.sql("SELECT count(*) FROM remit.consents WHERE contact_id = :c", c=contact) == [(1,)]
    monkeypatch.setattr(campaigns, "database", nullcontext)
    told = run(capsys, "--as", "Vera", "campaigns", f"Birch Capital {crm.vendor}")
    assert f"attended Evening {crm.vendor}" in told.out
    # a lead that HubSpot has as the same contact is hidden once it is one
    assert ("came as a lead" in told.out) == (crm.vendor == "salesforce")
    told = run(capsys, "--as", "Charlie", "campaigns", f"Birch Capital {crm.vendor}")  # of another territory
    assert told.code == 3 and "Evening" not in told.out
    assert access and _sync(crm, *OF_LEADS).total("updated") == 0


def test_a_deal_says_of_which_lead_it_came_also_when_it_comes_after_it(crm: AtVendor) -> None:
    firm = crm.add("accounts", name=f"Cedar {crm.vendor}")
    person = crm.add("contacts", last_name=f"Cedar {crm.vendor}", account=firm)
    deal = crm.deal(f"Cedar OMS {crm.vendor}", firm)
    crm.qualified(f"Seed {crm.vendor}", person, deal)
    crm.sync("leads")  # before anything that it names
    linked = """SELECT o.name, c.last_name, a.name FROM remit.leads l LEFT JOIN remit.opportunities o ON o.lead_id = l.id
        LEFT JOIN remit.contacts c ON c.id = l.contact_id LEFT JOIN remit.accounts a ON a.id = l.account_id WHERE l.last_name = :n"""
    assert crm.cast.sql(linked, n=f"Seed {crm.vendor}") == [(None, None, None)]
    _sync(
        crm, "users", "owners", "campaigns", "events", "members", "attendances", "reached", "calls", "tasks"
    )
    assert crm.cast.sql(linked, n=f"Seed {crm.vendor}") == [
        (f"Cedar OMS {crm.vendor}", f"Cedar {crm.vendor}", f"Cedar {crm.vendor}")
    ]


def test_a_deal_that_names_an_unchanged_lead_is_linked_and_a_portal_without_leads_has_its_deals(
    crm: AtVendor,
) -> None:
    portal = crm.counterpart
    if not isinstance(portal, Portal):
        pytest.skip("a lead of Salesforce names its deal, and changes with it")
    firm = crm.add("accounts", name="Larch")
    lead = portal.add("leads", hs_lead_name="Early Larch")
    deal = crm.deal("Larch OMS", firm)
    crm.sync("companies", "leads", "deals")
    portal.links["deals", deal, "leads"] = [lead]  # HubSpot changes the deal by it, here not the lead
    portal.now += timedelta(minutes=10)
    portal.change("deals", deal)
    crm.sync("deals", "leads")
    became = "SELECT l.state, o.name FROM remit.leads l JOIN remit.opportunities o ON o.lead_id = l.id AND l.opportunity_id = o.id WHERE l.last_name = :n"
    assert crm.cast.sql(became, n="Early Larch") == [("converted", "Larch OMS")]
    portal.closed.add("leads")
    portal.change("deals", deal, dealname="Larch EMS")
    found = crm.sync("deals")
    assert not found.problems
    assert crm.cast.sql(became, n="Early Larch") == [("converted", "Larch EMS")]


def test_whom_a_campaign_has_reached_is_read_once_a_day(cast: Cast, crm: AtVendor) -> None:
    portal = crm.counterpart
    if not isinstance(portal, Portal):
        pytest.skip("Salesforce has no such list: its members are members")
    firm = crm.add("accounts", name="Reached Capital")
    people = [crm.add("contacts", last_name=f"Reached {n}", account=firm) for n in range(2)]
    portal.campaigns.append({"id": "77", "properties": {"hs_name": "Letters"}})
    portal.reached["77"] = list(people)
    crm.sync("campaigns", "companies", "contacts", "reached")
    assert [row[1:4] for row in _members(crm, "Letters")] == [
        (f"Reached {n}", True, "reached") for n in range(2)
    ]
    del portal.reached["77"][0]
    crm.sync("campaigns", "companies", "contacts", "reached")
    assert len(_members(crm, "Letters")) == 2  # not today
    portal.now = portal.now.replace(day=portal.now.day + 1)
    crm.sync("campaigns", "companies", "contacts", "reached")
    assert [row[1] for row in _members(crm, "Letters")] == ["Reached 1"]


def test_an_event_of_several_pages_that_dies_in_the_middle_is_read_on_and_who_left_it_is_gone(
    crm: AtVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = crm.counterpart
    if not isinstance(portal, Portal):
        pytest.skip("members of Salesforce are records like others: the contract's tests are of them, too")
    real, taken = syncing.perform, []

    def dying(scope: object, action: object) -> object:
        taken.append(action)
        if len(taken) == 2:
            raise KeyboardInterrupt
        return real(scope, action)  # type: ignore[arg-type]

    firm = crm.add("accounts", name="Crowd Capital")
    crowd = [crm.add("contacts", last_name=f"Crowd {n}", account=firm) for n in range(5)]
    full = crm.event("Full house")
    for each in crowd:
        crm.attend(full, each, "Attended", CAME)
    crm.sync("events", "companies", "contacts")
    monkeypatch.setattr(portal, "page_most", 2)
    monkeypatch.setattr(pull, "BATCH", 2)
    monkeypatch.setattr(syncing, "perform", dying)
    with pytest.raises(KeyboardInterrupt):
        crm.sync("attendances")
    assert len(_members(crm, "Full house")) == 2
    crm.leave(full, crowd[0])  # while nobody looks: they were on a page that was taken
    monkeypatch.setattr(syncing, "perform", real)
    found = crm.sync("attendances")
    assert (found.total("created"), found.total("gone")) == (3, 0)
    crm.leave(full, crowd[4])
    crm.sync("attendances")
    assert [row[1] for row in _members(crm, "Full house")] == ["Crowd 1", "Crowd 2", "Crowd 3"]
    assert [row[0] for row in _facts(crm, "Full house")].count("live") == 3
    assert crm.sync("attendances").total("rows") == 0  # nothing at it has changed
    assert crm.cast.sql("SELECT count(*) FROM remit.crm_waiting WHERE entity LIKE 'listed:%'") == [(0,)]


def test_a_field_of_members_that_vanishes_is_told_and_what_it_filled_stays(crm: AtVendor) -> None:
    if isinstance(crm.counterpart, Portal):
        pytest.skip("HubSpot's lists have no properties that could vanish")
    org = crm.counterpart
    firm = crm.add("accounts", name="Drift Capital")
    person = crm.add("contacts", last_name="Drifter", account=firm)
    late = crm.event("Late evening")
    crm.attend(late, person, "Attended", CAME)
    streams = ("campaigns", "accounts", "contacts", "members")
    crm.sync(*streams)
    kept = dict(org.schema["CampaignMember"])
    del org.schema["CampaignMember"]["Status"]
    crm.attend(late, person, "Registered", CAME)
    assert "Status is gone from CampaignMember" in " ".join(crm.sync(*streams).drift)
    assert _members(crm, "Late")[0][3] == "attended"
    del org.schema["CampaignMember"]["CampaignId"]
    crm.add("contacts", last_name="After", account=firm)
    found = crm.sync(*streams)
    assert "members" in found.problems and found.streams["contacts"]["created"] == 1
    org.schema["CampaignMember"] = kept
    assert not crm.sync(*streams).problems
