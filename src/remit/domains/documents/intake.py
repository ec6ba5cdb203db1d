"""From a file or a pasted text to the fields of AddDocument. What a file says of itself is data: it never picks the account."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypedDict
from uuid import UUID

from remit.domains.documents import heads, holdings, rules
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.rules import DocumentKind
from remit.evidence.facts import plain_line
from remit.evidence.outside import warnings_in
from remit.kit import clock
from remit.kit.dates import DateUnreadable, parse_date
from remit.kit.encodings import FileBroken, decode
from remit.kit.text import shorten
from remit.knowledge import submissions
from remit.knowledge.documents import Document as ReadDocument
from remit.knowledge.documents import DocumentRefused, read_bytes
from remit.knowledge.documents.read import unzipped, visible
from remit.knowledge.filings import apart
from remit.knowledge.filings.model import Report

_COVERS: Final = frozenset({"10-K", "10-Q"})
_COVER: Final = 12_000  # characters in which a cover page stands
_ENDED: Final = re.compile(
    r"\b(?:fiscal\s+year|quarterly\s+period|quarter|year)\s+ended:?\s+(?P<day>[A-Z][a-z]+\s+\d{1,2},\s+(?:19|20)\d\d)",
    re.IGNORECASE,
)
_REPORTED: Final = re.compile(
    r"\bDate\s+of\s+report\s*(?:\([^)]{0,80}\))?\s*:?[\s_]*(?P<day>[A-Z][a-z]+\s+\d{1,2},\s+(?:19|20)\d\d|\d{1,2}/\d{1,2}/(?:19|20)\d\d)"
    r"|(?P<above>[A-Z][a-z]+\s+\d{1,2},\s+(?:19|20)\d\d)[\s_]*\(?Date\s+of\s+(?:report|earliest\s+event)",
    re.IGNORECASE,
)
MAX_UPLOAD: Final = 64 << 20  # bytes
MAX_LOOKED: Final = 500_000  # characters of a file whose markup is looked through for words; the reader counts what hides further on


@dataclass(frozen=True, slots=True)
class Intake:
    """What was read: the text to keep and what the file says of itself. `title` may be empty."""

    text: str
    title: str = ""
    headings: tuple[int, ...] = ()
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    accession_number: str | None = None
    published_on: date | None = None
    period_end_on: date | None = None


def from_text(text: str, kind: DocumentKind) -> Intake:
    """A pasted text of that kind. Raises DocumentRefused when nothing is left of it, or too much."""
    seen, removed = visible(text)
    kept = rules.storable(seen).strip()
    if not kept:
        raise DocumentRefused("document_empty", "There is no text in it to read.")
    said = (*(warning.message for warning in removed), *_spoken(text))
    return _bounded(_dated(Intake(kept, warnings=said), kind))


def from_bytes(data: bytes, name: str, kind: DocumentKind) -> Intake:
    """A file by its bytes, whatever its name says. Raises DocumentRefused and FilingRefused with what mends it; ReadersBusy."""
    if len(data) > MAX_UPLOAD:
        raise DocumentRefused(
            "document_too_large", f"{name} has more than {MAX_UPLOAD >> 20} MB; cut it into parts."
        )
    came = _as_it_came(data, name)
    heads.check_kind(came, name, kind)
    if kind == "13F":
        return from_report(apart.read_text(_markup(data, name), name))
    found = read_bytes(data, name)
    text = rules.storable(found.text)
    heads.check_kind(text, name, kind)
    pairs = [place for pair in found.headings for place in pair] if len(text) == len(found.text) else []
    said = (*(warning.message for warning in found.warnings), *_spoken(came))
    made = Intake(text, _title(name), tuple(pairs), _pages(found), said)
    made = _labelled(made, data)
    return _bounded(_dated(made, kind))


def from_report(report: Report) -> Intake:
    """A 13F report as the plain table that is kept."""
    cover = report.cover
    title = " · ".join(
        part
        for part in (cover.form or "13F", cover.manager, cover.period and cover.period.isoformat())
        if part
    )
    said = tuple(warning.message for warning in report.warnings)
    return _bounded(
        Intake(
            rules.storable(holdings.as_text(report)), title, warnings=said, accession_number=_accession(cover.accession),
            published_on=cover.filed, period_end_on=cover.period,
        )
    )  # fmt: skip


def _markup(data: bytes, name: str) -> str:
    try:
        return decode(unzipped(data, name))
    except FileBroken as error:
        raise DocumentRefused("document_unknown", f"{name} {error.reason}.") from error


def _bounded(made: Intake) -> Intake:
    if len(made.text) > rules.MAX_TEXT:
        raise DocumentRefused(
            "document_too_long",
            f"It holds {len(made.text):,} characters; at most {rules.MAX_TEXT:,} are kept. Cut it into parts.",
        )
    return made


def _spoken(text: str) -> tuple[str, ...]:
    """What is hidden in a text as it came and speaks to software: the text that is kept shows it no more."""
    found = [each for each in warnings_in(text) if each.hidden]
    return tuple(f"Speaks to software, {each.hidden}: “{each.words}” {each.why}." for each in found)


def _as_it_came(data: bytes, name: str) -> str:
    """The letters of a file of text or markup; '' for a PDF, whose reader tells what it left out."""
    if data.startswith(b"%PDF"):
        return ""
    try:
        return decode(unzipped(data, name))[:MAX_LOOKED]
    except FileBroken:
        return ""  # the reader says what is wrong with it


def _title(name: str) -> str:
    return shorten(plain_line(name), 300)


def _pages(found: ReadDocument) -> tuple[int, ...]:
    if found.pages < 2:
        return ()
    starts, place = [0], found.text.find("\f")
    while place >= 0:
        starts.append(place + 1)
        place = found.text.find("\f", place + 1)
    return tuple(starts[:5000])


def _labelled(made: Intake, data: bytes) -> Intake:
    """What the header of an EDGAR submission says of it: number, days, whose filing."""
    start = data[:400_000].decode("latin-1")
    if "ACCESSION NUMBER" not in start and "<ACCESSION-NUMBER>" not in start:
        return made
    head = submissions.header(start)
    form = head.get("CONFORMED SUBMISSION TYPE") or head.get("TYPE", "")
    title = " · ".join(part for part in (form, head.get("COMPANY CONFORMED NAME", "")) if part)
    return Intake(
        made.text, shorten(plain_line(title), 300) or made.title, made.headings, made.page_starts, made.warnings,
        _accession(head.get("ACCESSION NUMBER", "")), day_of(head.get("FILED AS OF DATE") or head.get("FILING DATE", "")),
        day_of(head.get("CONFORMED PERIOD OF REPORT") or head.get("PERIOD", "")),
    )  # fmt: skip


def _dated(made: Intake, kind: DocumentKind) -> Intake:
    """With the day that the cover itself names, where no header did: the end of a report's period, an 8-K's date of report."""
    if kind in _COVERS and made.period_end_on is None:
        return replace(made, period_end_on=_on_cover(_ENDED, made.text))
    if kind == "8-K" and made.published_on is None:
        return replace(made, published_on=_on_cover(_REPORTED, made.text))
    return made


def _on_cover(pattern: re.Pattern[str], text: str) -> date | None:
    """The day that a cover names in these words; None when it names none, or one to come."""
    found = pattern.search(text, 0, _COVER)
    named = next((day for day in found.groupdict().values() if day), "") if found else ""
    day = day_of(" ".join(named.split()))
    return day if day is not None and day <= clock.today() else None


def _accession(text: str) -> str | None:
    return text if rules.is_accession(text) else None


def day_of(text: str) -> date | None:
    """A day as EDGAR writes it (20260214) or as people do; None when it is none."""
    try:
        return parse_date(text, "mdy") if text else None
    except DateUnreadable:
        return None


class Given(TypedDict):
    """What a person says of the document beside its text."""

    account_id: UUID | None
    kind: DocumentKind
    title: str
    default_title: str
    published_on: date | None
    period_end_on: date | None
    supersedes_id: UUID | None


def adding(
    found: Intake,
    *,
    source_name: str,
    account_id: UUID | None,
    kind: DocumentKind,
    title: str = "",
    default_title: str = "",
    published_on: date | None = None,
    period_end_on: date | None = None,
    supersedes_id: UUID | None = None,
    undated: bool = False,
) -> AddDocument:
    """The action that keeps what was read, perhaps in the place of another copy. What the person says counts before the file."""
    name = plain_line(title) or found.title or default_title
    published, read_off = published_on or found.published_on, found.period_end_on
    if published and read_off and read_off > published:
        read_off = None  # a period cannot end after the day that the person gave; theirs counts
    return AddDocument(
        account_id=account_id, document_kind=kind, title=shorten(name, 300), source_name=shorten(source_name, 500),
        accession_number=found.accession_number, published_on=published,
        period_end_on=period_end_on or read_off, text=found.text, headings=found.headings,
        page_starts=found.page_starts, warnings=tuple(shorten(plain_line(each), 500) for each in found.warnings[:50]),
        supersedes_id=supersedes_id, undated=undated,
    )  # fmt: skip


def plain_name(filename: str) -> str:
    """The name of an uploaded file as a label: no folders, no line ends, nothing invisible."""
    return shorten(plain_line(filename.replace("\\", "/").rpartition("/")[2]) or "the file", 200)
