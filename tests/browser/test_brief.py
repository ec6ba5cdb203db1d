"""The brief in a real Chromium: fits, is accessible, is kept by a key, and is one page on paper."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from remit import identity
from remit.actions import perform
from remit.domains.activities.actions import LogActivity
from remit.domains.briefs.actions import SaveBrief
from remit.domains.briefs.queries import get_brief
from remit.domains.facts.actions import RecordFact
from remit.domains.opportunities.actions import CloseOpportunity, CreateOpportunity
from remit.kit import clock
from tests.browser.conftest import look, look_both_ways, press
from tests.support import web_cast as cast

pytestmark = pytest.mark.browser
MERE = (
    ("launch", "", "a Japan equity fund"), ("office", "", "Singapore"), ("hire", "head of trading", "Marta Ellison"),
    ("prime_broker", "", "Castellan Securities"), ("custodian", "", "Fairholt Trust"), ("administrator", "", "Sixbridge"),
    ("aum", "", "$4.2bn"), ("holdings_change", "reported positions", "rose from 212 to 291"), ("stack", "OMS", "Quorum OMS"),
    ("need", "allocations", "allocations split at order entry"),
)  # fmt: skip


@pytest.fixture(scope="module")
def meeting(settled) -> str:  # type: ignore[no-untyped-def]
    """A busy account: a page of facts, deals won and lost, promises, and a meeting agreed for tomorrow."""
    scope, now = identity.for_person(cast.ALICE.id, via="test"), clock.now()
    account = cast.WEST_ACCOUNT
    perform(
        scope,
        LogActivity(
            account_id=account, activity_kind="meeting", subject="First talk", at=now - timedelta(days=60)
        ),
    )
    for kind, subject, value in MERE:
        perform(scope, RecordFact(
            account_id=account, fact_kind=kind, subject=subject, value=value, source_name="Adviser filing", locator="2026, Schedule D, 7.B.(1)",
            quote=f"{subject} {value}", as_of_on=now.date() - timedelta(days=12), sensitivity="public", sayable="public",
        ))  # fmt: skip
    perform(scope, RecordFact(
        account_id=account, fact_kind="contract_end", subject="OMS vendor", value=(now.date() + timedelta(days=80)).isoformat(),
        source_name="Note", as_of_on=now.date(), sensitivity="internal", sayable="internal_only",
    ))  # fmt: skip
    for number in range(4):
        made = CreateOpportunity(
            account_id=account,
            name=f"Harbour Point Capital: Northlake OMS {number}",
            contact_id=cast.WEST_CONTACT,
        )
        deal = perform(scope, made).result["opportunity_id"]  # type: ignore[union-attr]
        if number > 1:
            perform(
                scope,
                CloseOpportunity(
                    opportunity_id=deal, expected_version=1, outcome="lost", reason="no decision"
                ),
            )
        due = now + timedelta(days=number)
        perform(
            scope,
            LogActivity(
                account_id=account, activity_kind="task", subject=f"Send document {number}", due_at=due
            ),
        )
        perform(
            scope,
            LogActivity(
                account_id=account,
                activity_kind="call",
                subject=f"Call {number}",
                contact_id=cast.WEST_CONTACT,
            ),
        )
    agreed = LogActivity(
        account_id=account,
        activity_kind="meeting",
        subject="Trial review",
        at=now + timedelta(hours=20),
        contact_id=cast.WEST_CONTACT,
    )
    return str(perform(scope, agreed).result["activity_id"])  # type: ignore[union-attr]


def test_it_fits_and_is_accessible(open_as, meeting) -> None:  # type: ignore[no-untyped-def]
    page = open_as(cast.ALICE, f"/meetings/{meeting}/brief")
    look_both_ways(page)
    page.goto(f"/accounts/{cast.WEST_ACCOUNT}/objections")
    look_both_ways(page)


def test_from_today_to_a_kept_brief_by_keys(open_as, meeting) -> None:  # type: ignore[no-untyped-def]
    page = open_as(cast.ALICE, "/today?kind=meeting")
    press(page, "j", "e")
    page.wait_for_url(re.compile(rf"/meetings/{meeting}/brief"))
    press(page, "a")
    page.get_by_text("Saved as a note on the account").wait_for()
    page.get_by_role("link", name="Saved by Alice Ames").click()
    page.wait_for_url(re.compile(r"/briefs/"))
    look(page)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_is_one_page_on_paper_without_what_is_ours_alone(open_as, meeting, paper, tmp_path) -> None:  # type: ignore[no-untyped-def]
    import pypdfium2

    page = open_as(cast.ALICE, f"/meetings/{meeting}/brief", scheme="dark")
    assert page.get_by_text("Contract ends", exact=False).first.is_visible()
    page.pdf(path=tmp_path / "brief.pdf", format=paper, prefer_css_page_size=False)
    printed = pypdfium2.PdfDocument(tmp_path / "brief.pdf")
    assert len(printed) == 1
    text = printed[0].get_textpage().get_text_range()
    assert "Trial review" in text and "Questions to ask" in text and "Harbour Point" in text
    assert "Contract ends" not in text and "Sign out" not in text


def test_a_kept_brief_is_marked_on_the_screen_and_left_off_paper(open_as, meeting, tmp_path) -> None:  # type: ignore[no-untyped-def]
    import pypdfium2

    scope = identity.for_person(cast.MANAGER.id, via="test")
    seen = get_brief(scope, "meeting", UUID(meeting), now=clock.now())
    done = perform(scope, SaveBrief(about="meeting", subject_id=UUID(meeting), sha256=seen.sha256))
    page = open_as(cast.ALICE, f"/briefs/{done.result['brief_id']}")  # type: ignore[union-attr]
    assert page.locator(".private", has_text="Contract ends").first.is_visible()
    look(page)
    page.pdf(path=tmp_path / "kept.pdf", format="A4", prefer_css_page_size=False)
    printed = pypdfium2.PdfDocument(tmp_path / "kept.pdf")
    text = "".join(one.get_textpage().get_text_range() for one in printed)
    assert "Trial review" in text and "Contract ends" not in text and "left out on paper" in text
