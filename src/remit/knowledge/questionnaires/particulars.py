"""Fields of a form that ask for a particular of the firm itself: its name, the product, whom to contact. Read by their whole wording. Pure."""

from __future__ import annotations

import re
from typing import Final, Literal

from remit.knowledge.questionnaires.find import bare

Particular = Literal[
    "firm_name", "product_name", "product_description", "contact_name", "contact_title", "contact_email"
]
_WHO: Final = r"(?:solution provider|service provider|vendor|supplier|provider|bidder|respondent|tenderer|company|firm|organi[sz]ation|manager)(?:['’]s)?"
_WHAT: Final = r"(?:solution|product|service|application|system|software)(?:['’]s)?"
_ASK: Final = r"(?:what is |please (?:state|give|provide) |state |give )?(?:the |your )*"
_CONTACT: Final = rf"{_ASK}(?:{_WHO} )?(?:primary |main )?contact(?: person)?(?:['’]s)?"
_KINDS: Final[dict[Particular, re.Pattern[str]]] = {
    "firm_name": re.compile(rf"{_ASK}{_WHO} name|{_ASK}name of (?:the |your )?{_WHO}"),
    "product_name": re.compile(rf"{_ASK}{_WHAT} name|{_ASK}name of (?:the |your )?(?:proposed )?{_WHAT}"),
    "product_description": re.compile(
        rf"{_ASK}(?:brief )?{_WHAT} description|{_ASK}(?:brief )?description of (?:the |your )?{_WHAT}"
    ),
    "contact_name": re.compile(rf"{_CONTACT}(?: name)?|{_ASK}name of (?:the |your )?contact(?: person)?"),
    "contact_title": re.compile(rf"{_CONTACT} (?:job )?title"),
    "contact_email": re.compile(rf"{_CONTACT} e ?-?mail(?: address)?"),
}


def particular_of(question: str) -> Particular | None:
    """Which particular a field asks for; None for any other question, also for a contact of a kind of its own (for security, accessibility …)."""
    said = " ".join(bare(question).lower().strip(" *:?.").split())
    return next((key for key, pattern in _KINDS.items() if pattern.fullmatch(said)), None)
