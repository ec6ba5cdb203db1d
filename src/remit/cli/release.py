"""`remit release ID --reason R`: what a restore holds may be decided or sent."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database

app = typer.Typer(help="Let what is held since a restore be decided.")


@app.command()
def release(
    held: Annotated[UUID, an_id("Id of the suggestion or the draft.")],
    reason: Annotated[str, typer.Option(help="How you know that it was not done already.")],
) -> None:
    """Let what is held since a restore be decided (a suggestion) or sent (a draft)."""
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers
        from remit.actions import NotFound, perform
        from remit.actions.queries import get_suggestion
        from remit.actions.suggestions import ReleaseSuggestion
        from remit.domains.outreach.holding import ReleaseDraft
        from remit.domains.outreach.queries import preview

        scope = acting.scope()
        shown: Any
        try:
            perform(scope, ReleaseSuggestion(suggestion_id=held, reason=reason))
            shown, told = get_suggestion(scope, held), "Released; it can be approved or rejected now."
        except NotFound:  # no suggestion that the person sees: a draft, or the same answer
            perform(scope, ReleaseDraft(draft_id=held, reason=reason))
            shown, told = preview(scope, held), "Released; it can be sent now."
    output.show(shown, told)
