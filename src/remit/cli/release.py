"""`remit release ID --reason R`: what a restore holds may be decided."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database

app = typer.Typer(help="Let what is held since a restore be decided.")


@app.command()
def release(
    suggestion: Annotated[UUID, an_id("Id of the suggestion.")],
    reason: Annotated[str, typer.Option(help="How you know that it was not done already.")],
) -> None:
    """Let what is held since a restore be decided."""
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers
        from remit.actions import perform
        from remit.actions.queries import get_suggestion
        from remit.actions.suggestions import ReleaseSuggestion

        scope = acting.scope()
        perform(scope, ReleaseSuggestion(suggestion_id=suggestion, reason=reason))
        shown = get_suggestion(scope, suggestion)
    output.show(shown, "Released; it can be approved or rejected now.")
