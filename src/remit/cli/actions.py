"""`remit actions list|show ID`: what waits for a person, what was done, and one of them in full."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database

app = typer.Typer(help="What waits for a person and what was done.", no_args_is_help=True)


@app.command("list")
def list_(
    after: Annotated[str | None, typer.Option(metavar="CURSOR", help="`next` of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many that wait.")] = 50,
) -> None:
    """What waits for a person, soonest to expire first, page by page; on the first page also the latest actions."""
    with database():
        from remit.actions import queries

        scope = acting.scope()
        waiting = queries.list_suggestions(scope, "all", after=after, limit=limit)
        done = [] if after else queries.list_latest_actions(scope)

    def told() -> str:
        waits = [(one.id, one.kind, one.title, one.proposer, one.expires_at.date()) for one in waiting.rows]
        acts = [(one.id, one.kind, one.actor, one.account, f"{one.at:%Y-%m-%d %H:%M}") for one in done]
        headings = ["waiting", "kind", "what", "from", "until"]
        parts = [output.table(headings, waits) if waits else "Nothing waits for a person."]
        if waiting.next:
            parts.append(f"More: remit actions list --after {waiting.next}")
        if not after:
            headings = ["done", "kind", "by", "account", "at"]
            parts.append(output.table(headings, acts) if acts else "Nothing was done yet.")
        return "\n\n".join(parts)

    output.show({"waiting": waiting.rows, "next": waiting.next, "done": done}, told)


@app.command()
def show(
    identifier: Annotated[UUID, an_id("Id of an action or a suggestion.")],
) -> None:
    """An action with its stages, decision, effects and receipts; or what waits, with its payload and hash.

    `footer`: what delivery puts under the text of an e-mail.
    """
    with database():
        from remit.connectors.email.preview import footer_for

        found = _found(identifier)
        footer = footer_for(acting.scope(), found.kind, found.payload)
    shown = {field.name: getattr(found, field.name) for field in fields(found)}
    output.show({**shown, "footer": footer} if footer else found)


def _found(identifier: UUID) -> Any:
    from remit.actions import NotFound, queries

    scope = acting.scope()
    try:
        return queries.get_action(scope, identifier)
    except NotFound:
        suggestion = queries.get_suggestion(scope, identifier)
    return queries.get_action(scope, suggestion.action_id) if suggestion.action_id else suggestion
