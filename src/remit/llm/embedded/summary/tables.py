"""Rows of financial statements ('Total net sales | 402,117 | 377,940') with their columns, scale and currency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from remit.llm.embedded.summary.model import Line

_CELL: Final = re.compile(
    r"^(?P<open>\()?\s*(?P<currency>[$€£¥])?\s*(?P<inner>\()?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\)?$"
)
_SCALE: Final = re.compile(r"\bin\s+(thousand|million|billion)s\b", re.IGNORECASE)
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_SPELL: Final = re.compile(
    r"\b(?:three|six|nine|twelve)\s+months\s+ended\b|\b(?:fiscal\s+)?years?\s+ended\b|\bquarters?\s+ended\b",
    re.IGNORECASE,
)
_PER_SHARE: Final = re.compile(r"per\s+(?:common\s+|diluted\s+)*share", re.IGNORECASE)
# the firm's own statements count before tables in the text, whose rows may be of one segment
_STATEMENT: Final = re.compile(
    r"\b(?:consolidated|combined)\b.*\b(?:statements?\s+of\s+(?:consolidated\s+)?(?:income|operations|earnings|comprehensive|cash)|balance\s+sheets?)|^\W*income\s+statements?\W*$",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(r"^\W*notes?\s+(?:to|\d)", re.IGNORECASE)
REACH: Final = 40  # lines above a row among which its columns, scale and currency are sought
# what a reader of a filing asks for first; the first row of each kind is taken
WANTED: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        ("revenue", r"^(?:total\s+)?(?:net\s+)?(?:revenues?|sales)(?:,?\s+net(?:\s+of\s+.*)?)?$|^total\s+(?:net\s+)?(?:revenues?|sales)\b.*$"),
        ("gross", r"^gross\s+(?:profit|margin)$"),
        ("operating", r"^(?:total\s+)?(?:operating\s+(?:income|loss|profit)|(?:income|loss|\(loss\)|income\s*\(loss\))\s+from\s+operations)\b.*$"),
        ("net income", r"^net\s+(?:income|loss|earnings|\(loss\)|income\s*\(loss\)|loss\s*\(income\))(?:\s*/?\s*\(loss\))?(?:\s+attributable\s+to\s+.*)?$"),
        ("diluted", r"^diluted\b.*$|^(?:diluted\s+)?(?:net\s+)?(?:earnings|income)(?:\s*\(loss\))?\s+per\s+(?:common\s+)?share.*diluted.*$"),
        ("cash flow", r"^(?:net\s+)?cash\s+(?:provided|generated|used).*\boperating\s+activities$"),
        ("assets", r"^total\s+assets$"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its label, the texts of its first two numbers with their columns, and what it rests on."""

    kind: str
    label: str
    now: str
    before: str
    column: str
    column_before: str
    spell: str
    spans: tuple[tuple[int, int], ...]

    def line(self) -> Line:
        """The row as a sentence of a summary."""
        spell = f"{self.spell.lower()} " if self.spell and self.kind != "assets" else ""
        said = f"{self.label} {self.now} ({spell}{self.column})"
        if self.before:
            said += f", versus {self.before} ({self.column_before})"
        return Line(said + ".", self.spans)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.start + len(self.text)


def rows(text: str) -> list[Row]:
    """One row of each wanted kind, from the statements where they have it, else the first; in the order of `WANTED`."""
    lines = list(_lines(text))
    found: dict[str, Row] = {}
    official: set[str] = set()
    statement = False
    for at, line in enumerate(lines):
        if len(line.text) < 160 and (_STATEMENT.search(line.text) or _OTHER.match(line.text)):
            statement = bool(_STATEMENT.search(line.text))
        label, bar, _ = line.text.partition(" | ")
        if not bar or len(label) > 120:
            continue
        for kind, pattern in WANTED:
            if pattern.match(label.strip()) and (kind not in found or (statement and kind not in official)):
                row = _row(kind, lines, at)
                if row is not None:
                    found[kind] = row
                    official |= {kind} if statement else set()
    return [found[kind] for kind, _ in WANTED if kind in found]


def _lines(text: str) -> Iterator[_Line]:
    place = 0
    for line in text.split("\n"):
        yield _Line(place, line)
        place += len(line) + 1


def _row(kind: str, lines: list[_Line], at: int) -> Row | None:
    label, *cells = [cell.strip() for cell in lines[at].text.split(" | ")]
    head = _head(lines, at)
    if head is None:
        return None
    columns = [cell.strip() for cell in head.text.split(" | ") if _YEAR.search(cell)]
    raw = [cell.strip() for cell in head.text.split(" | ")]
    if len(raw) == len(cells):
        pairs = [(cell, column) for cell, column in zip(cells, raw, strict=True) if _YEAR.search(column)]
    elif len(columns) == len(cells):
        pairs = list(zip(cells, columns, strict=True))
    else:
        return None
    share = kind == "diluted"
    scale = None if share else _above(lines, at, _SCALE)
    if not share and scale is None:
        return None
    dollar = lines[at] if "$" in lines[at].text else _above(lines, at, re.compile(r"\$\s?\(?\d"))
    said = [_said(cell, scale, dollar is not None) for cell, _ in pairs[:2]]
    if not said or not said[0]:
        return None
    spell = _beside(lines, head)
    found = _SPELL.search(spell.text) if spell else None
    uses = [lines[at], head, *(each for each in (scale, dollar, spell) if each is not None)]
    if share and not _PER_SHARE.search(label):
        title = _above(lines, at, _PER_SHARE, 8)
        if title is None:
            return None
        label, uses = (
            "Diluted earnings per share"
            if "loss per" not in title.text.lower()[:12]
            else "Diluted loss per share",
            [*uses, title],
        )
    spans = tuple(dict.fromkeys(each.span for each in uses))
    second = pairs[1][1] if len(pairs) > 1 and len(said) > 1 and said[1] else ""
    name = label.rstrip(":").strip()
    return Row(
        kind,
        name,
        said[0],
        said[1] if second else "",
        pairs[0][1],
        second,
        re.sub(r"\s+", " ", found.group()) if found else "",
        spans,
    )


def _head(lines: list[_Line], at: int) -> _Line | None:
    for back in range(1, min(REACH, at) + 1):
        line = lines[at - back]
        years = _YEAR.findall(line.text)
        if len(years) >= 2 and len(line.text) < 240 and not re.search(r"\d,\d{3}", line.text):
            return line
    return None


def _beside(lines: list[_Line], head: _Line) -> _Line | None:
    """The line that says how long the columns are ('Three Months Ended'): the heading itself or one just above it."""
    at = next(place for place, line in enumerate(lines) if line.start == head.start)
    return next(
        (lines[at - back] for back in range(min(4, at + 1)) if _SPELL.search(lines[at - back].text)), None
    )


def _above(lines: list[_Line], at: int, pattern: re.Pattern[str], reach: int = REACH) -> _Line | None:
    for back in range(1, min(reach, at) + 1):
        if pattern.search(lines[at - back].text):
            return lines[at - back]
    return None


def _said(cell: str, scale: _Line | None, dollars: bool) -> str:
    match = _CELL.match(cell)
    if match is None:
        return ""
    found = _SCALE.search(scale.text) if scale else None
    loss = "-" if match["open"] or match["inner"] else ""
    return f"{loss}{'$' if dollars else ''}{match['digits']}{' ' + found[1].lower() if found else ''}"
