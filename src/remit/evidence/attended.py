"""The name of an event says that somebody came to it, and nothing else.

Whoever keeps events in a CRM could write any sentence as a name. So such a fact is looked at only in a sentence that says its whole
name right after a word of coming there; the rest of the sentence stands on other facts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from remit.evidence.facts import Fact

KIND: Final = "attendance"
_COMING: Final = re.compile(
    r"\b(?:at|to|after|from|attend(?:ed|ing)?|join(?:ed|ing)?|visit(?:ed|ing)?)\s+(?:the\s+|our\s+|this\s+|last\s+)?[“\"]?$",
    re.IGNORECASE,
)


def without_mere_names(facts: Sequence[Fact], sentence: str) -> Sequence[Fact]:
    """The facts that may back `sentence`: those of an event only where it says that somebody came there."""
    return [fact for fact in facts if fact.kind != KIND or _says_coming(sentence, fact.value)]


def _says_coming(sentence: str, name: str) -> bool:
    at = sentence.casefold().find(name.casefold())
    return at >= 0 and _COMING.search(sentence[:at]) is not None
