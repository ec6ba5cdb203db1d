"""Records as a command line names them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import typer

from remit.cli import output


def record_id(text: str) -> UUID:
    """The id that `text` is. Raises CommandRefused: what is no id names nothing, and that is answered as for any other."""
    try:
        return UUID(text)
    except ValueError:
        raise output.CommandRefused(
            "not_found", "There is no such record, or you may not see it.", exit_code=output.NOT_FOUND
        ) from None


def an_id(help: str, metavar: str = "ID") -> Any:
    """The argument of a command that is the id of a record."""
    return typer.Argument(parser=record_id, metavar=metavar, help=help)


EFFECT: Final = an_id("Id of the effect; `remit effects list` shows it.")
