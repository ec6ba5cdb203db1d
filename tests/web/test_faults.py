"""The database restarts under us, or is gone: the next page works, or says so, and never a fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from remit.db import engines
from remit.db.location import Location
from remit.web import health
from tests.support import web_cast as cast
from tests.support.databases import TestServer
from tests.web.conftest import ORIGIN, token_of


def test_connections_that_died_with_the_server_are_replaced(
    as_person, settled: Location, database_server: TestServer
) -> None:
    alice = as_person(cast.ALICE)
    assert alice.get("/approvals").status_code == 200
    with database_server.admin.connect() as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
            (settled.database,),
        ).fetchone()
    assert ended is not None and ended[0] > 0
    assert alice.get("/approvals").status_code == 200
    token = token_of(alice.get("/settings").text)
    assert alice.post("/sign-out", data={"csrf": token}, headers=ORIGIN).status_code == 303


def test_without_a_database_a_page_says_so_and_tries_again(
    as_person, settled: Location, tmp_path: Path
) -> None:
    alice = as_person(cast.ALICE)
    nowhere = replace(settled, **{"host": str(tmp_path)})
    engines.use(nowhere, pool_size=2, program="test")
    try:
        for path in ("/approvals", "/audit", "/sign-in"):
            answer = alice.get(path)
            assert answer.status_code == 503, (path, answer.text[-300:])
            assert answer.headers["retry-after"] == "2"
            assert "Nothing was lost" in answer.text and 'http-equiv="refresh"' in answer.text
            assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert alice.get("/api/v1/me").json()["error"]["code"] == "unavailable"
        assert health.parts() == {"database": "down", "worker": "unknown"}
    finally:
        engines.use(settled, pool_size=5, program="test")
    assert alice.get("/approvals").status_code == 200, "still signed in afterwards"


def test_a_fault_of_ours_gives_its_id_and_nothing_else(as_person, monkeypatch) -> None:
    from remit.web.pages import approvals

    alice = as_person(cast.ALICE)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(approvals.queries, "list_suggestions", broken)
    answer = alice.get("/approvals")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text and answer.headers["x-request-id"] in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_on_a_full_disk_pages_are_read_and_changes_wait(as_person, monkeypatch) -> None:
    from remit.db import trouble

    alice = as_person(cast.ALICE)
    token = token_of(alice.get("/settings").text)
    with monkeypatch.context() as patched:
        patched.setattr(trouble, "free_bytes", lambda: 0)
        assert alice.get("/approvals").status_code == 200
        answer = alice.post("/sign-out", data={"csrf": token}, headers=ORIGIN)
        assert answer.status_code == 503 and answer.headers["retry-after"] == "30"
        assert "too little room" in answer.text and "goes on by itself" in answer.text
    assert alice.post("/sign-out", data={"csrf": token}, headers=ORIGIN).status_code == 303
