"""Changing one versioned row: locked, compared with the version that was read, and bumped. For handlers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from remit.actions.errors import Conflict, NotFound
from remit.db.sessions import WriteSession


def change_row(
    tx: WriteSession, table: str, row_id: UUID, expected_version: int, values: Mapping[str, Any], *, what: str
) -> dict[str, Any]:
    """Set `values` on the row of `remit.<table>`; gives the changed fields as they were.

    `table` and the names in `values` are words of our code, never input. Raises NotFound, and Conflict with both
    versions when somebody else was faster.
    """
    names = list(values)
    if not all(name.isidentifier() for name in (table, *names)):
        raise ValueError("names of tables and columns are plain words")
    columns = ", ".join(["version", *names])
    query = f"SELECT {columns} FROM remit.{table} WHERE id = :id FOR UPDATE"
    found = tx.row(query, {"id": row_id})
    if found is None:
        raise NotFound(what)
    before = {name: getattr(found, name) for name in names}
    if found.version != expected_version:
        raise Conflict(
            what, expected=expected_version, found=found.version, yours=_plain(values), theirs=_plain(before)
        )
    assigned = ", ".join(f"{name} = :{name}" for name in names)
    update = f"UPDATE remit.{table} SET {assigned}, version = version + 1, updated_at = :_now WHERE id = :_id"
    tx.execute(update, {**values, "_now": tx.now, "_id": row_id})
    return before


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | int | bool | None) else str(value)
        for name, value in values.items()
    }
