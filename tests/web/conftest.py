"""A browser without a browser: an HTTP client against the real application on a real database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from remit.db.location import Location
from remit.web import sessions, sign_in
from remit.web.app import create_app
from tests.support import web_cast as cast

ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture(scope="module")
def settled(database: Location) -> Location:
    """The module's database with the cast in it."""
    cast.settle(database)
    sessions.system_scope.cache_clear()
    sign_in.back_off = sign_in.AddressBackOff()
    return database


@pytest.fixture(scope="module")
def client(settled: Location) -> Iterator[TestClient]:
    """Somebody who has not signed in."""
    with TestClient(create_app(), follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def as_person(client: TestClient) -> Callable[[cast.Member], TestClient]:
    """`as_person(cast.ALICE)`: a client signed in as her, by the demo's one click."""

    def sign_in_as(member: cast.Member) -> TestClient:
        found = TestClient(client.app, follow_redirects=False, raise_server_exceptions=False)
        done = found.post("/sign-in/demo", data={"person": str(member.id)}, headers=ORIGIN)
        assert done.status_code == 303, done.text[:500]
        return found

    return sign_in_as


def token_of(page: str) -> str:
    """The form token that a page carries."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has no form token"
    return found.group(1)
