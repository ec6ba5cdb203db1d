"""`remit attest`: a rep's monthly word on AI work done elsewhere, and what it makes of Remit as primary tool (S1-G2)."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli import acting, output
from remit.cli.opening import database
from remit.kit.text import percent

app = typer.Typer(help="Attest AI work done with other tools; show each rep's share made here.")


@app.command()
def attest(
    count: Annotated[
        int | None, typer.Argument(min=0, max=2_000, help="Pieces of work done with other AI. Without it: show the month.")
    ] = None,
    month: Annotated[str, typer.Option(help="The month, as 2026-10. Default: the one that ended last.")] = "",
    tool: Annotated[list[str] | None, typer.Option(help="What you used; may be given several times.")] = None,
    whose: Annotated[str, typer.Option(help="Whose month to show: me, team or all.")] = "",
) -> None:  # fmt: skip
    """Say how much of a month's work you did with AI other than Remit, or show how the month stands."""
    with database():
        import remit.wiring  # noqa: F401 - registers the kinds
        from remit.actions import perform
        from remit.domains.adoption import primary, queries, rules
        from remit.domains.adoption.attesting import AttestAiUse
        from remit.kit import clock
        from remit.kit.dates import DateUnreadable, parse_date

        scope, today = acting.scope(), clock.today()
        try:
            month_on = parse_date(f"{month}-01") if month else None
        except DateUnreadable:
            raise output.CommandRefused(
                "month_unreadable", f"{month!r} is no month; write it as 2026-10.", exit_code=output.USAGE
            ) from None
        if count is not None:
            said = AttestAiUse(
                month_on=month_on or rules.month_before(today), other_count=count, tools=tuple(tool or ())
            )
            acting.done_at_once(perform(scope, said))
            month_on = said.month_on
        chosen = queries.whose(scope.roles, whose)
        found = primary.get_month(scope, chosen, month_on or rules.counted_month(today))
    document = {
        "month": f"{found.month_on:%Y-%m}", "whose": chosen, "share": found.share,
        "reps": [
            {
                "id": one.id, "name": one.name, "here": one.here, "attested": one.attested, "tools": list(one.tools),
                "stopped": one.stopped, "share": one.share, "standing": one.standing,
            }
            for one in found.reps
        ],
    }  # fmt: skip
    rows = [
        (one.name, one.here, "–" if one.attested is None else one.attested, one.stopped, "–" if one.share is None else percent(one.share), one.standing)
        for one in found.reps
    ]  # fmt: skip
    output.show(
        document,
        lambda: output.table([f"{found.month_on:%B %Y}", "here", "attested", "stopped", "share", ""], rows),
    )
