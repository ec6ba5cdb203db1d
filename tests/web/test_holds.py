"""Legal holds and how long texts are kept, on their pages and at the command line."""

from __future__ import annotations

import re
from contextlib import nullcontext

import psycopg
import pytest

from remit.actions import Performed, approve, perform
from remit.cli import holds as command
from remit.db.location import Location, Role
from remit.domains.activities.actions import LogActivity
from remit.domains.retention.holds import PlaceHold
from remit.identity import SYSTEM_ID, for_person
from tests.support import web_cast as cast
from tests.support.command import remit
from tests.support.web_cast import rows_as
from tests.web.conftest import ORIGIN, token_of
from tests.web.test_governing import send


def _agree(settled: Location) -> None:
    [[one, payload]] = rows_as(settled, cast.VP.id, "SELECT id, encode(payload_hash, 'hex') FROM remit.suggestions WHERE state = 'waiting'")  # fmt: skip
    approve(for_person(cast.VP.id, via="test"), one, payload)  # type: ignore[arg-type]


def test_a_hold_is_placed_and_lifted_on_the_page(as_person, settled: Location) -> None:
    cora, alice = as_person(cast.COMPLIANCE), as_person(cast.ALICE)
    assert alice.get("/audit/holds").status_code == alice.get("/audit/keeping").status_code == 403
    assert "/audit/holds" in cora.get("/audit").text and "/audit/holds" not in alice.get("/audit").text
    link = f"/audit/holds?account={cast.WEST_ACCOUNT}"
    assert (
        link in cora.get(f"/accounts/{cast.WEST_ACCOUNT}").text
        and str(cast.WEST_ACCOUNT) in cora.get(link).text
    )
    assert link not in alice.get(f"/accounts/{cast.WEST_ACCOUNT}").text
    send(cora, "/audit/holds", account="Nobody of this name", reason="the regulator asks")
    assert "no account of this name" in cora.get("/audit/holds").text
    send(cora, "/audit/holds", reason="everything for ever")
    assert "names an account, a person or a period" in cora.get("/audit/holds").text
    form = {"account": "Harbour Point", "person": str(cast.ALICE.id), "since": "2026-01-01", "until": "2026-06-30", "reason": "the regulator asks"}  # fmt: skip
    cora.post("/audit/holds", data={"csrf": token_of(cora.get("/audit/holds").text), **form}, headers=ORIGIN)
    page = cora.get("/audit/holds").text
    assert "Placed." in page and "the regulator asks" in page and "by or with" in page
    found = re.search(r'action="(/audit/holds/[0-9a-f-]+/lift)"', page)
    assert found
    send(cora, found[1], version="1", reason="the inquiry is over")
    assert "second person" in cora.get("/audit/holds").text
    _agree(settled)
    assert "the inquiry is over" in cora.get("/audit/holds").text


def test_a_person_is_erased_by_two(as_person, settled: Location) -> None:
    cora = as_person(cast.COMPLIANCE)
    [[one, account, address]] = rows_as(
        settled,
        cast.VP.id,
        "SELECT id, account_id, email FROM remit.contacts WHERE email <> '' AND last_name <> '' ORDER BY id LIMIT 1",
    )
    assert f"/audit/keeping?person={one}#person" in cora.get(f"/accounts/{account}").text
    assert str(one) in cora.get(f"/audit/keeping?person={one}").text

    def ask(whom: object) -> None:
        form = {"csrf": token_of(cora.get("/audit/keeping").text), "person": whom, "reason": "request 17"}
        cora.post("/audit/keeping/person", data=form, headers=ORIGIN)

    ask("nobody@nowhere.example")
    assert "no such person" in cora.get("/audit/keeping").text
    ask(address)
    assert "second person" in cora.get("/audit/keeping").text
    [[asked, first, last, named]] = rows_as(
        settled, cast.VP.id,
        "SELECT s.id, left(c.first_name, 1), left(c.last_name, 1), a.name FROM remit.suggestions s JOIN remit.contacts c ON c.id = s.object_id"
        " JOIN remit.accounts a ON a.id = c.account_id WHERE s.kind = 'ErasePerson' AND s.state = 'waiting'",
    )  # fmt: skip
    page = as_person(cast.VP).get(f"/approvals/{asked}").text
    assert (
        f"{first}. {last}. at {named}, for good" in page.replace("&amp;", "&")
        and "Messages" in page
        and address not in page
    )
    assert "of others at this account name" in page
    _agree(settled)
    assert address not in cora.get(f"/accounts/{account}").text


def test_how_long_texts_are_kept_is_set_by_two(as_person, settled: Location) -> None:
    cora = as_person(cast.COMPLIANCE)
    assert cora.get("/audit/keeping").text.count("for good") >= 3
    send(cora, "/audit/keeping", kind="notes", days="100", reason="too short a time")
    assert "365 days at least" in cora.get("/audit/keeping").text
    send(cora, "/audit/keeping", kind="notes", days="2557", reason="seven years")
    _agree(settled)
    page = cora.get("/audit/keeping?due=notes").text
    assert "2,557 days" in page and "seven years" in page and "Notes of calls and meetings: due now" in page


def test_the_same_at_the_command_line(settled: Location, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(command, "database", lambda: nullcontext())
    who = str(cast.COMPLIANCE.id)
    placed = remit(
        capsys, "--as", who, "--json", "holds", "place", "--from", "2026-02-01", "--reason", "that month"
    )
    assert placed.code == 0
    [hold] = [
        one
        for one in remit(capsys, "--as", who, "--json", "holds", "list").document["holds"]
        if not one["lifted_at"]
    ]
    waits = remit(
        capsys, "--as", who, "--json", "holds", "lift", hold["id"], "--reason", "over now"
    ).document["waits"]
    assert waits["payload_hash"]
    assert (
        remit(
            capsys, "--as", str(cast.ALICE.id), "holds", "place", "--from", "2026-02-01", "--reason", "mine"
        ).code
        == 1
    )
    assert (
        remit(capsys, "--as", who, "--json", "holds", "keeping").document["classes"][0]["kind"] == "messages"
    )
    assert remit(capsys, "--as", who, "holds", "keeping", "--due", "letters").code == 2
    assert remit(capsys, "--as", who, "--json", "holds", "keeping", "--due", "notes").document == {"due": []}
    assert remit(
        capsys, "--as", who, "--json", "holds", "keep", "drafts", "90", "--reason", "a quarter"
    ).document["waits"]


def test_what_a_held_text_said_before_a_change_is_shown_to_whoever_oversees(
    as_person, settled: Location, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    scope, cora = for_person(cast.ALICE.id, via="test"), as_person(cast.COMPLIANCE)
    said = LogActivity(
        account_id=cast.WEST_ACCOUNT, activity_kind="call", subject="Fees", body="We said <b>half</b> of it"
    )
    done = perform(scope, said)
    assert isinstance(done, Performed)
    note = done.result["activity_id"]
    perform(
        for_person(cast.COMPLIANCE.id, via="test"),
        PlaceHold(account_id=cast.WEST_ACCOUNT, reason="a dispute"),
    )
    with psycopg.connect(**settled.conninfo(Role.WRITER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(SYSTEM_ID),))
        connection.execute("UPDATE remit.activities SET body = 'Nothing' WHERE id = %s", (note,))
    page = cora.get("/audit/holds").text
    assert "Earlier words" in page and "We said &lt;b&gt;half&lt;/b&gt; of it" in page
    monkeypatch.setattr(command, "database", lambda: nullcontext())
    found = remit(capsys, "--as", str(cast.COMPLIANCE.id), "--json", "holds", "versions").document["versions"]
    assert [(one["of_id"], one["body"]) for one in found] == [(note, said.body)]
