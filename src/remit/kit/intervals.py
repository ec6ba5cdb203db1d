"""Confidence bounds of a share, by scipy."""

from __future__ import annotations


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
