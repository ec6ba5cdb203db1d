"""Money: exact arithmetic, and every way people write an amount."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.kit import money
from remit.kit.money import AmountUnreadable, Money, decimal_mark, parse

CURRENCY = st.sampled_from(sorted(money.CURRENCIES))
MINOR = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("text", "mark", "number", "currency"),
    [
        ("1.234,56", ",", "1234.56", None),
        ("1,234.56", ".", "1234.56", None),
        ("$12k", ".", "12000", "USD"),
        ("€1.2m", ".", "1200000", "EUR"),
        ("(1,200)", ".", "-1200", None),
        ("USD 5,000", ".", "5000", "USD"),
        ("5000EUR", ".", "5000", "EUR"),
        ("-$5.50", ".", "-5.5", "USD"),
        ("$-5.50", ".", "-5.5", "USD"),
        ("5,50-", ",", "-5.5", None),
        ("1 234,5", ",", "1234.5", None),
        ("1’234.50", ".", "1234.5", None),
        ("5.000.000", ".", "5000000", None),
        ("12,34,567", ".", "1234567", None),
        ("3bn", ".", "3000000000", None),
        ("1,5 Mio", ",", "1500000", None),
    ],
)
def test_amounts_as_people_write_them(
    text: str, mark: money.Decimal_mark, number: str, currency: str | None
) -> None:
    written = parse(text, mark)
    assert (written.number, written.currency) == (Decimal(number), currency)


@pytest.mark.parametrize("text", ["", "abc", "12 apples", "1.2.3", "--", "1,2", "NaN", "1e5x", "$", "12-5"])
def test_what_is_no_amount_says_why(text: str) -> None:
    with pytest.raises(AmountUnreadable, match=r"\w+"):
        parse(text, ".")


@given(MINOR, CURRENCY, st.sampled_from([(",", "."), (".", ",")]), st.booleans())
def test_what_is_written_in_either_style_reads_back(
    minor: int, currency: str, marks: tuple[str, str], coded: bool
) -> None:
    thousands, mark = marks
    text = f"{Money(minor, currency).major:,.{money.exponent(currency)}f}".replace(",", "_").replace(
        ".", mark
    )
    text = text.replace("_", thousands)
    written = parse(f"{currency} {text}" if coded else text, mark)  # type: ignore[arg-type]
    assert money.of(written.number, currency) == Money(minor, currency)


@given(st.text(max_size=30), st.sampled_from([".", ","]))
def test_any_text_reads_or_is_refused(text: str, mark: money.Decimal_mark) -> None:
    try:
        assert parse(text, mark).number.is_finite()
    except AmountUnreadable as refused:
        assert str(refused)


@given(MINOR, MINOR, CURRENCY)
def test_sums_are_exact_and_stay_in_one_currency(a: int, b: int, currency: str) -> None:
    total = Money(a, currency) + Money(b, currency)
    assert total - Money(b, currency) == Money(a, currency)
    other = "EUR" if currency != "EUR" else "USD"
    with pytest.raises(ValueError, match="cannot be added"):
        _ = total + Money(1, other)


@pytest.mark.parametrize(
    ("values", "lean", "mark"),
    [
        (["1.234", "5.678,90"], ".", ","),
        (["1.234", "5.678"], ".", "."),
        (["1.234", "5.678"], ",", ","),
        (["1,234", "5,678"], ".", "."),
        (["12,5", "1.000"], ".", ","),
        (["1.000.000", "5.000"], ".", ","),
        (["0.123"], ",", "."),
        ([], ",", ","),
    ],
)
def test_a_column_decides_its_decimal_mark(values: list[str], lean: money.Decimal_mark, mark: str) -> None:
    assert decimal_mark(values, lean) == mark


def test_too_large_for_the_database_is_refused() -> None:
    with pytest.raises(AmountUnreadable, match="larger than"):
        money.of(Decimal("1e18"), "USD")
