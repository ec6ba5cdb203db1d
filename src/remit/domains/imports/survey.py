"""Look at every file before anything is imported: entity, mapping, dialect, day and month, decimal marks, units."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from remit.domains.imports import guess as guessing
from remit.domains.imports import units
from remit.domains.imports.date_orders import with_orders
from remit.domains.imports.entities import Entity, Field
from remit.domains.imports.errors import DateOrderNeeded, FilesBroken, NoSuchPath, NothingToImport
from remit.domains.imports.mapping import ColumnSays, FileSays, MappingFile, MappingInvalid
from remit.domains.imports.plan import ColumnPlan, FilePlan, ImportPlan, OnError
from remit.domains.imports.profile import SAMPLE, profile
from remit.kit import dates, money
from remit.kit.encodings import FileBroken
from remit.kit.tabular import Table, is_table, looks_headerless, open_tables
from remit.kit.text import clean, shorten, squash

DEFAULT_SOURCE: Final = "crm"
_NUMBERED: Final = ("money", "count", "rate")


def survey(
    path: Path, says: MappingFile, on_error: OnError, date_order: dates.Order | None = None
) -> ImportPlan:
    """The plan for a file or folder. Raises NoSuchPath, NothingToImport, FilesBroken (on_error other than keep-valid), DateOrderNeeded."""
    tables, skipped = _tables(path, says, on_error)
    heads = [(table, _sample(table, says.for_file(table.name))) for table in tables]
    hints = units.hints(
        [(table.name, rows) for table, (header, rows) in heads if guessing.is_dictionary(table.name, header)]
    )
    plans: list[FilePlan] = []
    unclear: list[dict[str, str]] = []
    for table, (header, rows) in heads:
        plan = _plan(table, header, rows, says.for_file(table.name), hints)
        if plan.skipped is None:
            plan = with_orders(table, plan, says.for_file(table.name).date_order or date_order, unclear)
        plans.append(plan)
    if unclear:
        raise DateOrderNeeded(unclear)
    if all(plan.skipped is not None for plan in plans):
        raise NothingToImport(_nothing_recognised([*plans, *skipped]), [*plans, *skipped])
    files = tuple(sorted([*plans, *skipped], key=lambda each: each.file))
    return ImportPlan(path=str(path), files=files, on_error=on_error, create_missing=says.create_missing)


def _nothing_recognised(skipped: Sequence[FilePlan]) -> str:
    told = "; ".join(f"{each.file}: {each.skipped}" for each in skipped[:5])
    more = f" (and {len(skipped) - 5} more)" if len(skipped) > 5 else ""
    return f"Nothing here can be imported. {told}{more}. A mapping file can say what a file holds (docs/importing.md)."


def _tables(path: Path, says: MappingFile, on_error: OnError) -> tuple[list[Table], list[FilePlan]]:
    if not path.exists():
        raise NoSuchPath(f"There is nothing at {path}.")
    files = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    tables: list[Table] = []
    skipped: list[FilePlan] = []
    broken: list[dict[str, object]] = []
    for file in files:
        if file.name.startswith((".", "~$")) or (path.is_dir() and not is_table(file)):
            continue
        try:
            found = open_tables(file, says.for_file(file.name).encoding)
            tables += [table for table in found if next(table.rows([]), None) is not None]
        except FileBroken as error:
            if not (path.is_dir() and file.suffix == ".txt"):  # a note beside the export, not a part of it
                broken.append({"file": file.name, "row": error.row, "reason": error.reason})
            skipped.append(FilePlan(file=file.name, path=str(file), sha256="", skipped=error.reason))
    if broken and on_error != "keep-valid":
        raise FilesBroken(broken)
    if not tables and not skipped:
        raise NothingToImport(f"There is no CSV, TSV or spreadsheet with rows at {path}.")
    return tables, skipped


def _sample(table: Table, says: FileSays) -> tuple[list[str], list[list[str]]]:
    """The header ([] when the file has none) and the first rows."""
    try:
        first = [cells for _, cells in itertools.islice(_dialect(table, says).rows([]), SAMPLE + 1)]
    except FileBroken:
        return [], []
    named = says.header if isinstance(says.header, list) else None
    headerless = (
        named is not None
        or says.header is False
        or (says.header is None and looks_headerless(first[0], first[1:200]))
    )
    if headerless:
        return [], first
    return [clean(cell) for cell in first[0]], first[1:]


def _dialect(table: Table, says: FileSays) -> Table:
    return Table(table.path, table.sha256, table.encoding, says.delimiter or table.delimiter, table.sheet)


def _plan(
    table: Table, header: list[str], rows: list[list[str]], says: FileSays, hints: units.Hints
) -> FilePlan:
    table = _dialect(table, says)
    base = FilePlan(
        file=table.name, path=str(table.path), sha256=table.sha256, sheet=table.sheet, encoding=table.encoding,
        delimiter=table.delimiter, headerless=not header, source=says.source or DEFAULT_SOURCE, defaults=says.defaults,
    )  # fmt: skip
    if says.skip:
        return base.model_copy(update={"skipped": "the mapping says to skip it"})
    if header and says.entity is None and guessing.is_dictionary(table.name, header):
        return base.model_copy(update={"skipped": "describes the fields of other files; holds no records"})
    if not rows:
        return base.model_copy(update={"skipped": "has a header and no rows"})
    width = len(header) or max(map(len, rows))
    names = says.header if isinstance(says.header, list) else []
    titles = unique(
        [*(header or names)][:width] + [f"column {n + 1}" for n in range(len(header or names), width)]
    )
    profiles = [profile(title, [row[n] for row in rows if n < len(row)]) for n, title in enumerate(titles)]
    made = guessing.guess(table.name, profiles, not header and not names, says.entity)
    if made is None:
        return base.model_copy(
            update={"skipped": "holds nothing that we know how to import; a mapping file can say what it is"}
        )
    columns = tuple(_column(n, titles[n], rows, made, says, hints, table) for n in range(width))
    notes = list(_notes(made, says, not header))
    return base.model_copy(
        update={
            "entity": made.entity.name,
            "confidence": sureness(made),
            "columns": _once(columns),
            "notes": tuple(notes),
        }
    )


def sureness(made: guessing.Guess) -> float:
    """The mean confidence of the mapped columns, as the sureness about the file."""
    sure = [confidence for _, confidence in made.columns.values()]
    return round(sum(sure) / len(sure), 2) if sure else 0.0


def unique(titles: Sequence[str]) -> list[str]:
    """Column titles, none empty and none twice."""
    seen: dict[str, int] = {}
    made = []
    for number, title in enumerate(titles, 1):
        title = shorten(title, 200) or f"column {number}"
        seen[title] = seen.get(title, 0) + 1
        made.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return made


def _notes(made: guessing.Guess, says: FileSays, headerless: bool) -> list[str]:
    notes = []
    if headerless and not isinstance(says.header, list):
        notes.append(
            "the first row holds data, so columns are known by number; a mapping file can name them (header)"
        )
    missing = [
        group[0]
        for group in made.entity.required
        if group and not {f.name for f, _ in made.columns.values()} & set(group)
    ]
    if missing:
        notes.append(f"no column was found for {', '.join(missing)}")
    return notes


def _once(columns: tuple[ColumnPlan, ...]) -> tuple[ColumnPlan, ...]:
    """A field named for one column by the mapping is taken from a column that was only guessed."""
    said = {column.field for column in columns if column.confidence >= 1.01}
    kept = []
    for column in columns:
        if column.field in said and column.confidence < 1.01:
            column = column.model_copy(update={"field": None, "kind": None, "confidence": 0.0})
        kept.append(column.model_copy(update={"confidence": min(1.0, column.confidence)}))
    return tuple(kept)


def _column(
    n: int,
    title: str,
    rows: list[list[str]],
    made: guessing.Guess,
    says: FileSays,
    hints: units.Hints,
    table: Table,
) -> ColumnPlan:
    field, sure = made.columns.get(n, (None, 0.0))
    told = next(
        (value for key, value in says.columns.items() if key == title or squash(key) == squash(title)), None
    )
    details = told if isinstance(told, ColumnSays) else ColumnSays(field=told)
    if details.field is not None:
        field, sure = _named(made.entity, details.field), 1.01
    elif told is None and any(key == title for key in says.columns):
        field, sure = None, 0.0
    if field is None:
        return ColumnPlan(index=n, header=title)
    plan = ColumnPlan(
        index=n,
        header=title,
        field=field.name,
        kind=field.kind,
        confidence=sure,
        date_order=details.date_order,
    )
    if field.kind not in _NUMBERED:
        return plan
    values = [clean(row[n]) for row in rows if n < len(row)]
    hint = units.of_column(title, hints.get(table.name, title))
    lean: money.Decimal_mark = (
        "," if table.delimiter == ";" or (hint.currency == "EUR" and _has_euro_style(values)) else "."
    )
    mark = details.decimal_mark or says.decimal_mark or money.decimal_mark(values, lean)
    currency = details.currency or hint.currency or says.currency
    return plan.model_copy(
        update={"decimal_mark": mark, "currency": currency, "scale": details.scale or hint.scale}
    )


def _has_euro_style(values: list[str]) -> bool:
    return any(re.fullmatch(r"\D*\d{1,3}(\.\d{3})+\D*", value) for value in values)


def _named(entity: Entity, name: str) -> Field | None:
    if not name:
        return None
    field = entity.field(name)
    if field is None:
        known = ", ".join(each.name for each in entity.fields)
        raise MappingInvalid(f"{entity.name} have no field {name!r}; they have {known}")
    return field
