"""The library with 5,000 templates over HTTP: p95 of its pages beside an empty route; and a template's text for a contact.

Bounds: 150 ms a page (p95), 50 ms a text. REMIT_BENCH_TEMPLATES sets how many there are.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Final

import httpx
from sqlalchemy import create_engine, text

import remit.wiring  # noqa: F401 - registers the handlers
from benchmarks.pages import _seconds, _served
from benchmarks.support import Row, durable_server, percentile, row
from remit import identity, settings
from remit.actions import Refused
from remit.db.location import Location, Role
from remit.db.sessions import read
from remit.demo import load
from remit.domains.library import queries, readers, using
from remit.kit import clock

RUNS: Final = 60
PERSON: Final = "Alice Hartwell"
# copies of what ships under other names, past the door: what is measured is reading
_MORE: Final = (
    """INSERT INTO remit.templates (id, key, created_by, created_at)
    SELECT gen_random_uuid(), t.key || '-' || n, t.created_by, t.created_at FROM remit.templates t, generate_series(1, :copies) n""",
    """INSERT INTO remit.template_versions (id, template_id, number, source, sha256, title, role, motion, personas, segments, channel,
        jurisdictions, category, owner, review_by_on, state, made_by, made_at, submitted_at, reviewed_by, reviewed_at, approved_by, approved_at)
    SELECT gen_random_uuid(), c.id, 1, v.source, v.sha256, v.title || ' ' || substr(c.key, length(t.key) + 2), v.role, v.motion, v.personas, v.segments,
        v.channel, v.jurisdictions, v.category, v.owner, v.review_by_on, v.state, v.made_by, v.made_at, v.submitted_at, v.reviewed_by,
        v.reviewed_at, v.approved_by, v.approved_at
    FROM remit.templates t JOIN remit.template_versions v ON v.template_id = t.id JOIN remit.templates c ON c.key ~ ('^' || t.key || '-[0-9]+$')""",
)


def run() -> list[Row]:
    """Rows for the list, a filtered list, a later page, one template, and a text."""
    wanted = int(os.environ.get("REMIT_BENCH_TEMPLATES", "5000"))
    with durable_server() as (location, home):
        before = os.environ.get("REMIT_HOME")
        os.environ["REMIT_HOME"] = str(home)
        settings.reload()
        try:
            load.load_demo(0.1)
            return [*_pages(_fill(location, wanted)), *_texts()]
        finally:
            os.environ.pop("REMIT_HOME") if before is None else os.environ.__setitem__("REMIT_HOME", before)
            settings.reload()


def _fill(location: Location, wanted: int) -> int:
    owner = create_engine(location.url(Role.OWNER))
    with owner.begin() as connection:
        there = connection.scalar(text("SELECT count(*) FROM remit.templates")) or 1
        for statement in _MORE:
            connection.execute(text(statement), {"copies": wanted // there} if ":copies" in statement else {})
    # as autovacuum leaves a table soon after so many rows
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) remit.templates, remit.template_versions"))
        return int(connection.scalar(text("SELECT count(*) FROM remit.templates")) or 0)


def _pages(count: int) -> Iterator[Row]:
    person = identity.find_person(PERSON)
    if person is None:
        raise RuntimeError(f"the demo firm has no {PERSON}")
    found = queries.list_templates(identity.for_person(person.id, via="bench"), queries.Filters())
    paths = {
        "the list": "/library", "cold outreach for a COO": "/library?motion=cold_outreach&persona=coo", "words": "/library?text=administrator",
        "the next page": f"/library?after={found.next}", "one template": f"/library/{found.rows[0].id}",
    }  # fmt: skip
    with _served() as address, httpx.Client(base_url=address, timeout=30) as client:
        client.post("/sign-in/demo", data={"person": str(person.id)}, headers={"Origin": address})
        for name, path in paths.items():
            _seconds(client, path, 5)
            ours, empty = _seconds(client, path, RUNS), _seconds(client, "/empty", RUNS)
            yield row(
                "library", f"{name} with {count:,} templates, p95", percentile(ours, 0.95) * 1000, percentile(empty, 0.95) * 1000,
                "an empty route, p95", "ms", runs=1, n=RUNS,
            )  # fmt: skip


def _texts() -> Iterator[Row]:
    """Every shipped template on a few contacts: the text with all that is read for it, beside reading the contact alone."""
    person = identity.find_person(PERSON)
    if person is None:
        raise RuntimeError(f"the demo firm has no {PERSON}")
    scope, spent, reading = identity.for_person(person.id, via="bench"), [], []
    contacts = readers.list_readers(scope, limit=6)
    with read(scope) as s:
        rows = s.rows(
            "SELECT v.id FROM remit.template_versions v JOIN remit.templates t ON t.id = v.template_id WHERE t.key !~ '-[0-9]+$' AND v.state = 'live'"
        )
        versions = [queries.load_version(s, one.id) for one in rows]
        for version in versions:
            for contact in contacts:
                began = time.perf_counter()
                using.gather(s, contact.contact_id, person.id, clock.now())
                between = time.perf_counter()
                try:
                    using.load_used(s, version, contact.contact_id, {}, 0)
                except Refused:
                    continue
                reading.append(between - began)
                spent.append(time.perf_counter() - between)
    for share, name in ((0.5, "median"), (0.95, "p95")):
        yield row(
            "library", f"a template's text, {name}", percentile(spent, share) * 1000, percentile(reading, share) * 1000,
            "reading the contact and its facts", "ms", runs=1, n=len(spent),
        )  # fmt: skip
