"""From imported prices to the act that makes them live: the same two people as for a price that is typed."""

from __future__ import annotations

from remit.domains.quoting.actions import MOST_LINES, ManagePrice, PriceLine
from remit.domains.quoting.imported import WaitingPrices


def taking(found: WaitingPrices) -> ManagePrice:
    """The act that makes imported prices live, from the day that they name. Raises ValidationError for a unit that nobody can read."""
    lines = tuple(
        PriceLine(product_id=one.product_id, unit=one.unit_text, price_minor=one.price.minor, price_currency=one.price.currency)
        for one in found.lines[:MOST_LINES]
    )  # fmt: skip
    return ManagePrice(lines=lines, valid_from_on=found.from_on, note=found.note)
