"""A questionnaire's lines decided with the keyboard, in a real Chromium: accept, write, and on to the next line."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from remit import identity
from remit.actions import Performed, perform
from remit.domains.questionnaires import drafting
from remit.domains.questionnaires.keeping import ApproveAnswers, WriteAnswers, Written
from remit.kit import clock
from tests.browser.conftest import look_both_ways, press
from tests.support import questionnaires as made
from tests.support import web_cast as cast

pytestmark = pytest.mark.browser
GIVEN = (
    ("Is customer data encrypted at rest?", "yes", "At rest with AES-256."),
    ("What is your recovery point objective?", "", "The recovery point objective is 15 minutes."),
    ("What is your RPO?", "", "The recovery point objective is one hour."),
)


def test_lines_are_decided_by_keyboard(open_as) -> None:
    alice, cora = (identity.for_person(one.id, via="test") for one in (cast.ALICE, cast.COMPLIANCE))
    today = clock.today()
    rows = tuple(
        Written(question=question, short=short, answer=answer, as_of_on=today, review_by_on=today + timedelta(days=90))  # type: ignore[arg-type]
        for question, short, answer in GIVEN
    )  # fmt: skip
    done = perform(alice, WriteAnswers(answers=rows))
    assert isinstance(done, Performed)
    ids = tuple(UUID(each) for each in done.result["answer_ids"])
    perform(cora, ApproveAnswers(answer_ids=ids, expected_versions=(1,) * len(ids)))
    kept = drafting.add(alice, made.workbook(), "review.xlsx", cast.WEST_ACCOUNT, title="Spring review")
    page = open_as(cast.ALICE, f"/questionnaires/{kept}")
    press(page, "j", "a")
    page.get_by_text("Line 1: accepted.").wait_for()
    assert "How often do you perform" in page.locator("tr.selected").inner_text()
    press(page, "e")
    box = page.locator("tr.selected textarea")
    box.fill("Please ask us.")
    page.locator("tr.selected").get_by_role("button", name="Keep").click()
    page.get_by_text("Line 2: written.").wait_for()
    page.get_by_role("link", name="Answers differ").click()
    assert (
        page.locator(".against", has_text="one hour")
        .or_(page.locator(".against", has_text="15 minutes"))
        .is_visible()
    )
    look_both_ways(page)
    page.goto("/answers")
    look_both_ways(page)
