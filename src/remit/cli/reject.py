"""`remit reject ID --reason R`: a person's no."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database

app = typer.Typer(help="Reject what waits, with the reason.")


@app.command()
def reject(
    suggestion: Annotated[UUID, an_id("Id of the suggestion.")],
    reason: Annotated[str, typer.Option(help="Why; whoever proposed it reads this.")],
) -> None:
    """Reject what waits, with the reason."""
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers
        from remit.actions import RejectSuggestion, perform
        from remit.actions.queries import get_suggestion

        scope = acting.scope()
        perform(scope, RejectSuggestion(suggestion_id=suggestion, reason=reason))
        shown = get_suggestion(scope, suggestion)
    output.show(shown, "Rejected; whoever proposed it sees the reason.")
