"""Take back auto remits whose gates no longer hold, each through the door."""

from __future__ import annotations

from dbos import DBOS

from remit.domains.governance.lowering import lower_remits as lower
from remit.workflows.context import current


@DBOS.workflow(name="lower_remits")
def lower_remits() -> int:
    """The durable story: how many were taken back."""
    return _lower()


@DBOS.step(name="lower_remits_step")
def _lower() -> int:
    return len(lower(current().system))
