"""`remit feeds`: sources of documents that are watched for an account, and reading them now."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import an_id, record_id
from remit.cli.opening import database

app = typer.Typer(help="Feeds and filers whose news and filings become documents.", no_args_is_help=True)


@app.command("list")
def listed() -> None:
    """Sources that are watched for accounts that you see."""
    from remit.domains.documents.sources import list_sources

    with database():
        found = list_sources(acting.scope())
    rows = [(one.id, one.kind, one.address, one.account, one.read_at or "", one.outcome) for one in found]
    headings = ["source", "kind", "address", "account", "read", "outcome"]
    output.show(
        {"sources": found}, lambda: output.table(headings, rows) if rows else "Nothing is watched yet."
    )


@app.command()
def watch(
    address: Annotated[str, typer.Argument(help="A feed of the setting feed_addresses, or a CIK.")],
    account: Annotated[str, typer.Option(help="The account it is about: its id or name.")],
) -> None:
    """Watch a feed, or the filings of a CIK, for an account."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.domains.documents.sources import WatchSource, cik_of
    from remit.domains.outreach.queries import find_account

    with database():
        scope = acting.scope()
        action = WatchSource(
            account_id=find_account(scope, account),
            source_kind="cik" if cik_of(address) else "feed",
            address=address,
        )
        done = acting.done_at_once(perform(scope, action))
    output.show(dict(done.result), lambda: f"Watched: source {done.result['source_id']}.")


@app.command()
def stop(source: Annotated[UUID, an_id("The source, as `remit feeds list` names it.")]) -> None:
    """Watch a source no more; what it brought stays."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import NotFound, perform
    from remit.domains.documents.sources import StopWatching, list_sources

    with database():
        scope = acting.scope()
        found = next((one for one in list_sources(scope, limit=5000) if one.id == source), None)
        if found is None:
            raise NotFound("source")
        acting.done_at_once(perform(scope, StopWatching(source_id=source, expected_version=found.version)))
    output.show({"source_id": source, "state": "stopped"}, lambda: "Watched no more.")


@app.command()
def poll(
    source: Annotated[
        UUID | None, typer.Option(parser=record_id, metavar="ID", help="Only this source.")
    ] = None,
) -> None:
    """Read the watched sources now, those of accounts that you see; only what changed is fetched. One that fails stops no other."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import NotFound
    from remit.domains.documents.sources import list_sources
    from remit.workflows.gathering import read_each

    with database():
        scope = acting.scope()
        found = [one for one in list_sources(scope, limit=5000) if source in (None, one.id)]
        if source is not None and not found:
            raise NotFound("source")
        read = read_each(scope, found)
    told = [
        {
            "source_id": one.id, "kind": one.kind, "address": one.address, "account": one.account, "added": got.added,
            "known": got.known_count, "reasons": got.reasons,
        }
        for one, got in read
    ]  # fmt: skip
    lines = [f"{one.account} · {one.address}: {got.sentence}" for one, got in read]
    output.show({"sources": told}, lambda: "\n".join(lines) or "Nothing is watched yet.")
    if read and all(got.broke_off for _, got in read):
        raise typer.Exit(output.REFUSED)
