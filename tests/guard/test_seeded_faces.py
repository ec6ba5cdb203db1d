"""A seeded draft beside a real one, on every face that shows what waits: lists, pages of lists, counts, by its number, the API, the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Waiting, perform, queries
from remit.db.location import Location
from remit.domains.outreach.queries import list_drafts, preview
from remit.domains.outreach.writing import draft_outreach, send_draft
from remit.domains.supervision.seeding import SeedDrafts
from remit.web import sessions, sign_in
from remit.web.app import create_app
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk

ORIGIN = {"Origin": "http://testserver"}
# what one message says, to whom and when differs from another's, seeded or not
OF_THE_TEXT = frozenset({
    "id", "draft_id", "account_id", "account_name", "account", "contact_id", "contact_name", "contact", "to_address", "to", "subject", "body",
    "written", "sentences", "claims", "suggestion_id", "payload_hash", "personalisation", "minutes_saved", "created_at", "updated_at", "specific",
})  # fmt: skip


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


@pytest.fixture(scope="module")
def pair(desk: Desk) -> tuple[UUID, UUID]:
    """(the draft of a seeded suggestion, a real one), both waiting."""
    alice = desk.cast.scope("alice")
    real = draft_outreach(alice, desk.contacts["oak"])
    assert isinstance(send_draft(alice, real), Waiting)
    perform(identity.for_service("supervising", via="test"), SeedDrafts(most=1))
    [(suggestion,)] = desk.cast.sql(
        "SELECT suggestion_id FROM remit.seeded_drafts WHERE suggestion_id IS NOT NULL AND account_id = :pine",
        pine=desk.cast.accounts["pine"],
    )
    return UUID(str(queries.get_suggestion(alice, suggestion).payload["draft_id"])), real


@pytest.fixture(scope="module")
def browser(desk: Desk) -> Iterator[TestClient]:
    desk.cast.sql("UPDATE remit.people SET demo = true WHERE name = 'Alice'")
    sessions.system_scope.cache_clear()
    sign_in.back_off = sign_in.AddressBackOff()
    with TestClient(create_app(), follow_redirects=False) as found:
        done = found.post("/sign-in/demo", data={"person": str(desk.cast.people["alice"])}, headers=ORIGIN)
        assert done.status_code == 303, done.text[:300]
        yield found


def rest(document: dict[str, Any]) -> dict[str, Any]:
    """What a face says beside the text: with the ids of checks, and the kinds of sentences, in it."""
    told = {name: value for name, value in document.items() if name not in OF_THE_TEXT}
    assert document["subjects"][0] == document["subject"]
    return told | {
        "checks": [(one["id"], one["passed"]) for one in document["checks"]],
        "subjects": len(document["subjects"]) > 1,
    }


def test_lists_and_numbers_tell_nothing(desk: Desk, pair: tuple[UUID, UUID]) -> None:
    alice = desk.cast.scope("alice")
    for filters in (
        {},
        {"state": "waiting"},
        {"author_id": desk.cast.people["alice"]},
        {"author_id": desk.cast.people["alice"], "state": "waiting"},
    ):
        assert set(pair) <= {one.id for one in list_drafts(alice, **filters).rows}
    for state in ("draft", "sent", "recalled", "discarded"):
        assert not set(pair) & {one.id for one in list_drafts(alice, state=state).rows}
    assert {one.id for one in list_drafts(alice, account_id=desk.cast.accounts["pine"]).rows} == {pair[0]}
    # in pages of one, each once, in the order of the whole list
    whole, paged, after = [one.id for one in list_drafts(alice).rows], [], None
    while not paged or after:
        page = list_drafts(alice, after=after, limit=1)
        paged, after = [*paged, *(one.id for one in page.rows)], page.next
    assert paged == whole and len(set(whole)) == len(whole)
    # by its moment and the number that holds it: written, then asked for, within seconds
    for one in (one for one in list_drafts(alice).rows if one.id in pair):
        made = datetime.fromtimestamp((one.id.int >> 80) / 1000, UTC)
        assert timedelta(0) < made - one.updated_at < timedelta(seconds=5)
    assert not {one.id for one in list_drafts(desk.cast.scope("charlie")).rows} & set(pair)
    seeded, real = (rest(preview(alice, one)) for one in pair)
    assert seeded == real


def test_the_api_and_the_pages_tell_nothing(browser: TestClient, pair: tuple[UUID, UUID]) -> None:
    for path in ("/api/v1/drafts", "/api/v1/drafts?state=waiting"):
        rows = {one["id"]: one for one in browser.get(path).json()["drafts"]}
        seeded, real = (rest(rows[str(one)]) for one in pair)
        assert seeded == real
    seeded, real = (rest(browser.get(f"/api/v1/drafts/{one}").json()) for one in pair)
    assert seeded == real
    for path in ("/write", "/write?state=waiting"):
        page = browser.get(path).text
        seeded, real = (_row(page, one) for one in pair)
        assert seeded == real
    for place in ("/write/{}", "/write/{}/preview"):
        assert len({browser.get(place.format(one)).status_code for one in pair}) == 1
    shown = [_skeleton(browser.get(f"/write/{one}").text) for one in pair]
    assert shown[0] == shown[1], "the desk shows the same boxes and buttons for both"


def _row(page: str, draft_id: UUID) -> str:
    """The tags of the row that names this draft."""
    [row] = [one for one in re.findall(r"<tr data-row>.*?</tr>", page, re.DOTALL) if str(draft_id) in one]
    return re.sub(r">[^<]*<", "><", re.sub(r'"[^"]*"', '""', row))


def _skeleton(page: str) -> tuple[str, ...]:
    """The forms and buttons of a page, without ids."""
    found = re.findall(r'<(?:form|button)[^>]*?(?:action|name|type)="([^"]*)"', page)
    one_of_each = dict.fromkeys(re.sub(r"[0-9a-f-]{36}", "ID", one) for one in found)
    return tuple(one_of_each)
