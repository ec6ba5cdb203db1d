"""`remit demo generate`: the simulated firm, Northlake Systems, in an empty installation."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(help="The demo firm: a simulated sales organisation with sealed answers.")


@app.callback()
def group() -> None:
    """The demo firm: a simulated sales organisation with sealed answers."""


@app.command()
def generate(
    scale: Annotated[
        float, typer.Option(help="1 is 420 accounts; 100 is for benchmarks.", min=0.01, max=1000)
    ] = 1,
    seed: Annotated[int, typer.Option(help="The same seed and day give the same bytes.", min=0)] = 7,
    as_of: Annotated[
        str | None, typer.Option(help="The day after the history, as YYYY-MM-DD; today by default.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Only generate; print digest, counts, and what Remit finds in the documents."
        ),
    ] = False,
) -> None:
    """Generate the demo firm and load it into this installation, which must be empty."""
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise output.CommandRefused(
            "usage", f"{as_of!r} is no date: write it as 2026-11-23.", exit_code=output.USAGE
        ) from None
    from remit.demo import load

    if check:
        manifest = load.judged(scale, seed, day)
    else:
        with database():
            scope = acting.scope() if output.options.person else None
            manifest = load.load_demo(scale, seed, as_of=day, progress=output.progress, scope=scope)
    counts = [(name, f"{count:,}") for name, count in manifest["counts"].items()]
    dirt = [(name, f"{count:,}") for name, count in manifest["dirt_counts"].items()]
    output.show(
        manifest,
        lambda: (
            f"{manifest['firm']}, version {manifest['version']}, seed {seed}, as of {manifest['as_of']}\n"
            f"digest {manifest['digest']}\n\n{output.table(['table', 'rows'], counts)}\n\n"
            f"{output.table(['deliberate dirt', 'pieces'], dirt)}{_checked(manifest)}"
        ),
    )


def _checked(manifest: dict[str, Any]) -> str:
    """What was found in the documents, beside what is in them."""
    if "checked" not in manifest:
        return ""
    found = {name: each for name, each in manifest["checked"].items() if name != "documents"}
    rows = [(name, each["found"], each["of"], each.get("not_read", "")) for name, each in found.items()]
    missed = [f"  missed {name}: {line}" for name, each in found.items() for line in each.get("missed", ())]
    table = output.table(["in documents", "found", "of", "not read yet"], rows)
    return "\n\n" + "\n".join([table, *missed])
