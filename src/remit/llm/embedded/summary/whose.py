"""Whose figure it is and against what it moved: a part of the firm is named, a comparison is no result."""

from __future__ import annotations

import re
from typing import Final

REACH: Final = 250  # characters before a measure in which its owner is sought
# '…, compared with earnings of $88 million': the measure itself is the other side
_OTHER_SIDE: Final = re.compile(
    r"\b(?:compar\w+\s+(?:to|with)|versus|vs\.?|against|above|below|than|from|relative\s+to)\s+(?:(?:a|an|the|our|its|their|prior|previous|last|year['’]s|quarter['’]s|year|net|adjusted|diluted|reported|gaap)\s+)*$",
    re.IGNORECASE,
)
_COMPARED_CLAUSE: Final = re.compile(r"\b(?:compar\w+\s+(?:to|with)|versus|than)\b[^,;]*$", re.IGNORECASE)
_VERB: Final = re.compile(
    r"\b(?:was|were|is|are|grew|rose|fell|\w+creased|declined|improved|came|reported|delivered)\b",
    re.IGNORECASE,
)
# 'Within Sensors, organic net sales …' · 'In our On-Road business, sales …'
_WITHIN: Final = re.compile(
    r"^(?:(?:and|but|so|now)\s+)?(?:within|in|for|at|across|(?:moving|turning|shifting)\s+(?:now\s+|on\s+|over\s+)*to|looking\s+at|starting\s+with)\s+(?:our\s+|the\s+)?(?P<name>[A-Z][\w&/'’-]*(?:\s+(?:and\s+|&\s+|of\s+)?[A-Z][\w&/'’-]*){0,4})(?:\s+(?:segment|business|division|unit|portfolio|group)(?:es|s)?)?\s*,\s",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(r"[A-Z]")
# 'Kestrel Pipes generated revenue of …'
_ACTING: Final = re.compile(
    r"(?:^|[,;]\s+|\b(?:and|while|as|that)\s+)(?P<name>[A-Z][\w&/.'’-]*(?:\s+(?:&\s+)?[A-Z][\w&/.'’-]*){0,3}),?\s+(?:also\s+|again\s+)?(?:generated|delivered|reported|posted|produced|recorded|achieved|contributed|saw|had|grew|is\s+(?:now\s+)?(?:forecast\w*|expected|projected)\s+to\s+(?:achieve|deliver|generate|report))\s+(?:(?:a|an|our|its|their|record|strong|solid|quarterly|annual|adjusted)\s+)*$"
)
# 'Our Advisory business had a strong quarter, with revenue of …'
_BUSINESS: Final = re.compile(
    r"\b(?:our|the|in)\s+(?P<name>[A-Z][\w&/-]*(?:\s+(?:&\s+|and\s+)?[A-Z][\w&/-]*){0,3})\s+(?:business|segment|division|unit)\b"
)
_OWNED: Final = re.compile(
    r"(?:^|[\s(])(?P<name>(?:[A-Z][\w&/.-]*\s+){0,3}[A-Z][\w&/.-]*['’]s)\s+(?:(?:[a-z]+|[A-Z][a-z]+)\s+){0,2}$"
)
_NO_PART: Final = frozenset(
    """company's today's quarter's year's it's let's here's that's there's what's firm's we our the this these it they i
    in for on at as and but so first second third fourth q1 q2 q3 q4 fiscal january february march april may june july
    august september october november december slide page results total adjusted net""".split()  # noqa: SIM905
)
_BASE: Final = re.compile(
    r"[^.;,]{0,30}?(?P<said>(?:compared\s+(?:to|with)|versus|vs\.?|over|from|against|than)\s+(?:the\s+)?(?:(?:first|second|third|fourth)\s+quarter\s+(?:of\s+)?|fiscal\s+|q[1-4]\s+(?:of\s+)?|year\s+)*(?:(?P<year>(?:19|20)\d\d)\b|two\s+years\s+ago|(?:the\s+)?(?:prior|previous|last|preceding)\s+quarter)|\bsequentially\b|\bon\s+a\s+(?:two|three)-year\s+[\w-]+)",
    re.IGNORECASE,
)
_LONG: Final = re.compile(
    r"\b(?:two|three|four|five|2|3|4|5)-year\b|\bCAGR\b|\bstack(?:ed)?\b|compound(?:ed)?\s+annual|\bon\s+a\s+sequential\s+basis",
    re.IGNORECASE,
)


def is_other_side(sentence: str, start: int) -> bool:
    """Whether the measure at `start` is only what a result is compared with."""
    if _OTHER_SIDE.search(sentence, max(0, start - 60), start):
        return True
    clause = _COMPARED_CLAUSE.search(sentence, max(0, start - 110), start)
    return clause is not None and not _VERB.search(clause.group())


def part(sentence: str, start: int) -> str:
    """The part of the firm (or other name) whose measure stands at `start`; '' when none is named in the sentence."""
    for pattern in (_OWNED, _ACTING):
        found = pattern.search(sentence, max(0, start - REACH), start)
        if (
            found
            and found["name"].split()[0].lower().replace("’", "'") not in _NO_PART
            and found["name"].split()[-1].lower().replace("’", "'") not in _NO_PART
        ):
            return found["name"]
    business = _BUSINESS.search(sentence, max(0, start - REACH), start)
    if business:
        return business["name"]
    within = _WITHIN.match(sentence)
    if (
        within
        and within.end() <= start
        and _NAMED.match(within["name"])
        and within["name"].split()[0].lower() not in _NO_PART
    ):
        return within["name"]
    return ""


def base(sentence: str, end: int) -> str:
    """What a change that ends at `end` is measured against, where it says so and it is a year or quarter; else ''."""
    found = _BASE.match(sentence, end)
    if found is None:
        return ""
    words = " ".join(found["said"].split())
    return (
        words
        if words.lower().startswith(("seq", "on "))
        else "versus "
        + re.sub(
            r"^(?:compared\s+(?:to|with)|versus|vs\.?|over|from|against|than)\s+(?:the\s+)?",
            "",
            words,
            flags=re.IGNORECASE,
        )
    )


_MONTH: Final = re.compile(
    r"\b(?:in|for|from|during)\s+(?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?!\s+\d)"
)


def is_odd_span(sentence: str) -> bool:
    """Whether a change is measured over several years (two-year stacks, CAGR) or one month: it would need its own words."""
    return bool(_LONG.search(sentence) or _MONTH.search(sentence))
