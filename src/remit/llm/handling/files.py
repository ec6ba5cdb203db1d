"""Text out of a file that somebody wants checked: plain text, CSV, Markdown, e-mail. Everything else is refused with its reason."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 10 << 20
SUFFIXES: Final = (
    ".txt",
    ".text",
    ".csv",
    ".tsv",
    ".md",
    ".markdown",
    ".eml",
    ".log",
    ".json",
    ".html",
    ".htm",
    ".xml",
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".vtt",
    ".srt",
)
_KNOWN: Final = (
    (b"%PDF", "is a PDF: name it as a file, or paste its text"),
    (b"PK\x03\x04", "is a zipped document (Word, Excel or an archive): save it as text or CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old Office document: save it as text or CSV"),
    (b"\x89PNG", "is a picture: there is no text in it to read"),
    (b"\xff\xd8\xff", "is a picture: there is no text in it to read"),
    (b"GIF8", "is a picture: there is no text in it to read"),
    (b"\x1f\x8b", "is compressed: unpack it first"),
)
_TAG: Final = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|<[^>]{1,2000}>", re.S | re.I)


class FileNotScanned(Exception):
    """A file that cannot be read as text. The message says which and why."""

    code = "file_not_scanned"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}.")
        self.details = {"file": name, "reason": reason}


def text_of(path: Path) -> str:
    """The text of a file. Raises FileNotScanned."""
    try:
        if not path.is_file():
            raise FileNotScanned(path.name, "is no ordinary file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileNotScanned(path.name, f"has {size:,} bytes; the most is {MAX_BYTES:,}")
        data = path.read_bytes()
    except OSError as error:
        raise FileNotScanned(path.name, f"cannot be opened: {error.strerror}") from error
    return decode(data, path.name)


def decode(data: bytes, name: str) -> str:
    """The text of a file's bytes. An e-mail gives its headers and readable parts. Raises FileNotScanned."""
    if len(data) > MAX_BYTES:
        raise FileNotScanned(name, f"has {len(data):,} bytes; the most is {MAX_BYTES:,}")
    for start, reason in _KNOWN:
        if data.startswith(start):
            raise FileNotScanned(name, reason)
    if name.lower().endswith(".eml"):
        return _mail(data, name)
    return _plain(data, name)


def _plain(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\x00" in data:
        raise FileNotScanned(name, "holds NUL bytes: it is no text, or UTF-16 without its mark")
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-16":
            return _single_byte(data, name)
        raise FileNotScanned(name, f"says it is UTF-16 and is not: {error.reason}") from error


def _single_byte(data: bytes, name: str) -> str:
    """Old Western text. Bytes that no text has in number mean that this is none."""
    controls = sum(byte < 9 or 13 < byte < 32 for byte in data)
    if controls > len(data) // 100:
        raise FileNotScanned(name, "is neither UTF-8 nor Western text: save it as UTF-8")
    return data.decode("cp1252", "replace")


def _mail(data: bytes, name: str) -> str:
    message = email.message_from_bytes(data, policy=email.policy.default)
    heads = [f"{key}: {message[key]}" for key in ("From", "To", "Cc", "Date", "Subject") if message[key]]
    bodies: list[str] = []
    for part in message.walk():
        if part.get_content_maintype() != "text":
            continue
        try:
            body = part.get_content()
        except (LookupError, UnicodeError, KeyError) as error:
            raise FileNotScanned(name, f"has a part that cannot be decoded: {error}") from error
        bodies.append(_TAG.sub(" ", body) if part.get_content_subtype() == "html" else body)
    if not heads and not bodies:
        raise FileNotScanned(name, "is no e-mail: it has no headers and no text")
    return "\n".join([*heads, "", *bodies])
