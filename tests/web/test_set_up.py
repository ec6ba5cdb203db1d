"""A firm without the demo, over HTTP: the set-up link, the first admin, an invited person, their sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from remit import identity
from remit.db.location import Location
from remit.domains.people import set_up
from remit.web import sessions, sign_in
from remit.web.app import create_app
from tests.web.conftest import ORIGIN

PASSWORD = "seven quiet harbours"


@pytest.fixture
def stranger(database: Location) -> Iterator[TestClient]:
    """Somebody at the address of an installation where nobody is yet."""
    sessions.system_scope.cache_clear()
    sign_in.back_off = sign_in.AddressBackOff()
    with TestClient(create_app(), follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


def test_from_the_link_to_a_signed_in_admin_and_an_invited_second_person(stranger: TestClient) -> None:
    link = set_up.first_link(identity.for_service("console", via="cli"))
    assert link is not None
    form = stranger.get(link)
    assert form.status_code == 200, form.text[:500]
    assert 'name="time_zone" required value="UTC"' in form.text
    given = {
        "name": "Ada Lowe", "email": "ada@firm.example", "password": "short", "time_zone": "Europe/London",
        "governance_name": "Gil Board", "governance_email": "gil@firm.example",
    }  # fmt: skip
    refused = stranger.post(link, data=given, headers=ORIGIN)
    assert refused.status_code == 422
    assert 'value="Ada Lowe"' in refused.text
    done = stranger.post(link, data=given | {"password": PASSWORD}, headers=ORIGIN)
    assert done.status_code == 200, done.text[:500]
    assert stranger.get(link).headers["location"] == "/sign-in"

    ada = {"email": "ada@firm.example", "password": PASSWORD}
    signed_in = stranger.post("/sign-in", data=ada, headers=ORIGIN)
    assert signed_in.status_code == 303
    assert "Ada Lowe" in stranger.get("/settings").text

    invitation = re.search(r"/invitation/[\w-]{43}", done.text)
    assert invitation is not None
    assert stranger.get(invitation[0]).status_code == 200
    chosen = {"password": PASSWORD, "again": PASSWORD}
    accepted = stranger.post(invitation[0], data=chosen, headers=ORIGIN)
    assert accepted.status_code == 303
    told = stranger.get(accepted.headers["location"])
    assert "Your password is set" in told.text
    gil = {"email": "gil@firm.example", "password": PASSWORD}
    assert stranger.post("/sign-in", data=gil, headers=ORIGIN).status_code == 303
