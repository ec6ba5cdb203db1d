"""The two ways to the data: ReadSession for everybody, WriteSession only inside the door.

A read runs as the role that cannot write, in a read-only transaction, with the scope's person set for row-level
security. A write session needs a permit, which `remit.actions` alone issues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Executable, Row, text

from remit.db import engines
from remit.db.location import Role
from remit.db.together import Together
from remit.scope import Scope, check

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class SessionClosed(Exception):
    """The session was used after its transaction ended, or without a permit."""

    code = "session_closed"


class ReadSession:
    """Reads under a scope. Statements are SQL text with :named parameters, or SQLAlchemy constructs."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection: Connection | None = connection
        self.scope = scope
        self.together: Together | None = None
        """In a batch: what its jobs ask at the same moment is asked once."""

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection of the open transaction. Raises SessionClosed."""
        if self._connection is None:
            raise SessionClosed("this session's transaction has ended")
        return self._connection

    def execute(self, statement: str | Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """Run one statement; a sequence of parameter sets runs it for each."""
        asked = text(statement) if isinstance(statement, str) else statement
        return self.connection.execute(asked, parameters)

    def rows(self, statement: str | Executable, parameters: Parameters = None) -> Sequence[Row[Any]]:
        """All rows of a query."""
        if self.together is not None and self.together.running and isinstance(statement, str):
            return self.together.rows(statement, _mapping(parameters))
        return self.execute(statement, parameters).all()

    def row(self, statement: str | Executable, parameters: Parameters = None) -> Row[Any] | None:
        """The first row of a query, or None."""
        if self.together is not None:
            return next(iter(self.rows(statement, parameters)), None)
        return self.execute(statement, parameters).first()

    def scalar(self, statement: str | Executable, parameters: Parameters = None) -> Any:
        """The first column of the first row, or None."""
        if self.together is not None:
            return next((row[0] for row in self.rows(statement, parameters)), None)
        return self.execute(statement, parameters).scalar()

    def _end(self) -> None:
        self._connection = None


class WriteSession(ReadSession):
    """Writes of one action, inside the door. `now` is the instant of the act; `action_id` its row.

    `maker_id` is who makes the act, `approver_id` who approved it (None: nobody had to).
    """

    def __init__(self, connection: Connection, permit: Permit) -> None:
        if not isinstance(permit, Permit) or not permit._use():
            raise SessionClosed("a write session needs a fresh permit from the door")
        super().__init__(connection, permit.scope)
        self.action_id = permit.action_id
        self.now = permit.now
        self.approver_id: UUID | None = None

    def write(self, statement: str, parameters: Mapping[str, Any]) -> None:
        """A statement of whose result nothing is asked; a batch runs that of all its acts at once."""
        if self.together is not None and self.together.running:
            self.together.write(statement, parameters)
        else:
            self.execute(statement, parameters)

    @property
    def maker_id(self) -> UUID:
        """Whose act it is."""
        return self.scope.actor.id

    def act_for(self, maker: Scope, approver_id: UUID | None) -> None:
        """On approval the view stays the approver's, the act is its maker's: `scope` is the maker's from here on."""
        check(maker)
        self.scope, self.approver_id = maker, approver_id

    def view_as(self, person_id: UUID) -> None:
        """Name the person that row-level security asks about, until the transaction ends."""
        set_viewer(self.connection, person_id)

    def view_also_as(self, person_id: UUID) -> None:
        """From here on only what that person sees as well is there: an approval is of what both can see."""
        self.execute("SELECT set_config('remit.also_id', :person, true)", {"person": str(person_id)})


def _mapping(parameters: Parameters) -> Mapping[str, Any]:
    if parameters is None or isinstance(parameters, Mapping):
        return parameters or {}
    raise TypeError("a query takes one set of parameters")


class Permit:
    """Leave to write, for one action, once. Issued by `remit.actions` (an import contract and a lint rule hold this)."""

    __slots__ = ("_unused", "action_id", "now", "scope")

    def __init__(self, scope: Scope, action_id: UUID, now: datetime) -> None:
        check(scope)
        self.scope = scope
        self.action_id = action_id
        self.now = now
        self._unused = True

    def _use(self) -> bool:
        unused, self._unused = self._unused, False
        return unused


def set_viewer(connection: Connection, person_id: UUID) -> None:
    """Name the person that row-level security asks about, until this transaction ends."""
    connection.execute(
        text("SELECT set_config('remit.person_id', :person, true)"), {"person": str(person_id)}
    )


@contextmanager
def read(scope: Scope) -> Iterator[ReadSession]:
    """A read-only transaction under `scope`. Raises ScopeForged."""
    check(scope)
    with engines.engine(Role.READER).begin() as connection:
        set_viewer(connection, scope.person_id)
        session = ReadSession(connection, scope)
        try:
            yield session
        finally:
            session._end()


@contextmanager
def read_together(scope: Scope, session: ReadSession) -> Iterator[Together]:
    """Jobs that read through `session` do so in step while the block lasts."""
    check(scope)
    session.together = Together(session.connection)
    try:
        yield session.together
    finally:
        session.together = None


@contextmanager
def write_together(permits: Sequence[Permit], viewer: UUID) -> Iterator[Sequence[WriteSession]]:
    """One transaction of several actions that ask in step, a session for each. Called by `remit.actions` alone."""
    with engines.engine(Role.WRITER).begin() as connection:
        together = Together(connection)
        sessions = [WriteSession(connection, permit) for permit in permits]
        set_viewer(connection, viewer)
        for session in sessions:
            session.together = together
        try:
            yield sessions
        finally:
            for session in sessions:
                session._end()


@contextmanager
def write(permit: Permit, viewer: UUID) -> Iterator[WriteSession]:
    """The transaction of one action, committed when the block ends well. Called by `remit.actions` alone."""
    with engines.engine(Role.WRITER).begin() as connection:
        session = WriteSession(connection, permit)
        session.view_as(viewer)
        try:
            yield session
        finally:
            session._end()
