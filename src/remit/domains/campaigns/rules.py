"""How a membership is said in words. Pure."""

from __future__ import annotations

from typing import Final

CAME: Final = ("attended", "attendee", "participated", "came")
"""What a CRM's word for a member's state has to be, in small letters, for them to have come: who put their name down has not come yet."""

_SAID: Final = {
    **dict.fromkeys(CAME, "attended"), "registered": "registered for", "invited": "invited to", "sent": "was sent", "responded": "responded to", "no_show": "registered for and did not come to",
    "cancelled": "called off", "canceled": "called off", "reached": "was reached by",
}  # fmt: skip


def said(state: str, responded: bool) -> str:
    """What a member did, before the campaign's name: `attended`, `responded to`; a word that we do not know stands as it is."""
    word = "_".join(state.casefold().replace("-", " ").split())
    if word in _SAID:
        return _SAID[word]
    if word:
        return f"{state.strip()}:"
    return "responded to" if responded else "member of"
