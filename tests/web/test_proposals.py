"""Proposals over HTTP and at the command line: from a deal's page to the file that leaves, and what each role is offered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

import remit.wiring
from remit.cli import draft, prices, proposal
from remit.db.location import Location
from remit.domains.proposals import queries, word
from remit.domains.proposals.approving import ApproveProposal
from remit.domains.proposals.leaving import file_to_leave
from remit.kit import clock
from remit.web import sessions
from remit.web.app import create_app
from tests.support.cast import make_cast
from tests.support.command import remit
from tests.support.desk import make_desk
from tests.support.offers import Office, agreed, make_office
from tests.web.conftest import ORIGIN, token_of
from tests.web.test_governing import send

OMS = "Northlake OMS"


@pytest.fixture(scope="module")
def office(database: Location) -> Office:
    cast = make_cast(database)
    cast.sql("UPDATE remit.people SET demo = true WHERE kind = 'person'")
    sessions.system_scope.cache_clear()
    return make_office(make_desk(cast))


@pytest.fixture(scope="module")
def enter(office: Office) -> Iterator[Callable[[str], TestClient]]:
    """`enter("alice")`: a client signed in as her."""
    with TestClient(create_app(), follow_redirects=False, raise_server_exceptions=False) as first:

        def as_member(name: str) -> TestClient:
            found = TestClient(first.app, follow_redirects=False, raise_server_exceptions=False)
            done = found.post("/sign-in/demo", data={"person": str(office.cast.people[name])}, headers=ORIGIN)
            assert done.status_code == 303
            return found

        yield as_member


def asked_for(office: Office, **more: str | list[str]) -> dict[str, object]:
    lines = {"product": [f"{office.products[OMS]}|user and year", ""], "quantity": ["25", ""]}
    until = (clock.today() + timedelta(days=20)).isoformat()
    return {
        **lines,
        "term": "12",
        "discount": "",
        "payment": "year",
        "expires_on": until,
        "sites": "1",
        **more,
    }


def test_a_form_that_does_not_fit_comes_back_with_all_that_was_typed(office: Office, enter) -> None:
    alice, deal = enter("alice"), f"/pipeline/{office.deal_id}"
    bad = send(alice, f"{deal}/proposal", f"{deal}/proposal", **asked_for(office, term="soon"))
    assert bad.status_code == 400 and "is no number" in bad.text
    for odd in (
        {"discount": "1e1"},
        {"discount": "\u0661\u0662"},
        {"quantity": ["1e1", ""]},
        {"quantity": ["\u0661\u0662", ""]},
        {"line_discount": ["1_0", ""]},
    ):
        bad = send(alice, f"{deal}/proposal", f"{deal}/proposal", **asked_for(office, **odd))  # type: ignore[arg-type]
        assert bad.status_code == 400 and "write it in the digits 0 to 9" in bad.text, odd
    bad = send(
        alice,
        f"{deal}/proposal",
        f"{deal}/proposal",
        **asked_for(office, discount="-5", title="Kept <b>", quantity=["-4", ""]),
    )
    assert (
        "Quantity 1 has to be more than 0." in bad.text
        and "Kept &lt;b&gt;" in bad.text
        and 'value="-4"' in bad.text
    )  # nothing is lost
    bad = send(alice, f"{deal}/proposal", f"{deal}/proposal", **asked_for(office, discount="-5"))
    assert "Discount in percent has to be 0 or more." in bad.text and 'value="-5"' in bad.text
    bad = send(alice, f"{deal}/proposal", f"{deal}/proposal", **asked_for(office, quantity=["1.5", ""]))
    assert bad.status_code == 400 and "1.5 is no number of people" in bad.text


def test_a_deal_leads_to_its_questionnaire(office: Office, enter) -> None:
    alice = enter("alice")
    led = re.search(r'href="(/questionnaires/new[^"]+)"', alice.get(f"/pipeline/{office.deal_id}").text)
    assert led
    page = alice.get(led[1].replace("&amp;", "&"))
    assert page.status_code == 200 and "For the deal" in page.text


def _says_that_it_waits(page: str, request: str) -> None:
    """For whom, since when, and where; nothing is left to ask."""
    assert "The discount waits for a sales manager" in page and "Alice asked" in page
    assert f'href="{request}">' in page
    assert "Ask for the discount" not in page and "Ask for approval" not in page


def _says_its_day(timeline: str) -> None:
    """As pages say days."""
    assert re.search(r"Holds until \d+ \w{3} \d{4}", timeline)
    assert not re.search(r"Holds until \d{4}-", timeline)


def test_from_the_deal_to_the_file_that_leaves(office: Office, enter) -> None:
    alice, bob, mia = enter("alice"), enter("bob"), enter("mia")
    deal = f"/pipeline/{office.deal_id}"
    assert f'href="{deal}/proposal"' in alice.get(deal).text
    form = alice.get(f"{deal}/proposal").text
    assert "Northlake OMS · USD 14,400.00 per user and year" in form and "You give up to 5 % alone" in form
    made = send(alice, f"{deal}/proposal", f"{deal}/proposal", **asked_for(office, discount="12"))
    where = made.headers["location"]
    page = alice.get(where).text
    assert "USD 316,800" in page and "Ask for the discount" in page and "Ask for approval" not in page
    assert "splits a block across prime brokers" in page and 'class="claim claim-supported"' in page
    # a draft's files say what they are; an offer's are taken on the record
    assert alice.get(f"{where}/file.pdf").content.startswith(b"%PDF")
    terms = re.findall(r'name="terms" value="([0-9a-f]{64})"', page)[0]
    assert send(alice, f"{where}/discount", where, terms=terms).status_code == 303
    waiting = re.search(r'href="(/approvals/[0-9a-f-]{36})"', mia.get("/approvals").text)
    assert waiting
    _says_that_it_waits(alice.get(where).text, waiting[1])
    shown = mia.get(waiting[1]).text
    assert "Read it whole" in shown and "12 %" in shown and "$316,800" in shown
    given = re.search(r'name="payload_hash" value="([0-9a-f]{64})"', shown)
    assert given and send(mia, f"{waiting[1]}/approve", waiting[1], payload_hash=given[1]).status_code == 303
    page = alice.get(where).text
    assert "given by Mia" in page and "Ask for approval" in page
    fields = dict(re.findall(r'name="(version|sha256)" value="([^"]+)"', page))
    assert send(bob, f"{where}/approve", where, **fields).status_code == 303  # a colleague: his own yes
    page = alice.get(where).text
    assert "Version 1 approved by Bob" in page and "Take the PDF file" in page
    assert alice.get(f"{where}/file.pdf").status_code == 403
    left = send(alice, f"{where}/issue", where, format="pdf")
    assert (
        left.status_code == 200
        and left.content.startswith(b"%PDF")
        and "P-00001.pdf" in left.headers["content-disposition"]
    )
    page = alice.get(where).text
    assert "PDF of version 1 for Elena Voss, by Alice" in page
    _says_its_day(alice.get(re.findall(r'href="(/accounts/[0-9a-f-]{36})"', page)[0]).text)
    # edited: a draft again, and what changed is shown
    edit = alice.get(f"{where}/edit").text
    version = re.search(r'name="version" value="(\d+)"', edit)
    assert version
    send(
        alice,
        f"{where}/edit",
        f"{where}/edit",
        **asked_for(office, version=version[1], term="24", title="OMS for two years"),
    )
    compared = alice.get(f"{where}/diff").text
    assert "Term: 12 months" in compared and "Term: 24 months" in compared
    assert (
        "OMS for two years" in alice.get("/proposals").text
        and "OMS for two years" in alice.get(f"{where}/page").text
    )
    assert enter("charlie").get(where).status_code == 404
    assert "Draw it up" not in enter("cora").get(f"{deal}/proposal").text


def test_an_approved_proposal_goes_by_e_mail_like_any_draft(office: Office, enter) -> None:
    alice, bob, one = enter("alice"), enter("bob"), office.draft()
    yes = ApproveProposal(proposal_id=one.id, expected_version=one.version, sha256=one.sha256)
    agreed(office.cast, "alice", yes, "bob")
    where, pine = f"/proposals/{one.id}", str(office.desk.contacts["pine"])
    desk = send(alice, f"{where}/email", where, contact=pine, format="pdf").headers["location"]
    shown = alice.get(desk).text
    assert desk.startswith("/write/") and f"{one.reference}.pdf" in shown
    body = re.findall(r"<textarea[^>]*>\n([^<]*)</textarea>", shown)[0]
    send(alice, desk, desk, then="send", version="1", subject="Proposal for Pine Capital", body=body)
    waits = re.search(r'href="(/approvals/[0-9a-f-]{36})">E-mail to', bob.get("/approvals").text)
    assert waits
    opened = re.search(r'href="(/write/[0-9a-f-]{36}/file)"', bob.get(waits[1]).text)
    now = queries.get_proposal(office.cast.scope("alice"), one.id)
    file = file_to_leave(office.cast.scope("alice"), now, "pdf", clock.today())
    assert opened and bob.get(opened[1]).content == file.content
    assert enter("charlie").get(opened[1]).status_code == 404


def test_the_price_book_and_a_word_template_are_two_peoples_matter(office: Office, enter) -> None:
    olga, vera, cora = enter("olga"), enter("vera"), enter("cora")
    assert "Enter a new version" not in enter("alice").get("/prices").text
    day = (clock.today() + timedelta(days=40)).isoformat()
    assert (
        send(
            olga, "/prices", "/prices", lines="Northlake EMS, user and month, USD 1600", from_on=day
        ).status_code
        == 303
    )
    waits = re.search(r'href="(/approvals/[0-9a-f-]{36})">Price book', vera.get("/approvals").text)
    assert waits
    shown = vera.get(waits[1]).text
    assert "now <span" in shown and "$1,600" in shown
    given = re.search(r'name="payload_hash" value="([0-9a-f]{64})"', shown)
    assert given and send(vera, f"{waits[1]}/approve", waits[1], payload_hash=given[1]).status_code == 303
    listed = olga.get("/prices").text
    assert "entered by Olga, approved by Vera" in listed and "$1,500" in listed  # not in force yet
    assert (
        "Row 1"
        in olga.get(
            send(olga, "/prices", "/prices", lines="Vertex, each, 1", from_on=day).headers["location"]
        ).text
    )
    made = olga.post(
        "/prices/template", data={"csrf": token_of(listed)}, files={"file": ("ours.docx", word.SHIPPED.read_bytes())}, headers=ORIGIN
    )  # fmt: skip
    assert made.status_code == 303
    waits = re.search(r'href="(/approvals/[0-9a-f-]{36})">Word template', cora.get("/approvals").text)
    assert waits and "Read the Word file" in cora.get(waits[1]).text
    suggestion = waits[1].rsplit("/", 1)[1]
    assert cora.get(f"/prices/template/waiting/{suggestion}").content == word.SHIPPED.read_bytes()
    refused = olga.post("/prices/template", data={"csrf": token_of(listed)}, files={"file": ("x.docx", b"PK no")}, headers=ORIGIN)  # fmt: skip
    assert "no Word file" in olga.get(refused.headers["location"]).text


def test_at_the_command_line(office: Office, database: Location, monkeypatch, tmp_path, capsys) -> None:
    @contextmanager
    def opened(program: str = "") -> Iterator[Location]:
        yield database

    for module in (draft, prices, proposal):
        monkeypatch.setattr(module, "database", opened)

    def run(who: str, *words: str):
        return remit(capsys, "--as", who, "--json", *words)

    assert run("Alice", "draft", "proposal").code == 2
    deal = ("--opportunity", str(office.deal_id))
    assert run("Alice", "draft", "proposal", *deal, "--product", "Vertex=1").code == 3
    made = run("Alice", "draft", "proposal", *deal, "--product", "OMS=10", "--discount", "3").document
    assert made["amount"] == "USD 139,680.00" and made["draft_id"] and not made["sendable"]
    assert all(check["passed"] for check in made["checks"]) and {
        one["support"] for one in made["claims"]
    } == {"supported", "not_a_claim"}
    name = made["reference"]
    assert run("Alice", "proposal", "submit", name).document["error"]["code"] == "check_failed"
    assert run("Alice", "proposal", "discount", name).document["state"] == "done"
    waits = run("Alice", "proposal", "submit", name, "--minutes", "12").document
    assert waits["state"] == "waiting" and waits["approver_roles"] == ["ae", "manager", "vp"]
    out = tmp_path / "offer.docx"
    assert run("Alice", "proposal", "file", name, "--out", str(out)).code == 0 and out.stat().st_size > 10_000
    assert run("Bob", "proposal", "submit", name).document["state"] == "done"
    assert run("Alice", "proposal", "file", name, "--out", str(out)).code == 1
    assert run("Alice", "proposal", "file", name, "--out", str(out), "--issue").document["issued"] is True
    found = queries.find_proposal(office.cast.scope("alice"), name)
    assert (
        found.state == "issued"
        and queries.list_issues(office.cast.scope("alice"), found.id)[0].format == "docx"
    )
    mailed = run("Alice", "proposal", "email", name, "--format", "docx").document
    assert (
        mailed["attached"]["name"] == f"{name}.docx" and mailed["sendable"] and mailed["kind"] == "proposal"
    )
    assert (
        run("Alice", "proposal", "email", name, "--to", "omar.aziz@oak.example").code == 1
    )  # of another account
    assert run("Charlie", "proposal", "show", name).code == 3
    assert run("Alice", "prices", "list").document["bands"][0] == {"role": "ae", "discount_bp": 500}
    table = tmp_path / "prices.csv"
    table.write_text('product,unit,price\nNorthlake Onboarding,each,"USD 27,000"\n', "utf-8")
    assert run("Olga", "prices", "set", str(table), "--from", "2030-01-01").document["state"] == "waiting"
