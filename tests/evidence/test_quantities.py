"""Numbers and dates in one form."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence import quantities
from remit.kit.ids import new_id
from tests.evidence.test_facts import fact


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("$4.2bn", "amount", "4200000000", "USD"),
        ("4,200m USD", "amount", "4200000000", "USD"),
        ("USD 4,200 million", "amount", "4200000000", "USD"),
        ("€12k", "amount", "12000", "EUR"),
        ("38%", "percent", "38", ""),
        ("2.5 per cent", "percent", "2.5", ""),
        ("15 bps", "basis_points", "15", ""),
        ("three", "amount", "3", ""),
        ("291", "amount", "291", ""),
    ],
)
def test_one_number(text: str, kind: str, value: str, unit: str) -> None:
    (found,) = quantities.find(text)
    assert (found.kind, found.value, found.unit, found.text) == (kind, Decimal(value), unit, text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("31 March 2026", (2026, None, 3, 31)),
        ("March 31, 2026", (2026, None, 3, 31)),
        ("2026-03-31", (2026, None, 3, 31)),
        ("March 2026", (2026, None, 3, None)),
        ("Q3 2026", (2026, 3, None, None)),
        ("2026", (2026, None, None, None)),
        ("12 May", (None, None, 5, 12)),
    ],
)
def test_one_date(text: str, parts: tuple[int | None, ...]) -> None:
    (found,) = quantities.find(f"as of {text}.")
    assert (found.kind, found.parts) == ("date", parts)


@pytest.mark.parametrize(
    ("said", "known", "answer"),
    [
        ("$4.2bn", "4,200m USD", True),
        ("$4.2bn", "$4,210m", True),
        ("$4.2bn", "$4.3bn", False),
        ("$4.2bn", "€4.2bn", False),
        ("4.2%", "4.2", False),
        ("$4bn", "$4.2bn", False),
        ("March 2026", "31 March 2026", True),
        ("Q1 2026", "31 March 2026", True),
        ("31 March 2026", "March 2026", False),
        ("2025", "31 March 2026", False),
        ("three", "3", True),
    ],
)
def test_what_was_said_is_found_or_not(said: str, known: str, answer: bool) -> None:
    (one,) = quantities.find(said)
    assert quantities.states(quantities.find(known), one) is answer


def test_a_fact_states_its_typed_value_and_its_date() -> None:
    stated = quantities.of_fact(
        fact(
            id=new_id(),
            value="assets",
            value_minor=420_000_000_000,
            value_currency="USD",
            as_of_on=date(2026, 3, 31),
        )
    )
    for said in ("$4.2bn", "31 March 2026", "Q1 2026"):
        assert quantities.states(stated, quantities.find(said)[0]), said
    assert not quantities.states(stated, quantities.find("$4.2m")[0])


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing_and_in_order(text: str) -> None:
    found = quantities.find(text)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))


@given(st.integers(min_value=10, max_value=99_999))
def test_thousands_separators_change_nothing(number: int) -> None:
    (plain,) = (
        quantities.find(f"{number}m positions")
        if number < 1900 or number > 2100
        else quantities.find(f"{number}m")
    )
    (grouped,) = quantities.find(f"{number:,}m")
    assert plain.value == grouped.value == number * 10**6
