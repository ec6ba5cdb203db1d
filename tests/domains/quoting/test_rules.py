"""Units, sums to the minor unit, and the bands that pages show, held to the policy that decides."""

from __future__ import annotations

from decimal import Decimal

import pytest

from remit.domains.quoting import intake
from remit.domains.quoting.intake import PricesUnreadable
from remit.domains.quoting.queries import Product
from remit.domains.quoting.rules import BANDS, Priced, UnitUnreadable, band_of, totals, unit, unit_key
from remit.kit.ids import new_id
from remit.kit.money import Money
from remit.policy.decide import decide
from remit.policy.model import PolicyRequest, Principal, Resource


@pytest.mark.parametrize(
    ("text", "of", "period"),
    [("user and year", "user", "year"), ("seat per month", "seat", "month"), ("million shares / quarter", "million shares", "quarter"), ("each", "each", "once")],
)  # fmt: skip
def test_units(text: str, of: str, period: str) -> None:
    found = unit(text)
    assert (found.of, found.period) == (of, period) and unit(found.text) == found


def test_sums_are_exact_and_round_by_line() -> None:
    month = Priced(Decimal("2.5"), unit("million shares and month"), Money(33_333, "USD"), 333)
    assert (month.list_amount.minor, month.amount.minor) == (999_990, 966_690)
    once = Priced(Decimal(1), unit("each"), Money(1_001, "USD"), 333)
    found = totals([month, once], 18)
    assert (found.year_amount.minor, found.once_amount.minor, found.term_amount.minor) == (
        966_690,
        968,
        1_450_035 + 968,
    )
    yen = Priced(Decimal(3), unit("user and year"), Money(1_000, "JPY"), 1_250)
    assert str(yen.amount) == "JPY 2,625"
    with pytest.raises(UnitUnreadable):
        unit("12")


def test_bands_are_those_of_the_policy() -> None:
    def outcome(role: str, bp: int) -> str:
        asker = Principal("Person", "p", frozenset({role}))
        return decide(
            PolicyRequest(asker, "ApproveDiscount", Resource("proposal", "-", {}), {"discount_bp": bp})
        ).outcome

    for role, most in BANDS:
        assert (outcome(role, most), outcome(role, most + 1)) == ("permit", "needs_approval"), role
        assert band_of([role, "sdr"]) == most
    assert band_of(["sdr"]) == 0 and outcome("sdr", 1) == "forbid"


def test_a_table_of_prices() -> None:
    oms = Product(new_id(), "Northlake OMS", "", "", True, 1)
    [line] = intake.lines([{"Product": "northlake oms", "Unit": "user per year", "Price": "$14,400"}], [oms])
    assert (line.product_id, line.unit, line.price_minor, line.price_currency) == (
        oms.id,
        "user and year",
        1_440_000,
        "USD",
    )
    for row, why in (
        ({"product": "Vertex", "price": "1"}, "no product on sale"), ({"product": "Northlake OMS", "price": "cheap"}, "is not a number"),
        ({"product": "Northlake OMS", "price": "1", "unit": "12"}, "Write the unit"), ({"product": "Northlake OMS", "price": "1", "currency": "XXX"}, "not a currency"),
        ({}, "no row"),
    ):  # fmt: skip
        with pytest.raises(PricesUnreadable, match=why):
            intake.lines([row], [oms])


def test_every_spelling_of_a_unit_is_one_unit() -> None:
    assert {
        unit_key(text) for text in ("user and year", "User per Year", "users / year", " user  a year ")
    } == {"user and year"}
    assert unit_key("million shares and month") == "million shares and month" and unit_key("") == ""
