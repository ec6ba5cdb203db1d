"""The files of a proposal: which version, with which template, saying of itself what it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from remit.db.sessions import ReadSession, read
from remit.domains.proposals import templates
from remit.domains.proposals.model import (
    Document,
    shown_money,
    shown_quantity,
    shown_rate,
)
from remit.domains.proposals.pdf import pdf
from remit.domains.proposals.presenting import Status
from remit.domains.proposals.records import Proposal
from remit.domains.proposals.word import docx
from remit.scope import Scope

Format = Literal["pdf", "docx"]
MEDIA: Final[dict[Format, str]] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is given out."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its hash (hex)."""
        return hashlib.sha256(self.content).hexdigest()


def status(proposal: Proposal, today: date) -> Status:
    """What its files say of themselves."""
    if proposal.state == "withdrawn":
        return Status("withdrawn")
    if proposal.state == "draft":
        return Status("draft")
    if proposal.expired_on(today):
        return Status("expired")
    on = proposal.approved_at.date().isoformat() if proposal.approved_at else ""
    return Status("approved", proposal.approved_by, on)


def made(scope: Scope, proposal: Proposal, format: Format, today: date) -> File:
    """As load_made, in a session of its own."""
    with read(scope) as s:
        return load_made(s, proposal, format, today)


def load_made(s: ReadSession, proposal: Proposal, format: Format, today: date) -> File:
    """The file of the proposal as it stands: an approved one as it was approved, in the template of then."""
    content = (
        templates.load_in_use(s).content
        if proposal.state == "draft"
        else templates.load_content(s, proposal.template_sha256)
    )
    return written(proposal.document, status(proposal, today), format, content)


def written(document: Document, standing: Status, format: Format, template: bytes | None = None) -> File:
    """The file of a document. `template`: for Word, the firm's own."""
    content = pdf(document, standing) if format == "pdf" else docx(document, standing, template)
    reference = document.reference.replace(" rev. ", "-r")
    mark = "" if standing.standing == "approved" else f"-{standing.standing}"
    return File(f"{reference}{mark}.{format}", MEDIA[format], content)


def as_lines(document: Document) -> Iterator[str]:
    """The document as lines of plain text: what two versions are compared by."""
    yield document.title
    yield f"For {document.reader or document.account}, by {document.seller}"
    yield f"Holds until {document.say_day(document.expires_on)}"
    yield f"Term: {document.term_months} months, paid {document.payment}"
    for one in document.lines:
        yield (
            f"{one.product}: {shown_quantity(one.quantity)} × {one.unit} at {shown_money(document.money(one.price_minor))}"
            f"{f' less {shown_rate(document.rate_of(one))}' if document.rate_of(one) else ''}"
            f" = {shown_money(document.money(one.amount_minor))}{' a year' if one.recurs else ' once'}"
        )
    yield f"Discount: {document.discount_told}" if document.discount_told else "No discount"
    yield f"Total over the term: {shown_money(document.money(document.term_minor))}"
    for section in document.sections:
        yield ""
        yield from (one.text for one in section.said)


def as_text(document: Document) -> str:
    """As as_lines, in one text."""
    return "\n".join(as_lines(document))
