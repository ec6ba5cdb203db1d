"""What a question wants to know (how often, how many, when, who, which, yes or no), and whether an answer tells it. Pure."""

from __future__ import annotations

import re
from typing import Final

from remit.knowledge.questionnaires.find import POLAR

_OFTEN: Final = re.compile(r"\bhow (?:often|frequent(?:ly)?|regularly)|frequency|how many times\b")
_LONG: Final = re.compile(
    r"\bhow (?:long|quickly|soon|fast)|within (?:what|which|how)|time ?frame|what (?:is|are) (?:the|your) (?:rto|rpo)|retention period"
    r"|(?:what|which|maximum) (?:period|time|amount of time)\b(?! zone)|how many (?:minutes|hours|days|weeks|months|years)\b"
)
_MANY: Final = re.compile(r"\bhow (?:many|much|large|big)|number of|what (?:percentage|share|proportion)\b")
_WHICH: Final = re.compile(
    r"^(?:please )?(?:and )?(?:(?:in|at|to|by|from|for|on|with|over) )?(?:which\b(?! (?:time|period))|what (?:types?|kinds?|versions?|languages?|formats?|brands?"
    r"|vendors?|tools?|standards?|frameworks?|protocols?|categories)\b|(?:list|name|identify|enumerate)\b)"
)
_WHO: Final = re.compile(r"^(?:please )?(?:state |give )?(?:who|whom|whose|by whom|to whom)\b")
_WHEN: Final = re.compile(
    r"^(?:and )?(?:when|since when|on what date|by what date)\b|\b(?:what|validity|expiry|exact) date\b|date of (?:the |your )?(?:last|latest|expiry)"
)
_PAST: Final = re.compile(
    r"^(?:and )?when (?:was|were|did|has|have|is the (?:next|last))\b|\bdate\b|expire|valid until"
)
_HOW: Final = re.compile(r"how\b|explain")
_DAY: Final = re.compile(
    r"\b(?:19|20)\d\d\b|january|february|march|april|june|july|august|september|october|november|december|\d\d:\d\d|(?:mon|tues|wednes|thurs|fri|satur|sun)days?",
    re.I,
)
_COUNT: Final = re.compile(
    r"(?<!ISO )(?<!IEC )(?<!SOC )(?<!TLS )(?<!FIX )(?<!AES-)(?<!SAML )(?<!SCIM )(?<![\d.])\b\d[\d,]*(?![\d.]*\d)\b(?!\.\d)|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b|\d ?(?:%|per cent)",
    re.I,
)
_DETAIL: Final = re.compile(
    r"\b(name|e-?mail|phone|telephone|title|url|web site|website|address|signature)(?: number)?\s*\*?$"
)
_LINK: Final = re.compile(r"(?:provide |give )?(?:a |the )?(?:web |website )?(link|url)\b")
"""A field of a form (“… contact name”) wants a detail of its own."""
_SAYS_OFTEN: Final = re.compile(
    r"yearly|annual|quarter|month|week|dai|every|each|twice|once|continuous|hour|per year|day|night", re.I
)
_SAYS_LONG: Final = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|ten|twelve)\b.{0,12}(?:second|minute|hour|day|week|month|year)|immediately|same day",
    re.I,
)


def amiss(question: str, asked_before: str, answer: str, *, polar: bool = False) -> str:
    """What the question (lower case) wants to know and the answer does not tell; "" when it tells it.

    `asked_before`: the question that the answer was given to. `polar`: it says yes or no, which never tells which, who, when or how
    many.
    """
    if polar and (wants := named(question)):
        return f"it says yes or no, and {wants} is asked"
    if (wants := named(question)) in ("which", "who") and _HOW.match(asked_before.lower()):
        return f"it says how, and {wants} is asked"
    told = (_DAY,) if _PAST.search(question) else (_DAY, _SAYS_OFTEN, _SAYS_LONG)
    if _WHEN.search(question) and not any(each.search(answer) for each in told):
        return "it does not say when"
    detail = _DETAIL.search(question) or _LINK.match(question)
    if detail and detail[1] not in asked_before.lower():
        return f"it asks for a {detail[1]}"
    if _OFTEN.search(question) and not _SAYS_OFTEN.search(answer):
        return "it does not say how often"
    if _LONG.search(question) and not _SAYS_LONG.search(answer):
        return "it does not say how long"
    if _MANY.search(question) and not _LONG.search(question) and not _COUNT.search(answer):
        return "it does not say how many"
    return ""


def named(question: str) -> str:
    """Which, who, when or how many, where one of them is asked; "" else."""
    kinds = ((_WHICH, "which"), (_WHO, "who"), (_WHEN, "when"), (_MANY, "how many"))
    return next((kind for pattern, kind in kinds if pattern.search(question)), "")


def is_polar(question: str) -> bool:
    """Whether yes or no is asked."""
    return bool(POLAR.match(question))
