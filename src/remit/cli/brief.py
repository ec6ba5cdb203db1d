"""`remit brief ACCOUNT|OPPORTUNITY|MEETING`: one page before a meeting, every line dated and sourced."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database

if TYPE_CHECKING:
    from remit.domains.briefs.model import Brief
    from remit.scope import Scope

app = typer.Typer(help="One page before a meeting, from the records.")


@app.command()
def brief(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="Id of an account, a deal or a meeting, an account's name, or a part that only one has.",
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Write the Markdown to this file.")] = None,
    save: Annotated[bool, typer.Option(help="Keep it as a note on the account, with its sources.")] = False,
    short: Annotated[
        bool,
        typer.Option(
            "--short", help="With sentences of the model of the settings above it, held to its lines."
        ),
    ] = False,
    private: Annotated[
        bool,
        typer.Option("--private", help="With what is for our eyes only, marked so; else it is left out."),
    ] = False,
) -> None:
    """One page before a meeting: who, why now, what changed, what not to say. As Markdown, or JSON with --json."""
    if not subject.strip():
        raise output.CommandRefused(
            "subject_needed", "Name an account, a deal or a meeting.", exit_code=output.USAGE
        )
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers
        from remit.actions import perform
        from remit.domains.briefs import markdown, queries
        from remit.domains.briefs.actions import SaveBrief
        from remit.kit import clock

        scope = acting.scope()
        kind, subject_id = queries.find_subject(scope, subject)
        found = queries.get_brief(scope, kind, subject_id, now=clock.now())
        document, text = found.document(), markdown.written(found, private=private)
        if short:
            text = _in_short(scope, found, document) + text
        if save:
            done = perform(scope, SaveBrief(about=kind, subject_id=subject_id, sha256=found.sha256))
            document["saved"] = acting.done_at_once(done).result
    if out is not None:
        _write(out, text)
        document["file"] = str(out)
    output.show(document, text)


def _in_short(scope: Scope, found: Brief, document: dict[str, Any]) -> str:
    """What the model wrote, as Markdown, and in the document under `short`; where none could, the note that says why."""
    from remit.domains.briefs import modelled
    from remit.llm.gateway.ledger import NoModel

    try:
        made = modelled.write(scope, found)
    except NoModel as error:
        document["short"] = {"model": None, "sentences": [], "note": error.note}
        return f"{error.note}\n\n"
    sentences = [{"text": one.text, "lines": [line.text for line in one.lines]} for one in made.sentences]
    document["short"] = {"model": made.model, "sentences": sentences, "note": made.note}
    told = "".join(f"- {one.text}\n" for one in made.sentences)
    return f"In short, by {made.model}:\n\n{told}" + (f"\n{made.note}\n" if made.note else "") + "\n"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise output.CommandRefused(
            "file_not_written", f"{path} cannot be written: {error.strerror or error}."
        ) from error
