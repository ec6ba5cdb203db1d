"""`remit send DRAFT`: ask for a draft to be sent; where policy wants a person's approval, it waits for it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id
from remit.cli.opening import database

app = typer.Typer(help="Send a draft, or leave it waiting for approval.")


@app.command()
def send(
    draft: Annotated[UUID, an_id("Id of the draft.", "DRAFT")],
    reason: Annotated[str, typer.Option(help="Shown to whoever approves.")] = "",
) -> None:
    """Send a draft, or leave it waiting for approval."""
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers
        from remit.actions import Performed
        from remit.domains.outreach.writing import send_draft

        done = send_draft(acting.scope(), draft, reason=reason)
    if isinstance(done, Performed):
        output.show(
            {"state": "queued", "action": done},
            f"{done.sentence} Queued for delivery (action {done.action_id}).",
        )
        return
    output.show(
        {"state": "waiting", "suggestion": done},
        f"{done.sentence}\nremit approve {done.suggestion_id} --hash {done.payload_hash}",
    )
