"""Whose a statement about a product is: ours, or a competitor's. It can only refuse.

Two firms do the same things with other numbers, so words alone would let one's statement pass for the other's. A sentence
that stands on a battle card names that competitor and nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from remit.evidence import lexicon
from remit.evidence.claims import Context
from remit.evidence.known import Known
from remit.evidence.said import Said

_WE: Final = re.compile(r"\b(?:we|us|our|ours)\b", re.IGNORECASE)


def said_of_another(said: Said, facts: Sequence[Known], context: Context) -> str:
    """A sentence when a competitor's fact is said of us or of another competitor, or beside ours; '' otherwise."""
    theirs = [one for one in facts if one.fact.kind == "competitor"]
    if not theirs:
        return ""
    if len({one.fact.subject.casefold() for one in theirs}) > 1:
        return "It speaks of two competitors at once; say each in a sentence of its own."
    subject = theirs[0].fact.subject
    if not lexicon.stems(subject) <= lexicon.stems(said.text):
        return f"The fact behind it is about {subject}, and the sentence does not say so."
    own = re.escape(context.our_name.split()[0]) if context.our_name else ""
    if _WE.search(said.text) or (own and re.search(rf"\b{own}\b", said.text, re.IGNORECASE)):
        return f"The fact behind it is about {subject}; say what is ours in a sentence of its own."
    if any(one.ours and one.fact.kind != "competitor" for one in facts):
        return f"It says of {subject} what we may say of ourselves."
    return ""
