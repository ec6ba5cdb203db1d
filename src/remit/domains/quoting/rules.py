"""Units, discount bands and the arithmetic of priced lines: pure, exact, in minor units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from remit.kit.money import Money

Period = Literal["year", "quarter", "month", "once"]
A_YEAR: Final[Mapping[Period, int]] = {"year": 1, "quarter": 4, "month": 12, "once": 0}
MOST_DISCOUNT_BP: Final = 9_000
BANDS: Final[tuple[tuple[str, int], ...]] = (("ae", 500), ("manager", 1500), ("vp", 3000))
"""Role and the largest discount, in hundredths of a percent, that it gives without asking anybody.

The rules that decide are in policies/30-commercial.cedar; a test holds these figures, which pages show, to them.
"""
_UNIT: Final = re.compile(
    r"(?P<of>.+?)(?:(?:\s+(?:and|per|a)\s+|\s*/\s*)(?P<period>year|quarter|month))?", re.IGNORECASE
)


COUNTED: Final = frozenset(
    {"user", "seat", "person", "site", "desk", "licence", "license", "connection", "account"}
)
"""What is counted singly: its plural is the same unit."""


class UnitUnreadable(ValueError):
    """The text names no unit; the message says how to write one."""

    code = "unit_unreadable"


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted (`user`, `million shares`), and how often it is charged."""

    of: str
    period: Period

    @property
    def text(self) -> str:
        """As the price book writes it: `user and year`, `each`."""
        return self.of if self.period == "once" else f"{self.of} and {self.period}"

    @property
    def counts_people(self) -> bool:
        """Whether the number of units is a number of seats."""
        return self.of.casefold() in ("user", "seat", "person")


def unit(text: str) -> Unit:
    """`user and year`, `seat per month`, `million shares and month`, `each` (charged once). Raises UnitUnreadable."""
    found = _UNIT.fullmatch(" ".join(text.split()))
    if found is None or not any(char.isalpha() for char in found["of"]):
        raise UnitUnreadable("Write the unit as “user and year”, “million shares and month”, or “each”.")
    period: Period = "once"
    for known in A_YEAR:
        if known == (found["period"] or "").casefold():
            period = known
    return Unit(found["of"], period)


def unit_on_record(text: str) -> Unit:
    """The unit of a price that is in the book already, also of one that was imported with words we cannot read: charged once."""
    try:
        return unit(text)
    except UnitUnreadable:
        return Unit(text.strip() or "each", "once")


def unit_key(text: str) -> str:
    """The same for every spelling of a unit: `User per Year`, `users/year` and `user and year` are one."""
    known = unit_on_record(" ".join(text.casefold().split())) if text.strip() else None
    if known is None:
        return ""
    of = known.of[:-1] if known.of.endswith("s") and known.of[:-1] in COUNTED else known.of
    return Unit(of, known.period).text


@dataclass(frozen=True, slots=True)
class Priced:
    """One line: `quantity` units at a list price. Amounts are of a year for what recurs, else of the one charge."""

    quantity: Decimal
    unit: Unit
    price: Money
    discount_bp: int

    @property
    def list_amount(self) -> Money:
        """Quantity times list price, for a year; rounded half to even to the minor unit."""
        return _times(self.price, self.quantity * (A_YEAR[self.unit.period] or 1))

    @property
    def amount(self) -> Money:
        """The list amount less the discount."""
        return _times(self.list_amount, Decimal(10_000 - self.discount_bp) / 10_000)

    @property
    def recurs(self) -> bool:
        """Whether it is charged every year of the term."""
        return self.unit.period != "once"


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of lines: of a year at list price and as offered, charged once, and over the whole term."""

    list_year_amount: Money
    year_amount: Money
    once_amount: Money
    list_term_amount: Money
    term_amount: Money


def totals(lines: Sequence[Priced], term_months: int) -> Totals:
    """The sums of lines of one currency. Raises ValueError without a line or with two currencies."""
    if not lines:
        raise ValueError("there is no line to add up")
    currency = lines[0].price.currency
    years = Decimal(term_months) / 12
    list_year = _sum((one.list_amount for one in lines if one.recurs), currency)
    year = _sum((one.amount for one in lines if one.recurs), currency)
    once = _sum((one.amount for one in lines if not one.recurs), currency)
    list_once = _sum((one.list_amount for one in lines if not one.recurs), currency)
    return Totals(
        list_year, year, once, _times(list_year, years) + list_once, _times(year, years) + once
    )  # fmt: skip


def band_of(roles: Iterable[str]) -> int:
    """The largest discount (hundredths of a percent) that somebody with `roles` gives alone."""
    held = set(roles)
    return max((most for role, most in BANDS if role in held), default=0)


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money(0, currency))


def _times(amount: Money, factor: Decimal) -> Money:
    minor = (Decimal(amount.minor) * factor).to_integral_value(ROUND_HALF_EVEN)
    return Money(int(minor), amount.currency)
