"""`remit prices …`: the price book: what is in force, its versions, a new one from a table."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from remit.cli import acting, output
from remit.cli.opening import database
from remit.kit import clock

app = typer.Typer(
    help="The price book: versions of list prices, entered by one, approved by another.", no_args_is_help=True
)


@app.command("list")
def list_(
    on: Annotated[str | None, typer.Option(help="In force on this day (2026-11-28); today.")] = None,
) -> None:
    """List the prices in force, with the discount bands."""
    from remit.domains.quoting import queries, rules

    with database():
        found = queries.list_live(acting.scope(), _day(on))
    rows = [
        {
            "price_id": str(one.id), "product": one.product, "product_id": str(one.product_id), "unit": one.unit_text, "price": str(one.price),
            "price_minor": one.price.minor, "price_currency": one.price.currency, "valid_from_on": one.valid_from_on.isoformat(),
            "valid_until_on": one.valid_until_on.isoformat() if one.valid_until_on else None, "generation": one.generation,
            "entered_by": one.entered_by, "approved_by": one.approved_by,
        }
        for one in found
    ]  # fmt: skip
    bands = [{"role": role, "discount_bp": most} for role, most in rules.BANDS]
    head = ["product", "per", "price", "since", "version"]
    cells = [
        (one["product"], one["unit"], one["price"], one["valid_from_on"], one["generation"]) for one in rows
    ]
    output.show(
        {"prices": rows, "bands": bands},
        lambda: output.table(head, cells) if rows else "The price book has no price in force.",
    )


@app.command()
def versions() -> None:
    """List the versions of the price book, the newest first."""
    from remit.domains.quoting import queries

    with database():
        rows = output.plain(queries.list_generations(acting.scope()))
    head = ["version", "from", "until", "lines", "entered by", "approved by"]
    cells = [
        (one["generation"], one["valid_from_on"], one["valid_until_on"], one["lines"], one["entered_by"] or one["source"], one["approved_by"])
        for one in rows
    ]  # fmt: skip
    output.show({"versions": rows}, lambda: output.table(head, cells))


@app.command()
def waiting(
    take: Annotated[
        bool, typer.Option("--take", help="Ask for the earliest list to become the price book's.")
    ] = False,
) -> None:
    """List imported prices that nobody made live, beside those in force; --take asks, finance or the VP approves."""
    from remit.actions import perform
    from remit.domains.quoting.imported import list_waiting
    from remit.domains.quoting.taking import taking

    with database():
        import remit.wiring  # noqa: F401 - registers the handlers

        scope = acting.scope()
        found = list_waiting(scope, clock.today())
        if take and found:
            _told(perform(scope, taking(found[0])))
            return
    rows = [
        {
            "from_on": one.from_on.isoformat(), "product": each.product, "unit": each.unit_text, "now": str(each.now) if each.now else None,
            "price": str(each.price), "source": each.source, "price_id": str(each.id),
        }
        for one in found for each in one.lines
    ]  # fmt: skip
    head = ["from", "product", "per", "in force", "imported", "id"]
    cells = [
        (one["from_on"], one["product"], one["unit"], one["now"] or "–", one["price"], one["price_id"])
        for one in rows
    ]
    output.show({"waiting": rows}, lambda: output.table(head, cells) if rows else "No imported price waits.")


@app.command()
def discard(
    prices: Annotated[list[str], typer.Argument(metavar="ID…", help="Imported prices; `remit prices waiting` shows them.")],
    reason: Annotated[str, typer.Option(help="Why; it stands on the record.")],
) -> None:  # fmt: skip
    """Put imported prices away; no price in force changes, and the same file does not bring them again."""
    from remit.actions import NotFound, perform
    from remit.domains.quoting.discarding import DiscardPrices, seen
    from remit.domains.quoting.imported import list_waiting

    with database():
        import remit.wiring  # noqa: F401 - registers the handlers

        scope = acting.scope()
        waiting = {str(each.id): each for one in list_waiting(scope, clock.today()) for each in one.lines}
        if any(one not in waiting for one in prices):
            raise NotFound("imported price that waits")
        action = DiscardPrices(prices=tuple(seen(waiting[one]) for one in prices), reason=reason)
        done = acting.done_at_once(perform(scope, action))
    output.show({"action_id": done.action_id, **done.result}, "Discarded; no price in force changed.")


@app.command("set")
def set_(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with product, unit, price (and currency).")],
    from_: Annotated[str, typer.Option("--from", help="First day, as 2027-01-01.")],
    note: Annotated[str, typer.Option(help="Why; the approver reads it.")] = "",
) -> None:  # fmt: skip
    """Enter a new version of the price book; finance or the VP approves it."""
    from remit.actions import perform
    from remit.domains.quoting import intake, queries
    from remit.domains.quoting.actions import ManagePrice

    with database():
        import remit.wiring  # noqa: F401 - registers the handlers

        scope = acting.scope()
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                lines = intake.lines(csv.DictReader(file), queries.list_products(scope))
        except (OSError, UnicodeDecodeError) as error:
            raise output.CommandRefused(
                "file_unreadable", f"{path} cannot be read as UTF-8 text.", exit_code=output.NOT_FOUND
            ) from error
        answer = perform(scope, ManagePrice(lines=lines, valid_from_on=_day(from_), note=note))
    _told(answer)


def _told(answer: Any) -> None:
    from remit.actions import Performed

    if isinstance(answer, Performed):
        output.show({"state": "done", **answer.result}, "In the price book.")
        return
    document: dict[str, Any] = {
        "state": "waiting", "suggestion_id": str(answer.suggestion_id), "payload_hash": answer.payload_hash,
        "approver_roles": list(answer.approver_roles), "sentence": answer.sentence,
    }  # fmt: skip
    output.show(
        document,
        f"{answer.sentence} It waits: remit --as PERSON approve {answer.suggestion_id} --hash {answer.payload_hash}",
    )


def _day(text: str | None) -> date:
    from remit.kit.dates import DateUnreadable, parse_date

    if text is None:
        return clock.today()
    try:
        return parse_date(text)
    except DateUnreadable as error:
        raise output.CommandRefused(
            "date_unreadable", f"{text[:40]!r}: {error}.", exit_code=output.USAGE
        ) from error
