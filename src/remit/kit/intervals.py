"""Confidence bounds of a share and of a difference of means, by scipy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


def lower_bound(successes: int, trials: int, confidence: float = 0.95) -> float:
    """One-sided Clopper-Pearson lower bound of a share (0–1) at `confidence`; 0.0 without trials.

    Raises ValueError when `successes` is not between 0 and `trials`.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    if successes == 0:
        return 0.0
    from scipy.stats import beta  # loaded when asked for: it takes a second

    return float(beta.ppf(1 - confidence, successes, trials - successes + 1))


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of the second sample less mean of the first, within strata: the point, two upper bounds, the larger of them."""

    point: float
    bootstrap: float
    welch: float

    @property
    def upper(self) -> float:
        """The one-sided upper bound: the larger, for a bootstrap of a handful of values is too sure of itself."""
        return max(self.bootstrap, self.welch)


def difference(
    strata: Sequence[tuple[Sequence[float], Sequence[float]]], confidence: float = 0.95
) -> Difference | None:
    """How much lower or higher the second sample's mean is, like compared with like, with one-sided upper bounds.

    `strata`: (first, second) per stratum, two values or more on either side; each counts with its share of the second
    sample. Bounds: scipy's percentile bootstrap, resampled within strata (9,999 times, the same each time it is asked), and
    Welch's t with Satterthwaite's degrees of freedom. With five values a side the bootstrap alone covers 90 %, not 95 %
    (docs/quality.md), so both have to agree. None without a stratum; raises ValueError for a stratum that is too small.
    """
    import numpy as np  # loaded when asked for: they take a second
    from scipy import stats

    if not strata:
        return None
    if any(len(side) < 2 for pair in strata for side in pair):
        raise ValueError("a stratum needs two values on either side")
    count = sum(len(second) for _, second in strata)
    shares = [len(second) / count for _, second in strata]

    def of(*sides: Any, axis: int = -1) -> Any:
        pairs = zip(shares, sides[::2], sides[1::2], strict=True)
        return sum(share * (np.mean(b, axis=axis) - np.mean(a, axis=axis)) for share, a, b in pairs)

    sides = [np.asarray(side, dtype=float) for pair in strata for side in pair]
    point = float(of(*sides))
    parts = [(share, side) for share, pair in zip(shares, strata, strict=True) for side in pair]
    errors = [(share**2 * float(np.var(side, ddof=1)) / len(side), len(side) - 1) for share, side in parts]
    variance = sum(error for error, _ in errors)
    if variance == 0:  # every value the same: nothing to resample
        return Difference(point, point, point)
    freedom = variance**2 / sum(error**2 / free for error, free in errors)
    welch = point + float(stats.t.ppf(confidence, freedom)) * variance**0.5
    made = stats.bootstrap(
        sides, of, method="percentile", n_resamples=9_999, confidence_level=confidence, alternative="less",
        vectorized=True, rng=np.random.default_rng(20_260),
    )  # fmt: skip
    return Difference(point, float(made.confidence_interval.high), welch)


def interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Two-sided Clopper-Pearson interval of a share (0–1) at `confidence`; (0.0, 1.0) without trials.

    Raises ValueError when `successes` is not between 0 and `trials`.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    from scipy.stats import beta  # loaded when asked for: it takes a second

    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, successes, trials - successes + 1)) if successes else 0.0
    high = float(beta.ppf(1 - tail, successes + 1, trials - successes)) if successes < trials else 1.0
    return low, high
