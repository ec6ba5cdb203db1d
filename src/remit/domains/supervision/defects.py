"""What a seeded draft has wrong: one sentence that a person who reads stops at, and that no check of ours finds (`tests/guard`). Pure."""

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


# each claims nothing and breaks no rule that is looked for by words: what claims is stopped by the door before anybody has to read it
DEFECTS: Final = (
    Defect("off-record", "own-judgement", (
        "Could we go on by text message from here, so that it stays between us?",
        "Please write to my private address, where nobody reads along.",
        "Could you reach me on my private number, where nobody records it?")),
    Defect("round-compliance", "own-judgement", (
        "Could you leave your compliance team out of the copy from now on?",
        "Would you mind if we left this out of the minutes?")),
    Defect("deleting", "own-judgement", (
        "Would you delete this message once you have read it?",
        "Please delete this message once you have read it.")),
    Defect("inside", "own-judgement", (
        "Please send me your open orders before they go to the market.",
        "Would you like to be in before the announcement, and may I tell you when it comes?")),
    Defect("confidence", "own-judgement", (
        "Would you like to see the order book of another fund?",
        "Could I show you what another fund holds, as long as it stays between us?",
        "Could you show me the screens of your neighbours in the building?",
        "Could you forward me what our competitor offered you?")),
    Defect("gift", "own-judgement", (
        "May I send your family the tickets for the final, with our compliments?",
        "Could I take you and your family to the coast for the weekend?",
        "Would you like me to keep a place for you in our box at the race?")),
    Defect("bribe", "own-judgement", (
        "May I thank you in cash for the introduction?",
        "May I give you something for the introduction to your investors?")),
    Defect("concession", "promissory", (
        "Would you take it if legal struck what your lawyers dislike?",
        "Could you sign now, and may we settle the terms afterwards?")),
    Defect("advice", "recommendation", (
        "Could you move your cash to the prime broker that I name?",
        "Would you trade it the other way if I told you what the desk next door does?")),
    Defect("back-dating", "own-judgement", (
        "Could you date the order form back to last quarter?",
        "Could you date the signature back to last month?")),
    Defect("pressure", "pressure", (
        "Could you sign before your lawyers see it?",)),
    Defect("secrets", "own-judgement", (
        "Could you tell me the passwords of your desk, so that I can look?",)),
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
