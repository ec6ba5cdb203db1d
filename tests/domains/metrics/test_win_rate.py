"""The win rate has one definition and an exact interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from remit.domains.metrics.win_rate import win_rate


@given(st.integers(0, 60), st.integers(0, 60))
def test_it_is_won_of_closed_with_the_exact_interval(won: int, lost: int) -> None:
    found = win_rate(won, lost)
    assert found.n == won + lost
    if not found.n:
        assert (found.value, found.low, found.high) == (None, 0.0, 1.0)
        return
    theirs = binomtest(won, won + lost).proportion_ci(0.95, method="exact")
    assert found.value == won / (won + lost)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))


def test_counts_below_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="no share"):
        win_rate(-1, 3)
