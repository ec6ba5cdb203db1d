"""The numbered items of a filing, and where each one's text is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ITEM: Final = re.compile(
    r"^[ \t\f#*]*item[\s\u00a0\u2009]*(?P<number>\d{1,2}(?:\.\d\d|[A-C])?)[ \t.:|\u2013\u2014*-]*(?P<title>[^\n]{0,400})$",
    re.IGNORECASE | re.MULTILINE,
)
_INLINE: Final = re.compile(
    r"\bItem\s*(?P<number>[1-9]\.\d\d)\.?\s+(?P<title>[A-Z][^.\n]{3,140}?)(?:\.|\n|$)"
)
_PART: Final = re.compile(r"^[ \t#*]*part[ \t]+(?P<number>I{1,3}|IV)\b", re.IGNORECASE | re.MULTILINE)
_SIGNED: Final = re.compile(r"^[ \t]*signatures?[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Item:
    """An item's number ('1A', '2.02'), title, the span of its title line and of its text."""

    number: str
    title: str
    line: tuple[int, int]
    start: int
    end: int


def items(text: str) -> list[Item]:
    """The items in order. Of several lines with one number (contents, references) the one with the most text counts.

    In a 10-Q the numbers of Part II start again: these are 'II-1', 'II-1A', ….
    """
    marks = list(_ITEM.finditer(text))
    if not marks:
        marks = list(_INLINE.finditer(text))
    signed = [found.start() for found in _SIGNED.finditer(text)]
    best: dict[str, Item] = {}
    parts = [(found.start(), found["number"].upper()) for found in _PART.finditer(text)]
    for position, mark in enumerate(marks):
        end = marks[position + 1].start() if position + 1 < len(marks) else len(text)
        end = min([end, *(at for at in signed if mark.end() < at < end)])
        number = mark["number"].upper()
        part = next((name for at, name in reversed(parts) if at < mark.start()), "")
        key = f"II-{number}" if part == "II" and number in ("1", "1A", "2", "3", "4", "6") else number
        title = re.sub(r"\s*\|\s*\d*$", "", mark["title"]).strip(" .:|*")
        item = Item(key, title, (mark.start(), mark.end()), mark.end(), end)
        if key not in best or end - mark.end() > best[key].end - best[key].start:
            best[key] = item
    return sorted(best.values(), key=lambda each: each.start)
