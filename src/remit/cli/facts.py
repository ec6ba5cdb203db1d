"""`remit facts recall`: messages that relied on a fact which has fallen since, and the correction of one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.naming import record_id
from remit.cli.opening import database

app = typer.Typer(help="Facts, and what was sent on them.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Facts, and what was sent on them."""


@app.command()
def recall(
    fact: Annotated[
        UUID | None,
        typer.Option(parser=record_id, metavar="FACT", help="Only messages that relied on this fact."),
    ] = None,
    draft: Annotated[
        UUID | None,
        typer.Option(parser=record_id, metavar="MESSAGE", help="Write the correction of this message."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=2000, help="How many to list.")] = 200,
) -> None:
    """List sent messages whose facts were corrected, withdrawn or have expired; --draft writes a correction to approve."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.domains.facts.queries import get_fact
    from remit.domains.outreach import queries
    from remit.domains.outreach import recall as recalls

    with database():
        scope = acting.scope()
        if draft is not None:
            document = queries.preview(scope, recalls.draft_correction(scope, draft))
            output.show(document, lambda: f"{document['body']}\n\nremit send {document['draft_id']}")
            return
        if fact is not None:
            get_fact(scope, fact)  # an id of no fact is no fact without messages
        rows = recalls.list_recalls(scope, fact_id=fact, limit=limit)
    table = [
        (one.at.strftime("%Y-%m-%d"), one.account, one.to_address, one.fact.kind, one.fact.value, one.why, one.draft_state or "", one.message_id)
        for one in rows
    ]  # fmt: skip
    output.show(
        {"messages": rows},
        lambda: output.table(
            ["sent", "account", "to", "fact", "value", "why", "correction", "message"], table
        ),
    )
