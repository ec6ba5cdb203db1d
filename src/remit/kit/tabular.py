"""CSV, TSV and spreadsheets as streams of text cells: encoding and dialect found, hostile files refused.

`open_tables(path)` gives one `Table` per CSV file or sheet; `Table.rows()` may be called again and never holds
more than one batch of a CSV in memory. A row is its 1-based number as a spreadsheet shows it, and its cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from remit.kit import encodings, sheets
from remit.kit.encodings import FileBroken

MAX_CELL: Final = 1 << 20  # characters; a longer one is nearly always an unclosed quote
MAX_COLUMNS: Final = 2_000
TEXT_SUFFIXES: Final = (".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz", ".tab.gz", ".txt.gz")
_SAMPLE: Final = 256 << 10

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """One CSV file or one sheet. `encoding` and `delimiter` are None for a sheet; `sheet` is None for a CSV."""

    path: Path
    sha256: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    @property
    def name(self) -> str:
        """How reports call it: the file name, with the sheet when it is one of a workbook."""
        return f"{self.path.name}#{self.sheet}" if self.sheet else self.path.name

    def rows(self, broken: list[FileBroken] | None = None) -> Iterator[Row]:
        """Every row that is not blank, first row first (the header, where there is one).

        Raises FileBroken where the file stops being a table; with a list `broken` given, notes it there and
        goes on with the next line.
        """
        if self.sheet is not None:
            yield from sheets.rows(self.path, self.sheet)
        else:
            yield from _csv_rows(self, broken)


def is_table(path: Path) -> bool:
    """Whether the file's name says that it is a table we read."""
    name = path.name.lower()
    return name.endswith(TEXT_SUFFIXES) or path.suffix.lower() in sheets.SUFFIXES


def open_tables(path: Path, encoding: str | None = None) -> list[Table]:
    """The tables in a file, by its name and first bytes. Raises FileBroken."""
    try:
        if path.suffix.lower() in sheets.SUFFIXES:
            return [Table(path, encodings.digest(path), sheet=name) for name in sheets.names(path)]
        found = encodings.survey(path)
    except OSError as error:
        raise FileBroken(f"cannot be read: {error.strerror or error}") from error
    if found.byte_count == 0:
        raise FileBroken("is empty")
    chosen = encoding or found.encoding
    return [Table(path, found.sha256, chosen, delimiter_of(_start(path, chosen)))]


def _start(path: Path, encoding: str) -> str:
    with encodings.open_bytes(path) as file:
        data = file.read(_SAMPLE)
    try:
        return data.decode(encoding, errors="replace")
    except LookupError as error:
        raise FileBroken(f"names an encoding that does not exist: {encoding}") from error


def delimiter_of(sample: str) -> str:
    """The delimiter under which the first lines have the same number of cells, and most of them."""
    bare = re.sub(r'"(?:[^"]|"")*"', '""', sample)
    lines = [line for line in bare.splitlines()[:200] if line.strip()]
    lines = lines[: max(1, len(lines) - 1)] if len(bare) >= _SAMPLE else lines
    best, best_score = ",", 0.0
    for mark in (",", ";", "\t", "|"):
        counts = Counter(line.count(mark) for line in lines)
        if not counts:
            continue
        count, frequency = max(counts.items(), key=lambda item: (item[0] > 0, item[1], item[0]))
        score = count and frequency / len(lines) * (1 + min(count, 50) / 100)
        if score > best_score:
            best, best_score = mark, score
    return best


def _lines(table: Table) -> Iterator[str]:
    assert table.encoding is not None
    with (
        encodings.open_bytes(table.path) as raw,
        io.TextIOWrapper(raw, encoding=table.encoding, errors="surrogateescape", newline="") as text,
    ):
        yield from text  # no line is too long to hold: the survey of the bytes refuses such a file


def _csv_rows(table: Table, broken: list[FileBroken] | None) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    number = 0
    lines = _lines(table)
    try:
        reader = _reader(lines, table)
        while True:
            try:
                for cells in reader:
                    number += 1
                    if len(cells) > 1 or (cells and cells[0].strip()):
                        if len(cells) > MAX_COLUMNS:
                            raise FileBroken(
                                f"has {len(cells):,} cells; at most {MAX_COLUMNS:,} are read", number
                            )
                        yield number, cells
                return
            except csv.Error as error:
                number += 1
                fault = FileBroken(_explain(str(error)), number)
                if broken is None:
                    raise fault from error
                broken.append(fault)
                reader = _reader(lines, table)
    except (UnicodeError, EOFError, OSError) as error:
        raise FileBroken(f"stops being readable: {error}", number + 1) from error
    finally:
        lines.close()  # type: ignore[attr-defined]


def _reader(lines: Iterator[str], table: Table) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=table.delimiter or ",", strict=True)


def _explain(error: str) -> str:
    if "field limit" in error:
        return f"a cell has more than {MAX_CELL:,} characters (is a quotation mark left open?)"
    if "unexpected end" in error:
        return "the file ends inside a quoted cell"
    if "expected after" in error:
        return "text follows a closing quotation mark"
    return f"the line is no CSV: {error}"


def looks_headerless(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is data: in some column it has the shape that all following cells have, and no words fit.

    Shapes that count: number, date, e-mail address, UUID or hash. A header of words never has them.
    """
    if not others or not first:
        return False
    hits = misses = 0
    for column, cell in enumerate(first):
        shapes = {shape(row[column]) for row in others if column < len(row) and row[column].strip()}
        if len(shapes) == 1 and (common := shapes.pop()) is not None:
            if shape(cell) == common:
                hits += 1
            elif cell.strip():
                misses += 1
    return hits > 0 and hits >= misses


_SHAPES: Final = (
    ("uuid", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)),
    ("number", re.compile(r"[-+(]?[$€£]?\d[\d.,]*%?\)?")),
    ("date", re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?")),
    ("hash", re.compile(r"(?=.*\d)[0-9a-f]{16,64}", re.IGNORECASE)),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")),
)


def shape(cell: str) -> str | None:
    """uuid, number, date, hash or email; None for other text."""
    cell = cell.strip()
    return next((name for name, pattern in _SHAPES if pattern.fullmatch(cell)), None)
