"""`remit adoption`: use of AI artefacts per person and ISO week, the share per week, and who has not begun."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database
from remit.kit.text import percent

app = typer.Typer(help="Use of AI per person and week (`remit usage` is about models).")


@app.command()
def adoption(
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How many ISO weeks, this one included.")] = 8,
    whose: Annotated[str, typer.Option(help="me, team or all; never more than your role shows.")] = "",
    outcomes: Annotated[
        bool,
        typer.Option("--outcomes", help="Beside outcomes: replies, meetings, deals, and what could help."),
    ] = False,
    rows: Annotated[bool, typer.Option("--rows", help="List the accepted artefacts themselves.")] = False,
) -> None:
    """Show what was made with AI and what of it was accepted: sent, saved or cited."""
    with database():
        import remit.wiring  # noqa: F401 - registers the kinds
        from remit.domains.adoption import queries
        from remit.domains.adoption.outcomes import get_outcomes
        from remit.kit import clock

        scope = acting.scope()
        chosen = queries.whose(scope.roles, whose)
        if outcomes:
            beside = get_outcomes(scope, chosen, clock.now())
            output.show({"whose": chosen, "reps": [_rep(one) for one in beside]}, lambda: _beside(beside))
            return
        if rows:
            found = queries.list_artefacts(scope, chosen)
            output.show({"whose": chosen, "artefacts": found}, lambda: _rows(found))
            return
        document = _document(queries.get_adoption(scope, chosen, clock.today(), weeks=weeks))
    output.show(document, lambda: _text(document))


def _document(found: Any) -> dict[str, Any]:
    from remit.ladder.adoption import week_name

    return {
        "whose": found.whose,
        "weeks": [
            {"week": week_name(one.week_on), "reps": one.reps_count, "with_accepted": one.users_count, "share": one.share}
            for one in found.weeks
        ],
        "people": [
            {
                "id": one.id, "name": one.name, "begun": one.begun,
                "weeks": [
                    {
                        "week": week_name(each.week_on), "made": each.made, "accepted": each.accepted, "edited": each.edited,
                        "sent": each.sent, "minutes_saved": each.minutes,
                        "minutes_not_counted": {"changed": each.changed, "untimed": each.untimed},
                    }
                    for each in one.weeks
                ],
            }
            for one in found.people
        ],
        "motions": output.plain(found.motions),
        "not_begun": output.plain(found.not_begun),
    }  # fmt: skip


def _rep(one: Any) -> dict[str, Any]:
    rates = {
        key: {"successes": rate.successes, "n": rate.n, "value": rate.value, "low": rate.low, "high": rate.high, "enough": rate.enough, "stands_out": rate.stands_out}
        for key, rate in one.rates.items()
    }  # fmt: skip
    saved = {"total": one.saved.total, "n": one.saved.n, "low": one.saved.low, "high": one.saved.high}
    hints = [
        {"key": hint.key, "marked": hint.marked, "n": hint.n, "sentence": hint.sentence} for hint in one.hints
    ]
    return {
        "id": one.id, "name": one.name, "accepted": one.accepted, "minutes_saved": saved, "meetings": one.meetings, **rates, "hints": hints,
    }  # fmt: skip


def _beside(found: Any) -> str:
    def share(rate: Any) -> str:
        told = f"{percent(rate.low)}–{percent(rate.high)}" if rate.enough else "too few"
        return f"{rate.successes} of {rate.n} ({told})" if rate.n else "–"

    rows = [
        (one.name, one.accepted, f"{one.saved.total:.0f}", share(one.rates["replies"]), one.meetings, share(one.rates["deals"]))
        for one in found
    ]  # fmt: skip
    told = "".join(f"\n{one.name}: {hint.sentence}" for one in found for hint in one.hints)
    return output.table(["rep", "AI texts", "minutes", "answered", "meetings", "won"], rows) + told


def _text(document: dict[str, Any]) -> str:
    names = [one["week"][5:] for one in document["weeks"]]
    rows = [(one["name"], *(each["accepted"] or "–" for each in one["weeks"])) for one in document["people"]]
    shares = ("share of reps", *(percent(one["share"]) for one in document["weeks"]))
    return output.table(["accepted", *names], [*rows, shares])


def _rows(found: Any) -> str:
    cells = [
        (f"{one.accepted_at:%Y-%m-%d %H:%M}", one.kind, one.accepted_how, one.title, one.id) for one in found
    ]
    return (
        output.table(["accepted (UTC)", "kind", "how", "title", "id"], cells)
        if cells
        else "Nothing was accepted yet."
    )
