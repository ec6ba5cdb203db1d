"""A page of another name that points at this machine must not pass for one of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from remit import settings
from remit.db.location import Location
from remit.web import hosts
from remit.web.app import create_app


@pytest.fixture
def client(database: Location, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("REMIT_WEB_HOSTS", "crm.firm.example")
    monkeypatch.setenv("REMIT_WEB_BASE_URL", "https://remit.firm.example")
    settings.reload()
    yield TestClient(create_app(), follow_redirects=False)
    monkeypatch.undo()
    settings.reload()


@pytest.mark.parametrize(
    "host", ["evil.example:8321", "testserver", "127.0.0.1.evil.example", "10.0.0.7", "", "["]
)
@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/api/v1/me", "/static/x/y"])
def test_an_unknown_name_is_refused(client: TestClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400, answer.text[:200]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8321", "localhost", "[::1]:8321", "crm.firm.example", "REMIT.firm.example:443"]
)
def test_our_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code in (200, 503)


def test_no_link_is_made_from_what_a_request_says(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.requests import Request

    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 8321),
        "headers": [(b"host", b"evil.example")],
    }  # fmt: skip
    assert hosts.link(Request(scope), "/invitation/x") == "https://remit.firm.example/invitation/x"
    monkeypatch.setenv("REMIT_WEB_BASE_URL", "")
    settings.reload()
    assert hosts.link(Request(scope), "/invitation/x") == "http://127.0.0.1:8321/invitation/x"
