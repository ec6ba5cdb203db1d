"""Questionnaires over HTTP: a file comes in, its lines are decided, a colleague approves, the file goes out; answers by two people."""

from __future__ import annotations

import io
import re

import psycopg
from openpyxl import load_workbook
from sqlalchemy import text

from remit import identity
from remit.actions import Performed, perform
from remit.db.location import Location, Role
from remit.domains.documents.actions import AddDocument
from remit.kit import clock
from tests.support import papers
from tests.support import questionnaires as made
from tests.support import web_cast as cast
from tests.support.cast import as_owner
from tests.web.conftest import token_of
from tests.web.test_governing import send

SAM = cast.Member("Sam Stone", "sam@northlake.example", ("se",), "West")
NEW = f"/questionnaires/new?account={cast.WEST_ACCOUNT}"


def test_an_answer_written_here_is_approved_by_somebody_else(as_person) -> None:
    alice, cora = as_person(cast.ALICE), as_person(cast.COMPLIANCE)
    assert "No approved answer yet" in alice.get("/answers").text
    given = {
        "question": "Is customer data encrypted at rest?",
        "answer": "At rest with AES-256.",
        "short": "yes",
        "as_of_on": "2026-01-05",
    }
    late = send(alice, "/answers", "/answers/new", **given, review_by_on="2026-02-01")
    # what is refused comes back as it was typed
    assert (
        late.status_code == 400
        and "the second is still to come" in late.text
        and given["answer"] in late.text
    )
    assert send(alice, "/answers", "/answers/new", **given, review_by_on="2099-01-01").status_code == 303
    waiting = alice.get("/answers?state=draft").text
    assert "At rest with AES-256." in waiting and 'name="chosen"' not in waiting
    box = re.search(r'name="chosen" value="([^"]+)"', cora.get("/answers?state=draft").text)
    assert box
    send(cora, "/answers/approve", "/answers?state=draft", chosen=box[1])
    assert "At rest with AES-256." in as_person(cast.CHARLIE).get("/answers").text
    assert as_person(cast.ADMIN).get("/answers").status_code == 403


def test_from_the_buyers_file_and_back(as_person, settled: Location) -> None:
    alice, mona = as_person(cast.ALICE), as_person(cast.MANAGER)
    token = token_of(alice.get(NEW).text)
    file = {"file": ("review.xlsx", made.workbook(), "application/octet-stream")}
    done = alice.post(
        "/questionnaires/upload",
        data={"csrf": token, "account": str(cast.WEST_ACCOUNT), "title": "Spring review"},
        files=file,
    )
    assert done.status_code == 303, done.text[:2000]
    where = done.headers["location"]
    page = alice.get(where).text
    assert "Spring review" in page and "no answer" in page and "bee hive" in page
    assert as_person(cast.CHARLIE).get(where).status_code == 404
    assert as_person(cast.CHARLIE).get("/questionnaires").text.count("Spring review") == 0
    with as_owner(settled).begin() as c:  # an engineer reads on Today what has no answer yet
        given = {"p": cast.BOB.id}
        c.execute(text("INSERT INTO remit.person_roles (person_id, role) VALUES (:p, 'se')"), given)
    today = as_person(cast.BOB).get("/today").text
    assert re.search(r"[1-5] lines? of 1 open questionnaire (has|have) no answer yet", today)
    with as_owner(settled).begin() as c:
        c.execute(text("DELETE FROM remit.person_roles WHERE person_id = :p AND role = 'se'"), given)
    assert "no answer yet" not in as_person(cast.BOB).get("/today").text
    lines = re.findall(rf'action="({where}/lines/[0-9a-f-]+)" class="stack-tight', page)
    assert len(lines) == 5
    assert (
        send(alice, lines[0], where, version="2", decision="accept").headers["location"].endswith("#after-1")
    )
    boast = "We are the best of all, guaranteed to cut costs by 70 percent."
    refused = send(alice, lines[1], where, version="2", decision="write", answer=boast, short="")
    # nothing of it is lost: it comes back as it was typed, with the reason at its line
    assert refused.status_code == 400 and "No record says this" in refused.text
    assert f'maxlength="4000">{boast}</textarea>' in refused.text and "<details open>" in refused.text
    for line in lines[1:4]:
        send(alice, line, where, version="2", decision="write", answer="Please ask us.", short="")
    send(alice, lines[4], where, version="2", decision="blank", reason="No question")
    page = alice.get(where).text
    assert "a colleague approves it" in page and "Approve the answers" not in page
    assert "not approved" in alice.get(send(alice, f"{where}/export", where).headers["location"]).text
    seen = re.search(
        r'name="version" value="(\d+)"><input type="hidden" name="seen" value="(\w+)"', mona.get(where).text
    )
    assert seen
    send(mona, f"{where}/approve", where, version=seen[1], seen=seen[2])
    out = send(mona, f"{where}/export", where)
    sheet = load_workbook(io.BytesIO(out.content))["Security"]
    assert [sheet[f"C{row}"].value for row in range(4, 9)] == [
        "Yes",
        "Please ask us.",
        "Please ask us.",
        "Please ask us.",
        None,
    ]
    bad = alice.post(
        "/questionnaires/upload",
        data={"csrf": token, "account": str(cast.WEST_ACCOUNT)},
        files={"file": ("a.xlsx", b"PK\x03\x04nothing", "x")},
    )
    assert "is no questionnaire that we can give back" in alice.get(bad.headers["location"]).text


def test_a_paper_is_released_on_its_page_by_somebody_else(as_person, settled: Location) -> None:
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        cast._person(connection, SAM)
    adder = identity.for_person(cast.COMPLIANCE.id, via="test")
    added = AddDocument(
        document_kind="other",
        title="Overview",
        source_name="ours",
        text=papers.TEXT,
        published_on=clock.today(),
    )
    done = perform(adder, added)
    assert isinstance(done, Performed)
    where, cora, sam = (
        f"/papers/{done.result['document_id']}",
        as_person(cast.COMPLIANCE),
        as_person(SAM),
    )
    given = {"owner": str(cast.COMPLIANCE.id), "review_by_on": "2099-01-01"}
    assert "You added it: somebody else releases it." in cora.get(where).text
    assert send(cora, f"{where}/release", "/papers", **given).status_code == 403
    assert send(sam, f"{where}/release", where, owner="", review_by_on="").status_code == 400
    assert "Nothing may be quoted yet" in sam.get("/papers").text
    assert send(sam, f"{where}/release", where, **given).headers["location"] == "/papers"
    assert "Overview" in as_person(cast.ALICE).get("/papers").text
    assert send(cora, f"{where}/withdraw", where, version="1", reason="An error").status_code == 303
    assert "Nothing may be quoted yet" in cora.get("/papers").text
