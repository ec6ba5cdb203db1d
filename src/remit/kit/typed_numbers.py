"""A number as a person types it: plain digits, thousands in commas, a point; nothing that two people could read in two ways."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_PLAIN: Final = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


class NumberUnreadable(ValueError):
    """The text is no number of that form; the message says how to write it."""


def number(text: str) -> Decimal:
    """`40`, `1,250.5`, `7.5 %`. Raises NumberUnreadable for other digits than 0 to 9, for `1e1`, for a comma out of place."""
    plain = text.strip().removesuffix("%").strip()
    if not _PLAIN.fullmatch(plain):
        raise NumberUnreadable(
            f"{text.strip()[:40]!r} is no number: write it in the digits 0 to 9, as 40, 1,250 or 7.5."
        )
    return Decimal(plain.replace(",", ""))
