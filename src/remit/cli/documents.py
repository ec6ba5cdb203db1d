"""`remit documents`: keep files with an account, list what is kept, show one in short."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database

if TYPE_CHECKING:
    from remit.domains.documents.rules import DocumentKind

app = typer.Typer(help="Filings, transcripts, news and notes kept with accounts.", no_args_is_help=True)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Text, HTML, PDF; a 13F in any form.")],
    kind: Annotated[str, typer.Option(help="What they are: 10-K, 10-Q, 8-K, 13F, call_transcript, news, …")],
    account: Annotated[
        str | None, typer.Option(help="The account that they are about: its id or name.")
    ] = None,
    published: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day of their publication; left out, a filing's own head says it."
        ),
    ] = None,
) -> None:
    """Keep files; the same text of an account is kept once. A file that cannot be read stops no other."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.outreach.queries import find_account

    chosen = _kind(kind)
    with database():
        scope = acting.scope()
        account_id = find_account(scope, account) if account else None
        day = published.date() if published else None
        found = [_added(scope, path, chosen, account_id, day) for path in files]
    rows = [(one["path"], one["status"], one["id"] or "", one["reason"]) for one in found]
    output.show({"documents": found}, lambda: output.table(["file", "status", "document", "reason"], rows))
    if any(one["status"] == "refused" for one in found):
        raise typer.Exit(output.REFUSED)


def _kind(text: str) -> DocumentKind:
    from remit.domains.documents.rules import KIND_NAMES

    for kind in KIND_NAMES:
        if kind.casefold() == text.casefold() and kind != "ADV":
            return kind
    known = ", ".join(kind for kind in KIND_NAMES if kind != "ADV")
    raise output.CommandRefused("kind_unknown", f"--kind is one of {known}.", exit_code=output.USAGE)


def _added(scope: Any, path: Path, kind: DocumentKind, account_id: UUID | None, day: Any) -> dict[str, Any]:
    from remit.actions import NotFound, Refused, perform
    from remit.domains.documents import intake
    from remit.knowledge.documents import DocumentRefused
    from remit.knowledge.filings.model import FilingRefused

    told: dict[str, Any] = {"path": str(path), "id": None, "status": "refused", "reason": "", "warnings": []}
    name = intake.plain_name(path.name)
    try:
        if not path.is_file():
            raise DocumentRefused("document_missing", f"There is no file {name}.")
        read = intake.from_bytes(path.read_bytes(), name, kind)
        action = intake.adding(
            read, source_name=name, account_id=account_id, kind=kind, published_on=day, default_title=name
        )
        done = acting.done_at_once(perform(scope, action))
    except NotFound:
        raise
    except (DocumentRefused, FilingRefused, Refused) as refused:
        return {**told, "reason": refused.message}
    status = "added" if done.result["added"] else "known"
    return {**told, "id": done.result["document_id"], "status": status, "warnings": list(read.warnings)}


@app.command("list")
def listed(
    account: Annotated[str | None, typer.Option(help="Only of this account: its id or name.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
) -> None:
    """Documents that you see: an account's by their day, else the last added."""
    from remit.domains.documents import queries
    from remit.domains.outreach.queries import find_account

    chosen = _kind(kind) if kind else None
    with database():
        scope = acting.scope()
        found = (
            queries.list_of_account(scope, find_account(scope, account), chosen, limit=limit)
            if account
            else list(queries.list_documents(scope, kind=chosen, size=limit).rows)
        )
    rows = [(one.id, one.kind, one.day, one.account or "our firm", one.title) for one in found]
    headings = ["document", "kind", "of", "account", "title"]
    output.show(
        {"documents": found}, lambda: output.table(headings, rows) if rows else "Nothing is kept yet."
    )


@app.command()
def show(
    document: Annotated[UUID, an_id("The document, as `remit documents list` names it.")],
) -> None:
    """One document in short, and what changed against the one before it of its kind."""
    from remit.db.sessions import read
    from remit.domains.documents import digest, queries

    with database(), read(acting.scope()) as s:
        found = queries.load_document(s, document)
        previous = queries.find_previous(s, found)
    summary, changes = digest.summary_of(found), digest.changes_of(found, previous)
    told = {
        "document": found.head, "warnings": found.warnings, "bullets": summary.bullets, "numbers": summary.numbers,
        "previous": previous.head if previous else None, "changes": changes,
    }  # fmt: skip

    def lines() -> str:
        bullets = [f"{'-' if each.certain else '?'} {each.text}" for each in summary.bullets]
        moved = (
            [f"  {each.what}: {each.now}, before {each.previous}" for each in changes.numbers]
            if changes
            else []
        )
        return "\n".join(
            [f"{found.head.title} · {found.head.kind_name} · {found.head.day}", *bullets, *moved]
        )

    output.show(told, lines)
