"""A proposal as Word and PDF: of one product and of five with many sources, beside the work before the file (pricing, words, checks).

Bound: 5 s for both files together. Each is made in a process that has made none before, and again in the same one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

import remit.wiring  # noqa: F401 - registers the handlers
from benchmarks.support import Row, durable_server, percentile, row
from remit import identity, settings
from remit.db.sessions import read
from remit.demo import load
from remit.domains.proposals import building
from remit.domains.proposals.files import written
from remit.domains.proposals.model import Document
from remit.domains.proposals.presenting import Status
from remit.domains.proposals.terms import Asked, Terms
from remit.domains.quoting.queries import list_live
from remit.kit import clock
from remit.scope import Scope

RUNS: Final = 12
_DEAL: Final = """
SELECT o.id, o.contact_id, o.owner_id FROM remit.opportunities o JOIN remit.person_roles r ON r.person_id = o.owner_id AND r.role = 'ae'
WHERE o.closed_at IS NULL AND o.contact_id IS NOT NULL AND EXISTS (SELECT FROM remit.facts f WHERE f.account_id = o.account_id AND f.kind = 'need')
ORDER BY o.id LIMIT 1
"""


def run() -> list[Row]:
    """Rows for both files, first and later, and for what comes before them."""
    with durable_server() as (_location, home):
        before = os.environ.get("REMIT_HOME")
        os.environ["REMIT_HOME"] = str(home)
        settings.reload()
        try:
            load.load_demo(0.1)
            return [row_ for count in (1, 5) for row_ in _measured(count)]
        finally:
            os.environ.pop("REMIT_HOME") if before is None else os.environ.__setitem__("REMIT_HOME", before)
            settings.reload()


def _measured(count: int) -> Iterator[Row]:
    scope = identity.for_service("console", via="bench")
    making = []
    document, first = _document(scope, count)
    making.append(first)
    for _ in range(RUNS - 1):
        making.append(_document(scope, count)[1])
    files = [_files(document) for _ in range(RUNS)]
    words = f"{count} product{'s' if count > 1 else ''}, {document.words} words"
    for name, values in (("first", files[:1]), ("p95 afterwards", files[1:])):
        yield row(
            "proposal", f"Word and PDF of {words}, {name}", percentile(values, 0.95) * 1000, percentile(making, 0.5) * 1000,
            "pricing, words and checks before them, median", "ms", runs=1, n=len(values),
        )  # fmt: skip


def _document(scope: Scope, count: int) -> tuple[Document, float]:
    prices = list_live(scope, clock.today())[:count]
    terms = Terms(
        lines=tuple(Asked(product_id=one.product_id, unit=one.unit_text, quantity=Decimal(20)) for one in prices), term_months=36,
        discount_bp=750, expires_on=clock.today() + timedelta(days=30), sites=2,
    )  # fmt: skip
    with read(scope) as s:
        deal = s.row(_DEAL)
        if deal is None:
            raise RuntimeError("the demo firm has no open deal to draw a proposal up at")
        began = time.perf_counter()
        desk = building.set_out(s, deal.id, deal.contact_id, deal.owner_id, terms, clock.now())
        made = building.document(desk, terms, 1, 1)
        return made, time.perf_counter() - began


def _files(document: Document) -> float:
    began = time.perf_counter()
    written(document, Status("draft"), "docx")
    written(document, Status("draft"), "pdf")
    return time.perf_counter() - began
