"""Open the database that the settings name: the one entry for the CLI, the supervisor and their children."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from remit.db import embedded, engines, migrate, provision
from remit.db.binaries import choose_account
from remit.db.location import DATABASE, Location, Role
from remit.settings import Settings


def external_admin(url: str) -> provision.Admin:
    """The administrator's way into the server of REMIT_DATABASE_URL; the path names the database."""
    arguments: dict[str, Any] = dict(conninfo_to_dict(url))
    database = str(arguments.pop("dbname", None) or DATABASE)
    arguments.setdefault("connect_timeout", 10)
    arguments["dbname"] = "postgres"
    return provision.Admin(arguments, database)


@dataclass(frozen=True)
class Server:
    """A server that runs while `running` lasts. `cluster` is None when it is not ours to run."""

    admin: provision.Admin
    cluster: embedded.Cluster | None

    def revive(self) -> bool:
        """Start the embedded server again when it has died; True when that was needed."""
        if self.cluster is None or self.cluster.running_pid() is not None:
            return False
        with embedded.starting(self.cluster.home):
            self.cluster.start()
        return True


@contextmanager
def running(settings: Settings) -> Iterator[Server]:
    """The server, running for as long as the context lasts. Raises EmbeddedUnavailable."""
    if settings.database_url is not None:
        yield Server(external_admin(settings.database_url.get_secret_value()), None)
        return
    with embedded.shared(settings.home, settings.database_account) as cluster:
        yield Server(provision.Admin(cluster.superuser()), cluster)


def prepare(settings: Settings, server: Server) -> Location:
    """Provision and migrate to the newest revision; returns where the database is."""
    passwords = provision.role_passwords(settings.home)
    location = provision.location_of(server.admin, passwords)
    if not is_prepared(location):
        provision.provision(server.admin, passwords)
        migrate.upgrade(location)
    return location


def is_prepared(location: Location) -> bool:
    """Whether each role signs in, none is above row-level security, and the schema is the newest."""
    try:
        for role in (Role.READER, Role.WRITER):
            psycopg.connect(**location.conninfo(role)).close()
        with psycopg.connect(**location.conninfo(Role.OWNER)) as connection:
            found = connection.execute(
                "SELECT (SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s) AND NOT rolsuper"
                " AND NOT rolbypassrls), (SELECT version_num FROM remit.alembic_version)",
                ([role.value for role in Role],),
            ).fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return False
    return found == (len(Role), migrate.head())


@contextmanager
def opened(settings: Settings, program: str = "remit") -> Iterator[Location]:
    """The database, running, migrated and chosen for this process's engines."""
    with running(settings) as server:
        location = prepare(settings, server)
        engines.use(location, pool_size=settings.pool_size, program=program)
        try:
            yield location
        finally:
            engines.dispose()


@contextmanager
def attached(settings: Settings, program: str) -> Iterator[Location]:
    """The database that somebody else (`remit up`) keeps running and migrated, chosen for this process.

    For children of the supervisor and for web or worker processes beside an external server.
    """
    if settings.database_url is not None:
        admin = external_admin(settings.database_url.get_secret_value())
    else:
        cluster = embedded.Cluster(settings.home, choose_account(settings.database_account))
        admin = provision.Admin(cluster.superuser())
    location = provision.location_of(admin, provision.role_passwords(settings.home))
    engines.use(location, pool_size=settings.pool_size, program=program)
    try:
        yield location
    finally:
        engines.dispose()
