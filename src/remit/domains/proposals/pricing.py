"""The priced lines of a proposal: each from the price book in force, or no line at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from remit.actions import Refused
from remit.db.sessions import ReadSession
from remit.domains.proposals.model import Line
from remit.domains.proposals.terms import Asked, Terms
from remit.domains.quoting.queries import Price, load_live
from remit.domains.quoting.rules import Priced, Totals, totals, unit_key


@dataclass(frozen=True, slots=True)
class Quoted:
    """Lines and sums of one currency. `generation`: the newest version of the price book among them, in force since `since`."""

    lines: tuple[Line, ...]
    products: tuple[str, ...]
    totals: Totals
    generation: int
    since: date
    seats: int


def quote(s: ReadSession, terms: Terms, day: date) -> Quoted:
    """Price `terms` by the price book of `day`. Raises Refused: price_missing, unit_needed, currencies_mixed, product_twice, quantity_unfit."""
    live = load_live(s, day, [one.product_id for one in terms.lines])
    chosen = [_price(live, one) for one in terms.lines]
    if len({one.id for one in chosen}) < len(chosen):
        raise Refused(
            "A product stands twice at one price; give it one line with the whole quantity.",
            code="product_twice",
        )
    currencies = sorted({one.price.currency for one in chosen})
    if len(currencies) > 1:
        raise Refused(
            f"These products have prices in {' and '.join(currencies)}; one proposal has one currency. Make two, or choose units in one.",
            code="currencies_mixed",
        )
    priced = [
        Priced(one.quantity, price.unit, price.price, terms.discount_of(one))
        for one, price in zip(terms.lines, chosen, strict=True)
    ]
    for each, price in zip(priced, chosen, strict=True):
        if each.unit.counts_people and each.quantity != int(each.quantity):
            raise Refused(
                f"{price.product} is priced per {price.unit.text}: {each.quantity.normalize():f} is no number of people. Give a whole one.",
                code="quantity_unfit",
            )
    lines = tuple(
        Line(
            str(price.id), price.product, price.unit.text, f"{one.quantity.normalize():f}", price.price.minor, one.list_amount.minor,
            one.amount.minor, one.recurs, one.discount_bp,
        )
        for one, price in zip(priced, chosen, strict=True)
    )  # fmt: skip
    newest = max(chosen, key=lambda one: (one.generation, one.valid_from_on))
    # the same people sit at several products: seats of two are not added up
    seats = int(max((one.quantity for one in priced if one.unit.counts_people), default=0))
    names = tuple(dict.fromkeys(one.product for one in chosen))
    return Quoted(
        lines, names, totals(priced, terms.term_months), newest.generation, newest.valid_from_on, seats
    )


def _price(live: Sequence[Price], asked: Asked) -> Price:
    of_product = [one for one in live if one.product_id == asked.product_id]
    if not of_product:
        raise Refused(
            "A product of this proposal has no price in force today. The deal desk enters one under Prices, and finance or the VP approves it.",
            code="price_missing", details={"product_id": str(asked.product_id)},
        )  # fmt: skip
    if not asked.unit:
        if len(of_product) > 1:
            units = ", ".join(one.unit_text for one in of_product)
            raise Refused(
                f"{of_product[0].product} is priced per {units}; say which.", code="unit_needed", details={"units": units}
            )  # fmt: skip
        return of_product[0]
    wanted = unit_key(asked.unit)
    found = next((one for one in of_product if one.key[1] == wanted), None)
    if found is None:
        units = ", ".join(one.unit_text for one in of_product)
        raise Refused(
            f"{of_product[0].product} has no price per {asked.unit[:60]} in force today; it is priced per {units}.", code="price_missing",
            details={"product_id": str(asked.product_id), "units": units},
        )  # fmt: skip
    return found


def superseded(s: ReadSession, lines: Sequence[Line], day: date) -> list[str]:
    """For each line whose price is not the one in force on `day`: a sentence that names the live one."""
    live = load_live(s, day)
    by_id = {str(one.id) for one in live}
    found = []
    for line in lines:
        if line.price_id in by_id:
            continue
        now = next(
            (one for one in live if one.product == line.product and one.key[1] == unit_key(line.unit)), None
        )
        instead = (
            f"the price in force is {now.price} per {now.unit_text} since {now.valid_from_on.isoformat()} (version {now.generation})"
            if now
            else "the price book has none now"
        )
        found.append(f"The price of {line.product} in this proposal was superseded; {instead}.")
    return found
