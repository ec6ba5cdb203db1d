"""Who is alive: a worker holds two advisory locks on one connection, which ends with the process.

The mark (in the token that it writes into rows) is its own; the slot (1, 2, 3 …) is its stable name for DBOS, free
again for the next process when it dies. So a kill -9 is seen at once, without waiting for a clock.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

import psycopg

from remit.actions.effects import WORKER_LOCK
from remit.db.location import Location, Role
from remit.db.sessions import ReadSession

SLOT_LOCK: Final = 0x52454D53  # advisory lock class "REMS": one per slot
SLOTS: Final = 64
CHANNEL: Final = "remit_effects"

_HELD: Final = f"""SELECT objid::int FROM pg_locks WHERE locktype = 'advisory' AND classid = {SLOT_LOCK} AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


class SlotTaken(Exception):
    """The slot is held by another worker process."""

    code = "worker_slot_taken"


def executor_of(slot: int) -> str:
    """DBOS's name for the worker in `slot`."""
    return f"worker-{slot}"


def slot_of(executor: str) -> int | None:
    """The slot of an executor id, None for one that is not ours."""
    name, _, number = executor.partition("-")
    return int(number) if name == "worker" and number.isdigit() else None


def count_workers(session: ReadSession) -> int:
    """How many workers are alive on this database now."""
    return len(session.rows(_HELD))


class Presence:
    """This process's connection: its locks, and the notifications that wake it."""

    def __init__(self, location: Location, slot: int | None = None) -> None:
        """Raises SlotTaken, or psycopg.OperationalError when the database cannot be reached."""
        self._location = location
        self.mark = secrets.randbelow(2**31 - 1) + 1
        self.connection = self._connect()
        self.slot = self._take_slot([slot] if slot else range(1, SLOTS + 1))

    @property
    def token(self) -> str:
        """What this process writes into the rows that it holds: `worker-SLOT/MARK`."""
        return f"{executor_of(self.slot)}/{self.mark}"

    def reconnect(self) -> None:
        """Come back after the connection was lost. Raises SlotTaken when another worker was faster."""
        self.connection.close()
        self.connection = self._connect()
        self.slot = self._take_slot([self.slot])

    def slots_held(self) -> set[int]:
        """The slots of workers that are alive, this one among them."""
        return {row[0] for row in self.connection.execute(_HELD).fetchall()}

    def close(self) -> None:
        """Give up the locks."""
        self.connection.close()

    def _connect(self) -> psycopg.Connection[Any]:
        made = psycopg.connect(
            **self._location.conninfo(Role.READER),
            autocommit=True,
            application_name="remit worker presence",
            keepalives_idle=5,
            keepalives_interval=5,
            keepalives_count=3,
        )
        made.execute("SELECT pg_advisory_lock(%s, %s)", (WORKER_LOCK, self.mark))
        made.execute(f"LISTEN {CHANNEL}")
        return made

    def _take_slot(self, wanted: Any) -> int:
        for slot in wanted:
            row = self.connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (SLOT_LOCK, slot)).fetchone()
            if row and row[0]:
                return int(slot)
        self.connection.close()
        raise SlotTaken("every worker slot asked for is held by another process")
