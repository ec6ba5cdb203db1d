"""`remit init --crm DIR`: a new installation on a firm's own records instead of the demo firm."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from remit.cli import acting, output

app = typer.Typer(help="Begin an installation with a firm's own CRM export.")


@app.command()
def init(
    crm: Annotated[Path, typer.Option(help="A folder with the export, or one file (CSV, TSV, XLSX).")],
    mapping: Annotated[Path | None, typer.Option(help="Mapping file (docs/importing.md).")] = None,
) -> None:
    """Import a firm's own CRM export into an installation that nobody uses yet; then `remit up` serves it."""
    import remit.wiring  # noqa: F401
    from remit.actions import Waiting
    from remit.cli.import_ import told
    from remit.cli.opening import database
    from remit.domains.imports.run import import_path
    from remit.supervise.first_start import is_first

    with database("remit init") as location:
        fresh = is_first(location)
    if not fresh:
        raise output.CommandRefused(
            "already_begun",
            "This installation has people or records already. Add to it with `remit --as PERSON import crm PATH`, "
            "or choose an empty REMIT_HOME.",
        )
    with database("remit init"):
        report = import_path(acting.scope_or_system(), crm, mapping=mapping)
    if isinstance(report, Waiting):
        raise output.CommandRefused(
            "needs_approval", report.sentence, details={"suggestion_id": str(report.suggestion_id)}
        )
    # Both reports side by side: `files` here, `documents` once there are documents to add.
    output.show(report, lambda: f"{told(report)}\n\nNow: remit up. It prints a link to set Remit up, once.")
