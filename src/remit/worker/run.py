"""The life of a worker: take a slot, wake at notifications, start what is due, take over from the dead.

Notifications make it fast (PostgreSQL sends them at commit), a look every few seconds makes it certain, and rows
decide: however often an effect is started, its row lets one attempt happen at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

import psycopg
import structlog
from dbos import DBOS, SetWorkflowID
from dbos import error as dbos_errors
from sqlalchemy.exc import InterfaceError, OperationalError

from remit import identity
from remit.actions import effects
from remit.audit import seal
from remit.db import trouble
from remit.db.location import Location
from remit.kit import clock
from remit.settings import Settings
from remit.worker import durable
from remit.worker.chores import Chore, chores
from remit.worker.presence import Presence, executor_of, slot_of
from remit.workflows import context as contexts
from remit.workflows.context import WorkerContext
from remit.workflows.deliver_effect import PREFIX, deliver_effect

WAKE_SECONDS: Final = 0.5  # the longest sleep without a notification
FULL_SECONDS: Final = 0.05  # the same while more is due than this worker can do at a time
LOOK_SECONDS: Final = 5.0  # between two looks for due work
REAP_SECONDS: Final = 2.0  # between two looks for the dead
ALIVE_SECONDS: Final = 5.0  # between two signs of life on the rows that we hold
LOST_SECONDS: Final = (
    60.0  # without the database for so long the process ends, for its supervisor to start anew
)
FINISH_SECONDS: Final = 8.0  # for messages under way when asked to stop

_DATABASE_GONE: Final = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)

log = structlog.get_logger(__name__)


class DatabaseLost(Exception):
    """The database did not come back in time."""

    code = "database_unavailable"
    exit_code = 4


def _moment() -> int:
    """A number that all workers share for five seconds: within it a second start is the same start, later a new one."""
    return int(clock.now().timestamp() // LOOK_SECONDS)


class Worker:
    """One worker process (or thread of a test) on `location`."""

    def __init__(
        self, settings: Settings, location: Location, *, ready: Callable[[], None] | None = None
    ) -> None:
        self._settings, self._location = settings, location
        self._ready = ready
        self._looked = self._reaped = self._told = 0.0

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`. Raises SlotTaken, DatabaseLost, and what a wrong setting raises."""
        self._presence = Presence(self._location, self._settings.worker_slot)
        try:
            self._context = WorkerContext(
                self._presence.token,
                identity.for_service("delivery", via="worker"),
                identity.for_service("upkeep", via="worker"),
                identity.for_service("mail", via="worker"),
            )
            contexts.use(self._context)
            if not durable.is_there(self._location):
                durable.migrate(self._location)
            self._launch()
            self._serve(stop)
        finally:
            self._presence.close()

    def _launch(self) -> None:
        threads = self._settings.worker_concurrency + 4
        try:
            durable.launch(self._location, executor_of(self._presence.slot), threads)
        except (
            dbos_errors.DBOSException
        ) as behind:  # a newer DBOS than the schema: bring it up to date, then start
            log.info("bringing the workflow tables up to date", reason=str(behind))
            durable.stop()
            durable.migrate(self._location)
            durable.launch(self._location, executor_of(self._presence.slot), threads)

    def _serve(self, stop: threading.Event) -> None:
        ended = threading.Event()
        helpers = [
            threading.Thread(target=seal.run, args=(ended, self._settings), name="sealer", daemon=True),
            threading.Thread(target=self._alive, args=(ended,), name="alive", daemon=True),
        ]
        for each in helpers:
            each.start()
        log.info("worker at work", worker=self._presence.token)
        if self._ready:
            self._ready()
        try:
            plan = chores(self._settings)
            while not stop.is_set():
                self._round(plan)
        finally:
            self._finish()
            ended.set()
            for each in helpers:
                each.join(timeout=2)
            durable.stop()
            contexts.use(None)

    def _round(self, plan: list[Chore]) -> None:
        try:
            wait = FULL_SECONDS if self._more else WAKE_SECONDS
            for notice in self._presence.connection.notifies(timeout=wait, stop_after=1):
                self._heard(notice.payload)
            now = time.monotonic()
            if now - self._reaped >= REAP_SECONDS:
                self._reaped = now
                self._reap()
            if now - self._looked >= LOOK_SECONDS or self._more:
                self._looked = now
                self._look()
            for chore in plan if not trouble.is_low() else ():
                chore.run_when_due(self._context)
        except _DATABASE_GONE as error:
            log.warning("the database is away", reason=str(error).splitlines()[0])
            self._come_back()

    # -- starting work --------------------------------------------------------------------------------------

    _more = True  # whether due work was left over because this worker was full

    def _free(self) -> int:
        if trouble.is_low():
            return 0  # nothing new is begun; what is under way keeps room for its receipt
        return self._settings.worker_concurrency - self._context.count()

    def _heard(self, payload: str) -> None:
        try:
            effect_id = UUID(payload)
        except ValueError:
            return
        if self._free() > 0:
            self._start(effect_id, "0:new")
        else:
            self._more = True  # and look for it when there is room

    def _look(self) -> None:
        free = self._free()
        self._more = False
        if free <= 0:
            self._more = True
            return
        due = effects.list_due(self._context.delivery, limit=free + 1)
        self._more = len(due) > free
        for row in due[:free]:
            self._start(row.id, f"{row.attempt_count}:{_moment()}")

    def _start(self, effect_id: UUID, which: str) -> None:
        if not self._context.expect(effect_id):
            return
        # the id makes it one start among all workers that heard the same notification
        with SetWorkflowID(f"{PREFIX}:{effect_id}:{which}"):
            DBOS.start_workflow(deliver_effect, str(effect_id))

    # -- taking over ----------------------------------------------------------------------------------------

    def _reap(self) -> None:
        """Resume the unfinished workflows of dead workers, and the effects that nobody works on any more."""
        alive = self._presence.slots_held()
        for status in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False, limit=200):
            slot = slot_of(status.executor_id or "")
            if slot is not None and slot not in alive:
                log.warning(
                    "taking over from a dead worker", workflow=status.workflow_id, dead=status.executor_id
                )
                DBOS.resume_workflow(status.workflow_id)
        for row in effects.list_abandoned(self._context.delivery, limit=max(self._free(), 0)):
            self._start(row.id, f"{row.attempt_count}:after:{row.worker}:{_moment()}")

    def _alive(self, ended: threading.Event) -> None:
        while not ended.wait(ALIVE_SECONDS):
            try:
                effects.still_working(self._context.delivery, self._context.token, self._context.busy())
            except _DATABASE_GONE as error:
                log.warning("no sign of life could be given", reason=str(error).splitlines()[0])

    # -- ends -----------------------------------------------------------------------------------------------

    def _come_back(self) -> None:
        pause, deadline = threading.Event(), time.monotonic() + LOST_SECONDS
        while time.monotonic() < deadline:
            pause.wait(0.5)
            try:
                self._presence.reconnect()
                self._more = True
                log.info("the database is back", worker=self._presence.token)
                return
            except psycopg.OperationalError:
                continue
        raise DatabaseLost(f"the database did not come back within {LOST_SECONDS:.0f} seconds")

    def _finish(self) -> None:
        deadline = time.monotonic() + FINISH_SECONDS
        pause = threading.Event()
        while self._context.busy() and time.monotonic() < deadline:
            pause.wait(0.05)
