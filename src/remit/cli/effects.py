"""`remit effects`: what leaves the building, where it is, and a person's word on what is uncertain."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import EFFECT
from remit.cli.opening import database

app = typer.Typer(
    help="What leaves the building: list, show, recall, ask again or drop, settle what is uncertain.",
    no_args_is_help=True,
)


@app.command("list")
def list_(
    state: Annotated[
        str | None, typer.Option(help="queued, sending, delivered, parked, recalled or failed.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """Effects, newest first."""
    from remit.domains.messages import queries

    if state is not None and state not in queries.STATES:
        raise output.CommandRefused(
            "unknown_state", f"{state!r} is none of {', '.join(queries.STATES)}.", exit_code=output.USAGE
        )
    with database():
        found = queries.list_effects(acting.scope(), state=state, limit=limit)
    rows = [
        (one.id, one.state, one.kind, one.account, one.recipient, one.created_at, one.known) for one in found
    ]
    headings = ["effect", "state", "kind", "account", "to", "queued", "known"]
    output.show({"effects": found}, lambda: output.table(headings, rows) if rows else "There is none.")


@app.command()
def show(effect_id: Annotated[UUID, EFFECT]) -> None:
    """One effect with its receipt and outcomes."""
    from remit.domains.messages import queries

    with database():
        found, outcomes = queries.get_effect(acting.scope(), effect_id)
    output.show({"effect": found, "receipt": found.proof, "outcomes": outcomes})


@app.command()
def settle(
    effect_id: Annotated[UUID, EFFECT],
    decision: Annotated[str, typer.Argument(help="delivered, send_again or give_up")],
    reason: Annotated[str, typer.Option(help="How you know.")],
) -> None:
    """Settle an effect whose delivery is uncertain."""
    from remit import wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.messages import queries
    from remit.domains.messages.uncertain import ResolveParkedEffect

    if decision not in ("delivered", "send_again", "give_up"):
        raise output.CommandRefused(
            "unknown_decision", "Say delivered, send_again or give_up.", exit_code=output.USAGE
        )
    with database():
        who = acting.scope()
        version = queries.get_effect(who, effect_id)[0].version
        action = ResolveParkedEffect.model_validate(
            {"effect_id": effect_id, "decision": decision, "reason": reason, "expected_version": version}
        )
        done = acting.done_at_once(perform(who, action))
    output.show({"effect_id": effect_id, **done.result}, f"Settled: {done.result['state']}.")


@app.command()
def again(effect_id: Annotated[UUID, EFFECT], reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Ask anew whether a recalled effect is sent after all, when nobody decided in time."""
    from remit import wiring  # noqa: F401 - registers the handlers
    from remit.actions import propose, recalled

    with database():
        who = acting.scope()
        waiting = propose(who, recalled.load_again(who, effect_id), reason=reason)
    output.show(
        {
            "effect_id": effect_id,
            "suggestion_id": waiting.suggestion_id,
            "payload_hash": waiting.payload_hash,
        },
        f"It waits: remit --as PERSON approve {waiting.suggestion_id} --hash {waiting.payload_hash}",
    )


@app.command()
def drop(effect_id: Annotated[UUID, EFFECT], reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Leave a recalled effect unsent for good."""
    from remit import wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform, queries
    from remit.actions.recalled import DropRecalled

    with database():
        who = acting.scope()
        version = queries.get_effect(who, effect_id).version
        action = DropRecalled(effect_id=effect_id, expected_version=version, reason=reason)
        done = acting.done_at_once(perform(who, action))
    output.show({"effect_id": effect_id, **done.result}, "Dropped; it is not sent.")


@app.command()
def recall(effect_id: Annotated[UUID, EFFECT], reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Take back an effect that still waits."""
    from remit import wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.messages.uncertain import RecallEffect

    with database():
        done = acting.done_at_once(perform(acting.scope(), RecallEffect(effect_id=effect_id, reason=reason)))
    output.show({"effect_id": effect_id, **done.result}, "Recalled.")
