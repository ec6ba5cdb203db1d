"""Forget the workflows that ended days ago: the record of what happened is the audit log, not DBOS's tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dbos import DBOS

from remit.kit import clock

KEEP: Final = timedelta(days=3)
BATCH: Final = 500


@DBOS.workflow(name="tidy_workflows")
def tidy_workflows() -> int:
    """The durable story: how many were forgotten (the rest at the next run)."""
    before = (clock.now() - KEEP).isoformat()
    ended = DBOS.list_workflows(completed_before=before, limit=BATCH, load_input=False, load_output=False)
    DBOS.delete_workflows([one.workflow_id for one in ended])
    return len(ended)
