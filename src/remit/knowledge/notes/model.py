"""What is found in a note: what was said, decided, asked, and what was promised by whom until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["said", "decided", "asked", "promise"]
Side = Literal["us", "them"]


@dataclass(frozen=True, slots=True)
class Voices:
    """Who is who in a note, by first, last or full name. `writer`: who wrote it ("I"), `reader`: whom it was with."""

    writer: str = ""
    reader: str = ""
    ours: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()

    def side(self, name: str) -> Side | None:
        """Whose person a name is; None when nobody of it is known. What both have says nothing."""
        mine, other = _named(name, self.ours | {self.writer}), _named(name, self.theirs | {self.reader})
        return None if mine == other else "us" if mine else "them"


def _named(name: str, known: frozenset[str]) -> bool:
    folded = name.casefold()
    return any(folded in (one.casefold(), *(part.casefold() for part in one.split())) for one in known if one)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing noted. `start` to `end` is its sentence in the note.

    `text`: what was said, or what is to be done ("send the FIX specification"). Of a promise: `side` owes it, `who` by name
    ("" for whoever wrote the note, or for the firm), `due_on` when a day was named. `speaker`: whose words in a transcript.
    """

    kind: Kind
    text: str
    start: int
    end: int
    side: Side | None = None
    who: str = ""
    due_on: date | None = None
    speaker: Side | None = None
    keep: bool = True

    def quote(self, note: str) -> str:
        """Its sentence."""
        return note[self.start : self.end]
