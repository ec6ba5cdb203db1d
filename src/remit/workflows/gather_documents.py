"""Every watched source that is due, the one read longest ago first: new filings and news become documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from dbos import DBOS

from remit import identity
from remit.actions import Refused
from remit.domains.documents.sources import list_due
from remit.kit import clock
from remit.scope import Scope
from remit.settings import load
from remit.workflows.gathering import note_failure, read_source

MOST: Final = 50
"""Sources of one run; the others are the first of the next."""

log = structlog.get_logger(__name__)


@DBOS.workflow(name="gather_documents")
def gather_documents() -> int:
    """The durable story: how many documents are new."""
    return _gather()


@DBOS.step(name="gather_documents_step")
def _gather() -> int:
    return gather(identity.for_service("gathering", via="worker"))


def gather(scope: Scope) -> int:
    """Read each source that is due; gives how many documents are new."""
    added = 0
    before = clock.now() - timedelta(seconds=load().gather_seconds)
    for source in list_due(scope, before, limit=MOST):
        try:
            added += len(read_source(scope, source).added)
        except Refused as refused:
            # stopped by somebody in between, or halted: the others go on
            log.warning("a source was not read", source=str(source.id), code=refused.code)
        except Exception as error:
            # whatever one source does is logged and noted with it; the others go on
            log.exception("a source failed", source=str(source.id))
            note_failure(scope, source, error)
    return added
