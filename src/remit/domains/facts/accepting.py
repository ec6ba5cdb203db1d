"""Lines of a summary, rows of Form ADV and moves of positions as facts: with the document, the place and the words."""

from __future__ import annotations

import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from remit.actions import NotFound, Performed, Refused, perform, perform_all
from remit.domains.documents import rules
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.quarters import Quarter, moves
from remit.domains.documents.queries import Document, DocumentRow
from remit.domains.documents.rules import DocumentKind
from remit.domains.facts.actions import RecordFact
from remit.domains.facts.queries import has_facts
from remit.evidence.facts import Sayable, plain_line
from remit.kit import clock
from remit.kit.encodings import FileBroken
from remit.kit.text import name_key, shorten
from remit.knowledge.filings import form_adv
from remit.knowledge.filings.form_adv import AccountFact, Adviser
from remit.knowledge.filings.model import FilingRefused
from remit.llm.embedded.summary.model import Bullet
from remit.scope import Scope

REPORTED: Final = "reported"
"""The kind of a fact that is a line of a summary: it supports what a person writes; the writer does not speak it."""
SAYABLE_BY_KIND: Final[dict[DocumentKind, Sayable]] = {
    "10-K": "public", "10-Q": "public", "8-K": "public", "13F": "public", "ADV": "public", "call_transcript": "public",
    "news": "public", "call_note": "told_by_them", "meeting_note": "told_by_them", "battle_card": "internal_only",
    "pasted": "internal_only", "other": "internal_only",
}  # fmt: skip
"""What is proposed; the person who accepts a line says what holds."""
NAMED: Final = 5
MAX_QUOTE: Final = 4000
MAX_PLACES: Final = 20
_TOTAL: Final = re.compile(r"^Total value: .*$", re.MULTILINE)


def sayable_of(head: DocumentRow) -> Sayable:
    """What is proposed for the lines of a document: news that a person added is no more public than their word."""
    return "internal_only" if head.kind == "news" and not head.fetched else SAYABLE_BY_KIND[head.kind]


def source_of(document: Document) -> str:
    """What a fact names as its source: the document by its title, with its accession number when it has one."""
    head = document.head
    return shorten(f"{head.title} ({head.accession_number})" if head.accession_number else head.title, 300)


def as_fact(document: Document, bullet: Bullet, sayable: Sayable) -> RecordFact:
    """The action that records a bullet as a fact, with its words and their place. Raises NotFound without an account."""
    head = document.head
    if head.account_id is None:
        raise NotFound("account of this document")
    places = rules.joined(document.text, [(place.start, place.end) for place in bullet.citations])
    quote = rules.quoted(document.text, places)
    if len(quote) > MAX_QUOTE or len(places) > MAX_PLACES:
        first = bullet.citations[0]
        places = [(first.start, min(first.end, first.start + MAX_QUOTE))]
        quote = rules.quoted(document.text, places)
    return RecordFact(
        account_id=head.account_id, document_id=document.id, fact_kind=REPORTED, value=shorten(bullet.text, 2000),
        source_name=source_of(document), locator=rules.locator(places, head.accession_number), quote=quote,
        as_of_on=_as_of(document), sensitivity="public" if sayable == "public" else "internal", sayable=sayable,
    )  # fmt: skip


def _as_of(document: Document) -> date:
    return min(document.head.published_on or document.head.day, clock.today())


def positions_fact(now: Quarter, before: Quarter | None) -> RecordFact:
    """“Reported positions rose from 212 to 291”, read off two quarters. Raises Refused with why it cannot be said for sure."""
    document = now.document
    stated = _TOTAL.search(document.text)
    held, held_before = len(now.positions), len(before.positions) if before else 0
    why = _why_not(now, before) or ("" if stated else "No line of the document states its total.")
    if not why and not (held and held_before):
        why = "One of the two reports has no table of positions."
    if not why and held == held_before:
        why = f"Nothing changed: {held:,} positions then and now."
    if why or stated is None or document.head.account_id is None:
        raise Refused(why or "The document is of no account.", code="not_comparable")
    return RecordFact(
        account_id=document.head.account_id, document_id=document.id, fact_kind="holdings_change", subject="reported positions",
        value=f"{'rose' if held > held_before else 'fell'} from {held_before:,} to {held:,}", value_number=held,
        source_name=source_of(document), locator=rules.locator([stated.span()], document.head.accession_number), quote=stated[0],
        as_of_on=_as_of(document), sensitivity="public", sayable="public",
    )  # fmt: skip


def _why_not(now: Quarter, before: Quarter | None) -> str:
    """Why the count of positions of two quarters makes no fact; '' when it does."""
    if before is None:
        return "The 13F of the quarter before is not on record for this account; there is nothing to compare with."
    doubts = moves(now, before)[1]
    if doubts:
        return f"The comparison is doubtful, so it is no fact. {doubts[0].message}"
    if now.added:
        return f"Its positions stand in {1 + len(now.added)} filings together; no single place states their number."
    return ""


def adviser_in(data: bytes, name: str, as_of: date, account_name: str, row: int | None = None) -> Adviser:
    """The row of a Form ADV extract that is about the account: the one the person named, else the one with the account's
    name. Raises FilingRefused with near names when there is no such row, or more than one."""
    with tempfile.TemporaryDirectory(prefix="remit-adv-") as folder:
        path = Path(folder) / "extract.csv"
        path.write_bytes(data)
        try:
            advisers = form_adv.read(path, as_of, name)
        except FileBroken as error:
            raise FilingRefused("filing_broken", f"{name} {error.reason}.") from error
    key = name_key(account_name)
    found = [each for each in advisers if (each.row == row if row else name_key(each.name) == key)]
    if len(found) == 1:
        return found[0]
    rows = found or _near(advisers, key)
    told = "; ".join(f"row {each.row}: {each.name or each.identifier}" for each in rows[:NAMED])
    said = "has no row" if not found else f"has {len(found)} rows"
    raise FilingRefused(
        "filing_unknown",
        f"{name} {said} for {account_name}. Give the row's number"
        + (f" (near ones: {told})." if told else "."),
    )


def _near(advisers: list[Adviser], key: str) -> list[Adviser]:
    from rapidfuzz import fuzz

    return sorted(advisers, key=lambda each: -fuzz.token_set_ratio(name_key(each.name), key))[:NAMED]


def keep_adviser(
    scope: Scope, account_id: UUID, found: Adviser, as_of: date, name: str, by: str
) -> tuple[UUID, int]:
    """Keep the row as a document and its cells as facts; gives the document's id and how many facts were new.

    Doing it twice changes nothing, and once more completes what broke off before its facts were recorded. Raises Refused.
    """
    text = rules.storable("\n".join(found.lines))
    title = shorten(f"Form ADV · {found.name or found.identifier} · {as_of.isoformat()}", 300)
    done = perform(
        scope,
        AddDocument(
            account_id=account_id, document_kind="ADV", title=title, published_on=as_of, text=text,
            source_name=f"{name}, row {found.row}, uploaded by {by}",
        ),
    )  # fmt: skip
    if not isinstance(done, Performed):
        raise Refused("The document waits for approval; its facts are recorded afterwards.", code="waiting")
    document_id = UUID(done.result["document_id"])
    if not done.result["added"] and has_facts(scope, document_id):
        return document_id, 0
    facts = [_fact(account_id, document_id, title, each) for each in found.facts]
    if facts:
        perform_all(scope, facts, key=f"adv:{document_id}")
    return document_id, len(facts)


def _fact(account_id: UUID, document_id: UUID, title: str, each: AccountFact) -> RecordFact:
    return RecordFact(
        account_id=account_id, document_id=document_id, fact_kind=each.fact_kind, subject=each.subject, value=each.value,
        value_number=each.value_number, value_unit=each.value_unit, value_minor=each.value_minor,
        value_currency=each.value_currency, source_name=plain_line(f"{each.source_name}, {title}")[:300], locator=each.locator,
        quote=each.quote, as_of_on=each.as_of_on, sensitivity=each.sensitivity, sayable=each.sayable,
    )  # fmt: skip
