"""Whether a line says of its numbers what the source says of them, as far as the claim check can tell.

`exact` looks at numbers alone; a right number of the wrong thing passes it (a segment's figure, a former guidance, a change on
the quarter before). The claim check reads the whole sentence against its quotes. What it does not find there is not dropped, because it
refuses fair paraphrases, too: the line is shown apart, to be read beside its source first.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from remit.evidence.claims import Context
from remit.evidence.facts import Fact, plain_line
from remit.evidence.support import check_text
from remit.llm.embedded.summary.doubts import doubtful
from remit.llm.embedded.summary.model import Bullet

_NOBODY: Final = UUID(int=0)
_DAY: Final = date(2000, 1, 1)  # facts and sentence are of one day: nothing expires
# which quarter or year is meant is looked at by `exact`, in the words that documents use for it
_PERIOD: Final = re.compile(
    r"\b(?:Q[1-4]|FY)\b(?:\s+(?:19|20)\d\d)?\s*|\bQuarterly\s+(?!cash|dividend)", re.IGNORECASE
)
_SEES: Final = re.compile(r"^Sees\b")


def certain(bullet: Bullet) -> bool:
    """Whether the line can be read without its source: found in its quotes, and nothing there says that it is of something else."""
    if _verbatim(bullet):
        return True
    return not doubtful(bullet.text, plain_line(bullet.citations[0].quote)) and supported(bullet)


def _verbatim(bullet: Bullet) -> bool:
    said = plain_line(bullet.text).rstrip(".").casefold()
    return any(said in plain_line(place.quote).casefold() for place in bullet.citations)


def supported(bullet: Bullet) -> bool:
    """Whether every sentence of the line is found in its quotes: letter for letter, or by the claim check."""
    if _verbatim(bullet):
        return True
    quotes = [plain_line(place.quote) for place in bullet.citations]
    facts = [
        Fact(
            id=uuid5(NAMESPACE_OID, quote), kind="reported", value=quote, source_name="document", as_of_on=_DAY,
            quote=quote, account_id=_NOBODY,
        )
        for quote in quotes
    ]  # fmt: skip
    text = _SEES.sub("They expect", _PERIOD.sub("", plain_line(bullet.text))).strip()
    found = check_text(text, facts, Context(_DAY, _NOBODY))
    return bool(found) and all(each.support.state == "supported" for each in found)
