"""`remit import crm PATH`: a firm's export, or what would become of it (`--dry-run`)."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database
from remit.kit.text import percent

app = typer.Typer(help="Import the firm's records; read what past imports rejected.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Import the firm's records; read what past imports rejected."""


@app.command()
def crm(
    path: Annotated[Path, typer.Argument(help="A folder, or one CSV, TSV or spreadsheet (also .gz).")],
    mapping: Annotated[
        Path | None, typer.Option(help="Mapping file, JSON or TOML (docs/importing.md).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; change nothing.")
    ] = False,
    date_order: Annotated[
        Literal["dmy", "mdy"] | None, typer.Option(help="Day or month first, for dates that read both ways.")
    ] = None,
    on_error: Annotated[
        Literal["stop", "keep-valid", "strict"] | None,
        typer.Option(
            help="A broken file: stop = nothing is imported (default); keep-valid = all valid rows are; "
            "strict = one rejected row, and nothing is."
        ),
    ] = None,
) -> None:
    """Import accounts, contacts, leads, deals, activities, products and people from an export."""
    import remit.wiring  # noqa: F401
    from remit.actions import Waiting
    from remit.domains.imports.run import import_path

    with database():
        done = import_path(
            acting.scope_or_system(),
            path,
            mapping=mapping,
            dry_run=dry_run,
            date_order=date_order,
            on_error=on_error,
        )
    if isinstance(done, Waiting):
        raise output.CommandRefused(
            "needs_approval", done.sentence, details={"suggestion_id": str(done.suggestion_id)}
        )
    output.show(done, lambda: told(done))


@app.command("list")
def list_(
    after: Annotated[str | None, typer.Option(metavar="CURSOR", help="`next` of the page before.")] = None,
) -> None:
    """Past imports, newest first: who imported what, and how much of it."""
    from remit.domains.imports.queries import list_imports

    with database():
        found = list_imports(acting.scope_or_system(), after)
    rows = [
        (each.id, f"{each.started_at:%Y-%m-%d %H:%M}", each.by_name, each.path, each.report.get("rows"), each.report.get("rejected"))
        for each in found.rows
    ]  # fmt: skip
    headings = ["import", "at", "by", "path", "rows", "rejected"]
    output.show(
        {"imports": found.rows, "next": found.next},
        lambda: output.table(headings, rows) if rows else "Nothing was imported yet.",
    )


@app.command()
def rejected(
    import_id: Annotated[UUID, an_id("The import (its id stands in its report).")],
    out: Annotated[Path | None, typer.Option(help="Write a CSV file instead of showing them.")] = None,
) -> None:
    """The rows that an import rejected: file, row, column, value, reason."""
    from remit.domains.imports.queries import iter_rejections
    from remit.kit.files import whole_file
    from remit.kit.text import safe_cell

    columns = ["file", "row", "column", "value", "reason"]
    with database():
        rows = iter_rejections(acting.scope_or_system(), import_id)
        if output.options.json and out is None:
            output.show({"import_id": import_id, "rejected": [vars_of(row, columns) for row in rows]})
            return
        if out and out.exists():
            raise output.CommandRefused("file_exists", f"{out} exists already; name another file.")
        with whole_file(out, encoding="utf-8-sig", newline="") if out else nullcontext(sys.stdout) as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            count = 0
            for row in rows:
                writer.writerow([safe_cell(getattr(row, column)) for column in columns])
                count += 1
    if out:
        output.show({"import_id": import_id, "file": out, "rows": count})


def vars_of(row: object, columns: list[str]) -> dict[str, Any]:
    """The named attributes of a row."""
    return {column: getattr(row, column) for column in columns}


def told(report: Mapping[str, Any]) -> str:
    """The report for people: a table of files, then what there is to know about each."""
    columns = ["file", "entity", "rows", "created", "updated", "unchanged", "rejected_count"]
    files = report["files"]
    lines = [
        output.table([*columns[:-1], "rejected"], [[each[column] for column in columns] for each in files])
    ]
    for each in files:
        if each["skipped"]:
            lines.append(f"\n{each['file']}: skipped, {each['skipped']}")
            continue
        lines.append(f"\n{each['file']} is read as {each['entity']}:")
        lines += [
            f"  {column} → {field} ({percent(each['confidence'].get(column, 1))})"
            for column, field in each["mapping"].items()
        ]
        if each["kept"]:
            lines.append(f"  kept as they are: {', '.join(each['kept'])}")
        lines += [f"  note: {note}" for note in each["notes"]]
        lines += [
            f"  row {r['row']}, {r['column'] or 'whole row'}: {r['value'] or ''!r} {r['reason']}"
            for r in each["rejected"][:10]
        ]
        if each["rejected_count"] > 10:
            lines.append(
                f"  and {each['rejected_count'] - 10:,} more: remit import rejected {report['import_id']}"
            )
    if report["made"]:
        lines.append(
            "\nMade beside the rows: " + ", ".join(f"{n:,} {what}" for what, n in report["made"].items())
        )
    lines.append(
        "\nDry run: nothing was changed."
        if report["dry_run"]
        else f"\nImport {report['import_id']} in {report['seconds']} s."
    )
    return "\n".join(lines)
