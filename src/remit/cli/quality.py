"""`remit quality`: what is wrong with the records, per rep and as a list of repairs."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(help="Duplicates, missing, stale and contradictory fields.")


@app.command()
def quality(
    refresh: Annotated[bool, typer.Option("--refresh", help="Look through all records first.")] = False,
    rep: Annotated[str | None, typer.Option(help="Only what this person owns (name or e-mail).")] = None,
    kind: Annotated[str | None, typer.Option(help="duplicate, missing, stale or contradiction.")] = None,
    top: Annotated[int, typer.Option(min=1, max=500, help="How many issues to list.")] = 50,
) -> None:
    """Show open issues: counts per rep, and the first of the repair queue."""
    import remit.wiring  # noqa: F401
    from remit import identity
    from remit.actions import perform
    from remit.domains.quality import queries
    from remit.domains.quality.actions import RefreshQuality
    from remit.domains.quality.detectors import Kind

    if kind is not None and kind not in get_args(Kind):
        raise output.CommandRefused(
            "kind_unknown", f"{kind!r} is none of {', '.join(get_args(Kind))}.", exit_code=output.USAGE
        )
    with database():
        scope = acting.scope_or_system()
        if refresh:
            acting.done_at_once(perform(scope, RefreshQuality()))
        looked = queries.find_last_look(scope)
        owner = identity.find_person(rep) if rep else None
        if rep and owner is None:
            raise output.CommandRefused(
                "not_found", f"There is nobody called {rep}.", exit_code=output.NOT_FOUND
            )
        counts = queries.count_by_rep(scope)
        wanted = queries.Filters(owner_id=owner.id if owner else None, kind=kind)
        page = queries.list_issues(scope, wanted, size=top)
    document = {"refreshed": looked, "by_rep": counts, "issues": page.rows, "next": page.next}

    def told() -> str:
        seen = (
            f"Last looked through: {looked.at:%Y-%m-%d %H:%M} UTC."
            if looked
            else "Never looked through yet: remit quality --refresh"
        )
        reps = output.table(
            ["rep", "kind", "open"], [[each.name or "(nobody)", each.kind, each.count] for each in counts]
        )
        rows = [
            [each.kind, each.account_name or "", each.owner_name or "", each.detail] for each in page.rows
        ]
        return f"{seen}\n\n{reps}\n\n{output.table(['kind', 'account', 'rep', 'what'], rows)}"

    output.show(document, told)
