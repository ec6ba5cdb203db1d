"""`remit people`: who works here, and one-time links to get in."""

from __future__ import annotations

from typing import Annotated

import typer

from remit.cli import output
from remit.cli.opening import database

app = typer.Typer(help="People of the firm and links to get in.", no_args_is_help=True)


@app.command("list")
def list_(find: Annotated[str, typer.Option(help="Part of a name or an address.")] = "") -> None:
    """List people with their roles, territories and barriers."""
    with database():
        from remit import identity
        from remit.domains.people import queries
        from remit.policy.model import role_name

        found = queries.list_people(identity.for_service("console", via="cli"), find=find, limit=500).rows
    headings = ("name", "e-mail", "roles", "team", "territories", "active")
    rows = [
        (
            p.name,
            p.email,
            ", ".join(map(role_name, p.roles)),
            p.team,
            ", ".join(p.territories),
            "yes" if p.active else "no",
        )
        for p in found
    ]
    output.show({"people": found}, lambda: output.table(headings, rows))


@app.command("invite")
def invite(who: Annotated[str, typer.Argument(help="E-mail address or name.")]) -> None:
    """Make a one-time link with which somebody chooses a password (also when they forgot theirs)."""
    with database():
        import remit.wiring  # noqa: F401
        from remit import identity
        from remit.domains.people import set_up

        person = identity.find_person(who)
        if person is None or person.kind != "person":
            raise output.CommandRefused("not_found", "There is no such person.", exit_code=output.NOT_FOUND)
        scope = identity.for_service("console", via="cli")
        issued = set_up.issue(scope, "invitation", person.id)
    path = f"/invitation/{issued.token}"
    shown = {"path": path, "hours": 24}
    told = f"{path}\nOpen it on Remit's address. It works once, within 24 hours."
    if issued.waiting is not None:
        shown |= {"waits": issued.waiting}
        told += (
            f"\nIt opens nothing yet. {issued.waiting.sentence}"
            f"\nremit --as PERSON approve {issued.waiting.suggestion_id} --hash {issued.waiting.payload_hash}"
        )
    output.show(shown, told)


@app.command("set-up-link")
def set_up_link() -> None:
    """Make a new set-up link while nobody can sign in yet."""
    with database():
        import remit.wiring  # noqa: F401
        from remit import identity
        from remit.domains.people import set_up

        path = set_up.first_link(identity.for_service("console", via="cli"))
    if path is None:
        raise output.CommandRefused("already_set_up", "This firm is set up already: use remit people invite.")
    output.show(
        {"path": path, "hours": 24}, f"{path}\nOpen it on Remit's address. It works once, within 24 hours."
    )
