"""Tokens of the API: forged, widened, expired, revoked, of somebody who left, beside a cookie, to approve with. Each must fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

import remit.wiring  # noqa: F401
from remit.actions import Refused, perform
from remit.db.location import Location
from remit.domains.people.rules import token_hash
from remit.domains.people.tokens import IssueApiToken, grantable
from remit.identity import for_person
from remit.web import sessions, sign_in
from remit.web.app import create_app
from tests.support import web_cast as cast
from tests.support.databases import rows
from tests.web.conftest import ORIGIN, token_of

GOOD = "remit_" + "a" * 43


@pytest.fixture(scope="module")
def settled(database: Location) -> Location:
    cast.settle(database)
    sessions.system_scope.cache_clear()
    sign_in.back_off = sign_in.AddressBackOff()
    return database


@pytest.fixture(scope="module")
def client(settled: Location) -> Iterator[TestClient]:
    with TestClient(create_app(), follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


def _signed_in(client: TestClient, member: cast.Member) -> TestClient:
    found = TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)
    assert found.post("/sign-in/demo", data={"person": str(member.id)}, headers=ORIGIN).status_code == 303
    return found


def _make(client: TestClient, member: cast.Member, **form: Any) -> str:
    browser = _signed_in(client, member)
    given = {"csrf": token_of(browser.get("/settings/tokens").text), "name": "Mine", "reads": "yes", **form}
    page = browser.post("/settings/tokens", data=given, headers=ORIGIN)
    found = re.search(r"remit_[A-Za-z0-9_-]{43}", page.text)
    assert found, page.text[-600:]
    assert found.group(0) not in browser.get("/settings/tokens").text, "shown once"
    return found.group(0)


def _ask(client: TestClient, token: str, path: str = "/api/v1/me", **more: Any) -> Any:
    stranger = TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)
    return stranger.request(
        "POST" if "json" in more else "GET", path, headers={"Authorization": f"Bearer {token}"}, **more
    )


def test_a_token_reads_and_does_what_it_is_for_and_no_more(client: TestClient, settled: Location) -> None:
    reader = _make(client, cast.ALICE)
    assert _ask(client, reader).json()["name"] == "Alice Ames"
    halted = _ask(
        client,
        reader,
        "/api/v1/actions",
        json={"kind": "Halt", "payload": {"scope": "everything", "reason": "x"}},
    )
    assert halted.status_code == 403 and halted.json()["error"]["code"] == "out_of_scope"
    doer = _make(client, cast.ALICE, reads="", kinds=["CreateContact"])
    assert _ask(client, doer).status_code == 403
    contact = {
        "account_id": str(cast.WEST_ACCOUNT),
        "first_name": "Ann",
        "last_name": "Other",
        "email": "ann@harbourpoint.example",
    }
    done = _ask(client, doer, "/api/v1/actions", json={"kind": "CreateContact", "payload": contact})
    assert done.status_code == 200 and done.json()["status"] == "performed", done.text
    theirs = {**contact, "account_id": str(cast.EAST_ACCOUNT), "email": "b@x.example"}
    assert _ask(
        client, doer, "/api/v1/actions", json={"kind": "CreateContact", "payload": theirs}
    ).status_code in (403, 404)
    [(used,)] = rows(settled, "SELECT count(*) FROM remit.api_tokens WHERE last_used_at IS NOT NULL")
    assert used == 2
    assert (
        rows(
            settled,
            f"SELECT 1 FROM remit.api_tokens WHERE encode(token_hash, 'escape') LIKE '%{reader[:12]}%'",
        )
        == []
    )


def test_no_token_is_made_for_what_is_kept_for_people(client: TestClient) -> None:
    scope = for_person(cast.ADMIN.id, via="test")
    for kind in (
        "ManagePeople",
        "MapGroup",
        "GrantRemit",
        "ApproveSuggestion",
        "IssueApiToken",
        "SignIn",
        "ApproveTemplates",
        "ConnectCrm",
        "Nonsense",
    ):
        assert kind not in grantable()
        with pytest.raises(Refused):
            perform(scope, IssueApiToken(token_hash=token_hash(kind).hex(), name="x", kinds=(kind,)))


@pytest.mark.parametrize("given", ["", "x", GOOD, GOOD[:-1], GOOD + "a", "' OR 1=1 --", "\u00e9"])
def test_forged_tokens_open_nothing_not_even_beside_a_cookie(client: TestClient, given: str) -> None:
    browser = _signed_in(client, cast.ALICE)
    answer = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {given}".encode()})
    assert answer.status_code == 401
    assert browser.get("/api/v1/me").status_code == 200


def test_a_token_opens_no_page_makes_no_token_and_approves_nothing(client: TestClient) -> None:
    token = _make(client, cast.COMPLIANCE, kinds=["Halt"])
    assert _ask(client, token, "/settings").status_code == 303
    made = {"kind": "IssueApiToken", "payload": {"token_hash": "0" * 64, "name": "wider", "kinds": ["Halt"]}}
    assert _ask(client, token, "/api/v1/actions", json=made).status_code in (403, 404)
    pending = perform(for_person(cast.ADMIN.id, via="test"), _provisioning())
    path = f"/api/v1/suggestions/{pending.suggestion_id}/approve"
    answer = _ask(client, token, path, json={"payload_hash": pending.payload_hash})
    assert answer.status_code == 403 and answer.json()["error"]["code"] == "out_of_scope"


def _provisioning() -> IssueApiToken:
    return IssueApiToken(
        token_hash=token_hash("p").hex(), name="Directory", purpose="provisioning", reads=False
    )


def test_revoked_expired_and_of_somebody_who_left(client: TestClient, settled: Location) -> None:
    token = _make(client, cast.BOB)
    mine = f"token_hash = '\\x{token_hash(token).hex()}'"
    [(token_id,)] = rows(settled, f"SELECT id FROM remit.api_tokens WHERE {mine}")
    alice = _signed_in(client, cast.ALICE)
    form = {"csrf": token_of(alice.get("/settings/tokens").text)}
    alice.post(f"/settings/tokens/{token_id}/revoke", data=form, headers=ORIGIN)
    assert _ask(client, token).status_code == 200
    rows(settled, f"UPDATE remit.people SET active = false WHERE id = '{cast.BOB.id}' RETURNING 1")
    assert _ask(client, token).status_code == 401
    rows(settled, f"UPDATE remit.people SET active = true WHERE id = '{cast.BOB.id}' RETURNING 1")
    rows(settled, f"UPDATE remit.api_tokens SET expires_at = now() WHERE {mine} RETURNING 1")
    assert _ask(client, token).status_code == 401
    rows(
        settled, f"UPDATE remit.api_tokens SET expires_at = now() + interval '1 day' WHERE {mine} RETURNING 1"
    )
    assert _ask(client, token).status_code == 200
    bob = _signed_in(client, cast.BOB)
    form = {"csrf": token_of(bob.get("/settings/tokens").text)}
    assert bob.post(f"/settings/tokens/{token_id}/revoke", data=form, headers=ORIGIN).status_code == 303
    assert _ask(client, token).status_code == 401
