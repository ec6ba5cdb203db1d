"""Measure every gate that can be measured once a day, so that the ladder and the remits stand on today's evidence."""

from __future__ import annotations

from dbos import DBOS

from remit.actions import perform
from remit.domains.governance.lowering import lower_remits
from remit.ladder.actions import TakeReading
from remit.ladder.measures import measures
from remit.workflows.context import current


@DBOS.workflow(name="take_readings")
def take_readings() -> int:
    """The durable story: how many readings were taken. What no longer holds takes its remits with it at once."""
    for gate in sorted(measures()):
        _take(gate)
    _lower()
    return len(measures())


@DBOS.step(name="take_readings_step")
def _take(gate: str) -> None:
    perform(current().system, TakeReading(gate=gate))


@DBOS.step(name="take_readings_lower_step")
def _lower() -> int:
    return len(lower_remits(current().system))
