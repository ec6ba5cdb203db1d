"""`remit halt SCOPE --reason R`: stop new and queued work at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database
from remit.kit.text import in_words

app = typer.Typer(help="Stop new and queued work; without a scope, list what is halted.")


@app.command()
def halt(
    scope: Annotated[
        str | None,
        typer.Argument(help="everything, agent:ID, action:SendEmail, channel:email or account:ID"),
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why; everybody who is stopped by it reads this.")
    ] = None,
) -> None:
    """Stop new and queued work; without a scope, list what is halted."""
    from remit.domains.governance import queries

    if scope is None:
        with database():
            halts = queries.list_halts(acting.scope())
        rows = [(one.what, one.scope, one.reason, one.halted_by, one.halted_at) for one in halts]
        output.show(
            {"halts": halts},
            lambda: (
                output.table(["halted", "scope", "reason", "by", "since"], rows)
                if rows
                else "Nothing is halted."
            ),
        )
        return
    if not (reason or "").strip():
        raise output.CommandRefused("reason_missing", "Say why: --reason R.", exit_code=output.USAGE)
    with database():
        document = _halted(scope, str(reason))
    output.show(document, lambda: _told(document))


def _halted(text: str, reason: str) -> dict[str, Any]:
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.governance import queries
    from remit.domains.governance.actions import Halt
    from remit.policy.halt import parse_scope

    who = acting.scope()
    done = acting.done_at_once(perform(who, Halt(scope=str(parse_scope(text)), reason=reason)))
    result = done.result
    halted = next(one for one in queries.list_halts(who) if str(one.id) == result["halt_id"])
    recalled = queries.list_recalled(who, halted.id)
    return {
        **result,
        "what": halted.what,
        "stops": stops(result["scope"]),
        "reason": reason,
        "recalled": recalled,
    }


def stops(scope: str) -> str:
    """What a halt of `scope` stops, in words."""
    kind, _, value = scope.partition(":")
    return {
        "everything": "all work except halting, recalling and keeping records",
        "agent": "everything that this agent does",
        "action": f"every {in_words(value).lower()}",
        "channel": f"everything that goes out by {value}",
        "account": "all work on this account",
    }[kind]


def recalled_lines(recalled: list[Any]) -> list[str]:
    """One line for each recalled effect, with where a person decides about it; and how, when any waits."""
    lines = []
    for one in recalled:
        waits = f"{one.suggestion_state} as {one.suggestion_id}" if one.suggestion_id else "stays recalled"
        lines.append(
            f"  {one.kind} to {one.account or 'no account'} by {one.channel}, queued {one.queued_at:%Y-%m-%d %H:%M} UTC"
            f"  {one.effect_id}: {waits}"
        )
    if any(one.suggestion_state == "waiting" for one in recalled):
        lines.append(
            "To have one sent after all, once nothing about it is halted: remit actions show ID, remit approve ID --hash H"
        )
    return lines


def _told(document: dict[str, Any]) -> str:
    already = "Halted already" if document["already_halted"] else "Halted"
    lines = [
        f"{already}: {document['what']}. It stops {document['stops']}.",
        f"Recalled from the queue: {document['recalled_count']}.",
    ]
    lines += recalled_lines(document["recalled"])
    if document["in_flight_count"]:
        lines.append(
            f"{document['in_flight_count']} are with a worker now; it asks once more before it sends."
        )
    lines.append(f"To lift it: remit resume {document['scope']} --reason R")
    return "\n".join(lines)
