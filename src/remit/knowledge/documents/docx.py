"""Text of a Word document (DOCX): paragraphs, rows of tables with cells between bars. Hidden and deleted text is left out."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, Final

from remit.evidence.facts import looks_like_instruction
from remit.knowledge.documents.model import Document, DocumentRefused, Warned

MAX_PART: Final = 64 << 20  # bytes of one part, unpacked
_BODY: Final = "word/document.xml"
_NOTES: Final = "word/comments.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def is_docx(data: bytes) -> bool:
    """Whether these bytes are a zip with a Word document in it, or cut off like one."""
    return data.startswith(b"PK\x03\x04") and _BODY.encode() in data


def is_locked(data: bytes) -> bool:
    """Whether this is an Office file under a password: an old container around an encrypted package."""
    return data.startswith(b"\xd0\xcf\x11\xe0") and _ENCRYPTED in data


def read(data: bytes, name: str) -> Document:
    """The text of a DOCX. Raises DocumentRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            body = _part(pack, _BODY, name)
            notes = _part(pack, _NOTES, name) if _NOTES in pack.namelist() else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise DocumentRefused(
            "document_truncated",
            f"{name} is a damaged Word document: {str(error).rstrip('.')}. Fetch or save it again.",
        ) from error
    lines, hidden = _lines(_parsed(body, name))
    orders = [text for text in hidden if looks_like_instruction(text[:5000])]
    orders += [text for text in _comments(notes, name) if looks_like_instruction(text[:5000])]
    warned = []
    if hidden:
        warned.append(Warned("hidden_text", f"{len(hidden)} hidden passages were left out.", len(hidden)))
    if orders:
        message = (
            f"{len(orders)} hidden passages or comments read like orders to software; they were left out."
        )
        warned.append(Warned("hidden_instruction", message, len(orders)))
    from remit.knowledge.documents.read import visible

    text, unseen = visible("\n".join(lines))
    if not text.strip() and b"<pic:pic" in body:
        raise DocumentRefused(
            "document_scanned", f"{name} holds pictures and no text; run text recognition on it first."
        )
    return Document(text, "docx", warnings=(*warned, *unseen))


def _part(pack: zipfile.ZipFile, part: str, name: str) -> bytes:
    """One part of the package, never more than MAX_PART: the size that the file declares may lie."""
    with pack.open(part) as file:
        found = file.read(MAX_PART + 1)
    if len(found) > MAX_PART:
        raise DocumentRefused(
            "document_bomb", f"{name} unpacks to more than {MAX_PART >> 20} MB and is not read."
        )
    return found


def _parsed(part: bytes, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentRefused(
            "document_truncated",
            f"{name} is a damaged Word document: {str(error).rstrip('.')}. Fetch or save it again.",
        ) from error


def _lines(root: Any) -> tuple[list[str], list[str]]:
    """Lines that a reader sees, and passages that none does."""
    lines: list[str] = []
    hidden: list[str] = []
    body = root.find(f"{_W}body")
    for block in body if body is not None else ():
        if block.tag == f"{_W}tbl":
            for row in block.iter(f"{_W}tr"):
                cells = (
                    " ".join(_said(par, hidden) for par in cell.iter(f"{_W}p")).strip()
                    for cell in row.iterfind(f"{_W}tc")
                )
                lines.append(" | ".join(cell for cell in cells if cell))
        else:
            lines += [_said(par, hidden) for par in block.iter(f"{_W}p")]
    return lines, hidden


def _said(paragraph: Any, hidden: list[str]) -> str:
    """What a paragraph shows; runs that are marked as hidden go to `hidden`, deleted ones nowhere."""
    shown: list[str] = []
    for run in paragraph.iter(f"{_W}r"):
        text = "".join(_SIGNS.get(part.tag, part.text or "") for part in run if part.tag in _TEXT)
        marks = run.find(f"{_W}rPr")
        vanish = None if marks is None else marks.find(f"{_W}vanish")
        if vanish is not None and vanish.get(f"{_W}val") not in ("0", "false"):
            hidden += [text] if text.strip() else []
        else:
            shown.append(text)
    return "".join(shown).rstrip()


_SIGNS: Final = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_TEXT: Final = frozenset({f"{_W}t", *_SIGNS})


def _comments(part: bytes, name: str) -> list[str]:
    if not part:
        return []
    return ["".join(each.itertext()) for each in _parsed(part, name).iter(f"{_W}comment")]
