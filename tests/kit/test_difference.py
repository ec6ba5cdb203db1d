"""The bound of a difference: what holds for any minutes, and that it keeps its word where samples are small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from remit.kit.intervals import difference

MINUTES = st.lists(st.floats(1, 240), min_size=5, max_size=12)


@given(MINUTES, MINUTES)
@settings(max_examples=40, deadline=None)
def test_the_upper_bound_is_above_the_point_and_moves_with_the_values(
    before: list[float], after: list[float]
) -> None:
    found = difference([(before, after)])
    assert found is not None
    assert found.point == pytest.approx(np.mean(after) - np.mean(before))
    assert found.upper >= found.point - 1e-9
    assert found == difference([(before, after)])  # the same each time it is asked
    later = difference([(before, [one + 10 for one in after])])
    assert later is not None and later.upper == pytest.approx(found.upper + 10)
    longer = difference([([one * 60 for one in before], [one * 60 for one in after])])
    assert longer is not None and longer.upper == pytest.approx(found.upper * 60)


@given(MINUTES, MINUTES)
@settings(max_examples=25, deadline=None)
def test_one_stratum_is_welchs_bound_of_scipy(before: list[float], after: list[float]) -> None:
    if np.std(before) + np.std(after) == 0:
        return
    found = difference([(before, after)])
    theirs = (
        stats.ttest_ind(after, before, equal_var=False, alternative="less").confidence_interval(0.95).high
    )
    assert found is not None and found.welch == pytest.approx(theirs)


def test_like_is_compared_with_like() -> None:
    """More of the easy work with AI looks like a gain until the strata are kept apart."""
    easy, hard = [10.0, 11.0, 9.0, 10.0, 10.5], [60.0, 62.0, 58.0, 61.0, 59.0]
    mixed = difference([(easy[:2] + hard, easy + hard[:2])])
    apart = difference([(easy[:2], easy), (hard, hard[:2])])
    assert mixed is not None and mixed.point < -15
    assert apart is not None and abs(apart.point) < 2 and apart.upper > 0


def test_equal_minutes_and_nothing_to_compare() -> None:
    same = difference([([10.0] * 5, [10.0] * 5)])
    assert same is not None and same.upper == 0.0
    less = difference([([10.0] * 5, [4.0] * 5)])
    assert less is not None and less.upper == -6.0
    assert difference([]) is None
    with pytest.raises(ValueError, match="two values"):
        difference([([10.0], [4.0, 5.0])])


def test_where_nothing_was_gained_it_says_so_as_often_as_it_promises() -> None:
    dice, below, runs = np.random.default_rng(7), 0, 300
    for _ in range(runs):
        before, after = dice.lognormal(3, 0.5, 5), dice.lognormal(3, 0.5, 5)
        found = difference([(list(before), list(after))])
        below += found is not None and found.upper < 0
    assert below / runs <= 0.075  # 5 % and what 300 runs may be off
