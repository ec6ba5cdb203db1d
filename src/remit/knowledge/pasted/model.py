"""What is found in a pasted text, and why a text is not taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

MOST_CHARACTERS: Final = 100_000
Source = Literal["website", "profile", "email", "database", "news", "other"]
SOURCES: Final[dict[str, str]] = {
    "website": "website",
    "profile": "public profile",
    "email": "e-mail from them",
    "database": "database record",
    "news": "news report",
    "other": "notes",
}
"""What the text is → the words by which the source of its facts is named."""


class PasteRefused(Exception):
    """A text that is not taken; the message says why and what to do."""

    code = "paste_refused"


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text as it was taken: `removed_count` characters that nobody can see, or that turn the direction, are gone."""

    text: str
    removed_count: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One statement. `start` to `end` is its sentence, `at` the words of its value, all places in the text.

    `kind` as in `evidence.facts.KINDS`, or person · account · event · performance · volume. `as_of_on`: the day that the
    text gives for it, else None. `doubt`: why a person should look twice, "" for nothing. `value_minor` in hundredths.
    """

    kind: str
    value: str
    start: int
    end: int
    at: tuple[int, int]
    subject: str = ""
    as_of_on: date | None = None
    doubt: str = ""
    value_number: Decimal | None = None
    value_minor: int | None = None
    value_currency: str | None = None

    def quote(self, text: str) -> str:
        """Its sentence."""
        return text[self.start : self.end]
