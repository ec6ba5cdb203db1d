"""What a proposal is drawn up from: products, quantities, term, discount, dates. Typed, and hashed for the pricing approval."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from remit.domains.quoting.rules import BANDS, MOST_DISCOUNT_BP, unit_key
from remit.kit.typed_numbers import number

Complexity = Literal["simple", "standard", "complex"]
COMPLEXITIES: Final[Sequence[Complexity]] = ("simple", "standard", "complex")
Payment = Literal["year", "quarter", "month"]
PAYMENTS: Final[dict[Payment, str]] = {
    "year": "yearly in advance",
    "quarter": "quarterly in advance",
    "month": "monthly in advance",
}
MOST_LINES: Final = 20


class Asked(BaseModel):
    """One product and how many units of it. `unit` as in the price book; "" where the product has one unit only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product_id: UUID
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    quantity: Decimal = Field(gt=0, le=10**9, max_digits=12, decimal_places=2)
    discount_bp: int | None = Field(None, ge=0, le=MOST_DISCOUNT_BP)
    """Its own discount, in hundredths of a percent; None: that of the terms."""

    @field_validator("quantity", mode="before")
    @classmethod
    def _plain(cls, given: object) -> object:
        return number(given) if isinstance(given, str) else given


class Terms(BaseModel):
    """The parameters. No amount stands here: amounts come from the price book alone.

    `discount_bp`: hundredths of a percent on every line that has none of its own. `users`, `sites`: counts that the assumptions name; `lead_id` (a contact),
    `ours_id` (a colleague): who
    leads the work at the account and at ours. `elsewhere` values that are not given leave out the sections that need them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: tuple[Asked, ...] = Field(min_length=1, max_length=MOST_LINES)
    term_months: int = Field(12, ge=1, le=120)
    discount_bp: int = Field(0, ge=0, le=MOST_DISCOUNT_BP)
    payment: Payment = "year"
    expires_on: date
    users: int | None = Field(None, ge=1, le=10**6)
    sites: int | None = Field(None, ge=1, le=10**4)
    starts_on: date | None = None
    live_on: date | None = None
    lead_id: UUID | None = None
    ours_id: UUID | None = None

    @model_validator(mode="after")
    def _fits(self) -> Terms:
        if len({(one.product_id, unit_key(one.unit)) for one in self.lines}) < len(self.lines):
            raise ValueError("a product stands twice; give it one line with the whole quantity")
        if self.starts_on and self.live_on and self.live_on < self.starts_on:
            raise ValueError("the day of use lies before the start of the work")
        return self

    @property
    def sha256(self) -> str:
        """Hash (hex) of everything that decides the price: what a pricing approval is bound to."""
        # what is not given is left out: a yes of before lines had discounts of their own still holds
        priced = self.model_dump(
            mode="json", include={"lines", "term_months", "discount_bp", "payment"}, exclude_none=True
        )
        return hashlib.sha256(json.dumps(priced, sort_keys=True).encode()).hexdigest()

    def discount_of(self, line: Asked) -> int:
        """The discount of one of its lines, in hundredths of a percent."""
        return self.discount_bp if line.discount_bp is None else line.discount_bp

    @property
    def highest_bp(self) -> int:
        """The largest discount on any line: what the bands are asked about."""
        return max(map(self.discount_of, self.lines))

    @property
    def complexity(self) -> Complexity:
        """How hard it is to draw up; like is compared with like by it (S1-G4).

        Simple: one product for one year within the smallest discount band. Complex: three products or more, or a discount
        above the manager's band. Standard: all others.
        """
        products = {one.product_id for one in self.lines}  # by the seat and once: one product still
        if len(products) >= 3 or self.highest_bp > dict(BANDS)["manager"]:
            return "complex"
        alone = len(products) == 1 and self.term_months <= 12 and self.highest_bp <= dict(BANDS)["ae"]
        return "simple" if alone else "standard"
