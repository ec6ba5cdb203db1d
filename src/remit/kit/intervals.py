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


@dataclass(frozen=True, slots=True)
class Drop:
    """By how much a median fell (0.4: by 40 %): the point, and one-sided lower bounds pooled and within strata."""

    point: float
    pooled: float
    within: float

    @property
    def lower(self) -> float:
        """The lower bound: the smaller of the two, so that another mix of strata is no drop."""
        return min(self.pooled, self.within)


def drop_of_medians(
    strata: Sequence[tuple[Sequence[float], Sequence[float]]], confidence: float = 0.95
) -> Drop | None:
    """1 − median of the second samples ÷ median of the first, with one-sided lower bounds by percentile bootstrap.

    `strata`: (first, second) per stratum, resampled each by itself (9,999 times, the same each time it is asked). `pooled`: of the
    medians of all values together; `within`: of the strata's own drops, each weighed with its share of the second sample. None
    without a stratum; raises ValueError for an empty side or a value that is not above zero.
    """
    import numpy as np  # loaded when asked for: they take a second
    from scipy import stats

    if not strata:
        return None
    if any(not side or min(side) <= 0 for pair in strata for side in pair):
        raise ValueError("every stratum needs values above zero on either side")
    sides = [np.asarray(side, dtype=float) for pair in strata for side in pair]
    shares = np.array([len(second) for second in sides[1::2]]) / sum(len(second) for second in sides[1::2])

    def pooled(*given: Any, axis: int = -1) -> Any:
        first, second = (np.concatenate(given[side::2], axis=axis) for side in (0, 1))
        return 1 - np.median(second, axis=axis) / np.median(first, axis=axis)

    def within(*given: Any, axis: int = -1) -> Any:
        drops = [
            1 - np.median(second, axis=axis) / np.median(first, axis=axis)
            for first, second in zip(given[::2], given[1::2], strict=True)
        ]
        return sum(share * drop for share, drop in zip(shares, drops, strict=True))

    def low(of: Any) -> float:
        if all(np.ptp(side) == 0 for side in sides):  # nothing to resample
            return float(of(*sides))
        made = stats.bootstrap(
            sides, of, method="percentile", n_resamples=9_999, confidence_level=confidence, alternative="greater",
            vectorized=True, rng=np.random.default_rng(20_260),
        )  # fmt: skip
        return float(made.confidence_interval.low)

    return Drop(float(pooled(*sides)), low(pooled), low(within))


def interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Two-sided Clopper-Pearson interval of a share (0–1) at `confidence`; (0.0, 1.0) without trials.

    Raises ValueError when `successes` is not between 0 and `trials`.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    if not trials:
        return 0.0, 1.0
    from scipy.stats import beta  # loaded when asked for: it takes a second

    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, successes, trials - successes + 1)) if successes else 0.0
    high = float(beta.ppf(1 - tail, successes + 1, trials - successes)) if successes < trials else 1.0
    return low, high


def mean_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float, float]:
    """(mean, low, high) of a sample of two values or more, two-sided by Student's t. Raises ValueError for fewer."""
    if len(values) < 2:
        raise ValueError("an interval of a mean needs two values")
    from statistics import fmean, stdev

    from scipy.stats import t  # loaded when asked for: it takes a second

    mean = fmean(values)
    half = float(t.ppf(1 - (1 - confidence) / 2, len(values) - 1)) * stdev(values) / len(values) ** 0.5
    return mean, mean - half, mean + half


def beyond_chance(counts: Sequence[tuple[int, int]], false_share: float = 0.05) -> list[bool]:
    """Which of several (successes, trials) differ from all the others together beyond chance.

    Fisher's exact test of each against the rest, Benjamini and Hochberg over all of them: of those named, `false_share` are
    expected to be named by chance. Fewer than two groups: nobody differs.
    """
    if len(counts) < 2:
        return [False] * len(counts)
    from scipy.stats import false_discovery_control, fisher_exact

    won, all_ = sum(one for one, _ in counts), sum(n for _, n in counts)
    chances = [float(fisher_exact([[k, n - k], [won - k, all_ - n - (won - k)]]).pvalue) for k, n in counts]
    return [bool(one <= false_share) for one in false_discovery_control(chances)]
