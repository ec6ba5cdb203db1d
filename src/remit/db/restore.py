"""Restore a backup beside what is there, and change over only when everything is in place."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from remit.db import backup, dumps, migrate, provision
from remit.db.location import Location, Role
from remit.db.provision import Admin

Prover = Callable[[Location], None]
"""Looks at the restored database before the change-over; raises to refuse it."""


class NotEmpty(Exception):
    """There is data here already; nothing was changed."""

    code = "restore_over_data"


class BackupTooNew(Exception):
    """The backup was made by a newer Remit than this one; nothing was changed."""

    code = "backup_too_new"


def restore(
    source: Path,
    home: Path,
    admin: Admin,
    passwords: dict[Role, str],
    *,
    force: bool,
    prove: Prover,
) -> backup.Manifest:
    """Replace the database and files of this installation by those of the backup `source`.

    Raises BackupUnreadable, BackupTooNew, NotEmpty (unless `force`), DumpFailed and whatever `prove` raises;
    in each case the installation is as it was.
    """
    manifest = backup.check(source)
    if manifest.revision and not migrate.knows(manifest.revision):
        raise BackupTooNew(
            f"The backup is of Remit {manifest.version} at schema {manifest.revision}, which this Remit "
            "does not know. Restore it with that version or a later one."
        )
    if not force and _holds_data(admin):
        raise NotEmpty(f"{home} holds data. Restore into an empty REMIT_HOME, or add --force to replace it.")
    staged = Admin(admin.arguments, f"{admin.database}_restoring")
    files = home / f"{backup.FILES}.restoring"
    try:
        location = _fill(source, staged, passwords, files)
        prove(location)
        _change_over(admin, staged, home, files)
    finally:
        shutil.rmtree(files, ignore_errors=True)
        _drop(admin, staged.database)
    return manifest


def _holds_data(admin: Admin) -> bool:
    """Whether anybody has begun to use this installation: it has a person or an account."""
    with admin.connect() as connection:
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (admin.database,)
        ).fetchone()
    if known is None:
        return False
    with admin.connect(admin.database) as connection:
        try:
            found = connection.execute(
                "SELECT EXISTS (SELECT FROM remit.people WHERE kind = 'person')"
                " OR EXISTS (SELECT FROM remit.accounts)"
            ).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            return False
    return found == (True,)


def _fill(source: Path, staged: Admin, passwords: dict[Role, str], files: Path) -> Location:
    _drop(staged, staged.database)
    provision.provision_roles(staged, passwords)
    with zipfile.ZipFile(source) as archive:
        with archive.open(backup.DUMP) as dump:
            dumps.load(staged, staged.database, dump)
        for name in archive.namelist():
            if name.startswith(f"{backup.FILES}/"):
                target = files / name.removeprefix(f"{backup.FILES}/")
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with archive.open(name) as member, target.open("xb") as out:
                    shutil.copyfileobj(member, out, backup.BLOCK)
    # The dump has the schema and its rights; rights on the database itself are not part of a dump.
    provision.provision(staged, passwords)
    location = provision.location_of(staged, passwords)
    migrate.upgrade(location)
    return location


def _change_over(admin: Admin, staged: Admin, home: Path, files: Path) -> None:
    before = f"{admin.database}_before_restore"
    _drop(admin, before)
    with admin.connect() as connection:
        _end_connections(connection, admin.database, staged.database)
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (admin.database,)
        ).fetchone()
        with connection.transaction():
            if known:
                _rename(connection, admin.database, before)
            _rename(connection, staged.database, admin.database)
    place, old = home / backup.FILES, home / f"{backup.FILES}.before"
    if place.exists():
        place.rename(old)
    if files.exists():
        files.rename(place)
    shutil.rmtree(old, ignore_errors=True)
    _drop(admin, before)


def _rename(connection: psycopg.Connection[Any], old: str, new: str) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    )


def _end_connections(connection: psycopg.Connection[Any], *databases: str) -> None:
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s) AND pid <> pg_backend_pid()",
        (list(databases),),
    )


def _drop(admin: Admin, database: str) -> None:
    with admin.connect() as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )
