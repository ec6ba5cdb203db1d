"""Spreadsheet files (XLSX, XLSM, XLSB, XLS, ODS): checked for bombs before the parser sees them."""

from __future__ import annotations

import marshal
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from remit.kit.encodings import FileBroken
from remit.kit.turns import turn

SUFFIXES: Final = (".xlsx", ".xlsm", ".xlsb", ".ods", ".xls")
MAX_UNPACKED: Final = 400 << 20
MAX_PART_RATIO: Final = 200
MAX_PARTS: Final = 5_000
MAX_LEGACY: Final = 200 << 20
_CHUNK: Final = 1 << 20
_TOO_WIDE: Final = "spans more cells than we can hold (is there one far away from the others?); save it as CSV, which is read as a stream"


def names(path: Path) -> list[str]:
    """Names of the sheets that have cells. Raises FileBroken."""
    check(path)
    return [name for kind, found in _asked(path) if kind == "names" for name in found]


def rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of one sheet that are not blank, with their number in the spreadsheet. Raises FileBroken."""
    check(path)
    for kind, batch in _asked(path, sheet):
        if kind == "rows":
            yield from batch


def _asked(path: Path, *sheet: str) -> Iterator[tuple[str, Any]]:
    """Messages of `sheet_worker`: names or rows, then end. Raises FileBroken when they stop before it; ReadersBusy."""
    command = [sys.executable, "-m", "remit.kit.sheet_worker", str(path), *sheet]
    with (
        turn(),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as worker,
    ):
        assert worker.stdout is not None
        try:
            while True:
                kind, content = marshal.load(worker.stdout)
                if kind == "broken":
                    raise FileBroken(
                        f"is no spreadsheet that we can read: {content}" if content else _TOO_WIDE
                    )
                if kind == "end":
                    return
                yield kind, content
        except EOFError as error:  # the parser found no memory and took its process with it
            raise FileBroken(_TOO_WIDE) from error
        finally:
            worker.kill()  # whoever asked may have read enough


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
