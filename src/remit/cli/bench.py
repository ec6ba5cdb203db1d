"""`remit bench [NAME…]`: figures with both sides measured in the same run. Needs a checkout (folder benchmarks/)."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli import output

app = typer.Typer(help="Measure speed and memory, each figure beside its other side.")

_COLUMNS = ["name", "ours", "other", "unit", "ratio", "what", "other_name", "runs", "n"]


def _root() -> Path:
    """The checkout that this program runs from. Raises CommandRefused when there is none."""
    root = Path(__file__).resolve().parents[3]
    if not (root / "benchmarks").is_dir():
        raise output.CommandRefused(
            "no_checkout", "The benchmarks are in the source tree: run this from a checkout of Remit."
        )
    return root


@app.command()
def bench(names: Annotated[list[str] | None, typer.Argument(help="Which (default: all).")] = None) -> None:
    """Run the benchmarks and print a row per figure."""
    root = _root()
    sys.path.insert(0, str(root))
    known = sorted(m.name for m in pkgutil.iter_modules([str(root / "benchmarks")]) if m.name != "support")
    unknown = sorted(set(names or ()) - set(known))
    if unknown:
        raise output.CommandRefused(
            "unknown_benchmark",
            f"No benchmark called {', '.join(unknown)}. There are: {', '.join(known)}.",
            exit_code=output.USAGE,
        )
    rows: list[dict[str, Any]] = []
    for name in names or known:
        typer.echo(f"measuring {name} …", err=True)
        rows += importlib.import_module(f"benchmarks.{name}").run()
    output.show(
        {"rows": rows},
        lambda: output.table(_COLUMNS, [[str(row[column]) for column in _COLUMNS] for row in rows]),
    )
