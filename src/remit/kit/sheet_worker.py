"""`python -m remit.kit.sheet_worker FILE [SHEET]`: reads a workbook in a process of its own, with little memory.

A workbook of a thousand bytes can name a cell a million rows away; the parser would take all memory for the rectangle in
between, or end the process that called it. Here it only ends this one. On stdout: marshalled messages, see `sheets._asked`.
"""

from __future__ import annotations

import itertools
import marshal
import resource
import sys
from collections.abc import Iterator
from typing import Any, Final

from remit.kit import sheets

MAX_MEMORY: Final = (
    3 << 30
)  # bytes of address space; workbooks of 400 MB unpacked were seen to need half of it
BATCH: Final = 1_000


def main(path: str, sheet: str | None) -> None:
    """Write what was asked for: the names of sheets with cells, or the rows of one sheet that are not blank."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MAX_MEMORY if hard == resource.RLIM_INFINITY else min(hard, MAX_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        for message in _messages(path, sheet):
            marshal.dump(message, sys.stdout.buffer)
    except BaseException as error:  # noqa: BLE001 - also the panics of the parser, which are no Exception: told to the caller
        reason = "" if isinstance(error, MemoryError) else str(error)
        marshal.dump(("broken", reason), sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _messages(path: str, sheet: str | None) -> Iterator[tuple[str, Any]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    if sheet is None:
        filled = [name for name in book.sheet_names if book.get_sheet_by_name(name).total_height > 0]
        yield "names", filled
    else:
        rows = enumerate(book.get_sheet_by_name(sheet).iter_rows(), 1)
        texts = ((number, [sheets.as_text(cell) for cell in cells]) for number, cells in rows)
        filled_rows = (row for row in texts if any(row[1]))
        while batch := list(itertools.islice(filled_rows, BATCH)):
            yield "rows", batch
    yield "end", None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
