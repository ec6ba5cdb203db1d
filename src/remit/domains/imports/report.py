"""What an import did, in the shape that `remit import crm --json` prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from remit.domains.imports.convert import Rejection
from remit.domains.imports.plan import FilePlan


@dataclass(frozen=True)
class FileReport:
    """One file or sheet. `rejected` lists at most 1,000 rows; `rejected_count` counts all. `kept`: columns kept in `extra`."""

    file: str
    entity: str | None
    mapping: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    rejected_count: int = 0
    skipped: str | None = None
    confidence: dict[str, float] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    read_as: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ImportReport:
    """The whole import. `made` counts what was made beside the rows themselves (territories, people known by name, …)."""

    import_id: str
    dry_run: bool
    files: list[FileReport]
    made: dict[str, int]
    seconds: float
    rows: int
    rejected: int


def read_as(plan: FilePlan) -> dict[str, Any]:
    """How a file was read: encoding, delimiter, day and month, currency: whatever was decided for it."""
    told: dict[str, Any] = {
        "encoding": plan.encoding,
        "delimiter": plan.delimiter,
        "header": not plan.headerless,
    }
    for column in plan.columns:
        said = {
            "date_order": column.date_order,
            "decimal_mark": column.decimal_mark
            if column.kind == "money" and column.decimal_mark != "."
            else None,
            "currency": column.currency,
            "scale": column.scale if column.scale != 1 else None,
        }
        said = {key: value for key, value in said.items() if value is not None}
        if said:
            told[column.header] = said
    return {key: value for key, value in told.items() if value is not None}
