"""When a template may be used, and when it falls. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from remit.actions import Check
from remit.kit.intervals import lower_bound

STATES: Final = {
    "draft": "draft", "review": "waits for review", "compliance": "waits for compliance", "live": "live", "returned": "returned",
    "expired": "expired", "superseded": "superseded",
}  # fmt: skip
DECAY_LEAST: Final = 20
"""Sends on either side before replies per send are compared."""
DECAY_DAYS: Final = 90
SOON_DAYS: Final = 21


@dataclass(frozen=True, slots=True)
class Pinned:
    """A fact of our registry that a version could say when it was approved, as it stands now."""

    slot: str
    fact_id: UUID
    needed: bool
    said: str
    state: str
    valid_until_on: date | None


@dataclass(frozen=True, slots=True)
class Replies:
    """Sends and replies of a template: in the last DECAY_DAYS, and before them."""

    recent_sends: int
    recent_replies: int
    earlier_sends: int
    earlier_replies: int


def check_usable(state: str, review_by_on: date, today: date, key: str, number: int) -> Check:
    """S1-R1: only a version that compliance approved and whose review is not overdue may be rendered or sent."""
    name = f"{key} version {number}"
    if state == "live" and today <= review_by_on:
        return Check(
            "template-live",
            True,
            f"It is from {name}, which compliance approved; to be reviewed by {review_by_on}.",
        )
    if state == "live":
        why = f"was to be reviewed by {review_by_on}; its owner reviews it and submits a new version"
    elif state in ("expired", "superseded"):
        why = f"is {state}; use the live version, or have its owner submit a new one"
    else:
        why = f"is not approved ({STATES.get(state, state)}); compliance has to approve it first"
    return Check("template-live", False, f"It is from {name}, which {why}.")


def check_covered(key: str, number: int, why: str) -> Check:
    """S1-R3: the template itself is live, its category is not approved; `why` says what is wrong with that approval."""
    return Check(
        "template-category", False,
        f"It is from {key} version {number}, which may not be used: {why}. Compliance approves the category on the Compliance page.",
    )  # fmt: skip


def why_facts_fell(pinned: Sequence[Pinned], today: date) -> str:
    """Why the registry no longer carries a version, "" while it does.

    A corrected or withdrawn fact takes it down at once; one that ran out only when nothing is left for a slot that must be filled.
    """
    fallen = [one for one in pinned if one.state != "live"]
    if fallen:
        return f"the fact “{fallen[0].said}” was {fallen[0].state}"
    for slot in dict.fromkeys(one.slot for one in pinned if one.needed):
        mine = [one for one in pinned if one.slot == slot]
        if all(one.valid_until_on is not None and one.valid_until_on < today for one in mine):
            return f"the fact “{mine[0].said}” has run out, and nothing else fills {slot}"
    return ""


def why_decayed(found: Replies) -> str:
    """Why its outcome has decayed, "" while it has not: the 95 % upper bound of recent replies per send is below the 95 % lower
    bound of its own earlier rate, on DECAY_LEAST sends or more of either."""
    if min(found.recent_sends, found.earlier_sends) < DECAY_LEAST:
        return ""
    # the upper bound of a share is one less the lower bound of its opposite
    most = 1 - lower_bound(found.recent_sends - found.recent_replies, found.recent_sends)
    least = lower_bound(found.earlier_replies, found.earlier_sends)
    if most >= least:
        return ""
    return (
        f"replies fell from {found.earlier_replies} of {found.earlier_sends} sends (at least {least * 100:.0f} %) to"
        f" {found.recent_replies} of {found.recent_sends} in {DECAY_DAYS} days (at most {most * 100:.0f} %)"
    )
