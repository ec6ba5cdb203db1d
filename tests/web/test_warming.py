"""What the first paste would wait for is loaded once, after the first page and not before; the model itself is not loaded here."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from remit.db.location import Location
from remit.llm.handling import warming
from remit.web import app as web


def test_the_first_page_starts_it_and_nothing_else_does(
    settled: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(warming, "warm", lambda: started.append("once"))
    with TestClient(web.create_server(), base_url="http://localhost") as client:
        client.get("/healthz")
        assert started == []
        for _ in range(2):
            assert client.get("/sign-in").status_code == 200
    assert started == ["once"]
    with TestClient(web.create_app(), base_url="http://localhost") as client:
        client.get("/sign-in")
    assert started == ["once"]  # an app inside another process loads nothing by itself
