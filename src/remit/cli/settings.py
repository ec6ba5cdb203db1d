"""`remit settings`: every setting, its value and where it came from."""

from __future__ import annotations

import typer

from remit import settings
from remit.cli import output

app = typer.Typer(help="Show every setting with its source; secrets are masked.")


@app.command()
def show() -> None:
    """Show every setting with its source; secrets are masked."""
    rows = settings.listed()
    output.show(
        {"settings": rows},
        lambda: output.table(
            ["setting", "value", "source", "meaning"],
            [(row.name, row.value, row.source, row.meaning) for row in rows],
        ),
    )
