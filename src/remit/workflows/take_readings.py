"""Measure every gate once a day, and at once those that somebody's signature moved: the ladder stands on today's evidence."""

from __future__ import annotations

from dbos import DBOS

from remit.actions import perform
from remit.domains.governance.lowering import lower_remits
from remit.ladder.actions import TakeReading
from remit.ladder.measures import measures
from remit.ladder.queries import list_behind
from remit.scope import Scope
from remit.workflows.context import current


@DBOS.workflow(name="take_readings")
def take_readings() -> int:
    """The durable story: how many readings were taken. What no longer holds takes its remits with it at once."""
    for gate in sorted(measures()):
        _take(gate)
    _lower()
    return len(measures())


@DBOS.workflow(name="catch_up_readings")
def catch_up_readings() -> int:
    """The durable story after a signature or an acknowledgement: how many gates were measured anew."""
    behind = _behind()
    for gate in behind:
        _take(gate)
    if behind:
        _lower()
    return len(behind)


def is_behind(system: Scope) -> bool:
    """Whether a gate tells of before the newest signature; asked every few seconds, so that no workflow is begun for nothing."""
    return bool(list_behind(system))


@DBOS.step(name="catch_up_readings_step")
def _behind() -> list[str]:
    return list_behind(current().system)


@DBOS.step(name="take_readings_step")
def _take(gate: str) -> None:
    perform(current().system, TakeReading(gate=gate))


@DBOS.step(name="take_readings_lower_step")
def _lower() -> int:
    return len(lower_remits(current().system))
