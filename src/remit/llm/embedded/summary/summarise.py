"""A document of a known kind becomes bullets whose numbers are checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from remit.evidence.facts import looks_like_instruction
from remit.llm.embedded.summary import calls, exact, filings, meetings, news
from remit.llm.embedded.summary.certain import certain
from remit.llm.embedded.summary.model import Bullet, Kind, Line, Number, Text

_WRITERS: Final[dict[Kind, Callable[[Text, int | None], list[Line]]]] = {
    "earnings-call": calls.lines,
    "10-K": filings.lines,
    "10-Q": filings.lines,
    "8-K": filings.current,
    "news": news.lines,
    "meeting": meetings.lines,
}


@dataclass(frozen=True, slots=True)
class Summary:
    """Bullets with citations and their numbers. `dropped`: lines that failed the check; `orders`: lines left out
    because they read like an order to software."""

    bullets: tuple[Bullet, ...]
    numbers: tuple[Number, ...]
    dropped: tuple[str, ...] = ()
    orders: int = 0


def summarise(document: Text, kind: Kind, bullets: int | None = None) -> Summary:
    """The summary of `document`: at most `bullets` bullets, or as many as seem worth it. Never raises for its text."""
    lines = _WRITERS[kind](document, bullets)
    if not lines:
        lines = news.lines(document, bullets)
    plain = [line for line in lines if not looks_like_instruction(line.text)]
    held, numbers, dropped = exact.check(document.text, plain)
    held = [replace(bullet, certain=_of_table(bullet) or certain(bullet)) for bullet in held]
    return Summary(tuple(held), tuple(numbers), tuple(dropped), len(lines) - len(plain))


def _of_table(bullet: Bullet) -> bool:
    """Lines made of rows of a table, which name what they hold, and lines without a number (a risk by its heading)."""
    return any(" | " in place.quote for place in bullet.citations) or not re.search(r"\d", bullet.text)
