"""What a question wants to know (how often, how many, when, who, which, yes or no), and whether an answer tells it. Pure."""

from __future__ import annotations

import re
from typing import Final

from remit.knowledge.questionnaires.find import POLAR

_OFTEN: Final = re.compile(r"\bhow (?:often|frequent(?:ly)?|regularly)|frequency|how many times\b")
_LONG: Final = re.compile(
    r"\bhow (?:long|quickly|soon|fast)|within (?:what|which|how)|time ?frame|what (?:is|are) (?:the|your) (?:rto|rpo)|retention period\b"
)
_MANY: Final = re.compile(r"\bhow (?:many|much|large|big)|number of|what percentage\b")
_DETAIL: Final = re.compile(
    r"\b(name|e-?mail|phone|telephone|title|url|web site|website|address|signature)(?: number)?\s*\*?$"
)
"""A field of a form (“… contact name”) wants a detail of its own."""
_SAYS_OFTEN: Final = re.compile(
    r"yearly|annual|quarter|month|week|dai|every|each|twice|once|continuous|hour|per year|day|night", re.I
)
_SAYS_LONG: Final = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|ten|twelve)\b.{0,12}(?:second|minute|hour|day|week|month|year)|immediately|same day",
    re.I,
)


def amiss(question: str, asked_before: str, answer: str) -> str:
    """What the question (lower case) wants to know and the answer does not tell; "" when it tells it.

    `asked_before`: the question that the answer was given to.
    """
    detail = _DETAIL.search(question)
    if detail and detail[1] not in asked_before.lower():
        return f"it asks for a {detail[1]}"
    if _OFTEN.search(question) and not _SAYS_OFTEN.search(answer):
        return "it does not say how often"
    if _LONG.search(question) and not _SAYS_LONG.search(answer):
        return "it does not say how long"
    if _MANY.search(question) and not any(map(str.isdigit, answer)):
        return "it does not say how many"
    return ""


def is_polar(question: str) -> bool:
    """Whether yes or no is asked."""
    return bool(POLAR.match(question))
