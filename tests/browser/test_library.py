"""Library and Sequences in a real Chromium: a template on somebody whom it suits, a sequence, who may be enrolled, a run; by keyboard."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from remit import identity
from remit.actions import Performed, perform
from remit.db.location import Location
from remit.domains.library.actions import ApproveTemplates, ReviewTemplates, SubmitTemplates
from remit.domains.library.shipped import sequences, texts
from remit.domains.library.writing import WriteTemplates
from tests.browser.conftest import PHONE, WIDE, look, press
from tests.support import web_cast as cast

pytestmark = pytest.mark.browser


def _live(source: str) -> UUID:
    """Stored, submitted, reviewed and approved by three people."""
    alice = identity.for_person(cast.ALICE.id, via="test")
    done = perform(alice, WriteTemplates(sources=(source,)))
    assert isinstance(done, Performed)
    version_id = UUID(done.result["written"][0]["version_id"])
    steps = (
        (cast.ALICE, SubmitTemplates),
        (cast.MANAGER, ReviewTemplates),
        (cast.COMPLIANCE, ApproveTemplates),
    )
    for seen, (who, kind) in enumerate(steps, start=1):
        scope = identity.for_person(who.id, via="test")
        perform(scope, kind(version_ids=(version_id,), expected_versions=(seen,)))
    return version_id


@pytest.fixture(scope="module")
def library(settled: Location) -> tuple[UUID, UUID]:
    """A live template and the sequence that writes from it."""
    text = _live(texts()["sdr-inbound-product.md"])
    return text, _live(sequences()["sequence-inbound.md"])


def test_from_a_template_to_a_run_by_keys(open_as, library: tuple[UUID, UUID]) -> None:
    text, sequence = library
    page = open_as(cast.ALICE, f"/library/{text}")
    assert page.locator("#its-text").inner_text().startswith("Its text for")
    look(page)
    press(page, "e")
    page.wait_for_url("**/edit")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    look(page)
    page.goto(f"/sequences/{sequence}")
    look(page)
    press(page, "?")
    assert "Enrol contacts" in page.locator("[data-keys-here]").inner_text()
    press(page, "Escape", "n")
    page.wait_for_url("**/enrol")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.locator("main input[type=checkbox]").first.check()
    page.get_by_label("What they ask about").select_option(index=1)
    look(page)
    page.keyboard.press("Control+Enter")
    page.get_by_text("1 enrolled.").wait_for()
    look(page)
    page.locator("a.row-link[href^='/sequences/runs/']").first.click()
    page.wait_for_url(re.compile(r"/sequences/runs/"))
    look(page)
    press(page, "p")
    assert page.evaluate("document.querySelector('details[open] input[name=reason]') !== null")
