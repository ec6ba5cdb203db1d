"""`remit tokens`: tokens of the API, of the person of `--as`."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import record_id
from remit.cli.opening import database

app = typer.Typer(help="Tokens of the API: list, make and revoke them.", no_args_is_help=True)


@app.command("list")
def list_(
    everybody: Annotated[bool, typer.Option("--everybody", help="For who administers or oversees.")] = False,
) -> None:
    """List tokens with what they reach, until when, and when they were last used; never the tokens themselves."""
    from remit.domains.people import tokens

    with database():
        found = tokens.list_tokens(acting.scope(), everybodys=everybody)
    headings = ("name", "of", "reaches", "until", "revoked", "last used", "id")
    rows = [
        (
            one.name,
            one.person,
            "provisioning"
            if one.provisions
            else ", ".join([*(["reading"] if one.reads else []), *one.kinds]),
            f"{one.expires_at:%Y-%m-%d}",
            f"{one.revoked_at:%Y-%m-%d}" if one.revoked_at else "",
            f"{one.last_used_at:%Y-%m-%d}" if one.last_used_at else "never",
            str(one.id),
        )
        for one in found
    ]
    output.show({"tokens": found}, lambda: output.table(headings, rows) if rows else "There is no token.")


@app.command()
def issue(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    kind: Annotated[list[str] | None, typer.Option(help="A kind of action that it reaches.")] = None,
    days: Annotated[int, typer.Option(help="Days that it holds.", min=1, max=365)] = 90,
    reads: Annotated[bool, typer.Option("--reads/--no-reads", help="Whether it reads what you see.")] = True,
    provisioning: Annotated[
        bool, typer.Option("--provisioning", help="For the firm's directory (SCIM).")
    ] = False,
) -> None:
    """Make a token; it is printed once and kept nowhere."""
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import Waiting, perform
        from remit.domains.people import rules, tokens

        token = tokens.PREFIX + secrets.token_urlsafe(32)
        purpose: Literal["own", "provisioning"] = "provisioning" if provisioning else "own"
        action = tokens.IssueApiToken(
            token_hash=rules.token_hash(token).hex(),
            name=name,
            purpose=purpose,
            reads=reads and not provisioning,
            kinds=tuple(kind or ()),
            days=days,
        )
        answer = perform(acting.scope(), action)
    shown: dict[str, object] = {"token": token, "days": days}
    told = f"{token}\nCopy it now: it is kept nowhere. It holds {days} days."
    if isinstance(answer, Waiting):
        shown["waits"] = answer
        told += (
            f"\nIt opens nothing yet. {answer.sentence}"
            f"\nremit --as PERSON approve {answer.suggestion_id} --hash {answer.payload_hash}"
        )
    output.show(shown, told)


@app.command()
def revoke(
    token: Annotated[UUID, typer.Argument(parser=record_id, metavar="ID", help="Id of the token.")],
) -> None:
    """Revoke a token: it opens nothing from now on."""
    with database():
        import remit.wiring  # noqa: F401
        from remit.actions import perform
        from remit.domains.people.tokens import RevokeApiToken

        done = acting.done_at_once(perform(acting.scope(), RevokeApiToken(token_id=token)))
    output.show({"action": done}, "Revoked.")
