"""What an import will do, decided before it starts: one `FilePlan` per table, as it goes into the action's payload."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from remit.domains.imports.entities import Kind
from remit.kit.dates import Order
from remit.kit.money import Decimal_mark


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnPlan(_Frozen):
    """How one column is read. `field` is None for a column kept as it is in `extra`.

    `scale` multiplies amounts (1,000,000 for "in millions"); `confidence` is 0–1, 1.0 when a mapping file said so.
    """

    index: int
    header: str
    field: str | None = None
    kind: Kind | None = None
    confidence: float = 0.0
    date_order: Order | None = None
    decimal_mark: Decimal_mark = "."
    currency: str | None = None
    scale: int = 1


class FilePlan(_Frozen):
    """How one CSV file or sheet is read. `skipped` says why it is not; then nothing else matters."""

    file: str
    path: str
    sha256: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    headerless: bool = False
    entity: str | None = None
    confidence: float = 0.0
    source: str = "crm"
    columns: tuple[ColumnPlan, ...] = ()
    defaults: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    skipped: str | None = None

    @property
    def mapping(self) -> dict[str, str]:
        """Column header → field, of the columns that are read into a field."""
        return {column.header: column.field for column in self.columns if column.field is not None}

    def column_of(self, field: str) -> ColumnPlan | None:
        """The column read into `field`, if any."""
        return next((column for column in self.columns if column.field == field), None)


OnError = Literal["stop", "keep-valid", "strict"]
"""stop: a broken file and nothing is imported. keep-valid: the valid rows of every file. strict: any rejected row stops."""


class ImportPlan(_Frozen):
    """A whole import: its files in the order of their names, and what happens on error."""

    path: str
    files: tuple[FilePlan, ...]
    on_error: OnError = "stop"
    create_missing: bool = True
    ids_of: str | None = None
    """A CRM that is connected: its records name each other by its ids, and by nothing else."""

    history_follows: bool = False
    """The changes of stage come by themselves: none is made up from the present stage."""
