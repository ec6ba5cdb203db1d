"""`remit compare COMPETITOR`: a competitor beside a product of ours, from approved facts, with a note that may be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.cli.opening import database

if TYPE_CHECKING:
    from remit.scope import Scope

app = typer.Typer(help="A competitor beside our product, from approved facts.")


@app.command()
def compare(
    competitor: Annotated[
        str,
        typer.Argument(
            metavar="COMPETITOR", help="A competitor's name, or a question: “How does our OMS compare to …?”"
        ),
    ],
    product: Annotated[
        str | None, typer.Option(help="Our product, by name or kind (OMS, market data, …).")
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Account it is for: id or name. Counts deals of its territory.")
    ] = None,
    save: Annotated[bool, typer.Option(help="Keep it as a note on the account (needs --account).")] = False,
    private: Annotated[
        bool,
        typer.Option("--private", help="With what is for our eyes only, marked so; else it is left out."),
    ] = False,
) -> None:
    """A competitor beside our product by topic, our own win rate against it, and a note that may be sent."""
    if not competitor.strip():
        raise output.CommandRefused("competitor_needed", "Name a competitor.", exit_code=output.USAGE)
    if save and account is None:
        raise output.CommandRefused("account_needed", "--save needs --account.", exit_code=output.USAGE)
    with database():
        import remit.wiring  # noqa: F401 - registers the handlers
        from remit.actions import perform
        from remit.domains.competition import markdown, queries
        from remit.domains.competition.actions import SaveComparison
        from remit.domains.outreach.queries import find_account
        from remit.kit import clock

        scope = acting.scope()
        competitor_id, product_id = _asked(scope, competitor, product)
        account_id = find_account(scope, account) if account else None
        found = queries.get_comparison(
            scope, competitor_id, product_id, account_id=account_id, now=clock.now()
        )
        document: dict[str, Any] = {**found.document(), "sha256": found.sha256}
        if save and account_id is not None:
            action = SaveComparison(
                account_id=account_id, competitor_id=competitor_id, product_id=found.product.id, sha256=found.sha256
            )  # fmt: skip
            document["saved"] = acting.done_at_once(perform(scope, action)).result
        text = markdown.written(found, private=private)
    output.show(document, text)


def _asked(scope: Scope, competitor: str, product: str | None) -> tuple[UUID, UUID | None]:
    """Ids of what was named. Raises CommandRefused (3) with the nearest names on record."""
    from remit.domains.competition import queries

    asked = queries.find_asked(scope, competitor[:500].replace("\x00", ""))
    if asked.competitor is None:
        near = f" On record are: {', '.join(asked.nearest)}." if asked.nearest else ""
        raise output.CommandRefused(
            "competitor_unknown", f"“{asked.unknown or competitor[:80]}” is not among the competitors on record.{near}",
            exit_code=output.NOT_FOUND, details={"unknown": asked.unknown, "nearest": list(asked.nearest)},
        )  # fmt: skip
    if product is None:
        return asked.competitor.id, asked.product.id if asked.product else None
    named = queries.find_asked(scope, product[:200].replace("\x00", "")).product
    if named is None:
        names = [one.name for one in queries.list_products(scope)]
        raise output.CommandRefused(
            "product_unknown", f"“{product[:80]}” is no product of ours. Products: {', '.join(names)}.",
            exit_code=output.NOT_FOUND, details={"products": names},
        )  # fmt: skip
    return asked.competitor.id, named.id
