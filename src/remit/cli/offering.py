"""`remit draft proposal`: the parameters of a proposal as a command line names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from remit.cli import acting, output
from remit.kit import clock
from remit.scope import Scope

HOLDS_DAYS: Final = 30
NEEDS: Final = "A proposal needs --opportunity ID and --product NAME=QUANTITY (once for each product)."


@dataclass(frozen=True)
class Asked:
    """What was given. `products`: NAME=QUANTITY or NAME=QUANTITY/UNIT; `discount` in percent."""

    opportunity: str | None
    products: Sequence[str]
    contact: str | None
    term: int
    discount: float
    expires: str | None
    payment: str
    starts: str | None
    live: str | None
    lead: str
    ours: str
    sites: int | None
    minutes: float
    opened_at: datetime

    def check(self) -> None:
        """Raises CommandRefused (2) for what is missing."""
        if self.opportunity is None or not self.products:
            raise output.CommandRefused("deal_needed", NEEDS, exit_code=output.USAGE)


def drafted(asked: Asked) -> dict[str, Any]:
    """Draw it up; gives the proposal as `remit proposal show` does."""
    import remit.wiring  # noqa: F401 - registers the handlers
    from remit.actions import perform
    from remit.cli.naming import record_id
    from remit.cli.proposal import document_of
    from remit.domains.outreach.queries import find_contact
    from remit.domains.proposals import queries
    from remit.domains.proposals.actions import DraftProposal

    scope = acting.scope()
    action = DraftProposal(
        opportunity_id=record_id(str(asked.opportunity)), contact_id=find_contact(scope, asked.contact) if asked.contact else None,
        terms=terms_of(scope, asked), opened_at=asked.opened_at, elsewhere_minutes=asked.minutes,
    )  # fmt: skip
    done = acting.done_at_once(perform(scope, action))
    return document_of(scope, queries.get_proposal(scope, UUID(str(done.result["proposal_id"]))))


def terms_of(scope: Scope, asked: Asked) -> Any:
    """The terms. Raises CommandRefused."""
    from pydantic import ValidationError

    from remit.domains.proposals.terms import Terms

    names = {one.name.casefold(): one.id for one in _products(scope)}
    try:
        return Terms.model_validate(
            {
                "lines": [_line(one, names) for one in asked.products], "term_months": asked.term, "discount_bp": _bp(asked.discount),
                "payment": asked.payment, "expires_on": asked.expires or clock.today() + timedelta(days=HOLDS_DAYS),
                "starts_on": asked.starts, "live_on": asked.live, "lead": asked.lead, "ours": asked.ours, "sites": asked.sites,
            }
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the parameters"
        raise output.CommandRefused(
            "parameters_unfit", f"{where}: {first['msg']}.", exit_code=output.USAGE
        ) from error


def _products(scope: Scope) -> Any:
    from remit.domains.quoting.queries import list_live
    from remit.domains.quoting.queries import list_products as known

    on_sale = {one.product_id for one in list_live(scope, _today())}
    return [one for one in known(scope) if one.id in on_sale]


def _today() -> date:
    return clock.today()


def _bp(percent: float) -> int:
    return round(percent * 100)


def _line(text: str, names: dict[str, UUID]) -> dict[str, Any]:
    """`Northlake OMS=40` or `OMS=40/user and year`; the name may be a part that only one product has."""
    name, sign, rest = text.partition("=")
    quantity, _, unit = rest.partition("/")
    wanted = name.strip().casefold()
    close = [one for one in names if wanted and wanted in one]
    found = names.get(wanted) or (names[close[0]] if len(close) == 1 else None)
    if not sign or found is None:
        known = ", ".join(sorted(names)) or "none"
        raise output.CommandRefused(
            "product_unknown", f"“{name[:80]}” is no product with a price in force. With one: {known}. Write NAME=QUANTITY.",
            exit_code=output.NOT_FOUND if sign else output.USAGE, details={"products": sorted(names)},
        )  # fmt: skip
    try:
        number = Decimal(quantity.strip().replace(",", ""))
    except InvalidOperation:
        raise output.CommandRefused(
            "quantity_unreadable", f"“{quantity[:40]}” is no number of units.", exit_code=output.USAGE
        ) from None
    return {"product_id": found, "quantity": number, "unit": unit.strip()}
