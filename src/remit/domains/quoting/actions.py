"""Verbs on the price book: a new version of it (entered by the deal desk, approved by another), a product."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.quoting.imported import settle
from remit.domains.quoting.priced import load_change
from remit.domains.quoting.rules import UnitUnreadable, unit, unit_key
from remit.kit import clock
from remit.kit.ids import new_id
from remit.kit.money import CURRENCIES

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
MOST_LINES: Final = 500

# what a change touches is told by the key of the unit, so in whatever spelling it stands in the book
_STANDING: Final = """
SELECT id, product_id, unit, valid_from_on FROM remit.prices
WHERE NOT pending AND product_id = ANY (:products)
  AND (valid_until_on IS NULL OR valid_until_on >= greatest(valid_from_on, CAST(:from AS date)))
"""
_END: Final = "UPDATE remit.prices SET valid_until_on = :until, updated_at = :now, version = version + 1 WHERE id = ANY (:ids)"
_INSERT: Final = """
INSERT INTO remit.prices (id, product_id, unit, price_minor, price_currency, valid_from_on, generation, entered_by, approved_by, source)
VALUES (:id, :product, :unit, :minor, :currency, :from, :generation, :entered, :approved, 'remit')
"""
# whoever changes prices at the same moment waits: each version gets a number of its own
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('remit.prices'))"


class PriceLine(BaseModel):
    """What a unit of a product costs: `unit` as `user and year`, the price in minor units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product_id: UUID
    unit: Words
    price_minor: int = Field(ge=0, le=10**13)
    price_currency: str

    @property
    def key(self) -> tuple[UUID, str]:
        """The same for every spelling of its unit."""
        return self.product_id, unit_key(self.unit)

    @field_validator("unit")
    @classmethod
    def _readable(cls, text: str) -> str:
        try:
            return unit(text).text
        except UnitUnreadable as error:
            raise ValueError(str(error)) from error

    @field_validator("price_currency")
    @classmethod
    def _known(cls, code: str) -> str:
        if code not in CURRENCIES:
            raise ValueError(f"{code[:3]!r} is no currency: write USD, EUR, GBP …")
        return code


class ManagePrice(Action):
    """A new version of the price book: its lines supersede those of the same product and unit from a day on."""

    event: ClassVar[str] = "price_book:change"
    lines: tuple[PriceLine, ...] = Field(min_length=1, max_length=MOST_LINES)
    valid_from_on: date
    note: Long = ""

    @model_validator(mode="after")
    def _once(self) -> ManagePrice:
        if len({one.key for one in self.lines}) < len(self.lines):
            raise ValueError("a product and unit stands twice in the list")
        return self


class ManageProduct(Action):
    """A new product (without `product_id`), or what is said of one, or that it is no longer on sale."""

    event: ClassVar[str] = "product:change"
    product_id: UUID | None = None
    expected_version: int | None = None
    name: Words
    family: Long = ""
    description: Long = ""
    active: bool = True

    @model_validator(mode="after")
    def _with_version(self) -> ManageProduct:
        if (self.product_id is None) != (self.expected_version is None):
            raise ValueError("a change of a product names the version that was read")
        return self


def _book(_session: ReadSession, action: ManagePrice) -> Target:
    return Target("price_book", title=f"Price book from {action.valid_from_on.isoformat()}")


def _product(session: ReadSession, action: ManageProduct) -> Target:
    if action.product_id is None:
        return Target("product", title=action.name, context={"renames_priced": False})
    title, renames = load_change(session, action.product_id, action.name, clock.today(), active=action.active)
    return Target("product", action.product_id, title=title, context={"renames_priced": renames})


def _not_backdated(_session: ReadSession, action: ManagePrice, _target: Target) -> list[Check]:
    """Prices of the past stand in offers that were made by them."""
    return [
        Check.that(
            "price-from-today", action.valid_from_on >= clock.today(),
            f"These prices would hold from {action.valid_from_on.isoformat()}, a day that is past; choose today or later.",
            "They hold from today or later.",
        )
    ]  # fmt: skip


@handler(ManagePrice, target=_book, checks=[_not_backdated])
def manage_price(tx: WriteSession, action: ManagePrice, _target: Target) -> Change:
    """End what the lines supersede the day before (on no day, where it would begin with them), and write them as the next version."""
    tx.execute(LOCK)
    number = int(tx.scalar("SELECT coalesce(max(generation), 0) + 1 FROM remit.prices"))
    known = {row.id for row in tx.rows("SELECT id FROM remit.products WHERE active")}
    missing = [one for one in action.lines if one.product_id not in known]
    if missing:
        raise NotFound("product on sale")
    _end_standing(tx, action)
    for one in action.lines:
        tx.execute(
            _INSERT,
            {
                "product": one.product_id, "unit": one.unit, "from": action.valid_from_on, "id": new_id(), "minor": one.price_minor,
                "currency": one.price_currency, "generation": number, "entered": tx.maker_id, "approved": tx.approver_id,
            },
        )  # fmt: skip
    settle(tx, [(one.product_id, one.unit) for one in action.lines], action.valid_from_on)
    after = {
        "generation": number,
        "lines": len(action.lines),
        "valid_from_on": action.valid_from_on.isoformat(),
        "note": action.note,
    }
    return Change("price_book", None, after=after, result={"generation": number})


def _end_standing(tx: WriteSession, action: ManagePrice) -> None:
    """End whatever stands for these products and units. Raises Refused where one begins later."""
    first = action.valid_from_on
    asked = {one.key for one in action.lines}
    given = {"products": list({one.product_id for one in action.lines}), "from": first}
    standing = [row for row in tx.rows(_STANDING, given) if (row.product_id, unit_key(row.unit)) in asked]
    later = min((row.valid_from_on for row in standing if row.valid_from_on > first), default=None)
    if later is not None:
        raise Refused(
            f"A price that begins on {later.isoformat()} is in the book already for one of these products; choose that day or a later one.",
            code="price_later",
        )
    if standing:
        tx.execute(
            _END, {"ids": [row.id for row in standing], "until": first - timedelta(days=1), "now": tx.now}
        )


@handler(ManageProduct, target=_product)
def manage_product(tx: WriteSession, action: ManageProduct, _target: Target) -> Change:
    """Write or change the product."""
    values = action.model_dump(include={"name", "family", "description", "active"})
    if action.product_id is not None and action.expected_version is not None:
        before = change_row(
            tx, "products", action.product_id, action.expected_version, values, what="product"
        )
        return Change("product", action.product_id, before, values)
    product_id = new_id()
    tx.execute(
        "INSERT INTO remit.products (id, name, family, description, active, source) VALUES (:id, :name, :family, :description, :active, 'remit')",
        {"id": product_id, **values},
    )
    return Change("product", product_id, after=values, result={"product_id": str(product_id)})
