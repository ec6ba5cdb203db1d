"""What a seeded draft has wrong: one sentence that a person who reads stops at, in words that the rules of conduct do not look for. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Defect:
    """`rule_id`: the rule of conduct that it breaks ("own-judgement" where none says it); `words`: ways to say it."""

    key: str
    rule_id: str
    words: tuple[str, ...]


DEFECTS: Final = (
    Defect("promise", "promissory", (
        "With us, month-end stops being a worry from the first week on.",
        "You can book the saving in this year's budget already; it comes.")),
    Defect("performance", "performance", (
        "Funds that moved to us ended last year well ahead of their peers.",
        "The desks on our system made more money last year than the ones that stayed where they were.")),
    Defect("regulator", "compliance-claim", (
        "Your examiner has nothing left to ask once this runs.",
        "The regulator has looked at it and is happy.")),
    Defect("advice", "recommendation", (
        "In your place I would cut the financed longs before the quarter closes.",
        "This is a good week to take the other side of what your peers hold.")),
    Defect("superlative", "superlative", (
        "Nothing else on the market comes near it.",
        "Nobody in the industry has anything like it.")),
    Defect("pressure", "pressure", (
        "I can hold this price until Friday evening and not an hour longer.",
        "After this week I cannot do anything for you on the price.")),
    Defect("concession", "own-judgement", (
        "I have asked finance to leave the first two quarters off your invoice.",
        "Legal will strike the liability clause for you; take that as agreed.")),
    Defect("confidence", "own-judgement", (
        "Between us, a fund on your floor is about to leave its prime broker over margin.",
        "A neighbour of yours told me in confidence that they lost two of their largest investors.")),
    Defect("inside", "own-judgement", (
        "Our desk hears that a large block in one of your main holdings comes to market on Monday.",
        "A deal in your largest name is signed and will be out before the weekend, so I hear.")),
    Defect("testimonial", "testimonial", (
        "Everybody who has it would buy it again tomorrow.",
        "Ask anyone who uses it: they would not go back.")),
)  # fmt: skip


def with_defect(body: str, key: bytes, avoid: Sequence[str] = ()) -> tuple[Defect, str, str]:
    """(the defect, its sentence, the text with it at the end of a paragraph in the middle), chosen by `key`; not one of `avoid` while others are left."""
    rest = [one for one in DEFECTS if one.key not in avoid] or list(DEFECTS)
    number = int.from_bytes(hashlib.sha256(key).digest()[:8], "big")
    defect = rest[number % len(rest)]
    words = defect.words[(number >> 16) % len(defect.words)]
    parts = body.split("\n\n")
    middle = range(1, max(2, len(parts) - 1)) if len(parts) > 1 else range(1)
    place = middle[(number >> 32) % len(middle)]
    parts[min(place, len(parts) - 1)] = f"{parts[min(place, len(parts) - 1)].rstrip()} {words}"
    return defect, words, "\n\n".join(parts)
