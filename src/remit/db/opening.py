"""Open the database that the settings name: the one entry for the CLI, the supervisor and their children."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from remit.db import embedded, engines, migrate, provision
from remit.db.location import DATABASE, Location
from remit.settings import Settings


def external_admin(url: str) -> provision.Admin:
    """The administrator's way into the server of REMIT_DATABASE_URL; the path names the database."""
    arguments: dict[str, Any] = dict(conninfo_to_dict(url))
    database = str(arguments.pop("dbname", None) or DATABASE)
    arguments.setdefault("connect_timeout", 10)
    arguments["dbname"] = "postgres"
    return provision.Admin(arguments, database)


@contextmanager
def running(settings: Settings) -> Iterator[provision.Admin]:
    """The server, running for as long as the context lasts. Raises EmbeddedUnavailable."""
    if settings.database_url is not None:
        yield external_admin(settings.database_url.get_secret_value())
        return
    with embedded.shared(settings.home, settings.database_account) as cluster:
        yield provision.Admin(cluster.superuser())


def prepare(settings: Settings, admin: provision.Admin) -> Location:
    """Provision and migrate to the newest revision; returns where the database is."""
    passwords = provision.role_passwords(settings.home)
    provision.provision(admin, passwords)
    location = provision.location_of(admin, passwords)
    migrate.upgrade(location)
    return location


@contextmanager
def opened(settings: Settings, program: str = "remit") -> Iterator[Location]:
    """The database, running, migrated and chosen for this process's engines."""
    with running(settings) as admin:
        location = prepare(settings, admin)
        engines.use(location, pool_size=settings.pool_size, program=program)
        try:
            yield location
        finally:
            engines.dispose()
