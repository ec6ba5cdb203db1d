"""A proposal, a discount or a price book that waits, as its approver reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from remit.actions import NotFound
from remit.actions.queries import SuggestionRow
from remit.domains.proposals import queries
from remit.domains.proposals.records import Proposal
from remit.domains.quoting.queries import list_live, list_products
from remit.domains.quoting.rules import unit_key
from remit.kit import clock
from remit.scope import Scope


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price that waits; `now` is the one in force, None for a new product or unit. Minor units."""

    product: str
    unit: str
    minor: int
    currency: str
    now: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What is approved: a proposal as it stands (`same`: it is what was asked for), or prices from a day on."""

    proposal: Proposal | None = None
    same: bool = True
    has_before: bool = False
    rate: str = ""
    prices: tuple[NewPrice, ...] = ()
    from_on: str = ""
    note: str = ""


def find_offer(scope: Scope, found: SuggestionRow) -> Offer | None:
    """The offer behind a suggestion; None for other kinds, and where it cannot be seen."""
    if found.kind == "ManagePrice":
        return _prices(scope, found.payload)
    if found.kind not in ("ApproveDiscount", "ApproveProposal"):
        return None
    try:
        p = queries.get_proposal(scope, UUID(str(found.payload["proposal_id"])))
    except NotFound:
        return None
    same = (
        found.payload.get("sha256", p.sha256) == p.sha256
        and found.payload.get("terms_sha256", p.terms_sha256) == p.terms_sha256
    )
    rate = p.document.discount_told or "none"
    return Offer(p, same, queries.find_before(scope, p) is not None, rate)


def _prices(scope: Scope, payload: Any) -> Offer:
    names = {str(one.id): one.name for one in list_products(scope)}
    live = {
        (str(one.product_id), one.key[1], one.price.currency): one.price.minor
        for one in list_live(scope, clock.today())
    }
    prices = tuple(
        NewPrice(
            names.get(one["product_id"], "a product"), one["unit"], one["price_minor"], one["price_currency"],
            live.get((one["product_id"], unit_key(one["unit"]), one["price_currency"])),
        )
        for one in payload["lines"]
    )  # fmt: skip
    return Offer(prices=prices, from_on=payload["valid_from_on"], note=payload.get("note", ""))
