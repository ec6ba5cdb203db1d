"""What a summary is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["earnings-call", "10-K", "10-Q", "8-K", "news", "meeting"]
KINDS: Final[tuple[Kind, ...]] = ("earnings-call", "10-K", "10-Q", "8-K", "news", "meeting")


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote` is `document[start:end]`, character for character."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Bullet:
    """One line of a summary and the places it rests on. `certain` False: its numbers stand there, and whether they are of what the
    line says is for a reader to see."""

    text: str
    citations: tuple[Citation, ...]
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a bullet. `value` is unscaled (4.2 billion = 4200000000); `unit`: USD, USD per share, percent,
    basis points, quarter, year, or '' for a count. `source` is the place of exactly this number."""

    text: str
    value: float | int
    unit: str
    source: Citation


@dataclass(frozen=True, slots=True)
class Line:
    """A proposed bullet before the check: its text and the spans (start, end) of the document that it rests on."""

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A document as plain text. `headings` are spans of lines set apart as headings, in order; may be empty."""

    text: str
    headings: tuple[tuple[int, int], ...] = ()
