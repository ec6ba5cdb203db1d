"""`remit mail`: the capture outbox, and a look at whether the mail settings work."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import EFFECT
from remit.cli.opening import database

app = typer.Typer(help="Messages kept in the capture outbox; check the mail settings.", no_args_is_help=True)


@app.command()
def outbox(limit: Annotated[int, typer.Option(min=1, max=500)] = 20) -> None:
    """Messages in the capture outbox, newest first."""
    from remit.domains.messages import queries

    with database():
        found = queries.list_captured(acting.scope(), limit)
    rows = [(one.effect_id, one.at, one.account, one.header("To"), one.header("Subject")) for one in found]
    headings = ["effect", "at", "account", "to", "subject"]
    output.show({"messages": found}, lambda: output.table(headings, rows) if rows else "It is empty.")


@app.command()
def read(effect_id: Annotated[UUID, EFFECT]) -> None:
    """One message of the capture outbox as its recipient would have read it."""
    from remit.domains.messages import queries

    with database():
        found = queries.get_captured(acting.scope(), effect_id)
    head = "\n".join(f"{name}: {value}" for name, value in found.headers)
    output.show(found, f"{head}\n\n{found.text}")


@app.command()
def check() -> None:
    """Sign in at the mail server and the mailboxes of the settings; sends nothing."""
    from remit import settings
    from remit.connectors.email import client, config, imap

    chosen = config.read(settings.load())
    seen = {"transport": "capture" if chosen.server is None else "smtp"}
    if chosen.server is not None:
        seen["smtp"] = client.check(chosen.server)
    for name, mailbox in (("inbox", chosen.inbox), ("archive", chosen.archive)):
        if mailbox is not None:
            with imap.opened(mailbox) as folder:
                seen[name] = f"{mailbox.name} opens (generation {folder.generation()})"
    output.show(seen, lambda: "\n".join(f"{name}: {text}" for name, text in seen.items()))
