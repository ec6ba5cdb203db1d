"""How label and value are laid out: "AUM: $740m", "• Assets – £640m", a label above its value, "Q: … A: …".

Only places and words; what a label means is decided in `fields`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

_BULLET: Final = r"\s*(?:[-*•·▪◦●>]+\s*|\d{1,2}[.)]\s+)?"
_BOLD: Final = r"(?:\*\*|__)?"
_LABELLED: Final = re.compile(
    rf"^{_BULLET}{_BOLD}(?P<label>[A-Za-z&][A-Za-z0-9 _()/&.’'-]{{1,40}}?){_BOLD}\s*(?P<mark>[:=\t]|\s[–—-]\s|\s?→\s?|\.{{3,}}){_BOLD}\s*(?P<value>\S[^\n]{{0,300}})$"
)
_ALONE: Final = re.compile(rf"^{_BULLET}{_BOLD}(?P<label>[A-Za-z&][A-Za-z0-9 _()/&-]{{1,40}}?){_BOLD}:?\s*$")
_ASKED: Final = re.compile(
    r"\b(?:Q(?:uestion)?\s?\d*[.:)]\s*)?(?P<label>[^\n?]{3,120})\?\s*(?:A(?:nswer)?\s?\d*[.:)]\s*)?(?P<value>[A-Z$€£~\d][^\n]{0,300})"
)
Known = Callable[[str], bool]


def bare_label(label: str) -> str:
    """A label without what only counts or dates it: 'Prime brokers (2)' → 'Prime brokers'. Units in brackets stay."""
    plain = re.sub(r"\s*\((?:\d+|s|current|today|as of [^)]*|\d{1,2}[./ ][^)]*)\)", "", label.strip(" *_:"))
    return re.sub(r"^(?:our|the|total|current|main)\s+", "", plain.strip(), flags=re.IGNORECASE)


def labelled(line: str, at: int, known: Known) -> tuple[str, str, int] | None:
    """(label, value, place of the value) of a line that begins with a known label; None for any other."""
    found = _LABELLED.match(line)
    if found is None or not known(bare_label(found["label"])):
        return None
    value = found["value"].strip(" *_")
    return bare_label(found["label"]), value, at + line.index(value, found.start("value"))


def stacked(line: str, following: str, at: int, known: Known) -> tuple[str, str, int] | None:
    """(label, value, place) of a line that is a known label and nothing else, and the line below it."""
    found = _ALONE.match(line)
    if found is None or not known(bare_label(found["label"])):
        return None
    below = _ALONE.match(following)
    value = following.strip()
    if not value or (below is not None and known(bare_label(below["label"]))):
        return None
    return bare_label(found["label"]), value, at + len(line) + 1 + following.index(value)


def answered(line: str, at: int) -> Iterator[tuple[str, str, int]]:
    """(question, answer, place of the answer) where a line asks and answers."""
    if found := _ASKED.search(line):
        value = found["value"].strip()
        yield found["label"], value, at + found.start("value")
