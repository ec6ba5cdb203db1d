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
    "/library/coverage/cold_outreach",
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

EVENT = cast.cast_id("Buyside Forum")
# forms with something in them, each with all that unfolds unfolded
FILLED = (
    (cast.ALICE, f"/accounts/{cast.WEST_ACCOUNT}"),
    (cast.COMPLIANCE, "/audit/keeping"),
    (cast.ADMIN, "/settings/sign-on?group=Desk"),
    (cast.ADMIN, "/settings/people/new"),
)


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


# a product at three prices, each imported price beside it, an older one that was never ended; and a deal to draw a proposal up at
PRICED = (
    "INSERT INTO remit.person_roles (person_id, role) VALUES (%(admin)s, 'operations') ON CONFLICT DO NOTHING",
    "SELECT set_config('remit.person_id', %(vp)s, false)",
    "INSERT INTO remit.products (id, name, description) VALUES (%(product)s, 'Northlake Order and Execution Management', 'Orders, routing and allocation')",
    "INSERT INTO remit.prices (id, product_id, unit, price_minor, price_currency, valid_from_on, generation, pending, source)"
    " SELECT gen_random_uuid(), %(product)s, u, m, 'USD', current_date - n, n, p, 'a file' FROM (VALUES ('user and year', 1440000, 9, false),"
    " ('Users per year', 1390000, 19, false), ('million shares and month', 150000, 8, false), ('User per Year', 1500000, 7, true), ('each', 2500000, 6, true)) AS v (u, m, n, p)",
    "INSERT INTO remit.opportunities (id, account_id, access_id, name, owner_id, stage, forecast_category, opened_on)"
    " SELECT %(deal)s, id, access_id, 'OMS for the desk', owner_id, 'discovery', 'pipeline', current_date FROM remit.accounts WHERE id = %(account)s",
)


def test_prices_and_the_form_of_a_proposal_fit_and_are_accessible(open_as, settled) -> None:
    given = {
        "admin": cast.ADMIN.id, "vp": str(cast.VP.id), "product": cast.cast_id("OEMS"), "deal": cast.cast_id("OEMS for the desk"),
        "account": cast.WEST_ACCOUNT,
    }  # fmt: skip
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        for statement in PRICED:
            connection.execute(statement, given)
    page = open_as(cast.ADMIN, "/prices")
    assert page.locator("#overtaken").count() == 1
    page.locator("summary", has_text="Discard those ticked").click()
    look_both_ways(page)
    page.get_by_label("Discard Northlake Order and Execution Management per each").check()
    page.locator("input[name=reason]").fill("Another year's list")
    page.get_by_role("button", name="Discard", exact=True).click()
    page.get_by_text("Discarded; no price in force changed.").wait_for()
    assert page.get_by_label("Discard Northlake", exact=False).count() == 1  # the other waits still
    page = open_as(cast.ALICE, f"/pipeline/{given['deal']}/proposal")
    assert page.locator(".offer-line").count() > 1
    look_both_ways(page)


def _filled(connection: psycopg.Connection) -> None:
    """Who came to an event."""
    connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(cast.VP.id),))
    for statement, given in (
        ("INSERT INTO remit.campaigns (id, name, kind, starts_on, source) VALUES (%s, 'Buyside Forum', 'Event', '2026-11-02', 'salesforce')", (EVENT,)),
        (
            "INSERT INTO remit.campaign_members (id, campaign_id, account_id, access_id, contact_id, state, source, external_id)"
            " SELECT gen_random_uuid(), %s, account_id, access_id, id, 'Attended', 'salesforce', 'm1' FROM remit.contacts WHERE id = %s",
            (EVENT, cast.WEST_CONTACT),
        ),
    ):  # fmt: skip
        connection.execute(statement, given)


def test_forms_that_hold_something_fit_and_are_accessible_with_all_of_them_open(open_as, settled) -> None:
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        _filled(connection)
    for number, (who, path) in enumerate(FILLED):
        page = open_as(who, path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        page.set_viewport_size(dict(zip(("width", "height"), (PHONE, WIDE)[number % 2], strict=True)))
        look(page)


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
