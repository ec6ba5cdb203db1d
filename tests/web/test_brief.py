"""The brief's pages over HTTP: read, kept, its counts opened; nothing of it for another territory."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.actions import perform
from remit.domains.activities.actions import LogActivity
from remit.domains.opportunities.actions import CloseOpportunity, CreateOpportunity
from remit.kit import clock
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of

As = Callable[[cast.Member], TestClient]
ACCOUNT = f"/accounts/{cast.WEST_ACCOUNT}"


@pytest.fixture(scope="module")
def meeting(settled) -> str:  # type: ignore[no-untyped-def]
    scope, now = identity.for_person(cast.ALICE.id, via="test"), clock.now()
    made = CreateOpportunity(account_id=cast.WEST_ACCOUNT, name="Harbour Point Capital: EMS")
    deal = perform(scope, made).result["opportunity_id"]  # type: ignore[union-attr]
    perform(
        scope,
        CloseOpportunity(opportunity_id=deal, expected_version=1, outcome="lost", reason="price & terms"),
    )
    agreed = LogActivity(
        account_id=cast.WEST_ACCOUNT, activity_kind="meeting", subject="Trial <b>review</b>", at=now + timedelta(hours=20),
        contact_id=cast.WEST_CONTACT,
    )  # fmt: skip
    return str(perform(scope, agreed).result["activity_id"])  # type: ignore[union-attr]


def test_today_and_the_account_lead_to_the_brief(as_person: As, meeting: str) -> None:
    alice = as_person(cast.ALICE)
    assert f"/meetings/{meeting}/brief" in alice.get("/today").text
    assert f"{ACCOUNT}/brief" in alice.get(ACCOUNT).text
    page = alice.get(f"/meetings/{meeting}/brief")
    assert page.status_code == 200
    assert "Trial &lt;b&gt;review" in page.text and "Priya Shah" in page.text
    for heading in (
        "Who",
        "Why now",
        "Open promises",
        "Objections to expect",
        "What not to say",
        "Questions to ask",
    ):
        assert f">{heading}</h2>" in page.text
    assert "No open task is on record" in page.text


def test_a_count_opens_its_deals(as_person: As, meeting: str) -> None:
    alice = as_person(cast.ALICE)
    link = re.search(r'href="(/accounts/[^"]+/objections\?[^"]+)"', alice.get(f"{ACCOUNT}/brief").text)
    assert link
    rows = alice.get(link.group(1).replace("&amp;", "&")).text
    assert "price &amp; terms" in rows and "/pipeline/" in rows and "1 deal:" in rows


def test_it_is_kept_once_as_it_was_seen(as_person: As, meeting: str) -> None:
    alice = as_person(cast.ALICE)
    where = f"/meetings/{meeting}/brief"
    page = alice.get(where).text
    found = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    assert found
    form = {"csrf": token_of(page), "about": "meeting", "subject": meeting, "sha256": found.group(1)}
    done = alice.post("/briefs", data=form, headers=ORIGIN)
    assert (done.status_code, done.headers["location"]) == (303, where)
    again = alice.get(where).text
    assert "Saved as a note" in again and "Saved by Alice Ames" in again
    kept = re.search(r'href="(/briefs/[^"]+)"', again)
    assert kept and "# Trial" in alice.get(kept.group(1)).text
    assert "Brief: Trial" in alice.get(ACCOUNT).text  # the note, on the timeline
    stale = alice.post("/briefs", data=form | {"sha256": "0" * 64}, headers=ORIGIN)
    assert stale.status_code == 303 and "records have changed" in alice.get(where).text
    assert as_person(cast.CHARLIE).get(kept.group(1)).status_code == 404


def test_markdown_and_bad_input(as_person: As, meeting: str) -> None:
    alice = as_person(cast.ALICE)
    text = alice.get(f"{ACCOUNT}/brief?format=markdown")
    assert text.headers["content-type"].startswith("text/markdown") and text.text.startswith(
        "# Harbour Point Capital"
    )
    token = token_of(alice.get(f"{ACCOUNT}/brief").text)
    for form in ({"about": "lead"}, {"subject": "x"}, {"sha256": "zz"}):
        given = {
            "csrf": token,
            "about": "account",
            "subject": str(cast.WEST_ACCOUNT),
            "sha256": "0" * 64,
        } | form
        assert alice.post("/briefs", data=given, headers=ORIGIN).status_code in (400, 422)
    assert alice.get("/meetings/00000000-0000-7000-8000-000000000000/brief").status_code == 404


def test_another_territory_finds_nothing(as_person: As, meeting: str) -> None:
    charlie = as_person(cast.CHARLIE)
    for path in (
        f"{ACCOUNT}/brief",
        f"/meetings/{meeting}/brief",
        f"{ACCOUNT}/objections",
        f"{ACCOUNT}/brief?format=markdown",
    ):
        answer = charlie.get(path)
        assert answer.status_code == 404 and "Harbour" not in answer.text


def test_a_day_on_a_page_is_the_readers() -> None:
    from datetime import UTC, date, datetime
    from typing import Any
    from zoneinfo import ZoneInfo

    from remit.web.render import day

    tokyo: Any = {"zone": ZoneInfo("Asia/Tokyo")}
    assert day(tokyo, datetime(2026, 3, 4, 20, tzinfo=UTC)) == "5 Mar 2026"
    assert day(tokyo, date(2026, 3, 4)) == "4 Mar 2026"
