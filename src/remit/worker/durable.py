"""DBOS in this process: its tables in the schema `dbos` of our database, run under the writer role.

The owner role creates and migrates that schema (only the owner may create anything); the writer gets its rows. There
is no client data in it: workflows take and return ids and single words.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final

import psycopg
from dbos import DBOS, DBOSConfig

from remit import logs
from remit.db.location import Location, Role

SCHEMA: Final = "dbos"
LOCK: Final = 0x52454D44  # advisory lock "REMD": one process migrates DBOS's schema
WAIT_SECONDS: Final = 60.0
# Pinned by hand, not the hash of the code: raise it when a workflow's steps change so that old runs cannot go on.
VERSION: Final = "remit-1"


class MigrationBlocked(Exception):
    """The workflow tables cannot be migrated now."""

    code = "migration_blocked"
    exit_code = 4


def migrate(location: Location) -> None:
    """Create DBOS's schema or bring it up to date, as the owner. Safe to call by many at once.

    Raises MigrationBlocked when another process is at it for too long.
    """
    with psycopg.connect(**location.conninfo(Role.OWNER), autocommit=True) as guard:
        # Asking again and again, not waiting in the lock: a waiting statement keeps a snapshot, and DBOS's
        # CREATE INDEX CONCURRENTLY waits for all snapshots to end.
        pause, deadline = threading.Event(), time.monotonic() + WAIT_SECONDS
        while not _locked(guard):
            if time.monotonic() > deadline:
                raise MigrationBlocked("another process has been migrating the workflow tables for too long")
            pause.wait(0.1)
        DBOS.migrate(location.libpq_url(Role.OWNER), schema=SCHEMA, application_role=Role.WRITER.value)


def _locked(guard: psycopg.Connection[Any]) -> bool:
    row = guard.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
    return bool(row and row[0])


def is_there(location: Location) -> bool:
    """Whether the writer can use the schema (granted last); whether it is recent is verified by the launch."""
    with psycopg.connect(**location.conninfo(Role.OWNER), autocommit=True) as connection:
        row = connection.execute(
            "SELECT has_schema_privilege('remit_writer', n.oid, 'USAGE') FROM pg_namespace n WHERE n.nspname = %s",
            (SCHEMA,),
        ).fetchone()
        return bool(row and row[0])


def launch(location: Location, executor: str, threads: int) -> None:
    """Start DBOS; what an earlier process of the same name left unfinished goes on by itself."""
    config: DBOSConfig = {
        "name": "remit",
        "system_database_url": location.libpq_url(Role.WRITER),
        "dbos_system_schema": SCHEMA,
        "sys_db_pool_size": 4,
        "executor_id": executor,
        "application_version": VERSION,
        "log_level": "WARNING",
        "run_migrations": False,
        "max_executor_threads": threads,
    }
    DBOS(config=config)
    logs.adopt("dbos")
    DBOS.launch()


def stop() -> None:
    """Stop DBOS's threads."""
    DBOS.destroy(workflow_completion_timeout_sec=5)
