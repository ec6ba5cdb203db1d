"""Which encoding a text file has, decided from all of its bytes, with its digest and size, in one pass."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

CHUNK: Final = 1 << 20
MAX_BYTES: Final = 20 << 30  # of text after decompression
MAX_LINE: Final = 64 << 20  # bytes without a line end
MAX_RATIO: Final = 400  # real exports compress 3 to 30 times; a bomb a thousand times and more
_RATIO_FROM: Final = 64 << 20
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class FileBroken(Exception):
    """A file cannot be read as a table. `reason` is a sentence; `row` is the 1-based row where it broke, if known."""

    code = "file_broken"

    def __init__(self, reason: str, row: int | None = None) -> None:
        super().__init__(reason if row is None else f"row {row}: {reason}")
        self.reason = reason
        self.row = row


@dataclass(frozen=True)
class TextSurvey:
    """What one pass over the bytes found. `sha256` is of the file as it lies there (compressed if it is)."""

    encoding: str
    sha256: str
    byte_count: int


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, decompressed when it is gzip (by its first bytes, not by its name)."""
    with path.open("rb") as start:
        zipped = start.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(path, "rb")) if zipped else path.open("rb")


def digest(path: Path) -> str:
    """SHA-256 of the file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def survey(path: Path) -> TextSurvey:
    """Read the file once and say how to decode it. Raises FileBroken (no text, a bomb, truncated gzip)."""
    on_disk = max(1, path.stat().st_size)
    decoder = codecs.getincrementaldecoder("utf-8")()
    total, is_utf8, head, odd, line = 0, True, b"", bytearray(), 0
    try:
        with open_bytes(path) as file:
            while chunk := file.read(CHUNK):
                total += len(chunk)
                head = head or chunk
                if total > MAX_BYTES or (total > _RATIO_FROM and total > MAX_RATIO * on_disk):
                    raise FileBroken(
                        f"unpacks to more than {total:,} bytes from {on_disk:,}: this is no export"
                    )
                line = line + len(chunk) if b"\n" not in chunk and b"\r" not in chunk else 0
                if line > MAX_LINE:
                    raise FileBroken(f"has a line of more than {MAX_LINE >> 20} MB: this is no table")
                if is_utf8:
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError:
                        is_utf8 = False
                if not is_utf8 and len(odd) < CHUNK:
                    odd += chunk
        if is_utf8:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                is_utf8, odd = False, bytearray(head)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileBroken(f"is damaged: {error}") from error
    return TextSurvey(_decide(head, is_utf8, bytes(odd)), digest(path), total)


def decode(data: bytes) -> str:
    """Text held in memory, without a byte order mark; what no encoding explains becomes U+FFFD. Raises FileBroken."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(_decide(data[:CHUNK], False, data[:CHUNK]), "replace")


def _decide(head: bytes, is_utf8: bool, odd: bytes) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    sample = head[:4096]
    if sample:
        evens, odds = sample[0::2].count(0), sample[1::2].count(0)
        if odds > len(sample) * 0.2 and evens < len(sample) * 0.02:
            return "utf-16-le"
        if evens > len(sample) * 0.2 and odds < len(sample) * 0.02:
            return "utf-16-be"
        if (
            sample[:4] in (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xd0\xcf\x11\xe0")
            or sample.count(0) > len(sample) * 0.1
        ):
            raise FileBroken("is not a text file")
    return "utf-8" if is_utf8 else _single_byte(odd)


def _single_byte(data: bytes) -> str:
    """Western Windows unless many foreign letters say otherwise."""
    lines = [line for line in data.splitlines() if any(byte > 127 for byte in line)]
    sample = b"\n".join(lines)[:65_536]
    if sum(byte > 127 for byte in sample) >= 40:
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_exclusion=["utf_16", "utf_32", "utf_7"]).best()
        if best is not None and best.encoding not in ("latin_1", "utf_8", "ascii"):
            return str(best.encoding)
    return "cp1252"
