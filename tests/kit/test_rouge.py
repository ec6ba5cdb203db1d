"""ROUGE by hand on short texts."""

from __future__ import annotations

import pytest

from remit.kit.rouge import rouge, words


def test_words_are_letters_and_digits() -> None:
    assert words("Q1 revenue rose 11.1% to $481m.") == ["q1", "revenue", "rose", "11", "1", "to", "481m"]


def test_same_text_is_one_and_no_word_in_common_is_zero() -> None:
    same, none = rouge("a b c", "a b c"), rouge("a b c", "d e f")
    assert (same.one, same.two, same.longest) == (1, 1, 1) and (none.one, none.two, none.longest) == (0, 0, 0)


def test_words_count_as_often_as_both_have_them() -> None:
    found = rouge("the cat the cat", "the cat sat")
    assert found.one == pytest.approx(2 * 2 / 7)
    assert found.two == pytest.approx(2 * 1 / 5)
    assert found.longest == pytest.approx(2 * 2 / 7)


def test_order_matters_for_the_longest_run_only() -> None:
    found = rouge("b a", "a b")
    assert (found.one, found.two, found.longest) == (1, 0, 0.5)


def test_nothing_is_near_nothing() -> None:
    assert rouge("", "a").one == rouge("a", "").longest == 0
