"""Past imports and the rows they rejected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.kit import paging
from remit.scope import Scope

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Import:
    """One import. `report` has the shape of `ImportReport`."""

    id: UUID
    path: str
    by_name: str
    started_at: datetime
    finished_at: datetime | None
    report: dict[str, Any]


@dataclass(frozen=True)
class RejectedRow:
    """One row that was not imported; `row` as a spreadsheet counts."""

    file: str
    row: int
    column: str | None
    value: str | None
    reason: str


def list_imports(scope: Scope, cursor: str | None = None, size: int = 50) -> paging.Page[Import]:
    """Imports that the scope may see, newest first. Raises CursorInvalid."""
    try:
        before = UUID(str(paging.decode(cursor, 1)[0])) if cursor else None
    except ValueError as error:
        raise paging.CursorInvalid("this page address belongs to another list") from error
    with read(scope) as s:
        rows = s.rows(
            """SELECT i.id, i.path, p.name, i.started_at, i.finished_at, i.report FROM remit.imports i
            JOIN remit.people p ON p.id = i.by_id
            WHERE CAST(:before AS uuid) IS NULL OR i.id < CAST(:before AS uuid) ORDER BY i.id DESC LIMIT :n""",
            {"before": before, "n": size + 1},
        )
    return paging.page([Import(*tuple(row)) for row in rows], size, lambda each: (str(each.id),))


def iter_rejections(scope: Scope, import_id: UUID) -> Iterator[RejectedRow]:
    """Every rejected row of an import, in the order of its files. Raises NotFound."""
    with read(scope) as s:
        if s.row("SELECT 1 FROM remit.imports WHERE id = :id", {"id": import_id}) is None:
            raise NotFound("import")
        last = 0
        while rows := _rejections(s, import_id, last):
            last = rows[-1][0]
            yield from (RejectedRow(*row[1:]) for row in rows)


def _rejections(s: ReadSession, import_id: UUID, after: int) -> list[tuple[Any, ...]]:
    found = s.rows(
        """SELECT id, file, row_number, column_name, value, reason FROM remit.import_rejections
        WHERE import_id = :id AND id > :after ORDER BY id LIMIT :n""",
        {"id": import_id, "after": after, "n": _AT_ONCE},
    )
    return [tuple(row) for row in found]
