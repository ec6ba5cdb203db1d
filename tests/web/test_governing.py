"""Stories over HTTP: a halt by one person, lifted by two; approvals bound to a hash; the record shows all of it."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from fastapi.testclient import TestClient

from remit.audit import verify
from remit.db.location import Location
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of


def send(person: TestClient, path: str, page: str = "/settings", **data: str):
    return person.post(path, data={"csrf": token_of(person.get(page).text), **data}, headers=ORIGIN)


def test_everything_is_halted_by_one_and_lifted_by_two(as_person) -> None:
    mona, vera, cora = as_person(cast.MANAGER), as_person(cast.VP), as_person(cast.COMPLIANCE)
    assert send(mona, "/halt", scope="everything", reason="").status_code == 303
    assert "Say why" in mona.get("/halt").text
    halted = send(mona, "/halt", scope="everything", reason="wrong price list")
    assert "0 queued sendings were called back" in mona.get(halted.headers["location"]).text
    theirs = vera.get("/halt").text
    assert (
        "wrong price list" in theirs and "Lifting it takes two people" in theirs and "Ask to lift" in theirs
    )
    assert "You cannot lift it" in as_person(cast.ALICE).get("/halt").text
    send(vera, "/resume", scope="everything", reason="list mended")
    assert "second person" in vera.get("/halt").text
    # the maker sees it under their own, not among what they may approve
    assert "Lift the halt: Everything" not in vera.get("/approvals").text
    assert "Lift the halt: Everything" not in vera.get("/today?kind=approval").text
    assert "Lift the halt: Everything" in cora.get("/today?kind=approval").text
    assert "Lift the halt: Everything" in vera.get("/approvals?box=mine").text
    link = re.search(r'class="row-link queue-title" href="(/approvals/[^"]+)"', cora.get("/approvals").text)[
        1
    ]
    page = cora.get(link).text
    digest = re.search(r'name="payload_hash" value="([0-9a-f]{64})"', page)[1]
    other = send(cora, f"{link}/approve", payload_hash="0" * 64)
    assert "What you approved is not what waits here" in cora.get(other.headers["location"]).text
    for nobody in (mona, as_person(cast.ADMIN), as_person(cast.BOB)):
        shown = nobody.get(link).text
        assert f'action="{link}/approve"' not in shown, "no button for who may not"
        assert "Waits for compliance, the VP sales or the governance board" in shown
        tried = nobody.get(send(nobody, f"{link}/approve", payload_hash=digest).headers["location"]).text
        assert "Not approved" in tried and "compliance, the VP sales or the governance board" in tried
    assert f'action="{link}/reject"' not in as_person(cast.ADMIN).get(link).text
    own = send(vera, f"{link}/approve", payload_hash=digest)
    assert "Not approved" in vera.get(own.headers["location"]).text
    done = send(cora, f"{link}/approve", payload_hash=digest)
    told = cora.get(done.headers["location"]).text
    assert "Approved" in told
    action = re.search(r'href="(/actions/[^"]+)"', told)[1]
    assert "approved by Cora Compton" in cora.get(action).text
    assert "Nothing is halted" in cora.get("/halt").text
    record = cora.get("/audit?event=halt:").text
    assert "Vera Vane" in record and "Mona Marsh" in record


def test_who_is_stopped_by_a_halt_reads_what_by_whom_and_since_when(as_person, settled: Location) -> None:
    mona, alice, charlie = as_person(cast.MANAGER), as_person(cast.ALICE), as_person(cast.CHARLIE)
    cast.rows_as(
        settled, cast.ADMIN.id,
        f"UPDATE remit.people SET time_zone = 'Asia/Tokyo' WHERE id = '{cast.ALICE.id}' RETURNING id",
    )  # fmt: skip
    halted = send(mona, "/halt", scope=f"account:{cast.WEST_ACCOUNT}", reason="a complaint came in")
    assert "Halted: All work on Harbour Point" in mona.get(halted.headers["location"]).text
    again = send(mona, "/halt", scope=f"account:{cast.WEST_ACCOUNT}", reason="once more")
    told = mona.get(again.headers["location"]).text
    assert "was halted already, by Mona Marsh: a complaint came in" in told
    for page in (
        "/halt",
        "/today",
        "/write",
        f"/write/new?account={cast.WEST_ACCOUNT}",
        f"/accounts/{cast.WEST_ACCOUNT}",
    ):
        shown = alice.get(page).text
        assert "All work on Harbour Point" in shown and "is halted" in shown, page
        assert "account:" not in shown.replace('value="account:', ""), page
    assert "is halted" not in charlie.get("/today").text, "it touches nobody else"
    refused = send(alice, f"/accounts/{cast.WEST_ACCOUNT}/activities", kind="note", subject="A call")
    assert refused.status_code == 403
    for word in (
        "Halted by",
        "Mona Marsh",
        "a complaint came in",
        "somebody lifts the halt",
        "All work on Harbour Point",
    ):
        assert word in refused.text, word
    assert "UTC" not in refused.text and "Nothing was lost" in refused.text
    chosen = alice.post(
        "/documents/upload",
        data={"csrf": token_of(alice.get(f"/documents/new?account={cast.WEST_ACCOUNT}").text), "kind": "other", "account": str(cast.WEST_ACCOUNT)},
        files={"file": ("note.txt", b"Plain words of a note.")}, headers=ORIGIN,
    )  # fmt: skip
    assert (
        chosen.status_code == 403
        and "choose it again" in chosen.text
        and "Nothing was lost" not in chosen.text
    )
    send(mona, "/resume", scope=f"account:{cast.WEST_ACCOUNT}", reason="settled")
    assert "is halted" not in alice.get("/today").text


def test_a_rep_may_not_halt_everything_and_the_refusal_names_the_rule(as_person) -> None:
    alice = as_person(cast.ALICE)
    answer = send(alice, "/halt", scope="everything", reason="I try")
    assert "Not halted" in alice.get(answer.headers["location"]).text


def test_rejecting_needs_a_reason_and_is_told(as_person) -> None:
    gus, cora = as_person(cast.GOVERNANCE), as_person(cast.COMPLIANCE)
    asked = send(
        gus, "/ladder/grant", action_kind="WriteDraft", level="suggest", reason="Robo may suggest drafts"
    )
    page = gus.get(asked.headers["location"]).text
    assert "Asked for" in page or "Granted" in page
    waiting = re.search(r'href="(/approvals/[0-9a-f-]+)"', page)
    if waiting is not None:
        send(cora, f"{waiting[1]}/reject", reason=" ")
        assert "Say why" in cora.get(waiting[1]).text
        send(cora, f"{waiting[1]}/reject", reason="not before the policy is out")
        assert "not before the policy is out" in gus.get(waiting[1]).text


def test_auto_needs_gates_and_says_which(as_person) -> None:
    gus = as_person(cast.GOVERNANCE)
    send(gus, "/ladder/grant", action_kind="SendEmail", level="auto", daily_cap="20", reason="go")
    told = gus.get("/ladder").text
    assert "are not met" in told and "S0-G1" in told


def test_the_record_is_verified_and_exported_by_compliance_only(as_person) -> None:
    cora, alice = as_person(cast.COMPLIANCE), as_person(cast.ALICE)
    assert "The record" in send(cora, "/audit/verify").text
    assert send(alice, "/audit/verify").status_code == 403
    assert send(alice, "/audit/export").status_code in (403, 422)
    export = send(cora, "/audit/export")
    assert export.status_code == 200, export.text[:500]
    assert export.content[:2] == b"\x1f\x8b"


def test_the_list_is_narrowed_and_what_it_shows_is_exported_and_verifies(as_person, tmp_path: Path) -> None:
    cora = as_person(cast.COMPLIANCE)
    alice = as_person(cast.ALICE)
    send(alice, "/halt", scope=f"account:{cast.WEST_ACCOUNT}", reason="to have a record")
    both = cora.get("/audit?account=Harbour+Point&action=Halt").text
    assert "/audit/0" in both and "Only records about one account" in both
    assert "/audit/0" not in cora.get("/audit?account=Harbour+Point&action=SetTargets").text
    assert "/audit/0" not in cora.get("/audit?account=Nobody+of+this+name").text
    assert cora.get("/audit?action=Nonsense").status_code == 400
    narrow = send(cora, "/audit/export", action="Halt", account="Harbour Point")
    assert narrow.status_code == 200, narrow.text[:500]
    lines = [json.loads(line) for line in gzip.decompress(narrow.content).splitlines()]
    shown = [one["record"] for one in lines if "record" in one]
    assert shown and all(one["event"].startswith("halt") or "halt" in one["event"] for one in shown)
    file = tmp_path / "narrow.jsonl"
    file.write_bytes(gzip.decompress(narrow.content))
    assert verify.main([str(file)]) == 0


def test_outsiders_see_nothing_of_an_account_on_the_record(as_person) -> None:
    for member in (cast.ADMIN, cast.CHARLIE):
        page = as_person(member).get(f"/audit?account={cast.WEST_ACCOUNT}").text
        assert "Harbour Point" not in page


def test_saving_a_person_keeps_a_role_that_the_form_has_no_box_for(as_person, settled: Location) -> None:
    ada = as_person(cast.ADMIN)
    cast.rows_as(
        settled, cast.ADMIN.id,
        f"INSERT INTO remit.person_roles (person_id, role) VALUES ('{cast.BOB.id}', 'floor_lead') RETURNING role",
    )  # fmt: skip
    where = f"/settings/people/{cast.BOB.id}"
    page = ada.get(where).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version and "Kept, though no rule names it: Floor lead" in page
    form = {
        "person_id": str(cast.BOB.id),
        "version": version[1],
        "name": cast.BOB.name,
        "email": cast.BOB.email,
    }
    send(ada, "/settings/people", where, **form, roles="sdr", title="Rep", active="yes")
    held = cast.rows_as(
        settled,
        cast.ADMIN.id,
        f"SELECT role FROM remit.person_roles WHERE person_id = '{cast.BOB.id}' ORDER BY 1",
    )
    assert held == [("floor_lead",), ("sdr",)]


def test_a_role_of_oversight_waits_for_a_second_person_and_the_page_says_so(as_person) -> None:
    ada, cora = as_person(cast.ADMIN), as_person(cast.COMPLIANCE)
    form = {"name": "Pat Price", "email": "pat@northlake.example", "roles": "finance", "active": "yes"}
    answer = send(ada, "/settings/people", "/settings/people/new", **form)
    told = ada.get(answer.headers["location"]).text
    assert "second person" in told and "Pat Price" not in ada.get("/settings/people").text
    link = re.search(r'href="(/approvals/[0-9a-f-]{36})"', told)[1]
    page = cora.get(link).text
    assert "Add Pat Price: Finance" in page
    digest = re.search(r'name="payload_hash" value="([0-9a-f]{64})"', page)[1]
    done = send(cora, f"{link}/approve", payload_hash=digest)
    assert "Approved" in cora.get(done.headers["location"]).text
    person = re.search(
        r'href="/settings/people/([0-9a-f-]{36})"[^>]*>\s*Pat Price', ada.get("/settings/people").text
    )[1]
    invited = send(ada, f"/settings/people/{person}/invite", f"/settings/people/{person}").text
    assert "opens nothing before" in invited and "/approvals/" in invited
    token = re.search(r"/invitation/([A-Za-z0-9_-]{43})", invited)[1]
    password = {"password": "seven quiet harbours", "again": "seven quiet harbours"}
    early = ada.post(f"/invitation/{token}", data=password, headers=ORIGIN)
    assert early.status_code == 422 and "used already or has expired" in early.text
    waiting = re.search(r"(/approvals/[0-9a-f-]{36})", invited)[1]
    digest = re.search(r'name="payload_hash" value="([0-9a-f]{64})"', cora.get(waiting).text)[1]
    assert token not in cora.get(waiting).text
    send(cora, f"{waiting}/approve", payload_hash=digest)
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", cora.get(waiting).text)[0]
    assert code not in ada.get(waiting).text, "who asked for the link does not see what opens it"
    for given in ("", "AAAA-BBBB-CCCC"):
        refused = ada.post(f"/invitation/{token}", data={**password, "code": given}, headers=ORIGIN)
        assert refused.status_code == 422 and "opens with a code as well" in refused.text
    opened = ada.post(f"/invitation/{token}", data={**password, "code": code.lower()}, headers=ORIGIN)
    assert opened.status_code == 303


def test_admitting_somebody_behind_a_barrier_waits_and_oneself_is_refused(as_person) -> None:
    cora = as_person(cast.COMPLIANCE)
    for member, said in ((cast.ALICE, "second person"), (cast.COMPLIANCE, "nobody admits themselves")):
        assert not cora.get("/settings/territories").text.count("Admitted:")
        form = {"name": "Merger", "reason": "a deal", "admitted": str(member.id)}
        answer = send(cora, "/settings/barriers", "/settings/territories", **form)
        assert said in cora.get(answer.headers["location"]).text
