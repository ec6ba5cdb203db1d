"""When a browser was last seen is for us to say: its owner cannot seal a cookie with what a page tells."""

from __future__ import annotations

import base64

import pytest
from fastapi.testclient import TestClient

from remit.db.location import Location
from remit.kit import clock
from remit.web import sessions, sign_in
from remit.web.app import create_app
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN, token_of


@pytest.fixture
def alice(database: Location) -> TestClient:
    cast.settle(database)
    sessions.system_scope.cache_clear()
    sign_in.back_off = sign_in.AddressBackOff()
    found = TestClient(create_app(), follow_redirects=False)
    done = found.post("/sign-in/demo", data={"person": str(cast.ALICE.id)}, headers=ORIGIN)
    assert done.status_code == 303
    return found


def _unmasked(token: str) -> str:
    """The secret that a form's token is a mask of, as any reader of the page can take it off."""
    raw = base64.urlsafe_b64decode(token)
    half = len(raw) // 2
    return bytes(a ^ b for a, b in zip(raw[:half], raw[half:], strict=True)).decode()


def test_what_a_page_tells_seals_no_cookie(alice: TestClient) -> None:
    """With it a browser that was away for longer than two hours could say that it was seen a moment ago."""
    known = _unmasked(token_of(alice.get(f"/accounts/{cast.WEST_ACCOUNT}").text))
    token, seen, _ = alice.cookies[sessions.COOKIE].split(".")
    assert alice.get("/outbox").status_code == 200
    for stamp in (seen, str(int(clock.now().timestamp()))):
        forged = f"{token}.{stamp}.{sessions._mac(known, token, stamp)}"
        alice.cookies.clear()
        answer = alice.get("/outbox", headers={"Cookie": f"{sessions.COOKIE}={forged}"})
        assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"), stamp
