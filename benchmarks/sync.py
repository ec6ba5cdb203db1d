"""A CRM of 100,000 records taken for the first time, and taken by processes that are killed; memory while it goes on.

Ours: from the counterpart (a process of its own, over HTTP) through the door into the tables, committed. Other: the same pages read
from the same counterpart and thrown away. Memory: what the process holds in its last third beside its second third.
`python -m benchmarks.sync 1000000` measures another size.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any, Final

import psycopg
from tests.support.cast import Cast, make_cast
from tests.support.crm.taker import start

import remit.wiring  # noqa: F401
from benchmarks.support import Row, durable_server, row
from remit.actions import perform
from remit.connectors.hubspot import tokens
from remit.connectors.hubspot.client import HubSpotClient
from remit.connectors.hubspot.config import HubSpot
from remit.connectors.hubspot.mapping import OBJECTS, STREAMS
from remit.connectors.hubspot.pull import _listed
from remit.connectors.hubspot.rows import Rows
from remit.connectors.salesforce import soql
from remit.connectors.salesforce.client import SalesforceClient
from remit.connectors.salesforce.config import Salesforce
from remit.connectors.salesforce.pull import SalesforceReader, _Asked
from remit.db.location import Location, Role
from remit.domains.crm.actions import ConnectCrm
from remit.domains.crm.model import Vendor, connection_id_of
from remit.identity import SYSTEM_ID

ROWS, KILLS = 100_000, 8
VENDORS: Final[dict[Vendor, float]] = {"salesforce": 1.0, "hubspot": 0.2}
"""Each with its share of ROWS: HubSpot lets nobody ask more than ten times a second, and that is what its load takes."""
TABLES = (
    "people",
    "campaigns",
    "accounts",
    "contacts",
    "leads",
    "opportunities",
    "activities",
    "campaign_members",
)


def run(rows: int = ROWS) -> list[Row]:
    """Seconds, memory, and what was lost or doubled by kills, for each vendor."""
    return [each for vendor, share in VENDORS.items() for each in _vendor(vendor, round(rows * share))]


def _vendor(vendor: Vendor, rows: int) -> list[Row]:
    with durable_server() as (location, home), _counterpart(vendor, rows) as told:
        cast = make_cast(location)
        environment = _environment(vendor, told["url"], home)
        _connect(cast, vendor, told["url"], home)
        ours = _whole(location, vendor, environment)
        bare = _BARE[vendor](told["url"])
        memory, counts = ours["memory_mb"], _counts(cast, vendor)
        third = len(memory) // 3
        sys.stderr.write(
            f"{vendor}: {ours['rows']} rows, {ours['requests']} requests, resident {min(memory)}–{max(memory)} MB, {counts}\n"
        )
        _forget(location, vendor)
        _connect(cast, vendor, told["url"] + "/", home)
        kills = _killed(location, vendor, environment, ours["seconds"])
        wrong = sum(abs(counts[name] - many) for name, many in _counts(cast, vendor).items())
    first = f"{vendor}: first load of a CRM, through the door, committed"
    return [
        row("sync_load", first, ours["seconds"], bare, "the same pages, thrown away", "s", runs=1, n=ours["rows"]),
        row("sync_memory", f"{vendor}: resident in the last third", mean(memory[-third:]), mean(memory[third:-third]), "in the second third", "MB", runs=1, n=ours["rows"]),
        row("sync_killed", f"{vendor}: records lost or doubled, {kills} kills", wrong, 0, "", "records", runs=1, n=ours["rows"]),
    ]  # fmt: skip


@contextmanager
def _counterpart(vendor: Vendor, rows: int) -> Iterator[dict[str, Any]]:
    served = subprocess.Popen(
        [sys.executable, "-m", f"tests.support.crm.{vendor}", str(rows)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert served.stdout is not None and served.stdin is not None
    try:
        yield json.loads(served.stdout.readline())
    finally:
        served.stdin.close()
        served.wait()


def _environment(vendor: Vendor, url: str, home: Path) -> dict[str, str]:
    ours = {"URL": url, "CLIENT_ID": "app", "CLIENT_SECRET": "sesame"}
    return {
        "REMIT_HOME": str(home),
        **{f"REMIT_{vendor.upper()}_{name}": value for name, value in ours.items()},
    }


def _connect(cast: Cast, vendor: Vendor, url: str, home: Path) -> None:
    """As a person connects it; HubSpot's token lies sealed under the same home as the taker's."""
    sealed = tokens.seal(home, connection_id_of(vendor), "refresh-me") if vendor == "hubspot" else b""
    perform(cast.scope("olga"), ConnectCrm(vendor=vendor, address=url, sealed=sealed))


def _whole(location: Location, vendor: Vendor, environment: dict[str, str]) -> dict[str, Any]:
    taking = start(location, vendor, environment)
    assert taking.stdout is not None
    told: dict[str, Any] = json.loads(taking.stdout.readline())
    taking.wait()
    assert not told["problem"] and not told["problems"], told
    return told


def _bare_salesforce(url: str) -> float:
    client = SalesforceClient(Salesforce(url, "app", "sesame"))
    began = time.perf_counter()
    for spec in SalesforceReader.streams:
        known = client.describe(spec.object)
        question = soql.changed_since(
            spec.object, _Asked(spec, {}, known).wanted, None, "", client.http.their_now
        )
        for _ in client.query(question):
            pass
    return time.perf_counter() - began


def _bare_hubspot(url: str) -> float:
    client = HubSpotClient(HubSpot(url, url, "app", "sesame"), "refresh-me")
    began = time.perf_counter()
    for spec in STREAMS:
        if spec.object in OBJECTS:
            path, params = _listed(spec, Rows(client, spec, {}, client.properties(spec.object)))
            for _ in client.pages(path, params):
                pass
    return time.perf_counter() - began


_BARE: Final = {"salesforce": _bare_salesforce, "hubspot": _bare_hubspot}


def _killed(location: Location, vendor: Vendor, environment: dict[str, str], seconds: float) -> int:
    draw = random.Random(2026)
    kills = 0
    for _ in range(KILLS):
        taking = start(location, vendor, environment)
        try:
            taking.wait(draw.uniform(2.5, 2.5 + seconds / KILLS * 1.5))
        except subprocess.TimeoutExpired:
            taking.kill()
            taking.wait()
            kills += 1
    _whole(location, vendor, environment)
    return kills


def _counts(cast: Cast, vendor: Vendor) -> dict[str, int]:
    found = {
        name: int(cast.sql(f"SELECT count(*) FROM remit.{name} WHERE source = '{vendor}'")[0][0])
        for name in TABLES
    }
    return found | {"stages": int(cast.sql("SELECT count(*) FROM remit.opportunity_stages")[0][0])}


def _forget(location: Location, vendor: Vendor) -> None:
    with psycopg.connect(**location.conninfo(Role.OWNER), autocommit=True) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, false)", (str(SYSTEM_ID),))
        connection.execute(
            "TRUNCATE remit.campaigns, remit.accounts, remit.leads, remit.opportunities, remit.activities CASCADE"
        )
        connection.execute("DELETE FROM remit.people WHERE source = %s", (vendor,))


if __name__ == "__main__":
    for each in run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS):
        sys.stdout.write(f"{each}\n")
