"""`remit approve ID --hash H`: a person's yes to exactly one payload."""

from __future__ import annotations

import dataclasses
from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database

app = typer.Typer(help="Approve what waits, naming the hash of what you read.")


@app.command()
def approve(
    suggestion: Annotated[UUID, an_id("Id of the suggestion.")],
    payload_hash: Annotated[str, typer.Option("--hash", help="Hash of the payload that you read.")],
) -> None:
    """Approve what waits, naming the hash of what you read."""
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers
        from remit.actions import approve as approve_suggestion
        from remit.actions.queries import get_action

        scope = acting.scope()
        done = approve_suggestion(scope, suggestion, payload_hash)
        shown = get_action(scope, done.action_id)
        code = None
        if done.kind == "IssueInvitation":
            from remit.domains.people.overseers import find_code

            code = find_code(scope, str(shown.payload["token_hash"]))
    told = f"Approved and done: {done.sentence} (action {done.action_id})"
    if code is not None:
        told += f"\nThe link opens with this code; tell it to the person yourself: {code}"
        output.show({**dataclasses.asdict(shown), "link_code": code}, told)
        return
    output.show(shown, told)
