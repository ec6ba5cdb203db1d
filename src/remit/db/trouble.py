"""A database that cannot serve: the disk is full, or it does not answer. Said in words, and seen before it is too late.

PostgreSQL stops as a whole when its write-ahead log finds no room, and cannot start again before there is some. So the
door stops taking changes a little earlier (`check_space`): reading goes on, and so does everything once there is room.
"""

from __future__ import annotations

import errno
import os
from functools import lru_cache
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import exc

from remit.db import engines

RESERVE_BYTES: Final = 64 << 20  # four segments of the write-ahead log: for receipts, seals and the way out
_MB: Final = 1 << 20
# errors that PostgreSQL reports, by the start of their SQLSTATE: it goes down or has no means / another change was first
_AWAY: Final = ("08", "53", "57P", "58")
_BUSY: Final = ("40", "55P03", "57014")


class DiskFull(Exception):
    """There is no room where the database or a file is written. Nothing was changed."""

    code = "disk_full"
    exit_code = 4


class DatabaseAway(Exception):
    """The database does not answer just now."""

    code = "unavailable"
    exit_code = 4


def explain(error: BaseException) -> DiskFull | DatabaseAway | None:
    """What is the matter, when `error` comes from a full disk or a database that is away; None for all else."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f" for {error.filename}" if error.filename else ""
        return DiskFull(f"The disk is full: there is no room{where}. Free some and try again.")
    cause = error.orig if isinstance(error, exc.DBAPIError) else error
    if isinstance(cause, psycopg.errors.DiskFull):
        return _full()
    if _is_away(error, cause):
        return (
            _full()
            if is_low()
            else DatabaseAway("The database does not answer just now. Try again in a moment.")
        )
    if isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith(_BUSY):
        return DatabaseAway(
            "The database was busy with another change of the same rows. Nothing was changed; try again."
        )
    return None


def ends_all(error: BaseException) -> bool:
    """Whether what comes next would fail as this did: the connection is gone, or the disk is full."""
    return isinstance(error, DiskFull) or (isinstance(error, exc.DBAPIError) and error.connection_invalidated)


def _is_away(error: BaseException, cause: BaseException | None) -> bool:
    if isinstance(error, exc.TimeoutError) or (
        isinstance(error, exc.DBAPIError) and error.connection_invalidated
    ):
        return True
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    # without a SQLSTATE nothing came from the server: the connection is gone, or was never made
    return cause.sqlstate is None or cause.sqlstate.startswith(_AWAY)


def check_space(needed_bytes: int = 0) -> None:
    """Raise DiskFull when a change could leave the embedded database without room to work on."""
    if is_low(needed_bytes):
        raise _full()


def is_low(needed_bytes: int = 0) -> bool:
    """Whether the embedded database's disk has less than the reserve left beside `needed_bytes`."""
    free = free_bytes()
    return free is not None and free < RESERVE_BYTES + needed_bytes


def free_bytes() -> int | None:
    """Room on the disk of the embedded database. None for a server of one's own (its disk is not ours to see)."""
    try:
        folder = _data_folder(engines.location().host)
    except engines.DatabaseNotChosen:
        return None
    if folder is None:
        return None
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@lru_cache(maxsize=8)
def _data_folder(host: str) -> Path | None:
    """The folder that the socket of an embedded server stands in; see `embedded.Cluster`."""
    if not host.startswith("/"):
        return None
    sockets = Path(host).resolve()
    return sockets.parent if (sockets.parent / "data").is_dir() else None


def _full() -> DiskFull:
    free = free_bytes()
    left = f" ({free // _MB:,} MB left)" if free is not None else ""
    return DiskFull(
        f"The disk that holds Remit's database has too little room{left}. Nothing was changed; what was confirmed before is kept. "
        "Free some room: then it goes on by itself."
    )
