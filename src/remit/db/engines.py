"""One pool of connections per role and process.

`use(location)` says where the database is; `engine(role)` gives the pool. Sessions are built on these in
`db/sessions.py`; nothing else should ask for an engine.
"""

from __future__ import annotations

import threading
from typing import Final

from sqlalchemy import Engine, create_engine

from remit.db.location import Location, Role

# Milliseconds. A page that needs longer than ten seconds is a fault; a write waits little for a lock, so that
# a stuck transaction shows itself; nobody keeps a transaction open while thinking (rule 4).
TIMEOUTS: Final = {
    Role.READER: {
        "statement_timeout": 10_000,
        "lock_timeout": 2_000,
        "idle_in_transaction_session_timeout": 30_000,
    },
    Role.WRITER: {
        "statement_timeout": 60_000,
        "lock_timeout": 5_000,
        "idle_in_transaction_session_timeout": 60_000,
    },
    Role.OWNER: {
        "statement_timeout": 0,
        "lock_timeout": 5_000,
        "idle_in_transaction_session_timeout": 600_000,
    },
}

_lock = threading.Lock()
_location: Location | None = None
_pool_size = 5
_program = "remit"
_engines: dict[Role, Engine] = {}


class DatabaseNotChosen(RuntimeError):
    """`use(location)` was not called in this process: an entry point forgot to open the database."""


def use(location: Location, *, pool_size: int = 5, program: str = "remit") -> None:
    """Choose the database of this process; connections to an earlier one are closed.

    `program` is shown in pg_stat_activity: `remit web`, `remit worker`, …
    """
    global _location, _pool_size, _program
    dispose()
    with _lock:
        _location, _pool_size, _program = location, pool_size, program


def location() -> Location:
    """The database in use. Raises DatabaseNotChosen."""
    if _location is None:
        raise DatabaseNotChosen("no database chosen: call remit.db.engines.use(location) first")
    return _location


def engine(role: Role) -> Engine:
    """The pool of `role`, made at first use. A connection that died with the server is replaced when taken."""
    with _lock:
        found = _engines.get(role)
        if found is None:
            found = _engines[role] = _make(location(), role)
        return found


def dispose() -> None:
    """Close every pooled connection (at the end of a process, after a fork, between tests)."""
    with _lock:
        for each in _engines.values():
            each.dispose()
        _engines.clear()


def _make(where: Location, role: Role) -> Engine:
    settings = {"timezone": "UTC", **TIMEOUTS[role]}
    if role is Role.READER:
        settings["default_transaction_read_only"] = "on"
    else:
        settings["synchronous_commit"] = "on"
    return create_engine(
        where.url(role),
        pool_size=_pool_size,
        max_overflow=_pool_size,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={
            "application_name": f"{_program} {role.name.lower()}",
            "connect_timeout": 10,
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
    )
