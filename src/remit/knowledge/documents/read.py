"""Which kind of file it is, decided by its bytes and not by its name, and its text."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from pathlib import Path
from typing import Final

from remit.evidence.facts import looks_like_instruction
from remit.kit.encodings import FileBroken, decode
from remit.kit.text import CONTROL, INVISIBLE
from remit.knowledge import submissions
from remit.knowledge.documents import apart, docx
from remit.knowledge.documents.model import Document, DocumentRefused, Warned

MAX_BYTES: Final = 100 << 20
MAX_TEXT: Final = 20_000_000  # characters
MAX_RATIO: Final = 400
LONG_PAGE: Final = 500_000
"""Characters of HTML beyond which a process of its own reads it: of markup alone, each million takes seconds and 100 MB."""
_PAGE: Final = re.compile(r"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)
_TAG: Final = re.compile(r"<(?:p|div|td|span|br|font|li)\b[^>]*>", re.IGNORECASE)
_CONTROLS: Final = [chr(code) for code in (*range(1, 9), *range(14, 32))]
_TAGS: Final = range(0xE0000, 0xE0080)
_BLANKS: Final = {code: 0x20 for code in CONTROL if code not in (0x0C, 0x0D)}
_UNSEEN: Final = dict.fromkeys([*INVISIBLE, *_TAGS, 8204, 173, 6158, 8289, 8290, 8291, 8292])


def read(path: Path) -> Document:
    """The document in the file at `path`. Raises DocumentRefused."""
    if not path.is_file():
        raise DocumentRefused("document_missing", f"There is no file {path.name}.")
    if path.stat().st_size > MAX_BYTES:
        raise DocumentRefused(
            "document_too_large", f"{path.name} has more than {MAX_BYTES >> 20} MB; cut it into parts."
        )
    return read_bytes(path.read_bytes(), path.name)


def load_text(path: Path) -> str:
    """The text of the file at `path` as it stands, unzipped and decoded; for readers of markup. Raises DocumentRefused."""
    if not path.is_file():
        raise DocumentRefused("document_missing", f"There is no file {path.name}.")
    if path.stat().st_size > MAX_BYTES:
        raise DocumentRefused(
            "document_too_large", f"{path.name} has more than {MAX_BYTES >> 20} MB; cut it into parts."
        )
    data = unzipped(path.read_bytes(), path.name)
    if not data.strip():
        raise DocumentRefused("document_empty", f"{path.name} is empty.")
    try:
        return decode(data)
    except FileBroken as error:
        raise DocumentRefused("document_unknown", f"{path.name} {error.reason}.") from error


def read_bytes(data: bytes, name: str = "the input") -> Document:
    """The document in `data`; `name` is only used in messages and to notice a wrong ending."""
    data = unzipped(data, name)
    if not data.strip():
        raise DocumentRefused("document_empty", f"{name} is empty.")
    warned = _misnamed(data, name)
    if docx.is_locked(data):
        raise DocumentRefused(
            "document_encrypted", f"{name} is protected by a password; save it without one."
        )
    if b"%PDF-" in data[:1024] or data[:1024].lstrip().startswith(b"%PDF") or docx.is_docx(data):
        found = apart.read(data, name)
    else:
        found = _textual(data, name)
    if len(found.text) > MAX_TEXT:
        raise DocumentRefused(
            "document_too_long", f"{name} has more than {MAX_TEXT:,} characters; cut it into parts."
        )
    if not found.text.strip():
        raise DocumentRefused("document_empty", f"{name} holds no text that a reader would see.")
    return Document(found.text, found.format, found.headings, (*warned, *found.warnings), found.pages)


def unzipped(data: bytes, name: str) -> bytes:
    """`data` as it was before gzip, or as it is. Raises DocumentRefused for a damaged file or a bomb."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    limit = min(MAX_BYTES, max(64 << 20, MAX_RATIO * len(data)))
    try:
        with gzip.open(io.BytesIO(data)) as file:
            whole = file.read(limit + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DocumentRefused(
            "document_truncated", f"{name} is a damaged gzip file: fetch it again."
        ) from error
    if len(whole) > limit:
        raise DocumentRefused(
            "document_bomb", f"{name} unpacks to more than {limit >> 20} MB and is not read."
        )
    return whole


def _misnamed(data: bytes, name: str) -> list[Warned]:
    ending = name.lower().removesuffix(".gz").rpartition(".")[2]
    real = (
        "pdf"
        if data[:1024].lstrip().startswith(b"%PDF")
        else "docx"
        if docx.is_docx(data)
        else "html"
        if _PAGE.search(data[:4096].decode("latin-1"))
        else "txt"
    )
    wrong = (ending in ("txt", "md", "htm", "html", "xml") and real in ("pdf", "docx")) or (
        ending in ("pdf", "docx") and real != ending
    )
    return (
        [
            Warned(
                "mislabelled",
                f"{name} is named .{ending} and is {real.upper()}; it was read as {real.upper()}.",
            )
        ]
        if wrong
        else []
    )


def _textual(data: bytes, name: str) -> Document:
    if (
        data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff\xe0")
        or data[:8192].count(0) > 800
    ):
        raise DocumentRefused(
            "document_unknown", f"{name} is neither text, HTML, PDF nor DOCX; save it as one of these."
        )
    try:
        text = decode(data)
    except FileBroken as error:
        raise DocumentRefused("document_unknown", f"{name} {error.reason}.") from error
    if reason := _no_text(text):
        raise DocumentRefused("document_unknown", f"{name} {reason}.")
    parts = submissions.documents(text)
    if parts:
        text = parts[0].body
    if _PAGE.search(text[:20_000]) or len(_TAG.findall(text[:100_000])) * 400 > min(len(text), 100_000):
        from remit.knowledge.documents import html

        return html.read(text) if len(text) <= LONG_PAGE else apart.read_page(text, name)
    seen, warned = visible(text)
    return Document(seen, "text", warnings=tuple(warned))


def _no_text(text: str) -> str:
    """Why decoded bytes are no text, as `remit scan` says it; '' when they may be. Bytes of a picture decode to letters too."""
    if "\x00" in text:
        return "holds NUL bytes: it is no text, or UTF-16 without its mark"
    controls = sum(map(text.count, _CONTROLS))
    if controls > max(1, len(text) // 100):
        return "holds more control characters than text does: it is no text"
    return ""


def visible(text: str) -> tuple[str, list[Warned]]:
    """`text` without characters that nobody sees, and a warning when there were any."""
    kept = text.translate(_UNSEEN).translate(_BLANKS)
    hidden = len(text) - len(kept)
    warned = []
    if hidden:
        warned.append(
            Warned("invisible_characters", f"{hidden} invisible characters were taken out.", hidden)
        )
        covered = "".join(
            chr(ord(mark) - 0xE0000) for mark in text if ord(mark) in _TAGS and ord(mark) > 0xE001
        )
        if covered and looks_like_instruction(covered):
            warned.append(
                Warned(
                    "hidden_instruction",
                    "Text written in invisible characters reads like an order to software; it was taken out.",
                )
            )
    return kept, warned
