"""Make next months' partitions in good time; rows of a month without one go to the default partition."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dbos import DBOS

from remit.actions import upkeep
from remit.kit import clock
from remit.workflows.context import current

AHEAD: Final = timedelta(days=100)


@DBOS.workflow(name="make_partitions")
def make_partitions() -> str:
    """The durable story: the months to come, then the statistics of all."""
    made = _make()
    _count()
    return made


@DBOS.step(name="make_partitions_step")
def _make() -> str:
    upkeep.make_months(current().system, clock.today(), clock.today() + AHEAD)
    return "made"


@DBOS.step(name="count_months_step")
def _count() -> None:
    upkeep.count_months(current().system)
