"""What a worker does by the clock. Each chore is a workflow named after its moment: many workers, one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from dbos import DBOS, SetWorkflowID

from remit.kit import clock
from remit.settings import Settings
from remit.workflows.context import WorkerContext
from remit.workflows.expire_suggestions import expire_suggestions
from remit.workflows.lower_remits import lower_remits
from remit.workflows.make_partitions import make_partitions


@dataclass
class Chore:
    """`story` is started every `seconds`, by whichever worker comes first."""

    name: str
    story: Callable[[], object]
    seconds: int
    _next: float = 0.0

    def run_when_due(self, _context: WorkerContext) -> None:
        """Start the story of the present moment unless this worker did already."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self.seconds
        moment = int(clock.now().timestamp()) // self.seconds
        with SetWorkflowID(f"{self.name}:{self.seconds}:{moment}"):
            DBOS.start_workflow(self.story)


def chores(_settings: Settings) -> list[Chore]:
    """The chores that these settings ask for."""
    return [
        Chore("expire_suggestions", expire_suggestions, 60),
        Chore("lower_remits", lower_remits, 60),
        Chore("make_partitions", make_partitions, 6 * 3600),
    ]
