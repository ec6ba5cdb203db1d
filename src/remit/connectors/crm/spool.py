"""A page on its way to the door: written to a file of ours, so that its digest stands on the record and memory stays flat."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from remit.connectors.crm.reading import Sheet
from remit.domains.imports.entities import ENTITIES
from remit.domains.imports.plan import ColumnPlan, FilePlan, ImportPlan
from remit.kit import clock, encodings
from remit.kit.ids import new_id

FOLDER: Final = "sync"
LEFT_SECONDS: Final = 3_600
"""A page is on its way for seconds: what is older belongs to nobody."""


@contextmanager
def spooled(
    home: Path, source: str, stream: str, sheets: Sequence[Sheet], *, currency: str, history_follows: bool
) -> Iterator[ImportPlan | None]:
    """The plan for a page's rows; its files are gone after the block. None when there are no rows."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths: list[Path] = []
    try:
        plans = []
        for sheet in sheets:
            path = folder / f"{source}-{stream}-{sheet.entity}-{new_id()}.csv"
            paths.append(path)
            plans.append(_written(path, source, sheet, currency))
        yield _plan(source, stream, plans, history_follows) if plans else None
    finally:
        for path in paths:
            path.unlink(missing_ok=True)


def sweep(home: Path) -> int:
    """Remove what processes left behind that were killed with a page on its way; gives how many files."""
    old = clock.now().timestamp() - LEFT_SECONDS
    count = 0
    for each in (home / FOLDER).glob("*.csv"):
        with suppress(FileNotFoundError):  # its process has just taken it away
            if each.stat().st_mtime < old:
                each.unlink()
                count += 1
    return count


def plan_of(source: str, sheet: Sheet, currency: str) -> FilePlan:
    """How the columns of a sheet are read, without a file."""
    entity = ENTITIES[sheet.entity]
    columns = []
    for index, name in enumerate(sheet.fields):
        field = entity.field(name)
        assert field is not None, f"{sheet.entity} have no field {name}"
        columns.append(
            ColumnPlan(
                index=index, header=name, field=name, kind=field.kind, confidence=1.0, currency=currency
            )
        )
    return FilePlan(
        file=f"{source}.{sheet.entity}", path="", sha256="", encoding="utf-8", delimiter=",", entity=sheet.entity, confidence=1.0,
        source=source, columns=tuple(columns),
    )  # fmt: skip


def _written(path: Path, source: str, sheet: Sheet, currency: str) -> FilePlan:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.fields)
        writer.writerows([[cell.replace("\x00", "") for cell in row] for row in sheet.rows])
    path.chmod(0o600)
    plan = plan_of(source, sheet, currency)
    return plan.model_copy(update={"path": str(path), "sha256": encodings.digest(path)})


def _plan(source: str, stream: str, plans: Sequence[FilePlan], history_follows: bool) -> ImportPlan:
    return ImportPlan(
        path=f"{source}: {stream}", files=tuple(plans), on_error="keep-valid", create_missing=False, ids_of=source,
        history_follows=history_follows,
    )  # fmt: skip
