"""A document as text, and why one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a reader should know. `code` is stable; `count` how often."""

    code: str
    message: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """Text that people see in a file. `headings`: spans of lines set apart in bold or italics. `format`: text, html, pdf, docx.

    For a plain text file `text` is the file's text, so that offsets are those of the file; a leading byte order mark
    and invisible characters are taken out (and warned of). `pages` is 0 where the format has none.
    """

    text: str
    format: str
    headings: tuple[tuple[int, int], ...] = ()
    warnings: tuple[Warned, ...] = ()
    pages: int = 0


class DocumentRefused(Exception):
    """The file cannot be read as a document; the message says what is wrong and how to mend it.

    Codes: document_missing · document_empty · document_encrypted · document_truncated · document_scanned ·
    document_too_long · document_too_large · document_bomb · document_unreadable · document_unknown.
    """

    def __init__(self, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = 3 if code == "document_missing" else 1
        self.message = message
        self.details = dict(details or {})
