"""Loading many rows inside one action: COPY into a staging table, then one INSERT … SELECT into the real one.

PostgreSQL refuses COPY straight into a table with row-level security, and rightly so: the policies must look
at each row. So the rows go into a temporary table of this transaction first; the INSERT … SELECT then passes
policies, foreign keys and checks as any other statement. Used by the importer and by the demo firm's loader.

A loader is made from the connection of the WriteSession that `actions.perform` hands to a handler; it commits
nothing and leaves nothing behind (staging tables are dropped at commit).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import Connection

SCHEMA: Final = "remit"
# a staging table never carries a real table's name: it would be found first on the search path
PREFIX: Final = "staging_"


@dataclass(frozen=True)
class Staging:
    """A temporary table of this transaction. `columns` are in the order in which rows are copied."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """What a merge did, in rows."""

    created: int
    updated: int
    unchanged: int


class BulkLoader:
    """COPY → staging → INSERT … SELECT on one connection, in its open transaction."""

    def __init__(self, connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        self._driver: psycopg.Connection[Any] = driver
        # a batch is bounded by who feeds it, not by the timeout that protects pages and small writes
        self._run(sql.SQL("SET LOCAL statement_timeout = 0"))

    def staging(self, name: str, columns: Mapping[str, str]) -> Staging:
        """A new staging table; `columns` maps each name to its SQL type (code, never input)."""
        body = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns.items()
        )
        made = Staging(PREFIX + name, tuple(columns))
        self._run(
            sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(sql.Identifier(made.name), body)
        )
        return made

    def staging_like(self, table: str, columns: Sequence[str]) -> Staging:
        """A staging table with the named columns of `table`: their types, none of its constraints."""
        made = Staging(PREFIX + table, tuple(columns))
        self._run(
            sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                sql.Identifier(made.name), _list(columns), _table(table)
            )
        )
        return made

    def copy(self, staging: Staging, rows: Iterable[Sequence[Any]]) -> int:
        """Copy rows (values in the order of `staging.columns`); returns how many."""
        count = 0
        with self._driver.cursor() as cursor, cursor.copy(self._copy_statement(staging)) as into:
            for row in rows:
                into.write_row(row)
                count += 1
        return count

    def copy_text(self, staging: Staging, blocks: Iterable[str | bytes]) -> int:
        """Copy lines already in PostgreSQL's text format (see `line`); returns how many rows."""
        with self._driver.cursor() as cursor:
            with cursor.copy(self._copy_statement(staging)) as into:
                for block in blocks:
                    into.write(block)
            return cursor.rowcount

    def insert(
        self,
        table: str,
        staging: Staging,
        columns: Sequence[str] | None = None,
        expressions: Mapping[str, str] | None = None,
    ) -> int:
        """Insert every staged row into `table`; a row that is there already is an error. Returns how many.

        `expressions`: SQL (code, never input) that gives a column's value from the staged row, instead of the
        staged column of that name.
        """
        names = tuple(columns or staging.columns)
        values = sql.SQL(", ").join(
            sql.SQL((expressions or {})[name]) if name in (expressions or {}) else sql.Identifier(name)
            for name in names
        )
        return self._run(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                _table(table), _list(names), values, sql.Identifier(staging.name)
            )
        )

    def merge(
        self,
        table: str,
        staging: Staging,
        columns: Sequence[str] | None = None,
        key: Sequence[str] = ("id",),
        digest: str = "import_hash",
    ) -> Merged:
        """Insert new rows, update those whose `digest` differs (their version goes up), leave the rest.

        Staged rows must be unique by `key`. Only for tables with the columns `updated_at` and `version`.
        """
        names = tuple(columns or staging.columns)
        changes = sql.SQL(", ").join(
            sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in names if name not in key
        )
        statement = sql.SQL(
            "WITH merged AS (INSERT INTO {target} AS t ({names}) SELECT {names} FROM {source}"
            " ON CONFLICT ({key}) DO UPDATE SET {changes}, updated_at = now(), version = t.version + 1"
            " WHERE t.{digest} IS DISTINCT FROM EXCLUDED.{digest} RETURNING (xmax = 0) AS created)"
            " SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created),"
            " (SELECT count(*) FROM {source}) FROM merged"
        ).format(
            target=_table(table),
            names=_list(names),
            source=sql.Identifier(staging.name),
            key=_list(key),
            changes=changes,
            digest=sql.Identifier(digest),
        )
        row = self._driver.execute(statement).fetchone()
        assert row is not None
        created, updated, staged = row
        return Merged(created, updated, staged - created - updated)

    def empty(self, staging: Staging) -> None:
        """Remove the staged rows, to use the table for the next batch."""
        self._run(sql.SQL("TRUNCATE {}").format(sql.Identifier(staging.name)))

    def analyze(self, staging: Staging) -> None:
        """Let the planner know the staged rows (before joins over many of them)."""
        self._run(sql.SQL("ANALYZE {}").format(sql.Identifier(staging.name)))

    def analyze_partitioned(self) -> None:
        """Count the rows of the tables partitioned by month anew: PostgreSQL never does that by itself for parents."""
        self._driver.execute("SELECT remit.analyze_partitioned()")

    def ensure_months(self, parent: str, first: date, last: date) -> None:
        """Make the monthly partitions of `parent` from `first` to `last`; those that exist stay."""
        self._driver.execute("SELECT remit.ensure_months(%s, %s, %s)", (parent, first, last))

    def _copy_statement(self, staging: Staging) -> sql.Composed:
        return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(staging.name), _list(staging.columns))

    def _run(self, statement: sql.SQL | sql.Composed) -> int:
        return self._driver.execute(statement).rowcount


def line(values: Iterable[str | None]) -> str:
    """One row in PostgreSQL's text format, for `copy_text`; the values are already text, None is NULL."""
    return "\t".join("\\N" if value is None else escaped(value) for value in values) + "\n"


def escaped(value: str) -> str:
    """`value` with backslash, tab and line ends escaped for COPY's text format."""
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return value


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, name)


def _list(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)
