"""Documents in a real Chromium: paste a call, click a line to its place, accept it as a fact, keep the summary."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, WIDE, look
from tests.support import web_cast as cast
from tests.web.test_documents import CALL, NEW

pytestmark = pytest.mark.browser


def test_from_a_pasted_call_to_a_fact(open_as) -> None:  # type: ignore[no-untyped-def]
    page = open_as(cast.ALICE, NEW)
    look(page)
    form = page.locator("form[action='/documents']")
    form.get_by_role("textbox", name="Text").fill(CALL * 12)
    form.get_by_label("Title").fill("Q1 call")
    form.get_by_label("Published on").fill("2026-04-28")
    form.get_by_label("Kind").select_option("call_transcript")
    form.get_by_role("button", name="Keep it").click()
    page.get_by_role("heading", name="In short").wait_for()
    look(page)
    cite = page.locator(".bullets .cite").first
    cite.click()
    mark = page.locator("mark#here")
    mark.wait_for()
    assert mark.is_visible() and mark.inner_text() in CALL
    assert page.url.rsplit("/", 1)[1].count("first") == 0, "the page stayed, only its text moved"
    look(page)
    page.locator(".bullets summary").first.click()
    page.get_by_role("button", name="Record").first.click()
    page.get_by_text("Recorded as a fact.").wait_for()
    page.get_by_role("button", name="Keep this summary").click()
    page.get_by_text("Summary kept.").wait_for()
    where = page.url
    for size, scheme in ((WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")):
        other = open_as(cast.ALICE, where, size=size, scheme=scheme)
        look(other)
        for path in (NEW, "/documents", f"/accounts/{cast.WEST_ACCOUNT}"):
            assert other.goto(path).status == 200, path
            look(other)
