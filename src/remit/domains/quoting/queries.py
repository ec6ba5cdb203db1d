"""Reads of the price book: what is in force on a day, its generations, the price that replaced another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import ReadSession, read
from remit.domains.quoting.rules import Unit, unit_key, unit_on_record
from remit.kit.money import Money
from remit.scope import Scope

_COLUMNS: Final = """
SELECT r.id, r.product_id, p.name AS product, p.family, p.active, r.unit, r.price_minor, r.price_currency, r.valid_from_on,
       r.valid_until_on, r.generation, r.source, coalesce(e.name, '') AS entered_by, coalesce(a.name, '') AS approved_by
FROM remit.prices r JOIN remit.products p ON p.id = r.product_id
LEFT JOIN remit.people e ON e.id = r.entered_by LEFT JOIN remit.people a ON a.id = r.approved_by
"""
_LIVE: Final = (
    _COLUMNS
    + """WHERE NOT r.pending AND r.valid_from_on <= :day AND (r.valid_until_on IS NULL OR r.valid_until_on >= :day) AND p.active
  AND (CAST(:products AS uuid[]) IS NULL OR r.product_id = ANY (:products))
ORDER BY r.valid_from_on DESC, r.generation DESC, r.id LIMIT 5000"""
)
_OF_GENERATION: Final = (
    _COLUMNS + "WHERE r.generation = :generation AND NOT r.pending ORDER BY p.name, r.unit, r.id LIMIT 1000"
)
_GENERATIONS: Final = """
SELECT r.generation, min(r.valid_from_on) AS valid_from_on, CASE WHEN bool_or(r.valid_until_on IS NULL) THEN NULL ELSE max(r.valid_until_on) END
       AS valid_until_on, count(*) AS lines, coalesce(min(e.name), '') AS entered_by, coalesce(min(a.name), '') AS approved_by,
       coalesce(min(r.source), '') AS source
FROM remit.prices r LEFT JOIN remit.people e ON e.id = r.entered_by LEFT JOIN remit.people a ON a.id = r.approved_by
WHERE NOT r.pending AND (r.entered_by IS NOT NULL OR r.valid_until_on IS NULL OR r.valid_until_on >= r.valid_from_on) GROUP BY r.generation ORDER BY r.generation DESC LIMIT 100
"""
_PRODUCTS: Final = "SELECT id, name, family, description, active, version FROM remit.products ORDER BY active DESC, name, id LIMIT 500"


@dataclass(frozen=True, slots=True)
class Price:
    """A line of the price book."""

    id: UUID
    product_id: UUID
    product: str
    family: str
    active: bool
    unit_text: str
    price: Money
    valid_from_on: date
    valid_until_on: date | None
    generation: int
    source: str
    entered_by: str
    approved_by: str

    @property
    def unit(self) -> Unit:
        """Its unit."""
        return unit_on_record(self.unit_text)

    @property
    def key(self) -> tuple[UUID, str]:
        """The same for every spelling of its unit: of one key one price counts."""
        return self.product_id, unit_key(self.unit_text)

    @property
    def on_no_day(self) -> bool:
        """Whether it was replaced on the day it began."""
        return self.valid_until_on is not None and self.valid_until_on < self.valid_from_on

    def live_on(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.valid_from_on <= day and (self.valid_until_on is None or self.valid_until_on >= day)


@dataclass(frozen=True, slots=True)
class Generation:
    """One version of the price book: from when it holds (until before that: it was replaced on its first day), of how many lines, by whom."""

    generation: int
    valid_from_on: date
    valid_until_on: date | None
    lines: int
    entered_by: str
    approved_by: str
    source: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product, on sale or not."""

    id: UUID
    name: str
    family: str
    description: str
    active: bool
    version: int


def load_live(s: ReadSession, day: date, product_ids: Sequence[UUID] | None = None) -> list[Price]:
    """The prices in force on `day`, one a product and unit, by product; of `product_ids` alone where given."""
    return _in_force(s, day, product_ids)[0]


def list_live(scope: Scope, day: date) -> list[Price]:
    """As load_live, in a session of its own."""
    with read(scope) as s:
        return load_live(s, day)


def list_overtaken(scope: Scope, day: date) -> list[Price]:
    """Prices that were never ended though a newer one of the same product and unit counts: the next change of it ends them."""
    with read(scope) as s:
        return _in_force(s, day, None)[1]


def list_generation(scope: Scope, generation: int) -> list[Price]:
    """The lines of one version of the price book."""
    with read(scope) as s:
        return [_price(row) for row in s.rows(_OF_GENERATION, {"generation": generation})]


def list_generations(scope: Scope) -> list[Generation]:
    """The versions of the price book, the newest first."""
    with read(scope) as s:
        return [Generation(**row._mapping) for row in s.rows(_GENERATIONS)]


def list_products(scope: Scope) -> list[Product]:
    """All products, those on sale first."""
    with read(scope) as s:
        return [Product(**row._mapping) for row in s.rows(_PRODUCTS)]


def _in_force(
    s: ReadSession, day: date, product_ids: Sequence[UUID] | None
) -> tuple[list[Price], list[Price]]:
    """(what counts, what a newer price of the same unit overtook). Imports of before left both, or the unit spelled in two ways."""
    given = {"day": day, "products": list(product_ids) if product_ids is not None else None}
    counts: dict[tuple[UUID, str], Price] = {}
    overtaken = []
    for one in map(_price, s.rows(_LIVE, given)):
        if counts.setdefault(one.key, one) is not one:
            overtaken.append(one)
    return sorted(counts.values(), key=_by_product), sorted(overtaken, key=_by_product)


def _by_product(one: Price) -> tuple[str, UUID, str]:
    return one.product, one.product_id, one.unit_text


def _price(row: Row[Any]) -> Price:
    return Price(
        row.id, row.product_id, row.product, row.family, row.active, row.unit, Money(row.price_minor, row.price_currency), row.valid_from_on,
        row.valid_until_on, row.generation, row.source or "", row.entered_by, row.approved_by,
    )  # fmt: skip
