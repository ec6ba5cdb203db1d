"""What makes a document fit to be kept, and how its places are named. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, Literal

from remit.actions import Check
from remit.evidence.facts import plain_line
from remit.kit.text import CONTROL, INVISIBLE

DocumentKind = Literal[
    "10-K", "10-Q", "8-K", "13F", "ADV", "call_transcript", "news", "call_note", "meeting_note", "battle_card", "pasted", "other"
]  # fmt: skip
KIND_NAMES: Final[dict[DocumentKind, str]] = {
    "10-K": "10-K, annual report",
    "10-Q": "10-Q, quarterly report",
    "8-K": "8-K, current report",
    "13F": "13F, holdings",
    "ADV": "Form ADV",
    "call_transcript": "Earnings call",
    "news": "News",
    "call_note": "Call note",
    "meeting_note": "Meeting note",
    "battle_card": "Battle card",
    "pasted": "Pasted text",
    "other": "Other",
}
OF_THE_FIRM: Final[frozenset[DocumentKind]] = frozenset({"battle_card", "news", "other"})
"""Kinds that may be about no account at all; enablement and compliance add these."""
FIRM_ROLES: Final = frozenset({"enablement", "compliance"})
DATED: Final[frozenset[DocumentKind]] = frozenset(
    {"10-K", "10-Q", "8-K", "13F", "call_transcript", "news", "call_note", "meeting_note"}
)
"""Kinds that are of a day: kept without one, an old filing would be news of today."""
MAX_TEXT: Final = 5_000_000  # characters; the table's own bound
PIECE: Final = " … "
"""Between the pieces of a quote that stand apart in the document."""
_ACCESSION: Final = re.compile(r"\d{10}-\d{2}-\d{6}")
_LOCATOR: Final = re.compile(r"\bcharacters (\d{1,9}–\d{1,9}(?:, \d{1,9}–\d{1,9})*)$")
_SPAN: Final = re.compile(r"(\d+)–(\d+)")
_BREAK: Final = re.compile(r"[.!?;:](?=\s)|\n")


def kind_name(kind: str) -> str:
    """What a kind is called on a page."""
    return KIND_NAMES.get(kind, kind)  # type: ignore[call-overload, no-any-return]


def storable(text: str) -> str:
    """`text` as a record holds it: line ends as LF, no control or invisible characters. Offsets count in this text.

    A form feed (a new page of a PDF) becomes a line end, so that offsets of pages stay.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return lines.translate(INVISIBLE).translate(dict.fromkeys(CONTROL, " "))


def fingerprint(text: str) -> str:
    """SHA-256 (hex) of a document's text: the same text twice is one document of an account."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def locator(spans: Sequence[tuple[int, int]], accession_number: str | None = None) -> str:
    """The places of a quote in words: the accession number when there is one, and characters of the document's text."""
    place = "characters " + ", ".join(f"{start}–{end}" for start, end in spans)
    return f"{accession_number}, {place}" if accession_number else place


def spans_of(locator_text: str) -> tuple[tuple[int, int], ...]:
    """The characters that `locator` named, in its order; none when the words name none."""
    found = _LOCATOR.search(locator_text)
    return tuple((int(start), int(end)) for start, end in _SPAN.findall(found[1])) if found else ()


def quoted(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The words of these places of a document, with PIECE between them."""
    return PIECE.join(text[start:end] for start, end in spans)


def joined(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places in the document's order, as one where no sentence or line ends between two: nothing is cut out of a sentence."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and not _apart(text, found[-1][1], start):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _apart(text: str, end: int, start: int) -> bool:
    """Whether a sentence or a line ends between two places."""
    return start > end and bool(_BREAK.search(text, end - 1, start))


def stands_in(quote: str, text: str, locator_text: str = "") -> bool:
    """Whether a quote stands in a document's text, whatever the line ends; an empty quote stands nowhere.

    Where the locator names characters, the words there are the quote: in pieces one after the other, with the end of a sentence or
    line between, for words picked out of one sentence can say its opposite. Without places, pieces are whole lines in order.
    """
    said, spans = plain_line(quote), spans_of(locator_text)
    if not said:
        return False
    if not spans:
        return said in plain_line(text) or _lines_in_order(said.split(PIECE), text)
    return said == plain_line(quoted(text, spans)) and joined(text, spans) == list(spans)


def _lines_in_order(pieces: Sequence[str], text: str) -> bool:
    lines = map(plain_line, text.splitlines())
    return all(piece in lines for piece in pieces)  # `in` goes on from the line after the one found before


def is_accession(text: str) -> bool:
    """Whether `text` is an accession number as EDGAR writes it."""
    return bool(_ACCESSION.fullmatch(text))


def check_document(
    title: str, source_name: str, text: str, accession_number: str | None, headings: Sequence[int]
) -> Iterator[Check]:
    """A document says where it is from and holds something to read."""
    yield Check.that(
        "document-title", bool(plain_line(title)), "Give the document a title.", "It has a title."
    )
    yield Check.that(
        "document-source",
        bool(plain_line(source_name)),
        "Say where the document is from.",
        "It names its source.",
    )
    yield Check.that(
        "document-text", bool(text.strip()), "There is no text in it to read.", "It holds text to read."
    )
    yield Check.that(
        "document-accession",
        accession_number is None or is_accession(accession_number),
        f"“{str(accession_number)[:40]}” is no accession number: it is written 0001234567-26-000012.",
        "Its accession number is well-formed or not given.",
    )
    inside = all(0 <= place <= len(text) for place in headings) and len(headings) % 2 == 0
    yield Check.that(
        "document-headings", inside, "Its headings lie outside of its text.", "Its headings fit."
    )


def check_dates(published_on: date | None, period_end_on: date | None, today: date) -> Iterator[Check]:
    """What was published was published by today, about a period that had ended."""
    yield Check.that(
        "document-published",
        published_on is None or published_on <= today,
        f"It cannot have been published on {published_on}, which is in the future.",
        "It was published by today, or the day is not known.",
    )
    yield Check.that(
        "document-period",
        period_end_on is None or published_on is None or period_end_on <= published_on,
        f"Its period cannot end on {period_end_on}, after it was published ({published_on}).",
        "Its period fits the day it was published.",
    )


def check_day(kind: DocumentKind, day: date | None, *, undated: bool) -> Iterator[Check]:
    """A document of a day says which. An `undated` entry of a feed counts from the day it was first seen."""
    yield Check.that(
        "document-day",
        day is not None or kind not in DATED or (undated and kind == "news"),
        f"Say on which day it was published: nothing at the head of this document ({kind_name(kind)}) says so.",
        "It says of which day it is, or is of none.",
    )


def check_owner(kind: DocumentKind, of_account: bool, roles: frozenset[str]) -> Iterator[Check]:
    """A filing or a note is about an account; what belongs to the firm comes from enablement or compliance."""
    yield Check.that(
        "document-account",
        of_account or kind in OF_THE_FIRM,
        f"A document of this kind ({kind_name(kind)}) is about an account: name it.",
        "It names the account that it is about, or needs none.",
    )
    yield Check.that(
        "document-of-firm",
        of_account or bool(roles & FIRM_ROLES),
        "Documents of our own firm are added by enablement or compliance; ask them, or name an account.",
        "It is added by somebody who may.",
    )
