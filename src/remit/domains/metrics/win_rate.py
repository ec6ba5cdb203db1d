"""Win rate: won ÷ (won + lost), by count; whoever shows it states the cohort."""

from __future__ import annotations

from dataclasses import dataclass

from remit.kit.intervals import interval

CONFIDENCE = 0.95
METHOD = "Clopper-Pearson, 95 %"


@dataclass(frozen=True, slots=True)
class WinRate:
    """Counts of closed deals, their share won (0–1) and its interval; `value` is None without a closed deal."""

    won_count: int
    lost_count: int
    value: float | None
    low: float
    high: float

    @property
    def n(self) -> int:
        """Closed deals."""
        return self.won_count + self.lost_count


def win_rate(won_count: int, lost_count: int) -> WinRate:
    """The rate with its two-sided interval (METHOD). Raises ValueError for negative counts."""
    n = won_count + lost_count
    low, high = interval(won_count, n, CONFIDENCE)
    return WinRate(won_count, lost_count, won_count / n if n else None, low, high)
