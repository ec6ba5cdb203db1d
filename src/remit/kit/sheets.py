"""Spreadsheet files (XLSX, XLSM, XLSB, XLS, ODS): checked for bombs before the parser sees them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from remit.kit.encodings import FileBroken

SUFFIXES: Final = (".xlsx", ".xlsm", ".xlsb", ".ods", ".xls")
MAX_UNPACKED: Final = 400 << 20
MAX_PART_RATIO: Final = 200
MAX_PARTS: Final = 5_000
MAX_LEGACY: Final = 200 << 20
_CHUNK: Final = 1 << 20


def names(path: Path) -> list[str]:
    """Names of the sheets that have cells. Raises FileBroken."""
    check(path)
    book = _open(path)
    try:
        return [name for name in book.sheet_names if book.get_sheet_by_name(name).total_height > 0]
    except Exception as error:
        raise FileBroken(f"is no spreadsheet that we can read: {error}") from error
    finally:
        book.close()


def rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of one sheet that are not blank, with their number in the spreadsheet. Raises FileBroken."""
    check(path)
    book = _open(path)
    try:
        page = book.get_sheet_by_name(sheet)
        for number, cells in enumerate(page.iter_rows(), 1):
            texts = [as_text(cell) for cell in cells]
            if any(texts):
                yield number, texts
    except FileBroken:
        raise
    except Exception as error:
        raise FileBroken(f"is no spreadsheet that we can read: {error}") from error
    finally:
        book.close()


def as_text(cell: Any) -> str:
    """A cell as CSV would have it: ISO dates, numbers without `.0`, true and false."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def check(path: Path) -> None:
    """Unpack every part without keeping it, and refuse a file that grows beyond what a workbook can be."""
    with path.open("rb") as start:
        zipped = start.read(4) == b"PK\x03\x04"
    if not zipped:
        if path.suffix.lower() != ".xls":
            raise FileBroken("is not the spreadsheet that its name says")
        if path.stat().st_size > MAX_LEGACY:
            raise FileBroken(
                f"is larger than {MAX_LEGACY >> 20} MB; save it as CSV, which is read as a stream"
            )
        return
    try:
        with zipfile.ZipFile(path) as pack:
            _check_parts(pack)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileBroken(f"is damaged: {error}") from error


def _check_parts(pack: zipfile.ZipFile) -> None:
    parts = pack.infolist()
    if len(parts) > MAX_PARTS:
        raise FileBroken(f"has {len(parts):,} parts: this is no workbook")
    total = 0
    for part in parts:
        seen = 0
        with pack.open(part) as data:
            # the sizes that the file declares may lie: count what comes out
            while chunk := data.read(_CHUNK):
                seen += len(chunk)
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise FileBroken(
                        f"unpacks to more than {MAX_UNPACKED >> 20} MB; save it as CSV, which is read as a stream"
                    )
                if seen > (20 << 20) and seen > MAX_PART_RATIO * max(1, part.compress_size):
                    raise FileBroken(
                        f"part {part.filename!r} unpacks {MAX_PART_RATIO} times and more: this is no workbook"
                    )


def _open(path: Path) -> Any:
    from python_calamine import CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path))
    except Exception as error:
        raise FileBroken(f"is no spreadsheet that we can read: {error}") from error
