"""Stages and what has to be true to leave or enter one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from remit.actions import Check


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `needs`: fields that must be filled to enter it. `stalled_days`: without activity, it is stalled."""

    key: str
    name: str
    needs: tuple[str, ...]
    stalled_days: int


STAGES: Final = (
    Stage("qualification", "Qualification", (), 21),
    Stage("discovery", "Discovery", ("contact_id",), 21),
    Stage("evaluation", "Evaluation", ("contact_id", "amount_minor"), 21),
    Stage("proposal", "Proposal", ("contact_id", "amount_minor", "close_on"), 14),
    Stage("negotiation", "Negotiation", ("contact_id", "amount_minor", "close_on", "next_step"), 14),
)
WON, LOST = "won", "lost"
CLOSED: Final = (WON, LOST)
_BY_KEY: Final = {stage.key: stage for stage in STAGES}
_FIELD_NAMES: Final = {
    "contact_id": "a main contact",
    "amount_minor": "an amount",
    "close_on": "an expected close date",
    "next_step": "a next step",
}

# A loss reason is free text and may name people of an account. Where it is counted over accounts, only its kind is told.
_LOSS_KINDS: Final = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        (
            "no decision",
            r"\bno decision|undecided|\bstall|went quiet|no response|unresponsive|ghost|status quo",
        ),
        ("budget", r"budget|fund(s|ing) (withdrawn|cut|frozen)|cost[- ]cutting"),
        (
            "price",
            r"\bpric(e|es|ed|ing|ey)\b|discount|too expensive|\bcosts?\b|\bfees?\b|commercial terms|\bbps?\b",
        ),
        ("missing function", r"missing|function|feature|capabilit|coverage|\bgaps?\b|integrat|technical"),
        ("a competitor", r"competit|competing|incumbent|lost to\b|went (to|with)\b|chose\b"),
        (
            "change of people",
            r"(change|turnover) (of|in) (people|staff|management)|champion left|re-?organi[sz]|left the firm",
        ),
        ("timing", r"timing|postpone|not now|next year|delay"),
    )
)
OTHER_LOSS: Final = "another reason"
NO_LOSS: Final = "no reason given"
LOSS_KINDS: Final = (*(name for name, _ in _LOSS_KINDS), OTHER_LOSS, NO_LOSS)
"""What a loss reason is counted as."""


def loss_kind(reason: str | None) -> str:
    """The kind of a loss reason, one of LOSS_KINDS; never a word of the reason itself."""
    if not (reason or "").strip():
        return NO_LOSS
    return next((name for name, words in _LOSS_KINDS if words.search(reason or "")), OTHER_LOSS)


def stage_name(key: str) -> str:
    """How a stage is shown. Stages of an imported pipeline that we do not know keep their own word."""
    if key in CLOSED:
        return key.capitalize()
    return _BY_KEY[key].name if key in _BY_KEY else key.replace("_", " ").capitalize()


def stalled_after_days(key: str) -> int:
    """Days without activity after which a deal in this stage counts as stalled."""
    return _BY_KEY[key].stalled_days if key in _BY_KEY else 21


def check_entry(stage: str, fields: Mapping[str, Any]) -> list[Check]:
    """Whether a deal with `fields` may enter `stage`: one check per missing thing, each says how to mend it."""
    known = _BY_KEY.get(stage)
    if known is None:
        names = ", ".join(one.key for one in STAGES)
        return [Check("stage-known", False, f"There is no open stage {stage!r}. Stages: {names}.")]
    return [
        Check.that(
            f"stage-needs-{name.removesuffix('_id').removesuffix('_minor')}",
            fields.get(name) not in (None, ""),
            f"{known.name} needs {_FIELD_NAMES[name]}.",
            f"It has {_FIELD_NAMES[name]}.",
        )
        for name in known.needs
    ]
