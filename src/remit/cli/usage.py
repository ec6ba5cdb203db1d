"""`remit usage`: what language models were used for, by whom, and what it cost."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.naming import record_id
from remit.cli.opening import database

app = typer.Typer(help="Calls of language models: per person and day, one by one, and the text of one.")


@app.command()
def usage(
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days back (UTC), today included.")] = 7,
    person: Annotated[str | None, typer.Option(help="Only this person (name or e-mail).")] = None,
    calls: Annotated[bool, typer.Option("--calls", help="List single calls instead, newest first.")] = False,
    call: Annotated[
        str | None, typer.Option(metavar="ID", help="One call with its texts; looking is recorded.")
    ] = None,
) -> None:
    """Show what models were used for: one's own calls, or everybody's for compliance."""
    if call is not None and calls:
        raise output.CommandRefused("one_of_both", "Name --calls or --call ID.", exit_code=output.USAGE)
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers

        if call is not None:
            document = _one(call)
            output.show(document, lambda: _text_of(document))
        elif calls:
            document = _listed()
            output.show(document, lambda: _table_of_calls(document))
        else:
            document = _days(days, person)
            output.show(document, lambda: _table_of_days(document))


def _days(days: int, person: str | None) -> dict[str, Any]:
    from remit import identity, settings
    from remit.llm.gateway import prices, queries

    scope = acting.scope()
    found = identity.find_person(person) if person else None
    if person and found is None:
        raise output.CommandRefused(
            "not_found", f"There is nobody called {person}.", exit_code=output.NOT_FOUND
        )
    chosen = settings.load()
    rows = queries.list_usage(scope, days=days, person_id=found.id if found else None)
    return {
        "days": output.plain(rows),
        "limits": {"day_tokens": chosen.model_day_tokens, "day_usd": chosen.model_day_usd},
        "prices_as_of": prices.load(chosen.model_prices_file).as_of_on.isoformat(),
    }


def _listed() -> dict[str, Any]:
    from remit.llm.gateway import queries

    page = queries.list_calls(acting.scope())
    return {"calls": output.plain(page.rows), "next": page.next}


def _one(text: str) -> dict[str, Any]:
    from remit.actions import NotFound
    from remit.llm.gateway import queries

    call_id = record_id(text)
    scope = acting.scope()
    found = output.plain(queries.get_call(scope, call_id))
    try:
        return {"call": found, **queries.review(scope, call_id)}
    except NotFound:  # nothing left the building, its time is over, or it is about an account out of sight
        return {"call": found, "prompt": None, "reply": ""}


def _table_of_days(document: dict[str, Any]) -> str:
    rows = [
        [
            one["day"], one["person"], one["calls"], one["answered"], one["denied"], one["tokens_in"], one["tokens_out"],
            f"{float(one['cost_usd']):.4f}" + (f" (+{one['unpriced']} unpriced)" if one["unpriced"] else ""), one["redactions"],
        ]
        for one in document["days"]
    ]  # fmt: skip
    head = ["day", "person", "calls", "answered", "denied", "tokens in", "tokens out", "US dollars", "masked"]
    limits = document["limits"]
    return (
        f"{output.table(head, rows) if rows else 'No model was called.'}\n"
        f"A day allows {limits['day_tokens']:,} tokens and {limits['day_usd']:.2f} US dollars a person; prices as of "
        f"{document['prices_as_of']}."
    )


def _table_of_calls(document: dict[str, Any]) -> str:
    rows = [
        [
            one["at"][:19],
            one["person"],
            one["purpose"],
            one["model"],
            one["outcome"] or "unfinished",
            one["latency_ms"],
            one["id"],
        ]
        for one in document["calls"]
    ]
    return output.table(["at (UTC)", "person", "purpose", "model", "outcome", "ms", "id"], rows)


def _text_of(document: dict[str, Any]) -> str:
    call, prompt = document["call"], document["prompt"]
    head = f"{call['at'][:19]} UTC  {call['person']}  {call['purpose']}  {call['model']}  {call['outcome'] or 'unfinished'}\n\n"
    if prompt is None:
        return f"{head}Its texts are not kept (nothing left, or their time is over), or not for you to see."
    return f"{head}--- instructions\n{prompt['system']}\n\n--- message\n{prompt['user']}\n\n--- reply\n{document['reply']}"
