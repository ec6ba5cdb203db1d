"""What an approval of a category covers, and what is drawn for review. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

CATEGORIES: Final[Mapping[str, str]] = {
    "first_contact": "First contact", "correspondence": "Correspondence", "offer": "Offers and prices",
    "comparison": "Comparisons", "technical": "Technical statements", "security": "Security statements",
    "internal": "Internal scripts",
}  # fmt: skip
"""The categories of templates that compliance approves, each as pages call it."""
SEVERITIES: Final = ("low", "medium", "high")
SOON_DAYS: Final = 21
LONGEST_DAYS: Final = 400
"""How many days an approval of a category lasts at most."""


@dataclass(frozen=True, slots=True)
class Approved:
    """What is left of an approval: the rules and template versions that it is of, its last day, and whether the approver is (still) of compliance."""

    rules_sha256: str
    version_ids: frozenset[UUID]
    expires_on: date
    by_compliance: bool


def why_not_covered(found: Approved | None, rules_sha256: str, live: Collection[UUID], today: date) -> str:
    """Why the live versions of a category stand under no approval; "" when all do."""
    if found is None:
        return "nobody in compliance has approved the category"
    if today > found.expires_on:
        return f"the approval of the category ran out on {found.expires_on}"
    if not found.by_compliance:
        return "whoever approved the category is not in compliance any more"
    if found.rules_sha256 != rules_sha256:
        return "the rule profiles or the rules of conduct have changed since the category was approved"
    if missing := [one for one in live if one not in found.version_ids]:
        new = "one version came" if len(missing) == 1 else f"{len(missing)} versions came"
        return f"{new} into the category after it was approved"
    return ""


def drawn(key: bytes, message_id: UUID) -> float:
    """A number in [0, 1) that only the key decides: nobody can choose which messages fall under a rate."""
    return int.from_bytes(hmac.digest(key, message_id.bytes, hashlib.sha256)[:7], "big") / 2**56


@dataclass(frozen=True, slots=True)
class Sent:
    """What weighs when a sent message may be drawn. `nth_of_template`: the how-manyeth of its template version; 0 for none."""

    category: str
    key_account: bool
    nth_of_template: int
    by_machine: bool
    warned: bool
    author_findings: int


_CAREFUL: Final = ("offer", "comparison", "security")


def rate_of(sent: Sent, sample_rate: float, new_template_count: int) -> tuple[float, list[str]]:
    """(the share at which such messages are drawn, why). All of a new template; of others the profile's share, more where more can go wrong.

    Each reason adds once the profile's share: n % of what has none, twice that with one, up to all.
    """
    if 0 < sent.nth_of_template <= new_template_count:
        return 1.0, [f"one of the first {new_template_count} of a new template"]
    found = [
        why
        for holds, why in (
            (sent.category in _CAREFUL, f"category {sent.category}"),
            (sent.key_account, "key account"),
            (sent.by_machine, "written by a model"),
            (sent.warned, "a rule of conduct warned"),
            (sent.author_findings > 0, "its author has findings in the last 90 days"),
        )
        if holds
    ]
    return min(1.0, sample_rate * (1 + len(found))), found or ["by lot"]


def quotes_outside(body: str, quotes: Sequence[str]) -> list[str]:
    """The quotes that do not stand in the text as they are given."""
    text = " ".join(body.split()).lower()
    return [one for one in quotes if " ".join(one.split()).lower() not in text]
