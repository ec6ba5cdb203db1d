"""Erase texts that were kept as long as two people agreed, and that no legal hold covers."""

from __future__ import annotations

from dbos import DBOS

from remit.domains.retention.erasing import erase_expired as erase
from remit.workflows.context import current


@DBOS.workflow(name="erase_expired")
def erase_expired() -> int:
    """The durable story: how many texts were erased. What is left over comes with the next run."""
    return _erase()


@DBOS.step(name="erase_expired_step")
def _erase() -> int:
    return erase(current().system)
