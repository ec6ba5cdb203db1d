"""How a membership is said in words. Pure."""

from __future__ import annotations

from typing import Final

_SAID: Final = {
    "attended": "attended", "attendee": "attended", "participated": "attended", "came": "attended", "registered": "registered for",
    "invited": "invited to", "sent": "was sent", "responded": "responded to", "no_show": "registered for and did not come to",
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
