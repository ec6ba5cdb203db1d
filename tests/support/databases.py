"""A real embedded PostgreSQL for tests: one server per run, migrated once, one clone per module."""

from __future__ import annotations

import fcntl
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from remit.db import embedded, engines, migrate, provision
from remit.db.location import Location, Role

TEMPLATE = "remit_template"
# Tests throw the data away: durability costs time and proves nothing here (tests of it start their own server).
FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB", "max_connections": "200"}


@dataclass(frozen=True)
class TestServer:
    """The server of this test run. `template` is the migrated database that clones are made from."""

    __test__ = False
    home: Path
    admin: provision.Admin
    template: Location

    def clone(self, hint: str, of: str = TEMPLATE) -> Location:
        """A new database with the newest schema and nothing in it, or with what is in the database `of`, to which nobody is connected."""
        name = "t_" + re.sub(r"\W+", "_", hint.lower())[-40:] + "_" + uuid.uuid4().hex[:8]
        self.copy(name, of)
        with self.admin.connect() as connection:
            connection.execute(
                sql.SQL("ALTER ROLE ALL IN DATABASE {} SET search_path = remit, public").format(
                    sql.Identifier(name)
                )
            )
        return self.template.named(name)

    def copy(self, name: str, of: str = TEMPLATE) -> None:
        """The migrated template, or the database `of`, under `name`; what belongs to a database and not into it (grants, settings) is not copied."""
        with self.admin.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(of), sql.Identifier(Role.OWNER.value)
                )
            )

    def drop(self, location: Location) -> None:
        """Remove a clone, ending the connections that are still open to it."""
        with self.admin.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(location.database))
            )


@contextmanager
def server(home: Path) -> Iterator[TestServer]:
    """The run's server in `home`, shared by the processes of pytest-xdist; the first migrates the template."""
    with embedded.shared(home, extra=FAST) as cluster:
        admin = provision.Admin(cluster.superuser(), TEMPLATE)
        passwords = provision.role_passwords(home)
        with (home / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            provision.provision(admin, passwords)
            template = provision.location_of(admin, passwords)
            migrate.upgrade(template)
        yield TestServer(home, admin, template)


@contextmanager
def in_use(location: Location) -> Iterator[Location]:
    """Point this process's engines at `location` for a while."""
    engines.use(location, pool_size=5, program=f"test {os.getpid()}")
    try:
        yield location
    finally:
        engines.dispose()


def rows(location: Location, query: str, role: Role = Role.OWNER) -> list[tuple[object, ...]]:
    """Run one query as `role` outside the application, and fetch everything."""
    with psycopg.connect(**location.conninfo(role)) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]
