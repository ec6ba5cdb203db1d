"""Checking a draft again while it is typed: the whole answer over HTTP, from the text in the box to the page's fragment.

Every run is another text, as keys make one. The other side is an empty route of the same server in the same run. The bound is
150 ms at the 95th percentile; the page waits 300 ms after the last key before it asks.
"""

from __future__ import annotations

import os
import re
import time
from typing import Final

import httpx

import remit.wiring  # noqa: F401 - registers the handlers
from benchmarks.pages import PERSON, _seconds, _served
from benchmarks.support import Row, durable_server, percentile, row
from remit import identity, settings
from remit.db.sessions import read

RUNS: Final = 60


def run() -> list[Row]:
    """Median and 95th percentile in milliseconds, at the demo's scale 1."""
    from remit.demo import load

    with durable_server() as (_location, home):
        before = os.environ.get("REMIT_HOME")
        os.environ["REMIT_HOME"] = str(home)
        settings.reload()
        try:
            load.load_demo(float(os.environ.get("REMIT_BENCH_SCALE", "1")))
            return _measured()
        finally:
            os.environ.pop("REMIT_HOME") if before is None else os.environ.__setitem__("REMIT_HOME", before)
            settings.reload()


def _measured() -> list[Row]:
    person = identity.find_person(PERSON)
    if person is None:
        raise RuntimeError(f"the demo firm has no {PERSON}")
    with _served() as address, httpx.Client(base_url=address, timeout=30) as client:
        client.post("/sign-in/demo", data={"person": str(person.id)}, headers={"Origin": address})
        where, page = _draft(client, person, address)
        token = _hidden(page, "csrf")
        subject, body = _hidden(page, "subject"), re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
        text = body.group(1) if body else ""
        times = []
        for number in range(RUNS + 5):
            given = {"csrf": token, "subject": subject, "body": f"{text}\nYou employ {1000 + number} people."}
            began = time.perf_counter()
            answer = client.post(
                f"{where}/check", data=given, headers={"Origin": address, "HX-Request": "true"}
            )
            times.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"the check answered {answer.status_code}")
        empty = [one * 1000 for one in _seconds(client, "/empty", RUNS)]
    ours = sorted(times[5:])
    return [
        row("recheck", f"a draft checked again while typing, {name}", percentile(ours, share), percentile(sorted(empty), share),
            f"an empty route, {name}", "ms", runs=1, n=RUNS)
        for name, share in (("median", 0.5), ("p95", 0.95))
    ]  # fmt: skip


def _draft(client: httpx.Client, person: identity.Person, address: str) -> tuple[str, str]:
    """A first message of the person's to the first contact about whom there is something to say: its path and page."""
    with read(identity.for_person(person.id, via="bench")) as s:
        rows = s.rows(
            "SELECT c.id, c.account_id FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id"
            " WHERE a.owner_id = :me AND c.email IS NOT NULL ORDER BY c.created_at LIMIT 20",
            {"me": person.id},
        )
    for found in rows:
        token = _hidden(client.get(f"/write/new?account={found.account_id}").text, "csrf")
        answer = client.post(
            "/write", data={"csrf": token, "contact": str(found.id)}, headers={"Origin": address}
        )
        if answer.status_code == 303:
            where = answer.headers["location"]
            return where, client.get(where).text
    raise RuntimeError("nobody could be written to")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return found.group(1) if found else ""
