"""Migrations among others: two starters at once, and somebody who holds a lock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from remit.db import migrate, provision
from remit.db.location import Location, Role
from tests.support.databases import TestServer


@pytest.fixture
def empty(database_server: TestServer) -> Iterator[Location]:
    """A provisioned database without a schema version."""
    admin = provision.Admin(database_server.admin.arguments, "migrate_test")
    passwords = database_server.template.passwords
    provision.provision(admin, passwords)
    yield provision.location_of(admin, passwords)
    with database_server.admin.connect() as connection:
        connection.execute("DROP DATABASE migrate_test WITH (FORCE)")


def test_two_starters_do_not_collide(empty: Location) -> None:
    assert migrate.current(empty) is None
    with ThreadPoolExecutor(3) as starters:
        for done in [starters.submit(migrate.upgrade, empty) for _ in range(3)]:
            done.result(60)
    assert migrate.current(empty) == migrate.head()


def test_a_lock_held_for_a_while_is_waited_out(empty: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate.upgrade(empty)
    monkeypatch.setattr(migrate, "LOCK_MS", 200)
    with psycopg.connect(**empty.conninfo(Role.OWNER)) as holder:
        holder.execute("LOCK TABLE remit.people")
        release = threading.Timer(1.0, holder.commit)
        release.start()
        migrate.downgrade(empty, "base")
        release.join()
    assert migrate.current(empty) is None


def test_a_lock_held_for_ever_is_an_error_and_changes_nothing(
    empty: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(empty)
    monkeypatch.setattr(migrate, "LOCK_MS", 100)
    monkeypatch.setattr(migrate, "ATTEMPTS", 2)
    with psycopg.connect(**empty.conninfo(Role.OWNER)) as holder:
        holder.execute("LOCK TABLE remit.territories")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.downgrade(empty, "base")
    assert migrate.current(empty) in {migrate.head(), "0001"}
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.head()
