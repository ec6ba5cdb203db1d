"""kill -9 of the whole database in the middle of a statement: 503 and nothing half, and a retry by key gives the one result."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from remit.audit import seal
from remit.audit.check import verify_database
from remit.connectors.email import addresses
from remit.db.binaries import choose_account
from remit.db.embedded import Cluster
from remit.db.location import Location, Role
from remit.db.sessions import read
from remit.identity import for_service
from remit.kit.ids import new_id
from remit.web import sessions, sign_in
from remit.web.app import create_app
from tests.support import web_cast
from tests.support.cast import make_cast
from tests.support.databases import FAST, TestServer, in_use, rows, server
from tests.support.killing import smtp_settings
from tests.support.mail import Queued, add_contact, queue_email, state, until, working
from tests.support.smtp_server import Journal, Server

pytestmark = pytest.mark.slow
ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def own_server(home: Path) -> Iterator[TestServer]:
    with server(home) as running:
        yield running


@pytest.fixture
def location(own_server: TestServer) -> Iterator[Location]:
    made = own_server.clone("killed")
    with in_use(made):
        yield made


def kill_and_start_again(home: Path) -> None:
    cluster = Cluster(home, choose_account(), FAST)
    pid = cluster.running_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    cluster.start()
    assert cluster.running_pid() not in (None, pid)


def count(location: Location, query: str) -> int:
    return int(rows(location, query)[0][0])  # type: ignore[call-overload]


def test_a_change_under_way_is_answered_503_and_made_once_by_its_key(location: Location, home: Path) -> None:
    web_cast.settle(location)
    sessions.system_scope.cache_clear()
    sign_in.back_off = sign_in.AddressBackOff()
    mona = TestClient(create_app(), follow_redirects=False, raise_server_exceptions=False)
    done = mona.post("/sign-in/demo", data={"person": str(web_cast.MANAGER.id)}, headers=ORIGIN)
    assert done.status_code == 303
    headers = {**ORIGIN, "X-CSRF-Token": mona.get("/api/v1/me").json()["csrf"]}
    halt = {
        "kind": "Halt",
        "payload": {"scope": "channel:email", "reason": "drill"},
        "key": f"drill-{new_id()}",
    }
    halts = "SELECT count(*) FROM remit.halts"
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'remit.halts'::regclass"

    with psycopg.connect(**location.conninfo(Role.OWNER)) as holding, ThreadPoolExecutor() as pool:
        holding.execute("LOCK TABLE remit.halts IN ACCESS EXCLUSIVE MODE")
        asked = pool.submit(mona.post, "/api/v1/actions", json=halt, headers=headers)
        until(lambda: count(location, waiting) == 1)
        kill_and_start_again(home)
        answer = asked.result(timeout=60)
        holding.close()
    assert answer.status_code == 503 and answer.json()["error"]["code"] == "unavailable", answer.text
    assert count(location, halts) == 0

    first = mona.post("/api/v1/actions", json=halt, headers=headers)
    assert first.status_code == 200, first.text
    kill_and_start_again(home)
    again = mona.post("/api/v1/actions", json=halt, headers=headers)
    assert again.json()["action_id"] == first.json()["action_id"]
    assert count(location, halts) == 1
    assert count(location, f"SELECT count(*) FROM remit.actions WHERE idempotency_key = '{halt['key']}'") == 1

    seal.seal_now(home)
    with read(for_service("upkeep", via="test")) as session:
        assert verify_database(session.connection)["verified"]


def test_a_message_handed_over_meanwhile_is_delivered_once(
    location: Location, home: Path, tmp_path: Path
) -> None:
    cast, journal = make_cast(location), Journal(tmp_path / "accepted.txt")
    kills: list[str] = []

    async def killing(point: str) -> str | None:
        if point in ("rcpt", "accepted") and point not in kills:
            kills.append(point)
            await asyncio.to_thread(kill_and_start_again, home)
        return None

    def state_of(effect: Queued) -> str:
        try:
            return str(state(cast, effect.id)[0])
        except OperationalError:  # asked in the very moment of a kill
            return ""

    journal.moment = killing
    effect = queue_email(cast, add_contact(cast, "pine", "dana@pine.example"), "dana@pine.example")
    with Server(journal) as smtp:
        chosen = smtp_settings(tmp_path, smtp.port)
        with working(location, tmp_path, **{k: v for k, v in chosen.items() if k != "home"}):
            until(lambda: state_of(effect) == "delivered", 90)
    assert kills == ["rcpt", "accepted"]
    assert journal.accepted() == [addresses.message_id(effect.key, "northlake.example")]
    assert cast.sql("SELECT count(*) FROM remit.receipts") == [(1,)]
