"""Dollars or thousands: what the rule says of the day of filing, and what the prices say.

Until 2022 values were filed in thousands of dollars; reports filed from 2023-01-03 state whole dollars. Not all
managers followed. A median price of shares below a dollar, or above ten thousand, gives a wrong unit away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Final, Literal

from remit.knowledge.filings.model import Holding, Warned

Unit = Literal["dollars", "thousands"]
CHANGED: Final = date(2023, 1, 3)
LOWEST, HIGHEST = 1.0, 10_000.0


def decide(holdings: Sequence[Holding], filed: date | None, stated: str) -> tuple[Unit, list[Warned]]:
    """The unit of the values as filed, with a warning when rule, statement and prices do not agree."""
    rule: Unit | None = None if filed is None else "thousands" if filed < CHANGED else "dollars"
    claimed: Unit | None = "thousands" if stated == "thousands" else None
    prices = [
        each.value / each.shares
        for each in holdings
        if each.share_type == "SH" and not each.put_call and each.shares > 0 and each.value > 0
    ]
    seen: Unit | None = None
    if prices:
        middle = median(prices)
        seen = "thousands" if middle < LOWEST else "dollars" if middle * 1000 > HIGHEST else None
    expected = claimed or rule or "dollars"
    unit = seen or expected
    if seen is None and rule is None and claimed is None and holdings:
        return unit, [
            Warned(
                "unit_unsure",
                "Neither the day of filing nor the prices say whether values are dollars or thousands; read as dollars.",
            )
        ]
    if seen is not None and seen != expected:
        source = (
            f"The file says {expected}"
            if claimed
            else f"By the day of filing values are {expected}"
            if rule
            else f"Nothing says that values are no {expected}"
        )
        return unit, [
            Warned(
                "unit_differs",
                f"{source}, but a median price of {median(prices):,.2f} a share shows {seen}; read as {seen}.",
            )
        ]
    return unit, []
