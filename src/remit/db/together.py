"""Many jobs that read the same things, in step: what all of them ask is one statement, not one for each.

A job is ordinary code with a session. Where it asks the database it stands still until every other job has asked or is done; then
each different statement is run once, for all who asked it, or for each by itself where their values do not go into one statement.
What a job is told is what it would have been told by itself.
"""

from __future__ import annotations

import contextvars
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from greenlet import getcurrent, greenlet
from sqlalchemy import Connection, Row, text
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DataError, ProgrammingError

_T = TypeVar("_T")
# as SQLAlchemy finds bound parameters
_BOUND: Final = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
_TYPES: Final[Sequence[tuple[type, str]]] = (
    (bool, "boolean"), (UUID, "uuid"), (datetime, "timestamptz"), (date, "date"), (int, "bigint"), (float, "float8"), (str, "text"),
)  # fmt: skip
_INT4: Final = range(-(2**31), 2**31)
_QUERY: Final = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:SELECT|WITH)\b", re.IGNORECASE)
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a job waits for: rows of a statement, or (`written`) only that it was run."""

    statement: str
    given: Given
    written: bool


@dataclass(slots=True)
class _Job:
    """A job under way, and what it waits for."""

    number: int
    thread: greenlet
    asked: _Asked


class Together:
    """Runs jobs in step on one connection. Sessions whose `together` it is ask here."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._main: greenlet | None = None
        self.kept: list[Any] = []
        """What the jobs leave to be written once for all of them."""

    @property
    def running(self) -> bool:
        """Whether a job asks: only then can it be made to wait."""
        return self._main is not None and getcurrent() is not self._main

    def rows(self, statement: str, given: Given | None) -> Sequence[Row[Any]]:
        """The rows of a query, asked by a job."""
        found: Sequence[Row[Any]] = self._wait(_Asked(statement, given or {}, False))
        return found

    def write(self, statement: str, given: Given | None) -> None:
        """A statement whose result nobody asks for."""
        self._wait(_Asked(statement, given or {}, True))

    def _wait(self, asked: _Asked) -> Any:
        if self._main is None:
            raise RuntimeError("a job asks here while it is run")
        return self._main.switch(asked)

    def run(
        self, jobs: Sequence[Callable[[], _T]], expected: type[Exception] | tuple[type[Exception], ...]
    ) -> list[_T | Exception]:
        """What each job gave, or the error of the kind `expected` that it raised; any other error ends them all."""
        self._main = getcurrent()
        results: list[Any] = [None] * len(jobs)
        waiting: list[_Job] = []

        def step(number: int, thread: greenlet, told: Any = None) -> None:
            try:
                out = thread.switch(told) if thread else thread.switch()
            except expected as error:
                results[number] = error
                return
            if thread.dead:
                results[number] = out
            else:
                waiting.append(_Job(number, thread, out))

        try:
            for number, job in enumerate(jobs):
                thread = greenlet(job)
                thread.gr_context = contextvars.copy_context()
                step(number, thread)
            while waiting:
                groups: dict[tuple[str, bool], list[_Job]] = {}
                for one in waiting:
                    groups.setdefault((one.asked.statement, one.asked.written), []).append(one)
                waiting.clear()
                for (statement, written), ones in groups.items():
                    for one, told in zip(
                        ones, self._told(statement, written, [each.asked.given for each in ones]), strict=True
                    ):
                        step(one.number, one.thread, told)
        finally:
            self._main = None
        return results

    def _told(self, statement: str, written: bool, given: Sequence[Given]) -> Sequence[Any]:
        if written:
            self._connection.execute(text(statement), [dict(each) for each in given])
            return [None] * len(given)
        if not _QUERY.match(statement) or "FOR UPDATE" in statement:
            return self._by_itself(statement, given)
        try:
            keys = [json.dumps(each, default=_encoded, sort_keys=True) for each in given]
        except TypeError:  # a value that JSON does not carry
            return self._by_itself(statement, given)
        different = dict(zip(keys, given, strict=True))
        if len(different) == 1:
            rows = self._connection.execute(text(statement), dict(given[0])).all()
            return [rows] * len(given)
        wanted = [*different.values()]
        try:
            with self._connection.begin_nested():  # what is said alone may not be said of bound columns
                told = _for_each(self._connection, statement, wanted)
        except (_NotShared, ProgrammingError, DataError):
            told = self._by_itself(statement, wanted)
        found = dict(zip(different, told, strict=True))
        return [found[key] for key in keys]

    def _by_itself(self, statement: str, given: Sequence[Given]) -> list[Sequence[Row[Any]]]:
        return [self._connection.execute(text(statement), dict(each)).all() for each in given]


class _NotShared(Exception):
    """The values of a parameter are not of one type that a column could have."""


def _encoded(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    raise TypeError(f"a parameter of the type {type(value).__name__} is not known here")


def _type_of(values: Sequence[Any]) -> str:
    """The PostgreSQL type of a parameter: that of all its values which are not null. Raises _NotShared."""
    given = [value for value in values if value is not None]
    if given and all(isinstance(one, (list, tuple, set, frozenset)) for one in given):
        return f"{_type_of([each for value in given for each in value])}[]"
    kinds = {next((name for kind, name in _TYPES if isinstance(one, kind)), "") for one in given}
    if len(kinds) != 1 or "" in kinds:
        raise _NotShared
    if kinds == {"bigint"} and all(one in _INT4 for one in given):
        return "int"  # as the driver sends it: a date plus a bigint is nothing
    return kinds.pop()


def _for_each(connection: Connection, statement: str, given: Sequence[Given]) -> list[Sequence[Row[Any]]]:
    """The rows of a query for each of these parameters, in one round trip, in the order of the query."""
    names = list(dict.fromkeys(_BOUND.findall(statement)))
    same = {
        name: given[0][name] for name in names if all(_same(each[name], given[0][name]) for each in given)
    }
    types = {name: _type_of([each[name] for each in given]) for name in names if name not in same}
    asked = [{"n__": number, **{name: each[name] for name in types}} for number, each in enumerate(given)]
    wanted = _lateral(statement, types)
    result = connection.execute(text(wanted), {"given__": json.dumps(asked, default=_encoded), **same})
    shape = SimpleResultMetaData([*result.keys()][:-2])
    found: list[list[tuple[Any, ...]]] = [[] for _ in given]
    for row in result:
        *values, _place, number = row
        found[number].append(tuple(values))
    return [_as_rows(shape, rows) for rows in found]


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _lateral(statement: str, types: Mapping[str, str]) -> str:
    """The query once for each row of `given__`: what it is put together from is its own text and its parameters' names; values are bound."""
    inner = _BOUND.sub(lambda match: f'k__."{match[1]}"' if match[1] in types else match[0], statement)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    return (
        f"SELECT q__.*, k__.n__ FROM jsonb_to_recordset(CAST(:given__ AS jsonb)) AS k__(n__ int, {columns}) CROSS JOIN LATERAL"
        f" (SELECT i__.*, row_number() OVER () AS r__ FROM ({inner}) AS i__) AS q__ ORDER BY k__.n__, q__.r__"
    )


def _as_rows(shape: SimpleResultMetaData, rows: Sequence[tuple[Any, ...]]) -> Sequence[Row[Any]]:
    result: IteratorResult[Any] = IteratorResult(shape, iter(rows))
    return result.all()
