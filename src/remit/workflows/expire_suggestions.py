"""Close suggestions that nobody decided in time, each through the door."""

from __future__ import annotations

from typing import Final

import structlog
from dbos import DBOS

from remit.actions import Refused, perform, upkeep
from remit.actions.suggestions import ExpireSuggestion
from remit.kit import clock
from remit.scope import Scope
from remit.workflows.context import current

logger = structlog.get_logger(__name__)

BATCH: Final = 200


@DBOS.workflow(name="expire_suggestions")
def expire_suggestions() -> int:
    """The durable story: how many were closed (the rest at the next run)."""
    return _expire()


@DBOS.step(name="expire_suggestions_step")
def _expire() -> int:
    return close_overdue(current().system)


def close_overdue(scope: Scope) -> int:
    """Close up to BATCH of them; gives how many. Raises the first refusal that nobody expected, after the others."""
    closed = 0
    unexpected: Refused | None = None
    for suggestion_id in upkeep.list_overdue_suggestions(scope, clock.now(), BATCH):
        try:
            perform(scope, ExpireSuggestion(suggestion_id=suggestion_id))
            closed += 1
        except Refused as error:
            if error.code != "not_due":  # somebody decided it this very moment
                logger.exception(
                    "a suggestion could not be closed", suggestion=str(suggestion_id), code=error.code
                )
                unexpected = unexpected or error
    if unexpected is not None:
        raise unexpected  # the others are closed; the workers say that this one is not
    return closed
