"""Staged tables of one import: created, filled by COPY, cleared of rows that cannot be imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from remit.db.bulk import BulkLoader, Staging
from remit.db.trouble import check_space
from remit.domains.imports.convert import Converter, Rejection, staged_names
from remit.domains.imports.entities import ENTITIES, Entity
from remit.domains.imports.plan import ColumnPlan, FilePlan
from remit.domains.imports.sink import Sink
from remit.domains.imports.statements import Driver, run
from remit.domains.imports.telling import Telling
from remit.kit import encodings
from remit.kit.encodings import FileBroken
from remit.kit.tabular import Table

_TYPES: Final = {
    "date": "date",
    "instant": "timestamptz",
    "count": "int",
    "rate": "numeric(6,5)",
    "bool": "boolean",
}
_REASONS_AT_ONCE: Final = 5_000


class FileChanged(Exception):
    """A file is not what it was when the import was planned."""

    code = "file_changed"


@dataclass
class StagedFile:
    """One file's rows in a temporary table, and what is known about them so far."""

    plan: FilePlan
    staging: Staging
    rejected: list[Rejection] = field(default_factory=list)
    rejected_count: int = 0
    row_count: int = 0
    created: int = 0
    updated: int = 0
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.telling = Telling(self.plan.file)

    @property
    def entity(self) -> Entity:
        """The entity that this file holds."""
        assert self.plan.entity is not None
        return ENTITIES[self.plan.entity]

    @property
    def table(self) -> str:
        """The temporary table's name, safe to put into SQL."""
        return self.staging.name

    def has(self, column: str) -> bool:
        """Whether the file fills this staging column."""
        return column in self.staging.columns


KEPT_REJECTIONS: Final = 1_000
"""How many rejections of one file the report itself lists; all are kept in the database."""


class Stage:
    """All staged files of one import on one connection. `sink` keeps rejections (in the database).

    `ids_of`: the CRM whose ids the records refer to each other by; None for files, which use names too.
    """

    def __init__(self, loader: BulkLoader, driver: Driver, sink: Sink, ids_of: str | None = None) -> None:
        self.loader = loader
        self.driver = driver
        self.ids_of = ids_of
        self._sink = sink
        self.files: list[StagedFile] = []

    def add(self, plan: FilePlan, keep_broken: bool) -> StagedFile:
        """Stage one file. Raises FileBroken unless `keep_broken`, FileChanged when it is not the planned one."""
        path = Path(plan.path)
        if encodings.digest(path) != plan.sha256:
            raise FileChanged(f"{plan.file} has changed since it was looked at; start the import again")
        converter = Converter(plan)
        kinds = {name: kind for column in plan.columns for name, kind in _types(column)}
        columns = {name: kinds.get(name, _FIXED.get(name, "text")) for name in converter.columns}
        for name in columns:
            if name.endswith("_minor"):
                columns[name] = "bigint"
        staged = StagedFile(plan, self.loader.staging(f"import_{len(self.files)}", columns))
        self.files.append(staged)
        broken: list[FileBroken] = []
        table = Table(path, plan.sha256, plan.encoding, plan.delimiter, plan.sheet)
        rows = table.rows(broken if keep_broken else None)
        # rejections wait until COPY is over: the connection can do one thing at a time
        self.loader.copy_text(staged.staging, self._fed(converter, rows, staged))
        converter.note(broken)
        self._drain(converter, staged)
        staged.row_count = converter.row_count
        self.loader.analyze(staged.staging)
        return staged

    def _fed(self, converter: Converter, rows: Iterator[Any], staged: StagedFile) -> Iterator[str]:
        for block in converter.blocks(rows):
            if block:
                yield block
            staged.telling.rows(converter.row_count)
            check_space()
            if len(converter.rejections) >= _REASONS_AT_ONCE:
                self._sink.spool(staged.plan.file, self._count(converter.rejections, staged))
                converter.rejections = []

    def _drain(self, converter: Converter, staged: StagedFile) -> None:
        self._sink.spool(staged.plan.file, self._count(converter.rejections, staged))
        self._sink.flush(self.driver)

    def _count(self, rejections: list[Rejection], staged: StagedFile) -> list[Rejection]:
        staged.rejected_count += len({each.row for each in rejections})
        staged.rejected += rejections[: max(0, KEPT_REJECTIONS - len(staged.rejected))]
        return rejections

    def reject(self, staged: StagedFile, where: str, column: str | None, value: str, reason: str) -> int:
        """Take rows out of staging by an SQL condition on `s`, with one reason each; returns how many."""
        found = run(
            self.driver,
            f"DELETE FROM {staged.table} s WHERE {where} RETURNING s.n, ({value})::text, ({reason})::text",
        ).fetchall()
        header = next((c.header for c in staged.plan.columns if c.field == column), column)
        made = [Rejection(n, header, shown, said) for n, shown, said in sorted(found)]
        self._sink.spool(staged.plan.file, self._count(made, staged))
        self._sink.flush(self.driver)
        return len(made)

    def of(self, entity: str) -> list[StagedFile]:
        """The staged files of one entity."""
        return [file for file in self.files if file.plan.entity == entity]


_FIXED: Final = {"n": "bigint", "id": "uuid", "hash": "bytea", "external_id": "text", "extra": "jsonb"}


def _types(column: ColumnPlan) -> Iterable[tuple[str, str]]:
    if column.field is not None and column.field != "external_id":
        for name in staged_names(column):
            kind = _TYPES.get(column.kind or "", "text")
            yield name, "bigint" if name.endswith("_minor") else kind
