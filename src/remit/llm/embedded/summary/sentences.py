"""Text cut into sentences that know where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MAX_SENTENCE: Final = 1200
_ABBREVIATED: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Inc|Corp|Co|Ltd|No|vs|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|St|Jr|Sr|"
    r"Fig|Rev|Gen|Sen|Gov|e\.g|i\.e|L\.P|L\.L\.C)|\b[A-Z](?:\.[A-Z])*)\.$"
)
_END: Final = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9$€£•–-])|\n\s*\n|\n")
_SPEAKER: Final = re.compile(r"[A-Z][\w .'’()-]{0,34}:\s")
_CUT_NUMBER: Final = re.compile(r"\d\.\s*$")
_GOES_ON: Final = re.compile(r"\s*\d+(?:\.\d+)?(?:%|\s*(?:million|billion|percent|basis|times)\b|\s+[a-z])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is `document[start:end]`, without outer blanks; `index` counts from 0 in reading order."""

    start: int
    end: int
    text: str
    index: int


def split(document: str, *, wrapped: bool | None = None) -> list[Sentence]:
    """The sentences of `document`. A line end also ends a sentence, unless the text is `wrapped` (found out when None).

    A number cut at its decimal point ('11.' | '5% growth') stays together. Longer than `MAX_SENTENCE`: cut there.
    """
    hard = not (_is_wrapped(document) if wrapped is None else wrapped)
    found: list[Sentence] = []
    begin = 0
    for match in _END.finditer(document):
        mark = match.group()
        if mark == "\n" and (
            not hard or _number_goes_on(document, begin, match.start()) or _flows(document, match.start())
        ):
            continue
        end = match.start() if mark.startswith("\n") else match.end()
        if not mark.startswith("\n") and (
            _ABBREVIATED.search(document, max(begin, end - 12), end) or _number_goes_on(document, begin, end)
        ):
            continue
        _add(found, document, begin, end)
        begin = match.end()
    _add(found, document, begin, len(document))
    return found


def _is_wrapped(document: str) -> bool:
    """Lines of one width that mostly end inside a sentence."""
    lines = [line for line in document[:20_000].split("\n") if line.strip()]
    if len(lines) < 5:
        return False
    inside = sum(not re.search(r"[.!?:;\"”)|]\s*$", line) for line in lines)
    return inside / len(lines) > 0.5 and sum(55 <= len(line) <= 100 for line in lines) / len(lines) > 0.5


def _flows(document: str, end: int) -> bool:
    """Whether a line that ends at `end` goes on in the next one: no mark at its end, and small letters or a full line."""
    start = document.rfind("\n", 0, end) + 1
    line, after = document[start:end].rstrip(), document[end + 1 : end + 40].lstrip(" \t")
    if not line or not after or _SPEAKER.match(after) or "|" in line or line[-1] in '.!?:;"”':
        return False
    return after[0].islower() or (len(line) >= 80 and after[0].isalnum())


def _number_goes_on(document: str, begin: int, end: int) -> bool:
    return bool(_CUT_NUMBER.search(document, max(begin, end - 8), end) and _GOES_ON.match(document, end))


def _add(found: list[Sentence], document: str, begin: int, end: int) -> None:
    while begin < end:
        stop = min(end, begin + MAX_SENTENCE)
        if stop < end:
            stop = document.rfind(" ", begin, stop) + 1 or stop
        piece = document[begin:stop]
        text = piece.strip()
        if text:
            start = begin + len(piece) - len(piece.lstrip())
            found.append(Sentence(start, start + len(text), text, len(found)))
        begin = stop
