"""The page Data quality: who sees which faults, each number opens its rows, and how one is closed."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.actions import perform
from remit.domains.contacts.actions import CreateContact
from remit.domains.opportunities.actions import CreateOpportunity
from remit.domains.quality.actions import RefreshQuality
from tests.support import web_cast as cast
from tests.web.test_selling import As, landed, send


@pytest.fixture(scope="module", autouse=True)
def faults(settled) -> None:  # type: ignore[no-untyped-def]
    """Alice's deal lacks an amount, a close date and a next step; one of her contacts an address; Charlie has a bare deal, too."""
    for who, account in ((cast.ALICE, cast.WEST_ACCOUNT), (cast.CHARLIE, cast.EAST_ACCOUNT)):
        scope = identity.for_person(who.id, via="test")
        perform(scope, CreateOpportunity(account_id=account, name=f"{who.name}: EMS"))
    alice = identity.for_person(cast.ALICE.id, via="test")
    perform(alice, CreateContact(account_id=cast.WEST_ACCOUNT, first_name="Noah", last_name="Mailless"))
    perform(identity.for_person(cast.VP.id, via="test"), RefreshQuality())


def links(page: str) -> dict[str, str]:
    """Label to address of every number of the tables."""
    found = re.findall(r'<a href="(/quality\?[^"]+)">(\d+)<span class="visually-hidden">([^<]+)<', page)
    return {unescape(f"{number}{label}"): unescape(address) for address, number, label in found}


def rows(page: str) -> int:
    """Rows of the repair queue."""
    return page.count("<tr data-row>")


def test_each_sees_the_faults_of_their_own_place(as_person: As) -> None:
    mine = as_person(cast.ALICE).get("/quality").text
    assert "The deal is open and has no amount." in mine and "The contact has no e-mail address." in mine
    assert "Eastgate" not in mine and "Charlie" not in mine
    assert "Eastgate" not in as_person(cast.ALICE).get("/quality?whose=all").text
    assert "no amount" not in as_person(cast.BOB).get("/quality").text, "Bob answers for none of them"
    assert "Alice Ames" in as_person(cast.MANAGER).get("/quality").text
    everything = as_person(cast.VP).get("/quality").text
    assert "Alice Ames" in everything and "Charlie Cole" in everything
    assert as_person(cast.ADMIN).get("/quality").status_code == 403


def test_every_number_opens_its_rows(as_person: As) -> None:
    vera = as_person(cast.VP)
    found = links(vera.get("/quality").text)
    assert any("Alice Ames" in label for label in found) and any("Harbour" in label for label in found)
    for label, address in found.items():
        count = int(re.search(r"\d+", label).group())  # type: ignore[union-attr]
        assert rows(vera.get(address).text) == count, label


def test_an_issue_opens_the_record_at_its_field(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    page = alice.get("/quality").text
    for found in re.findall(r'class="row-link" href="([^"]+)"', page):
        path, _, place = found.partition("#")
        assert f'id="{place}"' in alice.get(path).text, found


def _close(person: TestClient, word: str, verb: str, **fields: str):  # type: ignore[no-untyped-def]
    row = next(part for part in person.get("/quality?whose=me").text.split("<tr data-row>") if word in part)
    found = re.search(rf'action="(/quality/[^"]+/{verb})".*?name="version" value="(\d+)"', row)
    assert found
    return send(person, "/quality", found.group(1), version=found.group(2), **fields)


def test_no_fault_with_a_reason_and_mended_without(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    assert _close(alice, "no next step", "dismiss", reason="no").status_code in (400, 422)
    said = landed(
        alice,
        _close(alice, "no next step", "dismiss", reason="It is with legal", back="/quality?kind=missing"),
    )
    assert "will not be reported again" in said and "no next step" not in said
    outside = _close(alice, "no amount", "mended", back="//evil.example")
    assert outside.headers["location"] == "/quality"
    assert "no amount" not in alice.get("/quality").text


def test_a_missing_address_is_added_on_the_account_s_page(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    page = f"/accounts/{cast.WEST_ACCOUNT}"
    text = alice.get(page).text
    form = text[text.index("Mailless") :]
    found = re.search(r'action="(/contacts/[^"]+)".*?name="version" value="(\d+)"', form, re.DOTALL)
    assert found
    fields = {
        "account": str(cast.WEST_ACCOUNT),
        "version": found.group(2),
        "email": "noah@harbourpoint.example",
    }
    assert "noah@harbourpoint.example" in landed(alice, send(alice, page, found.group(1), **fields))


def test_only_those_who_plan_look_through_all_records(as_person: As) -> None:
    assert send(as_person(cast.ALICE), "/quality", "/quality/refresh").status_code == 403
    vera = as_person(cast.VP)
    assert "Looked through all records." in landed(vera, send(vera, "/quality", "/quality/refresh"))
