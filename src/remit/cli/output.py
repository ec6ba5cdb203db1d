"""What every command prints, and how it ends.

With `--json` exactly one JSON document goes to stdout; logs and progress go to stderr. Exit codes:
0 done · 1 refused or check failed · 2 usage · 3 not found or not permitted · 4 a service is unavailable.

An exception that carries a `code` (a stable word) is a refusal: it is shown with its message and `details`
and ends the command with its `exit_code` (1 when it has none). Anything else is a fault of ours: code `fault`,
exit code 1, its traceback on stderr.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

DONE, REFUSED, USAGE, NOT_FOUND, UNAVAILABLE = range(5)
NAMES_NOTHING = frozenset({"not_found", "unknown_action", "unknown_channel"})
"""Codes of the door for something named that is not there: exit code 3, whichever command it was."""


class Options:
    """The options given before the command. `person` is the value of `--as`, None when absent."""

    json: bool = False
    person: str | None = None


options = Options()


class CommandRefused(Exception):
    """Raise this in a command to end it with a refusal."""

    def __init__(
        self, code: str, message: str, *, exit_code: int = REFUSED, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = exit_code
        self.details = dict(details or {})


def plain(value: Any) -> Any:
    """`value` as JSON types: dataclasses by field, instants as RFC 3339, decimals and ids as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | Path):
        return str(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def show(document: Any, text: str | Callable[[], str] | None = None) -> None:
    """Print the result of the command: the document with --json, else `text` (or the document, indented)."""
    if options.json:
        sys.stdout.write(json.dumps(plain(document), ensure_ascii=False) + "\n")
    elif text is None:
        sys.stdout.write(json.dumps(plain(document), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write((text() if callable(text) else text).rstrip("\n") + "\n")
    sys.stdout.flush()


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A plain table for people: columns padded to their widest cell, None shown as nothing."""
    cells = [[*headings], *[["" if cell is None else str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return "\n".join(line.rstrip() for line in lines)


def progress(line: str) -> None:
    """A line about work under way, on stderr so that it never mixes with the result."""
    print(line, file=sys.stderr, flush=True)


def end_with(error: BaseException) -> NoReturn:
    """Show a refusal, or that this is a fault of ours, and exit. A fault's traceback goes to stderr, in no document."""
    code = getattr(error, "code", None)
    # SQLAlchemy's errors carry a `code` too (of a help page): only ours are refusals
    ours = any(each.__module__.startswith("remit.") for each in type(error).__mro__)
    if not (ours and isinstance(code, str)):
        traceback.print_exception(error)
        error = CommandRefused(
            "fault", f"This is a fault in Remit ({type(error).__name__}); what happened stands on stderr."
        )
        code = error.code
    message = getattr(error, "message", None) or str(error)
    document = {"error": {"code": code, "message": message, "details": getattr(error, "details", None) or {}}}
    if options.json:
        show(document)
    else:
        print(f"remit: {message}  [{code}]", file=sys.stderr)
    raise SystemExit(getattr(error, "exit_code", NOT_FOUND if code in NAMES_NOTHING else REFUSED))
