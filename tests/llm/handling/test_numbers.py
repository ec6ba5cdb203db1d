"""Check digits: the known examples of each standard pass, and one changed mark fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.llm.handling import numbers

KNOWN = [
    (numbers.is_iban, "GB82 WEST 1234 5698 7654 32"),
    (numbers.is_iban, "DE89370400440532013000"),
    (numbers.is_iban, "NO9386011117947"),
    (numbers.is_isin, "US0378331005"),
    (numbers.is_isin, "GB0002634946"),
    (numbers.is_cusip, "037833100"),
    (numbers.is_cusip, "38259P508"),
    (numbers.is_lei, "5493001KJTIIGC8Y1R12"),
    (numbers.is_routing_number, "021000021"),
]


@pytest.mark.parametrize(("check", "code"), KNOWN)
def test_the_known_examples_pass_and_a_changed_digit_fails(check, code: str) -> None:
    assert check(code)
    for place, mark in enumerate(code):
        if mark.isdigit():
            changed = code[:place] + str((int(mark) + 1) % 10) + code[place + 1 :]
            assert not check(changed), changed


@given(st.text(max_size=40))
def test_any_text_gives_an_answer(text: str) -> None:
    for check, _ in KNOWN:
        assert check(text) in (True, False)


def test_a_right_sum_of_a_wrong_length_is_no_iban() -> None:
    assert not numbers.is_iban("DE8937040044053201300")
    assert not numbers.is_iban("ZZ89370400440532013000")
