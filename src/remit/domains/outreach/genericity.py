"""How specific a first message is to its reader: one score with its reasons, and a floor before it may leave (S1-R2).

Of 100: 40 for live facts about the reader's account (two are enough), 20 for the share of its words that they back (30 % is
enough), 40 for what it does not share with messages that the firm sent to others. Shared is shared runs of five words
(Jaccard, `kit.runs`), estimated in the database over everything that was sent, in any territory: by Remit, or elsewhere and
brought by a CRM or logged (`shaping`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.kit.text import fold, percent

ENOUGH_FACTS: Final = 2
ENOUGH_SHARE: Final = 0.30
SUBSTANCE_WORDS: Final = 15
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LIKEST: Final = "SELECT l.message_id, l.overlap, l.compared FROM remit.likest_sent(:body, :reader) l"
_SEEN: Final = """
SELECT a.name, m.at FROM remit.messages m JOIN remit.accounts a ON a.id = m.account_id WHERE m.id = :id
UNION ALL SELECT a.name, x.at FROM remit.activities x JOIN remit.accounts a ON a.id = x.account_id WHERE x.id = :id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Specific:
    """The score (0 to 100) and what it is made of. `like`: the message most like it, in words; "" when there is none."""

    score: int
    fact_count: int
    personalisation: float
    overlap: float
    like: str = ""
    talk: str = ""
    """The newest talk on record and why it does not lift the floor, as a sentence; "" when there is none."""

    @property
    def reasons(self) -> list[str]:
        """Why the score is what it is, one sentence each."""
        facts = "one live fact" if self.fact_count == 1 else f"{self.fact_count or 'no'} live facts"
        told = [f"{facts} about this account, behind {percent(self.personalisation)} of its words"]
        return [
            *told,
            f"{percent(self.overlap)} like {self.like}"
            if self.like
            else "like nothing that the firm sent to others",
        ]


def score_of(fact_count: int, personalisation: float, overlap: float) -> int:
    """The score of a text: `personalisation` and `overlap` as shares (0 to 1)."""
    facts = min(1.0, fact_count / ENOUGH_FACTS)
    words = min(1.0, personalisation / ENOUGH_SHARE)
    return round(40 * facts + 20 * words + 40 * (1 - overlap))


def says_something(note: str) -> bool:
    """Whether a talk's note tells what was said: SUBSTANCE_WORDS different words or more.

    So a bare entry lifts nothing; `talks` says whose word for a talk counts at all.
    """
    return len(set(_WORD.findall(fold(note)))) >= SUBSTANCE_WORDS


def measure(
    s: ReadSession, body: str, contact_id: UUID, fact_count: int, personalisation: float, talk: str = ""
) -> Specific:  # fmt: skip
    """How specific `body` is for a contact, against everything that was sent to other contacts."""
    row = s.row(_LIKEST, {"body": body, "reader": contact_id})
    overlap = float(row.overlap) if row is not None else 0.0
    like = ""
    if row is not None and overlap >= 0.05:
        seen = s.row(_SEEN, {"id": row.message_id})
        like = (
            f"a message to {seen.name} of {seen.at:%Y-%m-%d}"
            if seen
            else "a message to an account that you do not see"
        )
    return Specific(
        score_of(fact_count, personalisation, overlap), fact_count, personalisation, overlap, like, talk
    )


def check(found: Specific, floor: int) -> Check:
    """Refused below the floor, with what lifts it."""
    told = f"Specific to this account: {found.score} of 100 ({'; '.join(found.reasons)})"
    return Check(
        "specific-enough",
        found.score >= floor,
        f"{told}."
        if found.score >= floor
        else f"{told}; the floor is {floor}. Say a live fact about this account with its source, and say the rest in other words.{' ' + found.talk if found.talk else ''}",
    )
