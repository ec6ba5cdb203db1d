"""PDF and Word files and long pages of HTML, read in a process of their own (`remit.knowledge.apart`)."""

from __future__ import annotations

from typing import Any

from remit.knowledge import apart
from remit.knowledge.apart import ReaderFell, What
from remit.knowledge.documents.model import Document, DocumentRefused, Warned


def read(data: bytes, name: str) -> Document:
    """The document in `data` (PDF or DOCX). Raises DocumentRefused, also when the reader took too much or fell; ReadersBusy."""
    return _read("file", data, name)


def read_page(text: str, name: str) -> Document:
    """What a reader sees of the HTML page `text`. Raises DocumentRefused, also when its reader took too much or fell; ReadersBusy."""
    return _read("page", text, name)


def _read(what: What, data: bytes | str, name: str) -> Document:
    try:
        kind, found = apart.ask(what, data, name)
    except ReaderFell as fell:
        raise DocumentRefused(
            "document_unreadable",
            f"{name} {fell.reason}. Save it anew, print it to another PDF, or cut it into parts.",
        ) from fell
    if kind == "refused":
        raise DocumentRefused(found[0], found[1], found[2])
    text, form, headings, warnings, pages = found
    return Document(text, form, headings, tuple(Warned(*each) for each in warnings), pages)


def answer(what: What, data: Any, name: str) -> tuple[str, Any]:
    """What the process of its own says of a file or page."""
    from remit.knowledge.documents import docx, html, pdf

    try:
        if what == "page":
            found = html.read(data)
        else:
            found = docx.read(data, name) if docx.is_docx(data) else pdf.read(data, name)
    except DocumentRefused as refused:
        return "refused", (refused.code, refused.message, refused.details)
    warnings = [(each.code, each.message, each.count) for each in found.warnings]
    return "read", (found.text, found.format, found.headings, warnings, found.pages)
