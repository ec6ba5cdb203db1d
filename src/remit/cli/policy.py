"""`remit policy …`: check a folder of policies, list the rules, try changed policies on recorded decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database

app = typer.Typer(
    help="Check policies, list their rules, try changed ones on what was decided.", no_args_is_help=True
)


@app.command()
def check(
    directory: Annotated[
        Path | None, typer.Argument(help="Folder with *.cedar and the schema; without it, the one in force.")
    ] = None,
) -> None:
    """Check a folder of policies; exit code 1 with every problem found."""
    from remit.policy import schema

    try:
        book = schema.load(directory) if directory else schema.current()
    except schema.PoliciesInvalid as error:
        raise output.CommandRefused(error.code, str(error), details={"problems": error.problems}) from error
    for each in book.slices:
        book.slices[each]  # cut now what a decision would cut at its first look
    document = {
        "policy_hash": book.policy_hash,
        "rules": len(book.rules),
        "action_kinds": list(book.action_kinds),
    }
    output.show(
        document,
        lambda: (
            f"{len(book.rules)} rules over {len(book.action_kinds)} action kinds, hash {book.policy_hash}"
        ),
    )


@app.command()
def rules(
    action: Annotated[str | None, typer.Option(help="Only rules that can apply to this action kind.")] = None,
) -> None:
    """List the rules in force: what each says, and who owns it."""
    from remit.policy import schema
    from remit.policy.model import PRINCIPAL_KINDS

    book = schema.current()
    if action is not None and action not in book.action_groups:
        raise output.CommandRefused(
            "unknown_action", f"There is no action called {action}.", exit_code=output.NOT_FOUND
        )
    chosen = {
        rule_id
        for kind in PRINCIPAL_KINDS
        for rule_id in (book.rules if action is None else book.slices[action, kind].rule_ids)
    }
    listed = [
        {
            "id": rule.id,
            "effect": rule.effect,
            "owner": rule.owner,
            "sentence": rule.sentence,
            "approvers": rule.approvers,
            "ladder_id": rule.ladder_id,
        }
        for rule in book.rules.values()
        if rule.id in chosen
    ]
    table = [(one["id"], one["effect"], one["owner"], one["sentence"]) for one in listed]
    output.show(
        {"policy_hash": book.policy_hash, "rules": listed},
        lambda: output.table(["rule", "effect", "owner", "says"], table),
    )


@app.command()
def simulate(
    directory: Annotated[Path, typer.Argument(help="Folder with the changed policies and the schema.")],
    days: Annotated[int, typer.Option(min=1, max=3660, help="How far back to go.")] = 90,
) -> None:
    """Try changed policies on the decisions of the last days; lists each that would be different."""
    from remit.kit import clock
    from remit.policy import schema
    from remit.policy.simulate import recorded_since
    from remit.policy.simulate import simulate as try_on

    try:
        book = schema.load(directory)
    except schema.PoliciesInvalid as error:
        raise output.CommandRefused(error.code, str(error), details={"problems": error.problems}) from error
    since: datetime = clock.now().astimezone(UTC) - timedelta(days=days)
    with database():
        result = try_on(recorded_since(acting.scope(), since), book)
    output.show(result, lambda: _told(result))


def _told(result: Any) -> str:
    lines = [
        f"{result.decisions} decisions tried: {result.widened} would let more happen, {result.narrowed} less "
        f"({result.skipped} refusals stopped before policy)."
    ]
    rows = [
        (
            one.at.strftime("%Y-%m-%d %H:%M"),
            one.action_kind,
            one.principal_kind,
            one.was,
            one.would_be,
            one.sentence,
        )
        for one in result.differences
    ]
    if rows:
        lines.append(output.table(["at", "action", "by", "was", "would be", "because"], rows))
    return "\n".join(lines)
