"""Look through all records for faults, so that the page Data quality shows those of today."""

from __future__ import annotations

from dbos import DBOS

from remit.actions import Performed, perform
from remit.domains.quality.actions import RefreshQuality
from remit.workflows.context import current


@DBOS.workflow(name="refresh_quality")
def refresh_quality() -> int:
    """The durable story: how many faults were new."""
    return _refresh()


@DBOS.step(name="refresh_quality_step")
def _refresh() -> int:
    done = perform(current().system, RefreshQuality())
    return int(done.result["opened"]) if isinstance(done, Performed) else 0
