"""`remit papers …`: documents of our own that buyers may be quoted from; releasing one, and ending that."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database

app = typer.Typer(help="Documents of our own that buyers may be quoted from.", no_args_is_help=True)
Id = Annotated[UUID, an_id("The document; `remit documents list` shows it.")]


@app.command("list")
def list_() -> None:
    """List what may be quoted, with owner, day and review date; the newest first."""
    from remit.domains.questionnaires import papers

    with database():
        rows = papers.list_papers(acting.scope())
    head = ["document", "owner", "of", "review by", "released by", "id"]
    cells = [
        (one.title[:60], one.owner, one.of_on, one.review_by_on, one.released_by_name, one.id) for one in rows
    ]
    shown = [
        {"id": one.id, "title": one.title, "owner": one.owner, "of_on": one.of_on, "review_by_on": one.review_by_on,
         "released_by": one.released_by_name, "version": one.version}
        for one in rows
    ]  # fmt: skip
    output.show(
        {"papers": shown}, lambda: output.table(head, cells) if rows else "Nothing may be quoted yet."
    )


@app.command()
def release(
    document: Id,
    review_by: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="By when it is looked at again.")],
    owner: Annotated[str, typer.Option(help="Who owns it, by name; yourself if left out.")] = "",
) -> None:
    """Let buyers be quoted from a document of our own that somebody else added."""
    from remit.domains.questionnaires import papers, releasing

    with database():
        scope = acting.scope()
        named = [one for one in papers.list_owners(scope) if owner and owner.lower() in one.name.lower()]
    if owner and len(named) != 1:
        raise output.CommandRefused("owner_unfit", f"No one person who may own a paper is called {owner}.")
    action = releasing.ReleasePaper(
        document_id=document,
        owner_id=named[0].id if owner else scope.person_id,
        review_by_on=review_by.date(),
    )
    with database():
        done = acting.performed(action)
    output.show(done, "Released: buyers may be quoted from it.")


@app.command()
def withdraw(document: Id, reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Let nobody be quoted from it any more."""
    from remit.actions import NotFound
    from remit.db.sessions import read
    from remit.domains.questionnaires import papers, releasing

    with database(), read(acting.scope()) as s:
        found = papers.find_paper(s, document)
    if found is None:
        raise NotFound("paper")
    action = releasing.WithdrawPaper(document_id=found.id, expected_version=found.version, reason=reason)
    with database():
        done = acting.performed(action)
    output.show(done, "Withdrawn: nobody is quoted from it any more.")
