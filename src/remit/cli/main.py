"""The `remit` command. Each command or group is one file beside this one, loaded when it is called.

To add `remit thing`, write `cli/thing.py` with `app = typer.Typer(help=…)` and one command (or several, which
makes `remit thing …` a group). Underscores become dashes; a trailing one is dropped (`import_.py`).
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import remit
from remit import cli, logs
from remit.cli import output

# typer carries its own copy of click; its usage errors have this base.
UsageProblem: Any = next(each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException")
NOT_COMMANDS = frozenset(
    {"main", "output", "opening", "acting", "naming", "pasting", "noting", "offering", "compliance_review"}
)


def _files() -> dict[str, str]:
    """Command name → module name."""
    names = [found.name for found in pkgutil.iter_modules(cli.__path__) if found.name not in NOT_COMMANDS]
    return {name.rstrip("_").replace("_", "-"): name for name in names}


class Commands(TyperGroup):
    """Commands found by file name, so that `remit settings` does not import the database."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of all commands, sorted."""
        return sorted(_files())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command's file; None when there is no such command."""
        module = _files().get(cmd_name)
        if module is None:
            return None
        found = importlib.import_module(f"remit.cli.{module}").app
        found._add_completion = False  # completion belongs to the program, not to each command
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"remit {remit.__version__}")
        raise typer.Exit


@app.callback()
def options(
    person: Annotated[
        str | None,
        typer.Option("--as", metavar="PERSON", help="Act as this person (e-mail address or name)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Remit: AI that sells only within its remit."""
    output.options.person = person
    output.options.json = as_json


def in_front(arguments: list[str]) -> list[str]:
    """Move `--json` and `--as PERSON` before the command, so that they may stand anywhere before `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    front: list[str] = []
    rest: list[str] = []
    position = 0
    while position < end:
        word = arguments[position]
        if word == "--json" or word.startswith("--as="):
            front.append(word)
        elif word == "--as" and position + 1 < end:
            front += [word, arguments[position + 1]]
            position += 1
        else:
            rest.append(word)
        position += 1
    return front + rest + arguments[end:]


def run(arguments: list[str] | None = None) -> None:
    """Entry point of the `remit` program."""
    words = in_front(sys.argv[1:] if arguments is None else arguments)
    output.options.json = "--json" in words
    output.options.person = None
    try:
        _configure_logs()
        code = app(args=words, prog_name="remit", standalone_mode=False)
    except UsageProblem as error:
        if output.options.json:
            output.show({"error": {"code": "usage", "message": error.format_message(), "details": {}}})
        else:
            error.show()
        raise SystemExit(output.USAGE) from None
    except (typer.Abort, KeyboardInterrupt):
        raise SystemExit(130) from None
    except Exception as error:  # noqa: BLE001 - end_with shows it, and its traceback when it is no refusal
        output.end_with(_in_words(error))
    if isinstance(code, int) and code:  # what the command gave to typer.Exit
        raise SystemExit(code)


def _in_words(error: Exception) -> Exception:
    """A full disk and a database that is away are no faults of ours: they end the command with a sentence (exit 4)."""
    if isinstance(error, OSError) or type(error).__module__.startswith(("sqlalchemy.", "psycopg.")):
        from remit.db import trouble

        return trouble.explain(error) or error
    if type(error).__name__ == "ValidationError":
        return _refused_values(error) or error
    return error


def _refused_values(error: Any) -> Exception | None:
    """Values that an action does not take, as a refusal that names the fields; None when something else is invalid."""
    from remit.actions import registry

    if error.title not in registry.verbs():
        return None
    fields = [
        {"field": ".".join(map(str, each["loc"])), "reason": each["msg"].removeprefix("Value error, ")}
        for each in error.errors(include_url=False, include_input=False)
    ]
    told = "; ".join(f"{each['field']}: {each['reason']}" for each in fields[:5])
    return output.CommandRefused(
        "invalid", f"What was given cannot be used. {told}", details={"fields": fields}
    )


def _configure_logs() -> None:
    from remit.settings import load

    settings = load()
    logs.configure(settings.log_level, settings.log_format)
