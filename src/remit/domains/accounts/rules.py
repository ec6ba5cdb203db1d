"""Words that an account may carry. Pure."""

from __future__ import annotations

from typing import Final, Literal

Segment = Literal[
    "macro",
    "long_short_equity",
    "quantitative",
    "multi_strategy",
    "credit",
    "asset_manager",
    "prop_firm",
    "other",
]
Relation = Literal["target", "customer", "former"]

SEGMENT_NAMES: Final[dict[str, str]] = {
    "macro": "Macro",
    "long_short_equity": "Long/short equity",
    "quantitative": "Quantitative",
    "multi_strategy": "Multi-strategy",
    "credit": "Credit",
    "asset_manager": "Asset manager",
    "prop_firm": "Prop firm",
    "other": "Other",
}


def segment_name(segment: str) -> str:
    """How a segment is shown; a word of the firm's own is shown as it is."""
    return SEGMENT_NAMES.get(segment, segment.replace("_", " ").capitalize())
