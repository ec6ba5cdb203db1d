"""Compare in a real Chromium: fits, is accessible, and its note goes into a draft by a key."""

from __future__ import annotations

import re
from datetime import timedelta

import psycopg
import pytest

from remit import identity
from remit.actions import perform
from remit.db.location import Role
from remit.domains.facts.actions import RecordFact
from remit.domains.outreach.actions import WriteDraft
from remit.kit import clock
from tests.browser.conftest import look, look_both_ways, press
from tests.support import web_cast as cast

pytestmark = pytest.mark.browser
ED = cast.Member("Ed Enable", "ed@northlake.example", ("enablement",), reach="all")
VELDMARK, OMS = cast.cast_id("Veldmark"), cast.cast_id("Northlake OMS")
WHERE = f"/compare?competitor={VELDMARK}&product={OMS}&account={cast.WEST_ACCOUNT}"


@pytest.fixture(scope="module")
def card(settled) -> None:  # type: ignore[no-untyped-def]
    with psycopg.connect(**settled.conninfo(Role.OWNER)) as connection:
        cast._person(connection, ED)
        connection.execute(
            "INSERT INTO remit.products (id, name, family) VALUES (%s, 'Northlake OMS', 'order management')",
            (OMS,),
        )
        connection.execute(
            "INSERT INTO remit.competitors (id, name, name_key) VALUES (%s, 'Veldmark', 'veldmark')",
            (VELDMARK,),
        )
    scope, today = identity.for_person(ED.id, via="test"), clock.today()
    for kind, subject, topic, value, ended in (
        ("capability", "Northlake OMS", "brokers by FIX", "carries orders to 140 brokers by FIX", 0),
        ("competitor", "Veldmark", "brokers by FIX", "carries orders to 85 brokers by FIX", 0),
        (
            "competitor",
            "Veldmark",
            "reconciliation",
            "reconciles positions with the administrator once a week",
            20,
        ),
    ):
        perform(scope, RecordFact(
            fact_kind=kind, subject=subject, topic=topic, value=value, source_name=f"{subject} product page", quote=f"{subject} {value}.",
            as_of_on=today - timedelta(days=60), valid_until_on=today - timedelta(days=ended) if ended else None,
            sensitivity="public", sayable="public",
        ))  # fmt: skip
    draft = WriteDraft(
        contact_id=cast.WEST_CONTACT,
        subject="Brokers",
        body="Dear Priya,\n\nBest regards\nAlice Ames",
        writer="Alice",
    )
    perform(identity.for_person(cast.ALICE.id, via="test"), draft)


def test_it_fits_and_is_accessible(open_as, card) -> None:  # type: ignore[no-untyped-def]
    page = open_as(cast.ALICE, WHERE)
    look_both_ways(page)
    for path in (
        "/compare",
        "/compare?q=our+OMS+vs+Charles+River",
        f"/compare/{VELDMARK}/deals?product={OMS}",
    ):
        page.goto(path)
        look_both_ways(page)
    page = open_as(ED, WHERE)
    page.get_by_text("Add a line to the battle card").click()
    look_both_ways(page)


def test_asked_in_words_and_put_into_a_draft_by_a_key(open_as, card) -> None:  # type: ignore[no-untyped-def]
    page = open_as(cast.ALICE, "/write")
    page.get_by_role("link", name="Compare").click()
    page.get_by_label("Question").fill("How does our OMS compare to Veldmark?")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Northlake OMS beside Veldmark").wait_for()
    assert page.locator(".ran-out").count() == 1 and "once a week" not in page.locator("#note").input_value()
    press(page, "e")
    page.wait_for_url(re.compile(r"/write/[0-9a-f-]{36}"))
    assert "Veldmark carries orders to 85 brokers by FIX" in page.locator("textarea[name=body]").input_value()
    look(page)
