"""Prices that an import brought: a draft of the price book, which one of us asks to make live and another approves (`ManagePrice`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.quoting.queries import load_live
from remit.domains.quoting.rules import unit_key, unit_on_record
from remit.kit.money import Money
from remit.scope import Scope

_WAITING: Final = """
SELECT r.id, r.version, r.product_id, p.name AS product, r.unit, r.price_minor, r.price_currency, r.valid_from_on, coalesce(r.source, '') AS source
FROM remit.prices r JOIN remit.products p ON p.id = r.product_id
WHERE r.pending AND p.active AND (r.valid_until_on IS NULL OR r.valid_until_on >= :day)
ORDER BY r.valid_from_on, r.generation, r.id LIMIT 5000
"""
# kept, so that the same file brings nothing new; in force on no day
_SETTLE: Final = """
UPDATE remit.prices SET pending = false, valid_until_on = valid_from_on - 1, updated_at = :now, version = version + 1 WHERE id = ANY (:ids)
"""
_OF_PRODUCTS: Final = "SELECT id, product_id, unit FROM remit.prices WHERE pending AND product_id = ANY (:products) AND valid_from_on <= :day"


@dataclass(frozen=True, slots=True)
class WaitingPrice:
    """An imported price beside the one in force; `now`: None for a new product or unit."""

    id: UUID
    version: int
    product_id: UUID
    product: str
    unit_text: str
    price: Money
    now: Money | None
    source: str


@dataclass(frozen=True, slots=True)
class WaitingPrices:
    """Imported prices that would hold from one day on, by product."""

    from_on: date
    lines: tuple[WaitingPrice, ...]

    @property
    def note(self) -> str:
        """Where they come from, for whoever approves them."""
        return (
            f"Imported from {', '.join(sorted({one.source for one in self.lines if one.source})) or 'a file'}"
        )


def list_waiting(scope: Scope, day: date) -> list[WaitingPrices]:
    """Imported prices that differ from the price book of `day`, the earliest first; of each product and unit the last that holds."""
    with read(scope) as s:
        return load_waiting(s, day)


def load_waiting(s: ReadSession, day: date) -> list[WaitingPrices]:
    """As list_waiting, in an open session."""
    live = {one.key: one.price for one in load_live(s, day)}
    found: dict[tuple[date, UUID, str], WaitingPrice] = {}
    for row in s.rows(_WAITING, {"day": day}):
        key, price = (row.product_id, unit_key(row.unit)), Money(row.price_minor, row.price_currency)
        found[(max(row.valid_from_on, day), *key)] = WaitingPrice(
            row.id,
            row.version,
            row.product_id,
            row.product,
            unit_on_record(row.unit).text,
            price,
            live.get(key),
            row.source,
        )
    days = sorted({each[0] for each in found})
    lists = [
        WaitingPrices(
            on,
            tuple(sorted((one for each, one in found.items() if each[0] == on and one.price != one.now), key=lambda one: (one.product, one.unit_text))),
        )
        for on in days
    ]  # fmt: skip
    return [one for one in lists if one.lines]


def settle(tx: WriteSession, chosen: Sequence[tuple[UUID, str]], day: date) -> int:
    """What waited for these products and units up to `day` waits no more: the price book has a newer word. Gives how many."""
    units = {(product_id, unit_key(unit)) for product_id, unit in chosen}
    rows = tx.rows(_OF_PRODUCTS, {"products": [product_id for product_id, _ in chosen], "day": day})
    ids = [row.id for row in rows if (row.product_id, unit_key(row.unit)) in units]
    if ids:
        tx.execute(_SETTLE, {"ids": ids, "now": tx.now})
    return len(ids)
