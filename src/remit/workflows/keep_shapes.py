"""Sketch e-mails that left elsewhere, so that a first message is compared with them as well."""

from __future__ import annotations

from dbos import DBOS

from remit.domains.outreach.shaping import keep_shapes as keep
from remit.workflows.context import current


@DBOS.workflow(name="keep_shapes")
def keep_shapes() -> int:
    """The durable story: how many were sketched. What is left over comes with the next run."""
    return _keep()


@DBOS.step(name="keep_shapes_step")
def _keep() -> int:
    return keep(current().system)
