"""Follow-up over HTTP: a note → items confirmed in one view → tasks, open promises and a draft."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.actions import perform
from remit.domains.activities.actions import LogActivity
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of

As = Callable[[cast.Member], TestClient]
NOTE = "They run Enfusion today. I'll send the FIX specification by tomorrow.\nPriya will send us the broker list. Their AUM is $310m. <script>alert(1)</script>"


@pytest.fixture(scope="module")
def note(settled: object) -> str:
    scope = identity.for_person(cast.ALICE.id, via="test")
    made = LogActivity(
        account_id=cast.WEST_ACCOUNT,
        activity_kind="call",
        subject="Call on locates",
        body=NOTE,
        contact_id=cast.WEST_CONTACT,
    )
    return str(perform(scope, made).result["activity_id"])  # type: ignore[union-attr]


def post(person: TestClient, path: str, fields: dict[str, object]):  # type: ignore[no-untyped-def]
    return person.post(
        path, data={"csrf": token_of(person.get("/write/follow-up").text), **fields}, headers=ORIGIN
    )


def rows(page: str) -> dict[str, object]:
    """What a browser would send of the items as they stand."""
    listed = page[page.index('class="found-list noted-list') :]
    found: dict[str, object] = {
        name: re.findall(rf'name="{name}" value="(\d+)" checked', listed) for name in ("say", "track")
    }
    numbers, whats, sides, whos, dues = [], [], [], [], []
    for item in listed.split("<li data-row>")[1:]:
        numbers += re.findall(r'name="number" value="(\d+)"', item)
        whats += re.findall(r'name="what" maxlength="500" value="([^"]*)"', item)
        chosen = re.search(r'<option value="(us|them)" selected', item)
        sides.append(chosen.group(1) if chosen else "")
        whos += re.findall(r'name="who"[^>]*?value="([^"]*)"', item)
        dues += re.findall(r'name="due"[^>]*?value="([^"]*)"', item)
    return found | {"number": numbers, "what": whats, "side": sides, "who": whos, "due": dues}


def test_a_note_is_read_confirmed_tracked_and_written(as_person: As, note: str) -> None:
    alice = as_person(cast.ALICE)
    assert "Call on locates" in alice.get("/write/follow-up").text
    page = post(alice, "/write/follow-up", {"note": note}).text
    assert "We promised" in page and "They promised" in page and "<script>alert" not in page
    fields = rows(page)
    assert len(fields["track"]) == 2  # type: ignore[arg-type]
    answer = post(
        alice, "/write/follow-up/confirm", fields | {"note": note, "length": "short", "tone": "warm"}
    )
    assert answer.status_code == 303, answer.text[-500:]
    desk = alice.get(answer.headers["location"]).text
    assert "2 promises tracked." in desk and "I will send the FIX specification by " in desk
    assert "310m" not in re.search(r"<textarea.*?</textarea>", desk, re.DOTALL).group()  # type: ignore[union-attr]
    dossier = alice.get(f"/accounts/{cast.WEST_ACCOUNT}").text
    assert (
        "Open promises" in dossier
        and "Priya promised to send us the broker list" in dossier
        and "Send the FIX specification" in dossier
    )
    assert "Send the FIX specification" in alice.get("/today?kind=task").text


def test_others_notes_are_not_found_and_a_changed_form_is_refused(as_person: As, note: str) -> None:
    assert post(as_person(cast.CHARLIE), "/write/follow-up", {"note": note}).status_code == 404
    alice = as_person(cast.ALICE)
    fields = rows(post(alice, "/write/follow-up", {"note": note}).text) | {"note": note}
    assert (
        post(
            alice, "/write/follow-up/confirm", fields | {"number": ["77"] * len(fields["number"])}
        ).status_code
        == 400
    )  # type: ignore[arg-type]
    assert post(alice, "/write/follow-up/confirm", fields | {"say": [], "track": []}).status_code == 400
    assert post(alice, "/write/follow-up", {"text": "x"}).status_code == 400


def test_a_pasted_transcript_is_followed_up(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    text = "Priya: We run Eze.\r\nAlice: I'll send you a test login tomorrow."
    assert "Note or transcript" in alice.get(f"/write/follow-up?account={cast.WEST_ACCOUNT}").text
    given = {"text": text, "contact": str(cast.WEST_CONTACT), "talk": "meeting"}
    fields = rows(post(alice, "/write/follow-up", given).text)
    answer = post(alice, "/write/follow-up/confirm", fields | given)
    assert answer.status_code == 303 and "test login" in alice.get(answer.headers["location"]).text
