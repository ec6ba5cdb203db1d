"""A server of the firm's own: what is missing is said exactly; without superuser rights it works all the same."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from remit.db import migrate, provision
from remit.db.location import Location, Role
from remit.db.opening import external_admin
from tests.support.databases import TestServer, rows

OLD = Path("/usr/lib/postgresql/15/bin")


def external(server: TestServer, user: str, password: str, database: str) -> provision.Admin:
    """The test server as an external one, with another administrator."""
    host = server.admin.arguments["host"]
    return external_admin(f"host='{host}' user={user} password={password} dbname={database}")


@pytest.fixture
def administrator(database_server: TestServer) -> Iterator[str]:
    """A role that may create roles and databases and nothing more."""
    with database_server.admin.connect() as connection:
        connection.execute("CREATE ROLE firm_admin LOGIN CREATEROLE CREATEDB PASSWORD 'p'")
    yield "firm_admin"
    with database_server.admin.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS firm WITH (FORCE)")
        connection.execute("DROP OWNED BY firm_admin")
        connection.execute("DROP ROLE firm_admin")


def test_a_role_without_rights_is_told_which(database_server: TestServer) -> None:
    with database_server.admin.connect() as connection:
        connection.execute("CREATE ROLE poor LOGIN PASSWORD 'p'")
    try:
        with pytest.raises(provision.ServerUnsuitable) as refused:
            provision.provision(external(database_server, "poor", "p", "x"), {})
    finally:
        with database_server.admin.connect() as connection:
            connection.execute("DROP ROLE poor")
    assert len(refused.value.missing) == 2
    assert "ALTER ROLE poor CREATEROLE" in str(refused.value)
    assert "ALTER ROLE poor CREATEDB" in str(refused.value)


def test_wrong_password_is_unreachable(database_server: TestServer) -> None:
    with pytest.raises(provision.ServerUnreachable, match="password"):
        provision.provision(external(database_server, "nobody_here", "p", "x"), {})


def test_nobody_listening_is_unreachable() -> None:
    with pytest.raises(provision.ServerUnreachable):
        provision.provision(external_admin("postgresql://a:b@127.0.0.1:1/x"), {})


def test_pgvector_must_be_added_by_a_superuser(database_server: TestServer, administrator: str) -> None:
    """The roles of the run exist already, made by another administrator: that is said too."""
    admin = external(database_server, administrator, "p", "firm")
    with pytest.raises(provision.ServerUnsuitable, match="under another administrator"):
        provision.provision(admin, database_server.template.passwords)
    with database_server.admin.connect() as connection:
        for role in Role:
            connection.execute(
                sql.SQL("GRANT {} TO firm_admin WITH ADMIN OPTION").format(sql.Identifier(role.value))
            )
    with pytest.raises(provision.ServerUnsuitable, match="CREATE EXTENSION vector"):
        provision.provision(admin, database_server.template.passwords)
    with database_server.admin.connect("firm") as connection:
        connection.execute("CREATE EXTENSION vector")
    provision.provision(admin, database_server.template.passwords)
    provision.provision(admin, database_server.template.passwords)
    location = provision.location_of(admin, database_server.template.passwords)
    migrate.upgrade(location)
    assert migrate.current(location) == migrate.head()
    assert rows(location, "SELECT current_user", Role.READER) == [("remit_reader",)]


def test_a_role_that_may_bypass_row_level_security_is_refused(database_server: TestServer) -> None:
    with database_server.admin.connect() as connection:
        connection.execute("ALTER ROLE remit_reader BYPASSRLS")
    # A superuser mends it without a word.
    provision.provision(database_server.admin, database_server.template.passwords)
    found = rows(database_server.template, "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'remit_reader'")
    assert found == [(False,)]


@pytest.fixture
def old_server(tmp_path: Path) -> Iterator[str]:
    """PostgreSQL 15 from Debian, where installed; connection string of its superuser."""
    if not OLD.is_dir():
        pytest.skip("no PostgreSQL 15 on this machine")
    root = os.geteuid() == 0
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/pg15XXXXXX"], text=True).strip())
    run: dict[str, object] = {"cwd": "/"}
    if root:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        run |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    subprocess.run(
        [str(OLD / "initdb"), "-D", str(folder / "d"), "-U", "old", "-A", "trust", "--no-sync"],
        check=True,
        capture_output=True,
        **run,  # type: ignore[call-overload]
    )
    process = subprocess.Popen(
        [str(OLD / "postgres"), "-D", str(folder / "d"), "-k", str(folder), "-c", "listen_addresses=", "-F"],
        stderr=subprocess.DEVNULL,
        **run,  # type: ignore[call-overload]
    )
    try:
        yield f"host={folder} user=old"
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def test_an_old_server_without_pgvector_is_told_both(old_server: str) -> None:
    admin = external_admin(old_server)
    deadline = time.monotonic() + 20
    while True:
        try:
            provision.provision(admin, {})
        except provision.ServerUnreachable:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        except provision.ServerUnsuitable as refused:
            assert "PostgreSQL 16 or later is needed; this is 15" in str(refused)
            assert "pgvector" in str(refused)
            return


def test_passwords_never_show(database: Location) -> None:
    assert database.passwords[Role.READER] not in repr(database) + database.described()
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(**{**database.conninfo(Role.READER), "password": "wrong"})
    assert database.passwords[Role.READER] not in str(refused.value)
