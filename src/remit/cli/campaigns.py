"""`remit campaigns ACCOUNT`: what the people of an account took part in, and the leads that they were."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(help="Campaigns and events that an account's people took part in.")


@app.command()
def campaigns(
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT", help="Its id, its name, or a part of it that only one has.")
    ],
) -> None:
    """List campaigns and events of an account's people, the newest first, and the leads that became its contacts."""
    from remit.domains.briefs.queries import find_subject
    from remit.domains.campaigns import queries

    with database():
        scope = acting.scope()
        kind, account_id = find_subject(scope, account)
        if kind != "account":
            raise output.CommandRefused(
                "not_found", "There is no such account, or you may not see it.", exit_code=output.NOT_FOUND
            )
        members = queries.list_memberships(scope, account_id)
        leads = queries.list_came_from(scope, account_id)
    rows = [(f"{one.on or ''}", one.who, one.said, one.source) for one in members]
    told = [
        f"{one.said} came as a lead{f' on {one.received_at:%Y-%m-%d}' if one.received_at else ''}"
        for one in leads
    ]
    table = (
        output.table(("day", "who", "what", "from"), rows)
        if rows
        else "Nobody took part in a campaign or event."
    )
    output.show({"memberships": members, "leads": leads}, "\n".join([table, *told]))
