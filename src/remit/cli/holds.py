"""`remit holds`: legal holds, how long texts are kept, and what would go next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id, record_id
from remit.cli.opening import database

app = typer.Typer(help="Legal holds, and how long texts are kept.", no_args_is_help=True)
DAY = "%Y-%m-%d"
Account = Annotated[UUID | None, typer.Option(parser=record_id, metavar="ID", help="Id of an account.")]


@app.command("list")
def list_() -> None:
    """List holds: those that stand first."""
    from remit.domains.retention.holds import list_holds

    with database():
        found = list_holds(acting.scope_or_system())
    rows = [
        (
            str(one.id),
            one.account or one.person or "a period",
            one.reason,
            "lifted" if one.lifted_at else "stands",
        )
        for one in found
    ]
    output.show({"holds": found}, lambda: output.table(("id", "about", "why", "state"), rows))


@app.command()
def versions() -> None:
    """List what held texts said before a CRM overwrote them or moved them out of a hold."""
    from remit.domains.retention.holds import list_versions

    with database():
        found = list_versions(acting.scope_or_system())
    rows = [(f"{one.kept_at:%Y-%m-%d}", one.account or "", one.subject, str(one.of_id)) for one in found]
    output.show({"versions": found}, lambda: output.table(("changed", "account", "subject", "of"), rows))


@app.command()
def place(
    reason: Annotated[str, typer.Option(help="Why.")],
    account: Account = None,
    person: Annotated[
        UUID | None, typer.Option(parser=record_id, metavar="ID", help="Id of one of us.")
    ] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=[DAY], help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=[DAY], help="Last day, included.")] = None,
) -> None:
    """Keep every text about an account, by a person or of a period; what is given counts together."""
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import perform
        from remit.domains.retention.holds import PlaceHold

        act = PlaceHold(
            account_id=account,
            person_id=person,
            since=since.replace(tzinfo=UTC) if since else None,
            until=until.replace(tzinfo=UTC) + timedelta(days=1) if until else None,
            reason=reason,
        )
        _told(perform(acting.scope(), act), "Placed.")


@app.command()
def lift(
    hold: Annotated[UUID, an_id("Id of the hold; `remit holds list` shows it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Ask for a hold to be lifted; a second person agrees."""
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import NotFound, perform
        from remit.domains.retention.holds import LiftHold, list_holds

        scope = acting.scope()
        found = next((one for one in list_holds(scope) if one.id == hold), None)
        if found is None:
            raise NotFound("hold")
        _told(
            perform(scope, LiftHold(hold_id=hold, expected_version=found.version, reason=reason)), "Lifted."
        )


@app.command()
def keeping(
    due: Annotated[
        str, typer.Option(help="A kind: messages, notes or drafts. List what would go next.")
    ] = "",
) -> None:
    """Say how long each kind of text is kept, and how much is due; or list what is due. Nothing is erased by looking."""
    from remit.domains.retention.classes import KINDS, list_classes, list_due

    kind = next((one for one in KINDS if one == due), None)
    if due and kind is None:
        raise output.CommandRefused(
            "unknown_kind", f"A kind is one of {', '.join(KINDS)}.", exit_code=output.USAGE
        )
    with database():
        scope = acting.scope_or_system()
        if kind:
            texts = list_due(scope, kind, limit=1000)
            rows = [
                (f"{one.at:%Y-%m-%d}", one.account or "", one.title, "held" if one.held else "goes")
                for one in texts
            ]
            return output.show({"due": texts}, lambda: output.table(("when", "account", "what", ""), rows))
        classes = list_classes(scope)
    shown = [
        (
            one.kind,
            "for good" if one.keep_days is None else f"{one.keep_days} days",
            str(one.due_count),
            str(one.held_count),
        )
        for one in classes
    ]
    output.show({"classes": classes}, lambda: output.table(("kind", "kept", "due", "held"), shown))


@app.command()
def keep(
    kind: Annotated[str, typer.Argument(help="messages, notes or drafts.")],
    days: Annotated[int, typer.Argument(help="Days to keep; 0 for good.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Say how long a kind of text is kept; a second person agrees, and what is due goes with the worker's next run."""
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import perform
        from remit.domains.retention.classes import SetRetention, list_classes

        scope = acting.scope()
        version = next((one.version for one in list_classes(scope) if one.kind == kind), 0)
        act = SetRetention.model_validate(
            {"of_kind": kind, "keep_days": days, "expected_version": version, "reason": reason}
        )
        _told(perform(scope, act), "Saved.")


@app.command()
def erase(
    contact: Annotated[str, typer.Argument(help="Id or e-mail address of a person at an account.")],
    reason: Annotated[str, typer.Option(help="Where their request stands, without their name.")],
) -> None:
    """Ask for a person at an account to be erased with every text with them (the record stays); a second person agrees. It does not come back."""
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import perform
        from remit.domains.retention.persons import ErasePerson, find_person

        scope = acting.scope()
        act = ErasePerson(contact_id=find_person(scope, contact), reason=reason)
        _told(perform(scope, act), "Erased.")


def _told(answer: Any, done: str) -> None:
    from remit.actions import Waiting

    if isinstance(answer, Waiting):
        told = f"{answer.sentence}\nremit --as PERSON approve {answer.suggestion_id} --hash {answer.payload_hash}"
        output.show({"waits": answer}, told)
    else:
        output.show({"action": answer}, done)
