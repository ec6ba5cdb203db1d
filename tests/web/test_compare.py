"""Compare over HTTP: asked in words, kept, put into a draft, opened to its deals; two territories; bad input."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.actions import perform
from remit.db.location import Location, Role
from remit.domains.facts.actions import RecordFact
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.queries import get_draft
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of

As = Callable[[cast.Member], TestClient]
ED = cast.Member("Ed Enable", "ed@northlake.example", ("enablement",), reach="all")
VELDMARK, OMS = cast.cast_id("Veldmark"), cast.cast_id("Northlake OMS")


@pytest.fixture(scope="module")
def card(settled: Location) -> Location:
    """A product, a competitor, one fact of each on one topic, and Ed, who keeps the cards."""
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
    scope = identity.for_person(ED.id, via="test")
    for kind, subject, value in (
        ("capability", "Northlake OMS", "carries orders to 140 brokers by FIX"),
        ("competitor", "Veldmark", "carries orders to 85 brokers by FIX"),
    ):
        perform(scope, RecordFact(
            fact_kind=kind, subject=subject, topic="brokers by FIX", value=value, source_name=f"{subject} product page",
            quote=f"{subject} {value}.", as_of_on=clock.today() - timedelta(days=9), sensitivity="public", sayable="public",
        ))  # fmt: skip
    return settled


def test_a_question_is_answered_and_an_unknown_name_is_said_to_be_unknown(
    as_person: As, card: Location
) -> None:
    alice = as_person(cast.ALICE)
    page = alice.get("/compare", params={"q": "How does our OMS compare to Veldmark?"}).text
    assert "Northlake OMS beside Veldmark" in page and "carries orders to 85 brokers by FIX" in page
    assert "No closed deals for Northlake OMS" in page
    unknown = alice.get("/compare", params={"q": "our OMS vs <b>Charles River</b>"}).text
    assert "is not among the competitors on record" in unknown and "<b>Charles" not in unknown
    assert "Name a competitor" in alice.get("/compare").text
    assert "/compare" in alice.get("/write").text
    markdown = alice.get("/compare", params={"competitor": str(VELDMARK), "format": "markdown"})
    assert (
        markdown.headers["content-type"].startswith("text/markdown") and "| brokers by FIX |" in markdown.text
    )


def test_it_is_kept_at_an_account_and_put_into_a_draft(as_person: As, card: Location) -> None:
    alice, scope = as_person(cast.ALICE), identity.for_person(cast.ALICE.id, via="test")
    draft = WriteDraft(
        contact_id=cast.WEST_CONTACT,
        subject="Brokers",
        body="Dear Priya,\n\nA question?\n\nBest regards\nAlice Ames",
        writer="Alice",
    )
    draft_id = UUID(perform(scope, draft).result["draft_id"])  # type: ignore[union-attr]
    where = f"/compare?competitor={VELDMARK}&product={OMS}&account={cast.WEST_ACCOUNT}"
    page = alice.get(where).text
    sha = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    option = re.search(rf'value="({draft_id}:\d+)"', page)
    assert sha and option
    common = {
        "csrf": token_of(page),
        "competitor": str(VELDMARK),
        "product": str(OMS),
        "account": str(cast.WEST_ACCOUNT),
    }
    kept = alice.post("/compare/save", data=common | {"sha256": sha.group(1)}, headers=ORIGIN)
    assert kept.status_code == 303 and "Saved as a note" in alice.get(where).text
    done = alice.post("/compare/insert", data=common | {"draft": option.group(1)}, headers=ORIGIN)
    assert (done.status_code, done.headers["location"]) == (303, f"/write/{draft_id}")
    body = get_draft(scope, draft_id).body
    assert (
        "\n\nNorthlake OMS carries orders to 140 brokers by FIX. Veldmark carries orders to 85 brokers by FIX ("
        in body
    )
    assert body.endswith("Best regards\nAlice Ames")
    sentences = get_draft(scope, draft_id).sentences
    assert sum(one["support"] == "supported" for one in sentences) == 2
    for bad in ("", "x", f"{draft_id}:zz", f"{new_id()}:1"):
        assert alice.post("/compare/insert", data=common | {"draft": bad}, headers=ORIGIN).status_code in (
            400,
            404,
            422,
        )
    assert as_person(cast.CHARLIE).get(where).status_code == 404


def test_the_record_opens_its_deals(as_person: As, card: Location) -> None:
    deals = f"/compare/{VELDMARK}/deals?product={OMS}"
    assert "No deal is counted here" in as_person(cast.ALICE).get(deals).text
    assert as_person(cast.CHARLIE).get(f"{deals}&account={cast.WEST_ACCOUNT}").status_code == 404
    assert as_person(cast.ALICE).get(f"/compare/{new_id()}/deals?product={OMS}").status_code == 404


def test_enablement_keeps_the_card_and_a_rep_may_not(as_person: As, card: Location) -> None:
    ed, where = as_person(ED), f"/compare?competitor={VELDMARK}&product={OMS}"
    page = ed.get(where).text
    given = {
        "csrf": token_of(page), "back": where, "competitor": "Veldmark", "topic": "upgrades", "value": "installs upgrades twice a year",
        "source": "Release notes", "as_of": clock.today().isoformat(), "valid_until": (clock.today() + timedelta(days=90)).isoformat(), "said": "public",
    }  # fmt: skip
    assert ed.post("/compare/lines", data=given, headers=ORIGIN).headers["location"] == where
    page = ed.get(where).text
    assert "installs upgrades twice a year" in page
    assert (
        "<blockquote>Veldmark installs upgrades" not in page
    )  # the page puts no words into the source's mouth
    assert (
        "Nobody has copied the source&#39;s own words." in page
        or "Nobody has copied the source's own words." in page
    )
    quoted = given | {
        "topic": "support",
        "value": "answers within a day",
        "quote": "We reply <i>within one day</i>.",
    }
    ed.post("/compare/lines", data=quoted, headers=ORIGIN)
    assert "<blockquote>We reply &lt;i&gt;within one day&lt;/i&gt;.</blockquote>" in ed.get(where).text
    alice = as_person(cast.ALICE)
    token = (
        token_of(alice.get("/write/new").text)
        if 'name="csrf"' in alice.get("/write/new").text
        else token_of(alice.get(where).text)
    )
    assert "Add a line" not in alice.get(where).text
    alice.post("/compare/lines", data=given | {"csrf": token, "topic": "mine"}, headers=ORIGIN)
    assert "Mine" not in alice.get(where).text
    away = ed.post("/compare/lines", data=given | {"back": "https://evil.example/compare?x"}, headers=ORIGIN)
    assert away.headers["location"] == "/compare"
    withdraw = re.search(
        r'action="(/compare/lines/[0-9a-f-]+/withdraw)".*?name="version" value="(\d+)"',
        page[page.index("installs upgrades") :],
        re.S,
    )
    assert withdraw
    ed.post(
        withdraw.group(1),
        data={"csrf": token_of(page), "back": where, "version": withdraw.group(2), "reason": "not so"},
        headers=ORIGIN,
    )


def test_names_are_text_and_what_ran_out_is_not_in_the_note(as_person: As, card: Location) -> None:
    hostile = {cast.cast_id("Bold"): "<b>Bold & Co</b>", cast.cast_id("none"): "!!!"}
    with psycopg.connect(**card.conninfo(Role.OWNER)) as connection:
        for key, name in hostile.items():
            connection.execute(
                "INSERT INTO remit.competitors (id, name, name_key) VALUES (%s, %s, %s)",
                (key, name, name.lower()),
            )
    day = clock.today()
    perform(identity.for_person(ED.id, via="test"), RecordFact(
        fact_kind="competitor", subject="<b>Bold & Co</b>", topic="brokers by FIX", value="carries orders to 12 brokers by FIX",
        source_name="Product page", quote="12 brokers", as_of_on=day - timedelta(days=90), valid_until_on=day - timedelta(days=1),
        sensitivity="public", sayable="public",
    ))  # fmt: skip
    alice = as_person(cast.ALICE)
    for question in ("How does our OMS compare to Umbrella?", "!!!", "((", "our OMS vs <i>x</i>"):
        answer = alice.get("/compare", params={"q": question})
        assert answer.status_code == 200 and "<i>x</i>" not in answer.text, question
        assert "<b>Bold" not in answer.text
    page = alice.get("/compare", params={"competitor": str(cast.cast_id("Bold")), "product": str(OMS)}).text
    assert "<b>Bold" not in page and "&lt;b&gt;Bold &amp; Co&lt;/b&gt;" in page and "ran out" in page
    note = re.search(r'<textarea id="note".*?</textarea>', page, re.S)
    assert note is None or "12 brokers" not in note.group()
    text = alice.get(
        "/compare",
        params={"competitor": str(cast.cast_id("Bold")), "product": str(OMS), "format": "markdown"},
    ).text
    assert "<b>" not in text and "12 brokers by FIX *(ran out)*" in text
