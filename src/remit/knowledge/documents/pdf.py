"""Text of a PDF, page by page."""

from __future__ import annotations

from typing import Any, Final

from remit.knowledge.documents.model import Document, DocumentRefused, Warned

MAX_PAGES: Final = 3000
FEW: Final = 20  # characters below which a page counts as a picture


def read(data: bytes, name: str) -> Document:
    """The text of a PDF; pages are parted by a line end and a form feed. Raises DocumentRefused."""
    import pypdfium2

    try:
        file = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _refused(str(error), data, name) from error
    try:
        return _pages(file, data, name)
    finally:
        file.close()


def _refused(reason: str, data: bytes, name: str) -> DocumentRefused:
    if "password" in reason.lower() or b"/Encrypt" in data[-4096:]:
        return DocumentRefused(
            "document_encrypted", f"{name} is protected by a password; save it without one."
        )
    if b"%%EOF" not in data[-2048:]:
        return DocumentRefused("document_truncated", f"{name} ends before the PDF does; fetch it again.")
    return DocumentRefused(
        "document_truncated", f"{name} is a damaged PDF: {reason.rstrip('.')}. Fetch or save it again."
    )


def _pages(file: Any, data: bytes, name: str) -> Document:
    count = len(file)
    if count > MAX_PAGES:
        raise DocumentRefused(
            "document_too_long",
            f"{name} has {count:,} pages; at most {MAX_PAGES:,} are read. Cut it into parts.",
            {"pages": count},
        )
    texts = [_text(file, number, name) for number in range(count)]
    empty = sum(len(text.strip()) < FEW for text in texts)
    if count and empty == count:
        raise DocumentRefused(
            "document_scanned",
            f"{name} holds pictures of its {count} pages and no text; run text recognition on it first.",
            {"pages": count},
        )
    warned = (
        []
        if b"%%EOF" in data[-2048:]
        else [Warned("truncated", f"{name} has no proper end; pages may be missing.")]
    )
    if empty:
        warned.append(
            Warned("pages_without_text", f"{empty} of {count} pages hold no text (pictures or blank).", empty)
        )
    from remit.knowledge.documents.read import visible

    text, unseen = visible("\n\f".join(texts))
    return Document(text, "pdf", warnings=(*warned, *unseen), pages=count)


def _text(file: Any, number: int, name: str) -> str:
    import pypdfium2

    try:
        page = file[number]
        try:
            words = page.get_textpage()
            try:
                return str(words.get_text_bounded()).replace("\r\n", "\n").replace("\ufffe", "")
            finally:
                words.close()
        finally:
            page.close()
    except pypdfium2.PdfiumError as error:
        raise DocumentRefused(
            "document_truncated", f"{name}: page {number + 1} cannot be read ({error}).", {"page": number + 1}
        ) from error
