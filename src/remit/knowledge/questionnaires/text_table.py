"""Questionnaires as CSV: rows that change are written anew, all others keep their bytes; no cell becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from remit.kit import encodings, tabular
from remit.kit.encodings import FileBroken
from remit.kit.text import safe_cell
from remit.knowledge.questionnaires.model import Answered, Cell, Grid, QuestionnaireRefused

NAME: Final = ""


def grid(data: bytes, name: str) -> Grid:
    """The table of a CSV file. Raises QuestionnaireRefused."""
    rows = {
        number: {column: Cell(text) for column, text in enumerate(cells, 1) if text.strip()}
        for number, (cells, _) in enumerate(_rows(data, name), 1)
    }
    return Grid(NAME, rows)


def fill(data: bytes, name: str, answers: Iterable[Answered]) -> bytes:
    """The file with the answers in. Encoding, mark, delimiter and line ends stay."""
    text, encoding = _text(data, name)
    delimiter = tabular.delimiter_of(text[: 256 << 10])
    put: dict[int, dict[int, str]] = {}
    for each in answers:
        row, column = (int(part) for part in each.at.split(":"))
        put.setdefault(row, {})[column] = safe_cell(each.text)
    made = []
    for number, (cells, raw) in enumerate(_rows(data, name), 1):
        made.append(_written(cells, raw, put[number], delimiter) if number in put else raw)
    return "".join(made).encode(encoding, "surrogateescape")


def _written(cells: list[str], raw: str, put: dict[int, str], delimiter: str) -> str:
    end = raw[len(raw.rstrip("\r\n")) :]
    filled = cells + [""] * (max(put) - len(cells))
    for column, text in put.items():
        filled[column - 1] = text
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(filled)
    return line.getvalue() + (end or "")


def _text(data: bytes, name: str) -> tuple[str, str]:
    marked = (
        "utf-8-sig"
        if data[:3] == b"\xef\xbb\xbf"
        else "utf-16"
        if data[:2] in (b"\xff\xfe", b"\xfe\xff")
        else "utf-8"
    )
    with suppress(UnicodeDecodeError):
        return data.decode(marked), marked
    try:
        text = encodings.decode(data)
    except FileBroken as error:
        raise QuestionnaireRefused(
            "questionnaire_unreadable", f"{name} {error.reason}. Save it as UTF-8."
        ) from error
    for encoding in ("cp1252", "latin-1"):
        if text.encode(encoding, "replace") == data:
            return text, encoding
    raise QuestionnaireRefused(
        "questionnaire_unreadable", f"{name} is in an encoding that we cannot write back. Save it as UTF-8."
    )


def _rows(data: bytes, name: str) -> list[tuple[list[str], str]]:
    """Cells of each record with its own characters."""
    text, _ = _text(data, name)
    csv.field_size_limit(tabular.MAX_CELL)
    lines = io.StringIO(text, newline="").readlines()
    taken: list[tuple[list[str], str]] = []
    reader = csv.reader(iter(lines), delimiter=tabular.delimiter_of(text[: 256 << 10]), strict=True)
    before = 0
    try:
        for cells in reader:
            taken.append((cells, "".join(lines[before : reader.line_num])))
            before = reader.line_num
    except csv.Error as error:
        raise QuestionnaireRefused(
            "questionnaire_unreadable",
            f"{name}, line {reader.line_num}: {error}. Open it in a spreadsheet and save it as CSV anew.",
        ) from error
    return taken
