"""Bring a server to the state that migrations start from: three roles, one database, pgvector, one schema.

Run at every start and before tests; everything is created only when absent, so two starters do no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from remit.db import secrets
from remit.db.location import DATABASE, Location, Role

MINIMUM_VERSION = 16
MINIMUM_VECTOR = (0, 8)
LOCK = 0x52454D49  # advisory lock "REMI": one provisioner at a time on a server


class ServerUnsuitable(Exception):
    """The server given by REMIT_DATABASE_URL cannot be used; `missing` lists everything that is wrong."""

    code = "database_unsuitable"

    def __init__(self, missing: list[str]) -> None:
        super().__init__("REMIT_DATABASE_URL cannot be used: " + " ".join(missing))
        self.missing = missing


class ServerUnreachable(Exception):
    """The server given by REMIT_DATABASE_URL does not answer or refuses the sign-in."""

    code = "database_unreachable"
    exit_code = 4


@dataclass(frozen=True)
class Admin:
    """How to reach the server with rights to provision: psycopg keyword arguments without a database."""

    arguments: dict[str, Any]
    database: str = DATABASE

    @contextmanager
    def connect(self, database: str | None = None) -> Iterator[psycopg.Connection[Any]]:
        """An autocommit connection; ServerUnreachable when there is none to be had."""
        try:
            connection: psycopg.Connection[Any] = psycopg.connect(
                **{**self.arguments, "dbname": database or self.arguments.get("dbname", "postgres")},
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            raise ServerUnreachable(f"The database server cannot be used: {str(error).strip()}") from error
        with connection:
            yield connection


def role_passwords(home: Path) -> dict[Role, str]:
    """The passwords of the three roles, from REMIT_HOME/secrets (made at first use)."""
    return {role: secrets.read_or_make(home, f"database-{role.value}.password") for role in Role}


def check_server(connection: psycopg.Connection[Any]) -> list[str]:
    """What is missing on this server, one sentence each; empty when it can be used."""
    missing = []
    version = connection.info.server_version // 10000
    if version < MINIMUM_VERSION:
        missing.append(f"PostgreSQL {MINIMUM_VERSION} or later is needed; this is {version}.")
    found = connection.execute(
        "SELECT default_version, installed_version FROM pg_available_extensions WHERE name = 'vector'"
    ).fetchone()
    if found is None:
        missing.append("The extension pgvector is not installed on the server (0.8 or later is needed).")
    else:
        shown = found[1] or found[0]
        if tuple(int(part) for part in shown.split(".")[:2]) < MINIMUM_VECTOR:
            missing.append(f"pgvector 0.8 or later is needed; this is {shown}.")
    rights = connection.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolname FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert rights is not None
    superuser, may_create_roles, may_create_databases, name = rights
    if not superuser and not may_create_roles:
        missing.append(f"The role {name} may not create roles: ALTER ROLE {name} CREATEROLE;")
    if not superuser and not may_create_databases:
        missing.append(f"The role {name} may not create a database: ALTER ROLE {name} CREATEDB;")
    return missing


def provision(admin: Admin, passwords: dict[Role, str]) -> None:
    """Roles, database, extension and schema. Raises ServerUnsuitable, ServerUnreachable."""
    provision_roles(admin, passwords)
    with admin.connect(admin.database) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        _inside(connection, admin.database)


def provision_roles(admin: Admin, passwords: dict[Role, str]) -> None:
    """The roles and the database, which is left empty when it is new. Raises as `provision`."""
    with admin.connect() as connection:
        missing = check_server(connection)
        if missing:
            raise ServerUnsuitable(missing)
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            _roles(connection, passwords)
        except psycopg.errors.InsufficientPrivilege as error:
            raise ServerUnsuitable(
                [
                    f"The roles {', '.join(Role)} exist under another administrator: {error.diag.message_primary}."
                ]
            ) from error
        _database(connection, admin.database)


def _roles(connection: psycopg.Connection[Any], passwords: dict[Role, str]) -> None:
    superuser = connection.execute(
        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone() == (True,)
    # Only a superuser may name the attributes SUPERUSER, REPLICATION and BYPASSRLS, even to deny them.
    denied = sql.SQL("NOSUPERUSER NOREPLICATION NOBYPASSRLS " if superuser else "")
    for role, password in passwords.items():
        name = sql.Identifier(role.value)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role.value,)).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} NOINHERIT").format(name))
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOCREATEDB NOCREATEROLE {}PASSWORD {}").format(
                name, denied, sql.Literal(password)
            )
        )
        risky = connection.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND (rolsuper OR rolbypassrls)", (role.value,)
        ).fetchone()
        if risky:
            raise ServerUnsuitable(
                [
                    f"{role.value} may bypass row-level security: ALTER ROLE {role.value} NOSUPERUSER NOBYPASSRLS;"
                ]
            )
    owner = sql.Identifier(Role.OWNER.value)
    if not superuser:  # to create a database for a role one must be a member of it
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))


def _database(connection: psycopg.Connection[Any], database: str) -> None:
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(database), sql.Identifier(Role.OWNER.value)
            )
        )


def _inside(connection: psycopg.Connection[Any], database: str) -> None:
    owner, name = sql.Identifier(Role.OWNER.value), sql.Identifier(database)
    if not connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'").fetchone():
        try:
            connection.execute("CREATE EXTENSION vector")
        except psycopg.errors.InsufficientPrivilege as error:
            raise ServerUnsuitable(
                [
                    f"Only a superuser may add pgvector: run CREATE EXTENSION vector; in the database {database}."
                ]
            ) from error
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    for role in Role:
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(role.value))
        )
        connection.execute(
            sql.SQL("ALTER ROLE {} IN DATABASE {} SET search_path = remit, public").format(
                sql.Identifier(role.value), name
            )
        )
    connection.execute(sql.SQL("GRANT CREATE, TEMPORARY ON DATABASE {} TO {}").format(name, owner))
    # the writer stages bulk loads in temporary tables (db/bulk.py); the reader has no use for any
    connection.execute(
        sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(name, sql.Identifier(Role.WRITER.value))
    )
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS remit AUTHORIZATION {}").format(owner))
    for role in (Role.WRITER, Role.READER):
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA remit TO {}").format(sql.Identifier(role.value)))


def location_of(admin: Admin, passwords: dict[Role, str]) -> Location:
    """Where the application finds the provisioned database."""
    arguments = admin.arguments
    kept = ("sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding")
    return Location(
        host=str(arguments.get("host") or "localhost"),
        port=int(arguments.get("port") or 5432),
        passwords=passwords,
        database=admin.database,
        options={key: str(arguments[key]) for key in kept if arguments.get(key)},
    )
