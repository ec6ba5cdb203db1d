"""`remit remits …`: how far agents may go; granting takes two people, revoking acts at once."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id, record_id
from remit.cli.opening import database

app = typer.Typer(help="List, grant and revoke remits.", no_args_is_help=True)


@app.command("list")
def list_() -> None:
    """List the remits in force; what is not listed is off."""
    from remit.domains.governance import queries

    with database():
        found = queries.list_remits(acting.scope())
    rows = [
        (
            one.action_kind,
            one.segment,
            one.channel,
            one.agent or "any agent",
            one.level,
            one.daily_cap_count,
            one.id,
        )
        for one in found
    ]
    headings = ["action", "segment", "channel", "agent", "level", "a day", "id"]
    output.show(
        {"remits": found},
        lambda: output.table(headings, rows) if rows else "No remit is granted: every agent is off.",
    )


@app.command()
def grant(
    action: Annotated[str, typer.Argument(help="Action kind, such as LogActivity.")],
    level: Annotated[str, typer.Argument(help="off, suggest, approve or auto")],
    reason: Annotated[str, typer.Option(help="Why.")],
    segment: Annotated[str, typer.Option(help="Only this segment.")] = "*",
    channel: Annotated[str, typer.Option(help="Only this channel.")] = "*",
    agent: Annotated[
        UUID | None, typer.Option(parser=record_id, metavar="ID", help="Only this agent (id).")
    ] = None,
    cap: Annotated[int | None, typer.Option(help="For auto: at most this many a day.")] = None,
) -> None:
    """Ask for a remit; somebody of the other side (board or compliance) approves it."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import Waiting, perform
    from remit.domains.governance.actions import GrantRemit
    from remit.policy.model import LEVELS

    if level not in LEVELS:
        raise output.CommandRefused(
            "level_unknown", f"{level} is no level; use {', '.join(LEVELS)}.", exit_code=output.USAGE
        )
    asked = GrantRemit(
        action_kind=action, level=level, segment=segment, channel=channel, agent_id=agent,
        daily_cap_count=cap, reason=reason,
    )  # fmt: skip
    with database():
        done = perform(acting.scope(), asked)
    if isinstance(done, Waiting):
        told = f"{done.sentence}\nTo approve: remit --as PERSON approve {done.suggestion_id} --hash {done.payload_hash}"
        output.show({"state": "waiting", "waiting": done}, told)
    else:
        output.show({"state": "granted", **done.result}, f"Granted: {asked.action_kind} at '{asked.level}'.")


@app.command()
def revoke(
    remit_id: Annotated[UUID, an_id("The remit's id; `remit remits list` shows it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Take a remit back at once; what is queued on its strength alone is recalled."""
    import remit.wiring  # noqa: F401 - registers the handlers, and what goes back to Approvals
    from remit.actions import perform
    from remit.domains.governance.actions import RevokeRemit

    with database():
        done = acting.done_at_once(perform(acting.scope(), RevokeRemit(remit_id=remit_id, reason=reason)))
    output.show(done.result, lambda: f"Revoked. Recalled from the queue: {done.result['recalled_count']}.")
