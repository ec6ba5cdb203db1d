"""`remit eval NAME`: how good an answer is, on cases with known answers. Needs a checkout (folder tests/evals/)."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli import output

app = typer.Typer(help="Measure quality on cases with known answers.")

_NOT_EVALS = frozenset({"support", "conftest"})


def _root() -> Path:
    """The checkout that this program runs from. Raises CommandRefused when there is none."""
    root = Path(__file__).resolve().parents[3]
    if not (root / "tests" / "evals").is_dir():
        raise output.CommandRefused(
            "no_checkout", "The evals are in the source tree: run this from a checkout of Remit."
        )
    return root


def names(root: Path) -> list[str]:
    """Every eval, found by file name."""
    found = pkgutil.iter_modules([str(root / "tests" / "evals")])
    return sorted(
        one.name
        for one in found
        if not one.ispkg and not one.name.startswith("test_") and one.name not in _NOT_EVALS
    )


@app.command(name="eval")
def evaluate(
    name: Annotated[str, typer.Argument(help="Which eval.")],
    part: Annotated[str | None, typer.Option(help="Only this part of its cases (dev, …).")] = None,
    failures: Annotated[int, typer.Option(min=0, help="How many failures to print for a person.")] = 20,
) -> None:
    """Run an eval: cases, correct, wrong, abstained, accuracy with its lower bound, and each failure."""
    root = _root()
    if name not in (known := names(root)):
        raise output.CommandRefused(
            "unknown_eval", f"No eval called {name}. There are: {', '.join(known)}.", exit_code=output.USAGE
        )
    sys.path.insert(0, str(root))
    support = importlib.import_module("tests.evals.support")
    try:
        document = importlib.import_module(f"tests.evals.{name}").run(part).document()
    except support.UnknownPart as error:
        raise output.CommandRefused("unknown_part", str(error), exit_code=output.USAGE) from error
    output.show(document, lambda: _told(document, failures))


def _told(document: dict[str, Any], most: int) -> str:
    lines = [f"{key}: {value}" for key, value in document.items() if key != "failures"]
    lines += [" · ".join(str(value) for value in one.values()) for one in document["failures"][:most]]
    if (left := len(document["failures"]) - most) > 0:
        lines.append(f"and {left} more; --json has all")
    return "\n".join(lines)
