"""Every page of the menu in a real Chromium: wide and phone, light and dark, accessible; and by keyboard alone."""

from __future__ import annotations

import re

import psycopg
import pytest

from remit.db.location import Role
from remit.domains.crm.model import connection_id_of
from tests.browser.conftest import PHONE, WIDE, look, look_both_ways, press
from tests.support import web_cast as cast

pytestmark = pytest.mark.browser
MINE = (
    "/approvals",
    "/approvals?box=decided",
    "/ladder",
    "/ladder/gates/S0-G1",
    "/ladder/grant",
    "/audit",
    "/audit/holds",
    "/audit/keeping?due=notes",
    "/halt",
    "/outbox",
    "/outbox?box=in",
    "/settings",
    "/settings/people",
    "/settings/territories",
    "/settings/sign-on",
    "/settings/connections",
    "/library",
    "/library/coverage",
    "/library/outcomes",
    "/sequences",
    "/questionnaires",
    "/papers",
    "/settings/tokens",
    "/team/primary?whose=all",
    "/team/outcomes",
    "/compliance",
    "/proposals",
    "/prices",
    "/team/baselines",
    "/compliance/profiles",
    "/compliance/categories/first_contact",
    "/compliance/queue",
    "/compliance/findings",
    "/compliance/reviewers",
)


# what a rep fills in, looked at from the other side: each once, in turn on a desk and on a phone
FORMS = (
    "/library/new",
    "/library/new?sequence=1",
    "/answers",
    "/answers/new",
    "/questionnaires/new",
    "/team/cases/new",
    "/today",
)
# only where a CRM is connected: its lag, and which field fills which
CONNECTED = ("/settings/connections", "/settings/connections/salesforce/accounts")


def test_every_page_fits_and_is_accessible(open_as) -> None:
    page = open_as(cast.COMPLIANCE, "/approvals")
    for path in MINE:
        assert page.goto(path).status == 200, path
        look_both_ways(page)


def test_the_pages_of_a_connected_crm_fit_and_are_accessible(open_as, settled) -> None:
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        connection.execute(
            "INSERT INTO remit.crm_connections (id, vendor, state, address, connected_by, connected_at, checked_at)"
            " VALUES (%s, 'salesforce', 'connected', 'https://firm.my.salesforce.example', %s, now(), now())",
            (connection_id_of("salesforce"), cast.VP.id),
        )
        connection.execute(
            "INSERT INTO remit.crm_streams (connection_id, stream, newest_at, whole_at, checked_at, rows_count, created_count, fields, drift)"
            """ VALUES (%s, 'accounts', now(), now(), now(), 12, 12, '{"Name": "string", "Industry": "picklist", "Desk__c": "string"}', '["Desk__c is new"]')""",
            (connection_id_of("salesforce"),),
        )
    page = open_as(cast.ADMIN, "/settings")
    for path in CONNECTED:
        assert page.goto(path).status == 200, path
        look_both_ways(page)


def test_what_a_rep_fills_in_fits_and_is_sent_by_keys(open_as) -> None:
    page = open_as(cast.ALICE, "/library/new")
    press(page, "?")
    assert page.locator("[data-keys-here]").inner_text().split() == ["e", "Template,", "as", "Markdown"]
    press(page, "Escape", "e")
    page.locator("textarea[name=source]").fill("no template")
    page.keyboard.press("Control+Enter")  # sends the form that one types in
    page.locator("[role=alert]").wait_for()
    page.problems.clear()  # the answer was a 400, as it should be
    for number, path in enumerate(FORMS):
        assert page.goto(path).status == 200, path
        page.set_viewport_size(dict(zip(("width", "height"), (WIDE, PHONE)[number % 2], strict=True)))
        look(page)


def test_pages_without_sign_in_fit_and_are_accessible(open_as) -> None:
    page = open_as(None, "/sign-in", scheme="dark")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    look_both_ways(page)
    page.goto("/unsubscribe/x")
    look_both_ways(page)


def test_the_policy_of_the_page_lets_no_inline_script_run(open_as) -> None:
    page = open_as(cast.ALICE, "/settings")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); }"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in said for said in page.problems)


def test_help_theme_and_keys(open_as) -> None:
    page = open_as(cast.COMPLIANCE, "/audit")
    press(page, "?")
    assert page.locator("dialog#help").is_visible()
    assert page.locator("[data-keys-usual]").is_visible()  # no letter of its own here
    press(page, "Escape", "j")
    first = page.locator("tr.selected").inner_text()
    press(page, "j")
    assert page.locator("tr.selected").inner_text() != first
    press(page, "k")
    assert page.locator("tr.selected").inner_text() == first
    press(page, "Enter")
    page.wait_for_url(re.compile(r"/audit/[0-9a-f-]{36}"))
    look(page)
    page.locator("[data-theme-toggle]").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.goto("/audit")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark", "the choice is kept"
    press(page, "/")
    assert page.evaluate("document.activeElement.hasAttribute('data-search')")


def test_a_halt_lifted_by_a_second_person_with_the_keyboard_only(open_as) -> None:
    vera = open_as(cast.VP, "/halt")
    vera.locator("#reason").focus()
    vera.keyboard.type("wrong price list")
    press(vera, "Enter")
    vera.wait_for_url(re.compile(r"/halt/[0-9a-f-]{36}"))
    look(vera)
    vera.goto("/halt")
    vera.get_by_label("Why it may go on").focus()
    vera.keyboard.type("list mended")
    press(vera, "Enter")
    vera.get_by_text("A second person has to agree").wait_for()
    cora = open_as(cast.COMPLIANCE, "/approvals", size=PHONE)
    look(cora)
    press(cora, "j", "Enter")
    cora.wait_for_url(re.compile(r"/approvals/[0-9a-f-]{36}"))
    look(cora)
    press(cora, "a")
    cora.get_by_text("Approved and done").wait_for()
    cora.goto("/halt")
    assert cora.get_by_text("Nothing is halted").is_visible()
