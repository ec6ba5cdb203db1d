"""Connections and streams. They hold no client's data: counts, places, names of fields, sentences of ours."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.crm.model import Connection, Stream
from remit.scope import Scope

_CONNECTION: Final = """SELECT c.id, c.vendor, c.state, c.address, p.name, c.connected_at, c.due_at, c.checked_at, c.problem,
    c.requests_count, c.version FROM remit.crm_connections c JOIN remit.people p ON p.id = c.connected_by"""
_STREAM: Final = """SELECT connection_id, stream, cursor, newest_at, whole_at, taken_at, checked_at, rows_count, created_count,
    updated_count, gone_count, rejected_count, last_import_id, fields, mapping, drift, problem, version FROM remit.crm_streams"""


def list_connections(scope: Scope) -> list[Connection]:
    """Every connection, stopped ones too, by vendor."""
    with read(scope) as s:
        return [Connection(*tuple(row)) for row in s.rows(f"{_CONNECTION} ORDER BY c.vendor LIMIT 10")]


def find_connection(scope: Scope, vendor: str) -> Connection | None:
    """The connection to that vendor, if there ever was one."""
    return next((each for each in list_connections(scope) if each.vendor == vendor), None)


def get_connection(scope: Scope, vendor: str) -> Connection:
    """The connection to that vendor. Raises NotFound."""
    found = find_connection(scope, vendor)
    if found is None:
        raise NotFound("connection")
    return found


def load_connection(s: ReadSession, connection_id: UUID) -> Connection:
    """One connection, inside a session. Raises NotFound."""
    row = s.row(f"{_CONNECTION} WHERE c.id = :id", {"id": connection_id})
    if row is None:
        raise NotFound("connection")
    return Connection(*tuple(row))


def list_streams(scope: Scope, connection_id: UUID) -> dict[str, Stream]:
    """What was taken so far, by name of the stream."""
    with read(scope) as s:
        found = [_of(row) for row in s.rows(f"{_STREAM} WHERE connection_id = :id", {"id": connection_id})]
    return {each.stream: each for each in found}


def get_stream(scope: Scope, connection_id: UUID, stream: str) -> Stream | None:
    """How far that stream is; None before its first page."""
    return list_streams(scope, connection_id).get(stream)


def get_sealed(scope: Scope, connection_id: UUID) -> bytes | None:
    """The sealed token of a connection; None where the settings alone let us in."""
    with read(scope) as s:
        row = s.row("SELECT sealed FROM remit.crm_connections WHERE id = :id", {"id": connection_id})
    return bytes(row.sealed) if row and row.sealed else None


def sees_everything(scope: Scope) -> bool:
    """Whether the reader sees every territory: what stands in the CRM may be of any."""
    with read(scope) as s:
        return bool(
            s.scalar(
                "SELECT 1 FROM remit.people WHERE id = :id AND reach IN ('all', 'all_with_barriers')",
                {"id": scope.person_id},
            )
        )


def _of(row: Row[Any]) -> Stream:
    values = list(row)
    values[15] = tuple(values[15])
    return Stream(*values)
