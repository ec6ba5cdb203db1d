"""How much of a model a person may use in a day (UTC), in tokens and in money. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

CHARACTERS_PER_TOKEN: Final = 3
"""On the safe side: English has about four characters a token. No provider's own count is asked for."""


@dataclass(frozen=True, slots=True)
class Used:
    """What is used today: finished calls as counted, those under way as reserved."""

    tokens: int
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings model_day_tokens and model_day_usd."""

    tokens: int
    usd: Decimal


def estimate(text: str) -> int:
    """Tokens that `text` has at most, roughly."""
    return len(text) // CHARACTERS_PER_TOKEN + 1


def why_not(used: Used, limits: Limits, tokens: int, usd: Decimal | None) -> str | None:
    """The sentence for a call that does not fit any more; None when it does. A price that nobody knows counts nothing."""
    if used.tokens + tokens > limits.tokens:
        return (
            f"Your {limits.tokens:,} tokens for today are used up: {used.tokens:,} used or under way, and this needs up to "
            f"{tokens:,}. It goes on tomorrow (UTC), or an admin raises model_day_tokens."
        )
    if usd is not None and used.usd + usd > limits.usd:
        return (
            f"Your {limits.usd:.2f} US dollars for today are used up: {used.usd:.2f} used or under way, and this may cost "
            f"{usd:.2f}. It goes on tomorrow (UTC), or an admin raises model_day_usd."
        )
    return None
