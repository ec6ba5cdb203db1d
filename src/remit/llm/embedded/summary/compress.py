"""A sentence cut to a terse line: openings, asides and trailing clauses go; numbers, negations and directions stay."""

from __future__ import annotations

import re
from typing import Final

# cue → what a line is about when no number says it
CUES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        ("raises", r"\b(?:rais(?:e|es|ed|ing)|increas(?:e|es|ed|ing)|updat(?:e|es|ed|ing)|narrow(?:s|ed|ing))\b[^.]{0,60}\b(?:guidance|outlook|forecast|targets?|expectations?)\b"),
        ("keeps", r"\b(?:reaffirm|reiterat|maintain|confirm)\w*\b[^.]{0,60}\b(?:guidance|outlook|forecast|targets?|range)\b"),
        ("lowers", r"\b(?:lower|reduc|cut|withdr[ae]w|suspend)\w*\b[^.]{0,60}\b(?:guidance|outlook|forecast|dividend|targets?)\b"),
        ("dividend", r"\bdividend\b[^.]{0,80}(?:\$|cents)|(?:\$|cents)[^.]{0,60}\bdividend\b"),
        ("buyback", r"\b(?:repurchase|buyback|bought\s+back)\w*\b[^.]{0,80}\$|\$[^.]{0,60}\b(?:repurchase|buyback)"),
        ("deal", r"\b(?:acquisition|acquire|acquired|merger|divest\w*|sale\s+of|agreement\s+to)\b"),
        ("people", r"\b(?:appoint|retire|step(?:ping)?\s+down|succeed|named)\w*\b[^.]{0,60}\b(?:chief|CEO|CFO|president|chair\w*|board)\b"),
        ("ahead", r"\b(?:we|company)\s+(?:now\s+|currently\s+|also\s+|continue\s+to\s+)?(?:expect|anticipate|project|forecast)\b"),
    )
)  # fmt: skip
_OPENING: Final = re.compile(
    r"^(?:(?:and|but|so|now|also|first|second|third|finally|lastly|additionally|further(?:more)?|moreover|however|overall|again|importantly|notably|"
    r"turning\s+(?:now\s+)?to\s+[^,]{1,60}|moving\s+(?:on\s+)?to\s+[^,]{1,60}|looking\s+(?:ahead|forward)[^,]{0,60}|as\s+[^,]{1,80}|with\s+(?:that|this|regard|respect)[^,]{0,60}|"
    r"in\s+(?:addition|summary|closing|terms\s+of[^,]{1,40}|light\s+of[^,]{1,60})|based\s+on[^,]{1,80}|given[^,]{1,80}|while[^,]{1,80}),\s+|(?:and|but|so|now|also)\s+)",
    re.IGNORECASE,
)
_FILLER: Final = re.compile(
    r"(?:\b(?:I\s+am|I'm|we\s+are|we're)\s+(?:very\s+|extremely\s+|also\s+|really\s+)?(?:pleased|happy|proud|excited|delighted)\s+(?:to\s+(?:report|announce|say|share)\s+)?(?:that\s+)?|"
    r"\bas\s+you\s+(?:know|can\s+see)[^,]{0,40},\s*|\bI\s+(?:want|would\s+like|'d\s+like)\s+to\s+\w+\s+(?:that\s+)?|\b(?:we|I)\s+believe\s+(?:that\s+)?)",
    re.IGNORECASE,
)
_TRAILING: Final = re.compile(
    r",\s*(?:which|as|driven|reflecting|primarily|mainly|largely|due|thanks|supported|led|helped|despite|representing|resulting|demonstrating|and\s+we|but|while|given|including)\b[^.;]*$",
    re.IGNORECASE,
)
_WE: Final = re.compile(
    r"^(?:we|our\s+company|the\s+company)\s+(?:have\s+|are\s+|will\s+be\s+)?(?:now\s+|also\s+|currently\s+|continue\s+to\s+)*",
    re.IGNORECASE,
)
LONGEST: Final = 34


def shorten(sentence: str) -> tuple[str, set[str]] | None:
    """A terse line from `sentence` with the cues it carries; None when it carries none or stays too long."""
    cues = {name for name, pattern in CUES if pattern.search(sentence)}
    if not cues:
        return None
    line = trim(sentence)
    kept = {name for name, pattern in CUES if pattern.search(line)} or cues
    words = line.split()
    return (line, kept) if 3 <= len(words) <= LONGEST else None


def trim(sentence: str) -> str:
    """`sentence` without its opening phrases, courtesies and last dependent clause, capital first, full stop last."""
    line = sentence.strip()
    for _ in range(3):
        cut = _OPENING.sub("", line, count=1)
        if cut == line:
            break
        line = cut
    line = _FILLER.sub("", line)
    while len(line.split()) > 14:
        cut = _TRAILING.sub("", line)
        if cut == line or len(cut.split()) < 5:
            break
        line = cut
    line = _WE.sub("", line).strip(" ,;").rstrip(".")
    return line[:1].upper() + line[1:] + "."
