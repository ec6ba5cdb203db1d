"""Every watched source that is due, the one read longest ago first: new filings and news become documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dbos import DBOS

from remit import identity
from remit.domains.documents.sources import list_due
from remit.kit import clock
from remit.scope import Scope
from remit.settings import load
from remit.workflows.gathering import read_each

MOST: Final = 50
"""Sources of one run; the others are the first of the next."""


@DBOS.workflow(name="gather_documents")
def gather_documents() -> int:
    """The durable story: how many documents are new."""
    return _gather()


@DBOS.step(name="gather_documents_step")
def _gather() -> int:
    return gather(identity.for_service("gathering", via="worker"))


def gather(scope: Scope) -> int:
    """Read each source that is due; gives how many documents are new."""
    before = clock.now() - timedelta(seconds=load().gather_seconds)
    return sum(len(got.added) for _, got in read_each(scope, list_due(scope, before, limit=MOST)))
