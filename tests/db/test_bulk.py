"""Bulk loading: COPY to staging, insert and merge through row-level security, nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from remit.db import engines
from remit.db.bulk import BulkLoader, Merged, escaped, line
from remit.db.location import Location, Role

SYSTEM = "00000000-0000-7000-8000-000000000002"
COLUMNS = ("id", "name", "name_key", "access_id", "import_hash")


@pytest.fixture
def writer(database: Location) -> Iterator[Connection]:
    """A write transaction as the system, rolled back at the end."""
    with engines.engine(Role.WRITER).connect() as connection:
        connection.execute(text("SELECT set_config('remit.person_id', :id, true)"), {"id": SYSTEM})
        yield connection
        connection.rollback()


def _rows(*names: str, digest: bytes = b"1") -> list[tuple[object, ...]]:
    return [(UUID(int=number), name, name.lower(), 1, digest) for number, name in enumerate(names, 1)]


def test_merge_creates_then_updates_only_what_differs(writer: Connection) -> None:
    bulk = BulkLoader(writer)
    staging = bulk.staging_like("accounts", COLUMNS)
    assert bulk.copy(staging, _rows("Arden", "Beck")) == 2
    assert bulk.merge("accounts", staging) == Merged(created=2, updated=0, unchanged=0)
    bulk.empty(staging)
    bulk.copy(staging, _rows("Arden") + _rows("x", "Becker", digest=b"2")[1:])
    assert bulk.merge("accounts", staging) == Merged(created=0, updated=1, unchanged=1)
    found = writer.execute(text("SELECT name, version FROM remit.accounts ORDER BY id")).all()
    assert [tuple(row) for row in found] == [("Arden", 1), ("Becker", 2)]


def test_text_format_carries_every_character(writer: Connection) -> None:
    bulk = BulkLoader(writer)
    nasty = "tab\tnew\nline\r back\\slash \\N quote\" 'a' é \u202e"
    staging = bulk.staging("texts", {"a": "text", "b": "text"})
    assert bulk.copy_text(staging, [line((nasty, None)), line(("", escaped("plain")))]) == 2
    found = writer.execute(text("SELECT a, b FROM staging_texts")).all()
    assert [tuple(row) for row in found] == [(nasty, None), ("", "plain")]


def test_rows_out_of_sight_are_refused(database: Location) -> None:
    with engines.engine(
        Role.WRITER
    ).connect() as connection:  # nobody's scope: may see nothing, so write nothing
        bulk = BulkLoader(connection)
        staging = bulk.staging_like("accounts", COLUMNS)
        bulk.copy(staging, _rows("Arden"))
        with pytest.raises(Exception, match="row-level security"):
            bulk.insert("accounts", staging)
        connection.rollback()


def test_staging_ends_with_the_transaction(writer: Connection) -> None:
    BulkLoader(writer).staging("texts", {"a": "text"})
    writer.commit()
    with pytest.raises(DBAPIError, match="does not exist"):
        writer.execute(text("SELECT 1 FROM staging_texts"))


def test_a_temporary_table_cannot_stand_in_for_a_real_one(writer: Connection) -> None:
    writer.execute(text("CREATE TEMPORARY TABLE access_groups (id int, territory_id int, barrier_id int)"))
    writer.execute(text("INSERT INTO access_groups VALUES (4711, 1, NULL)"))
    assert 4711 not in writer.execute(text("SELECT remit.my_access()")).scalar_one()


def test_reader_may_not_make_temporary_tables(database: Location) -> None:
    with engines.engine(Role.READER).connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("CREATE TEMPORARY TABLE t AS SELECT 1 AS a"))


def test_the_planner_learns_of_rows_in_the_months(writer: Connection) -> None:
    """Only the parent's own statistics tell how many rows all months hold together."""
    known = "SELECT reltuples FROM pg_class WHERE oid = 'remit.readings'::regclass"
    assert writer.execute(text(known)).scalar() == -1
    writer.execute(
        text(
            "INSERT INTO remit.readings (id, at, gate, definition_version, definition_hash, window_from_on, window_until_on,"
            " query, row_digest, n_count, n_min_count, state, taken_by) SELECT gen_random_uuid(), now(), 'S0-G1', 1, '', now(),"
            " now(), '', '', 1, 1, 'met', :system FROM generate_series(1, 50)"
        ),
        {"system": SYSTEM},
    )
    BulkLoader(writer).analyze_partitioned()
    assert writer.execute(text(known)).scalar() == 50
