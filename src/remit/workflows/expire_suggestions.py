"""Close suggestions that nobody decided in time, each through the door."""

from __future__ import annotations

from typing import Final

from dbos import DBOS

from remit.actions import Refused, perform, upkeep
from remit.actions.suggestions import ExpireSuggestion
from remit.kit import clock
from remit.workflows.context import current

BATCH: Final = 200


@DBOS.workflow(name="expire_suggestions")
def expire_suggestions() -> int:
    """The durable story: how many were closed (the rest at the next run)."""
    return _expire()


@DBOS.step(name="expire_suggestions_step")
def _expire() -> int:
    scope, closed = current().system, 0
    for suggestion_id in upkeep.list_overdue_suggestions(scope, clock.now(), BATCH):
        try:
            perform(scope, ExpireSuggestion(suggestion_id=suggestion_id))
            closed += 1
        except Refused:
            continue  # somebody decided it this very moment
    return closed
