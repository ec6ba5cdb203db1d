"""Pages over HTTP on the demo firm: p95 of each, beside an empty route of the same server in the same run.

REMIT_BENCH_SCALE sets the demo's scale (default 1). Bounds: 120 ms at scale 1, 300 ms at scale 100.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx
from starlette.responses import PlainTextResponse
from tests.support.served import served

import remit.wiring  # noqa: F401 - registers the handlers
from benchmarks.support import Row, durable_server, percentile, row
from remit import identity, settings
from remit.db.sessions import read

RUNS: Final = 60
PERSON: Final = "Alice Hartwell"


@contextmanager
def _served() -> Iterator[str]:
    from remit.web.app import create_app

    app = create_app()
    app.add_route("/empty", lambda _request: PlainTextResponse("ok"), methods=["GET"])
    with served(app) as found:
        yield found


def _paths(person: identity.Person) -> dict[str, str]:
    with read(identity.for_person(person.id, via="bench")) as s:
        account = s.scalar("SELECT account_id FROM remit.opportunities WHERE owner_id = :me AND closed_at IS NULL LIMIT 1", {"me": person.id})  # fmt: skip
        deal = s.scalar("SELECT id FROM remit.opportunities WHERE account_id = :a LIMIT 1", {"a": account})
    return {
        "Today": "/today", "Accounts": "/accounts", "Accounts by AUM": "/accounts?sort=-aum", "an account": f"/accounts/{account}",
        "Pipeline, mine": "/pipeline", "Pipeline, all": "/pipeline?owner=all", "Deals": "/pipeline/table",
        "a deal": f"/pipeline/{deal}", "Write": "/write", "Search": "/search?q=mo", "Approvals": "/approvals", "Audit": "/audit",
        "Ladder": "/ladder", "Team, mine": "/team", "Cases": "/team/cases", "Settings": "/settings",
    }  # fmt: skip


def _seconds(client: httpx.Client, path: str, runs: int) -> list[float]:
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        answer = client.get(path)
        found.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return found


def run() -> list[Row]:
    """One row a page: p95 in milliseconds."""
    from remit.demo import load

    scale = float(os.environ.get("REMIT_BENCH_SCALE", "1"))
    with durable_server() as (_location, home):
        before = os.environ.get("REMIT_HOME")
        os.environ["REMIT_HOME"] = str(home)
        settings.reload()
        try:
            load.load_demo(scale)
            return _measured(scale)
        finally:
            os.environ.pop("REMIT_HOME") if before is None else os.environ.__setitem__("REMIT_HOME", before)
            settings.reload()


def _measured(scale: float) -> list[Row]:
    person = identity.find_person(PERSON)
    if person is None:
        raise RuntimeError(f"the demo firm has no {PERSON}")
    rows = []
    with _served() as address, httpx.Client(base_url=address, timeout=30) as client:
        signed = client.post("/sign-in/demo", data={"person": str(person.id)}, headers={"Origin": address})
        if signed.status_code != 303:
            raise RuntimeError(f"sign-in answered {signed.status_code}")
        for name, path in _paths(person).items():
            _seconds(client, path, 5)
            ours, empty = _seconds(client, path, RUNS), _seconds(client, "/empty", RUNS)
            rows.append(row(
                "pages", f"{name} at scale {scale:g}, p95", percentile(ours, 0.95) * 1000, percentile(empty, 0.95) * 1000,
                "an empty route, p95", "ms", runs=1, n=RUNS,
            ))  # fmt: skip
    return rows
