"""A full disk: the door closes while there is still room to work, in words, and opens again by itself."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import exc

from remit.actions import perform, perform_all
from remit.db import trouble
from remit.db.location import Location
from tests.support import verbs
from tests.support.cast import Cast, make_cast
from tests.support.verbs import UpdateAccount


@pytest.fixture(scope="module")
def cast(database: Location) -> Iterator[Cast]:
    with verbs.registered():
        yield make_cast(database)


def test_the_room_of_the_embedded_database_is_known(database: Location) -> None:
    free = trouble.free_bytes()
    assert free is not None and free > 0
    assert not trouble.is_low(-trouble.RESERVE_BYTES), "something is left"
    assert trouble.is_low(free), "and not as much again beside the reserve"


def test_the_door_is_shut_before_the_disk_is_full_and_nothing_is_begun(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = UpdateAccount(account_id=cast.accounts["pine"], website="https://pine.example")
    before = cast.sql("SELECT count(*) FROM remit.audit")
    with monkeypatch.context() as patched:
        patched.setattr(trouble, "free_bytes", lambda: trouble.RESERVE_BYTES - 1)
        for attempt in (
            lambda: perform(cast.scope("alice"), act),
            lambda: perform_all(cast.scope("alice"), [act]),
        ):
            with pytest.raises(trouble.DiskFull, match=r"63 MB left.*goes on by itself"):
                attempt()
    assert cast.sql("SELECT count(*) FROM remit.audit") == before
    perform(cast.scope("alice"), act)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (psycopg.errors.DiskFull("no room"), trouble.DiskFull),
        (exc.OperationalError("INSERT", {}, psycopg.errors.DiskFull("no room")), trouble.DiskFull),
        (OSError(errno.ENOSPC, "No space left on device", "/backups/a"), trouble.DiskFull),
        (OSError(errno.EACCES, "Permission denied"), None),
        (psycopg.OperationalError("server closed the connection"), trouble.DatabaseAway),
        (exc.TimeoutError("pool"), trouble.DatabaseAway),
        (exc.OperationalError("INSERT", {}, psycopg.errors.ProgramLimitExceeded("index row size")), None),
        (psycopg.errors.AdminShutdown("terminating connection"), trouble.DatabaseAway),
        (psycopg.errors.DeadlockDetected("deadlock"), trouble.DatabaseAway),
        (psycopg.errors.QueryCanceled("statement timeout"), trouble.DatabaseAway),
        (psycopg.errors.InvalidPassword("denied"), None),
        (psycopg.errors.UniqueViolation("twice"), None),
        (exc.IntegrityError("INSERT", {}, psycopg.errors.UniqueViolation("twice")), None),
        (ValueError("no"), None),
    ],
)  # fmt: skip
def test_what_an_error_means(database: Location, error: Exception, expected: type | None) -> None:
    found = trouble.explain(error)
    assert (type(found) if found else None) is expected
    if found:
        assert found.exit_code == 4


def test_a_database_away_on_a_full_disk_is_told_as_the_full_disk(
    database: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "free_bytes", lambda: 0)
    assert isinstance(trouble.explain(psycopg.OperationalError("no such file")), trouble.DiskFull)


def test_a_server_of_ones_own_looks_after_its_disk_itself() -> None:
    assert trouble._data_folder("db.example") is None
    assert trouble._data_folder("/var/run/postgresql") is None
