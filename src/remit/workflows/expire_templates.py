"""Take templates out of use whose review is overdue, whose registry facts fell, or which are answered less than before."""

from __future__ import annotations

from dbos import DBOS

from remit.actions import Performed, perform
from remit.domains.library.actions import ExpireDueTemplates
from remit.workflows.context import current


@DBOS.workflow(name="expire_templates")
def expire_templates() -> int:
    """The durable story: how many were taken out of use."""
    return _expire()


@DBOS.step(name="expire_templates_step")
def _expire() -> int:
    done = perform(current().system, ExpireDueTemplates())
    return int(done.result["expired"]) if isinstance(done, Performed) else 0
