"""How a found statement may be used, as it is proposed to the person who pasted it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from remit.evidence.facts import KINDS, Expectability, Sayable, Sensitivity
from remit.knowledge.pasted.model import Found

PUBLIC: Final = frozenset({"website", "news", "profile"})
"""Sources that anybody can read."""
_THEIR_MONEY: Final = frozenset({"aum", "performance", "volume", "holdings_change", "strategy"})
# classes of data handling that are nobody's to say, wherever they were read
SECRET: Final = frozenset(
    {
        "fees",
        "positions",
        "trading_intent",
        "pricing",
        "account_identifiers",
        "personal_identifiers",
        "credentials",
    }
)
# words of somebody who does not want it passed on: a text with them is no public one, whatever it was called
_CONFIDED: Final = re.compile(
    r"\b(?:in (?:strict(?:est)? )?confidence|confidential(?:ly)?|off the record|(?:not|do not|don't) (?:share|forward|pass (?:it|this) on)|"
    r"under (?:an? )?NDA|between (?:us|you and me)|private(?:ly)? told|told (?:me|us) private(?:ly)?)\b",
    re.IGNORECASE,
)
_ABOUT_A_PERSON: Final = frozenset({"person"})
NOT_FACTS: Final = frozenset({"account"})
"""What is found to find the account by, and is no fact of it."""
CHOICES: Final = {
    "sensitivity": get_args(Sensitivity), "sayable": get_args(Sayable), "expectability": get_args(Expectability),
}  # fmt: skip
FACT_KINDS: Final = (
    *(name for name, kind in KINDS.items() if not kind.ours),
    "person",
    "event",
    "performance",
    "volume",
)


@dataclass(frozen=True, slots=True)
class Use:
    """How a statement may be used. `data_class`: of the data-handling policy, "public" for what anybody can read.

    `why`: why it is for our eyes only, "" where it is not.
    """

    data_class: str
    sensitivity: Sensitivity
    sayable: Sayable
    expectability: Expectability
    keep: bool
    why: str = ""


def confided_by(text: str) -> str:
    """The words by which the text says of itself that it is not to be passed on, "" for none."""
    found = _CONFIDED.search(text)
    return " ".join(found[0].split()) if found else ""


def propose(found: Found, source: str, classes: Sequence[str], confided: str = "") -> Use:
    """The careful guess. `classes`: those that data handling sees in the words of the value, the most telling at the front.

    `confided`: see `confided_by`; then nothing is taken for public.
    """
    keep = not found.doubt
    if found.kind in _ABOUT_A_PERSON:
        return Use("personal", "personal", "internal_only", "personal", keep, "it is about a person")
    secret = next((one for one in classes if one in SECRET), "")
    if source in PUBLIC and not secret and not confided:
        expected: Expectability = "unusual" if source == "profile" else "expected"
        return Use("public", "public", "public", expected, keep)
    if secret or confided or found.kind in _THEIR_MONEY:
        told = secret or (classes[0] if classes else found.kind)
        return Use(told, "client_confidential", "internal_only", "unusual", keep, _why(secret, confided))
    if source == "email":
        return Use(classes[0] if classes else "context", "internal", "told_by_them", "expected", keep)
    why = "neither published nor told us by them"
    return Use(classes[0] if classes else "context", "internal", "internal_only", "unusual", keep, why)


def _why(secret: str, confided: str) -> str:
    if secret:
        return f"data handling reads it as {secret.replace('_', ' ')}"
    return f"the text says “{confided}”" if confided else "it tells of their money or trades"
