"""`remit draft proposal`: the parameters of a proposal as a command line names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import typer

from remit.cli import acting, output
from remit.kit import clock
from remit.kit.typed_numbers import NumberUnreadable, number
from remit.scope import Scope

HOLDS_DAYS: Final = 30
MOST_DISCOUNT: Final = 90
NEEDS: Final = "A proposal needs --opportunity ID and --product NAME=QUANTITY (once for each product)."


@dataclass(frozen=True)
class Asked:
    """What was given. `products`: NAME=QUANTITY, NAME=QUANTITY/UNIT, either with @PERCENT off; `discount` in percent, of the others."""

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
                "starts_on": asked.starts, "live_on": asked.live, "lead_id": _lead(scope, asked), "ours_id": _ours(scope, asked.ours), "sites": asked.sites,
            }
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the parameters"
        raise output.CommandRefused(
            "parameters_unfit", f"{where}: {first['msg']}.", exit_code=output.USAGE
        ) from error


def _lead(scope: Scope, asked: Asked) -> UUID | None:
    """A contact of the deal's account by id, address or whole name. Raises CommandRefused (3) for nobody and for two."""
    from remit.cli.naming import record_id
    from remit.db.sessions import read
    from remit.domains.contacts.queries import load_contacts
    from remit.domains.proposals.building import load_deal

    if not asked.lead:
        return None
    with read(scope) as s:
        contacts = load_contacts(s, load_deal(s, record_id(str(asked.opportunity))).account_id)
    return _one_of(
        [(one.id, one.name, one.email or "") for one in contacts], asked.lead, "contact of the account"
    )


def _ours(scope: Scope, name: str) -> UUID | None:
    from remit.domains.proposals.building import list_colleagues

    return _one_of([(one.id, one.name, one.email) for one in list_colleagues(scope)], name, "colleague") if name else None  # fmt: skip


def _one_of(known: Sequence[tuple[UUID, str, str]], named: str, whose: str) -> UUID:
    wanted = named.strip().casefold()
    found = [
        each for each, name, address in known if wanted in (str(each), name.casefold(), address.casefold())
    ]
    if len(found) != 1:
        told = (
            f"“{named[:60]}” is no {whose} on record"
            if not found
            else f"“{named[:60]}” is {len(found)} of them: give an id or address"
        )
        raise output.CommandRefused("name_unknown", f"{told}.", exit_code=output.NOT_FOUND)
    return found[0]


def _products(scope: Scope) -> Any:
    from remit.domains.quoting.queries import list_live
    from remit.domains.quoting.queries import list_products as known

    on_sale = {one.product_id for one in list_live(scope, _today())}
    return [one for one in known(scope) if one.id in on_sale]


def _today() -> date:
    return clock.today()


def percent(given: str | float) -> float:
    """A discount as it is typed, in percent. Raises typer.BadParameter (2)."""
    try:
        found = float(number(str(given)))
    except NumberUnreadable as error:
        raise typer.BadParameter(str(error)) from error
    if not 0 <= found <= MOST_DISCOUNT:
        raise typer.BadParameter(f"A discount is 0 to {MOST_DISCOUNT} percent.")
    return found


def _bp(percent: float) -> int:
    return round(percent * 100)


def _line(text: str, names: dict[str, UUID]) -> dict[str, Any]:
    """`Northlake OMS=40`, `OMS=40/user and year`, `OMS=40@7.5`; the name may be a part that only one product has."""
    name, sign, rest = text.partition("=")
    rest, _, own = rest.partition("@")
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
        units = number(quantity)
        off = round(number(own) * 100) if own.strip() else None
    except NumberUnreadable:
        raise output.CommandRefused(
            "quantity_unreadable", f"“{rest[:40]}{f'@{own[:20]}' if own else ''}” is no number of units with its discount in percent: write 40 or 40@7.5.",
            exit_code=output.USAGE,
        ) from None  # fmt: skip
    return {"product_id": found, "quantity": units, "unit": unit.strip(), "discount_bp": off}
