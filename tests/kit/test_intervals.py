"""Bounds of a share, against published values."""

from __future__ import annotations

import pytest

from remit.kit.intervals import lower_bound


@pytest.mark.parametrize(
    ("successes", "trials", "bound"),
    # with no failures the bound is 0.05 ** (1 / n): 59 are needed for 95 %, 149 for 98 %
    [(59, 59, 0.9505), (58, 58, 0.9497), (149, 149, 0.9801), (8, 10, 0.4931), (0, 10, 0.0), (0, 0, 0.0)],
)
def test_the_bound_is_that_of_clopper_and_pearson(successes: int, trials: int, bound: float) -> None:
    assert lower_bound(successes, trials) == pytest.approx(bound, abs=5e-5)


def test_more_successes_than_trials_are_no_share() -> None:
    with pytest.raises(ValueError, match="no share"):
        lower_bound(11, 10)
