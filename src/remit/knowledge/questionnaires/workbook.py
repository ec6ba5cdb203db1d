"""Workbooks (XLSX, XLSM): the grids of their visible sheets, and answers put into their cells.

Cells are changed in the sheet's own XML: styles, formulas, conditional formats, drop-down lists, pictures and macros stay as they
are. An answer is always a text (`inlineStr`), so what begins with "=" is never computed.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from lxml import etree

from remit.kit.text import safe_cell
from remit.knowledge.questionnaires.model import Answered, Cell, Grid, QuestionnaireRefused
from remit.knowledge.questionnaires.ooxml import RELATION, SHEET, SPACE, Package

BOOK: Final = "xl/workbook.xml"
STYLES: Final = "xl/styles.xml"
MAX_CELLS: Final = 400_000
MAX_SPREAD: Final = 20_000
"""Cells of one drop-down list or merged range that are looked at one by one."""
_REF: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_AHEAD: Final = ("calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
                 "fileRecoveryPr", "webPublishObjects", "extLst")  # fmt: skip
_X14: Final = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_XM: Final = "{http://schemas.microsoft.com/office/excel/2006/main}"


def is_workbook(names: Sequence[str]) -> bool:
    """Whether the parts of a package are those of a workbook."""
    return BOOK in names


def grids(pack: Package) -> tuple[list[Grid], list[str]]:
    """The visible sheets, and the names of those that are hidden. Raises QuestionnaireRefused."""
    texts = _shared(pack)
    found, hidden, left = [], [], MAX_CELLS
    trees: dict[str, Any] = {}
    for name, part, seen in _sheets(pack):
        if not seen:
            hidden.append(name)
            continue
        trees[name] = pack.part(part)
    for name, tree in trees.items():
        grid = _grid(name, tree, texts, pack)
        left -= sum(map(len, grid.rows.values()))
        if left < 0:
            raise QuestionnaireRefused(
                "questionnaire_too_large",
                f"{pack.name} has more than {MAX_CELLS:,} filled cells; cut it into parts.",
            )
        found.append(grid)
    return found, hidden


def fill(pack: Package, answers: Iterable[Answered]) -> tuple[bytes, list[str]]:
    """The workbook with the answers in, and the places that could not be filled because they hold a formula by now."""
    by_sheet: dict[str, list[Answered]] = {}
    for each in answers:
        by_sheet.setdefault(each.sheet, []).append(each)
    parts: dict[str, Any] = {}
    left: list[str] = []
    quoted = _Quoted(pack.part(STYLES) if STYLES in pack.names else None)
    for name, part, _ in _sheets(pack):
        if name in by_sheet:
            parts[part] = tree = pack.part(part)
            left += [f"{name}!{each.at}" for each in by_sheet[name] if not _put(tree, each, quoted)]
    if quoted.changed:
        parts[STYLES] = quoted.styles
    book = pack.part(BOOK)
    _compute_anew(book)
    return pack.changed({**parts, BOOK: book}), left


def name_of(column: int) -> str:
    """The letters of a column: 4 is D."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _at(reference: str) -> tuple[int, int]:
    found = _REF.match(reference)
    if not found:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _sheets(pack: Package) -> list[tuple[str, str, bool]]:
    """Name, part and whether it is seen, of every sheet with cells."""
    related = pack.related(BOOK)
    found = []
    for sheet in pack.part(BOOK).iter(f"{SHEET}sheet"):
        part = related.get(str(sheet.get(f"{RELATION}id")), "")
        if part in pack.names and "worksheets/" in part:
            found.append((str(sheet.get("name")), part, sheet.get("state", "visible") == "visible"))
    return found


def _shared(pack: Package) -> list[str]:
    part = "xl/sharedStrings.xml"
    if part not in pack.names:
        return []
    return [_words(each) for each in pack.part(part).iterfind(f"{SHEET}si")]


def _words(item: Any) -> str:
    """The text of a string item; phonetic hints are not part of it."""
    hints = {id(text) for hint in item.iter(f"{SHEET}rPh") for text in hint.iter(f"{SHEET}t")}
    return "".join(text.text or "" for text in item.iter(f"{SHEET}t") if id(text) not in hints)


def _grid(name: str, tree: Any, texts: Sequence[str], pack: Package) -> Grid:
    rows: dict[int, dict[int, Cell]] = {}
    hidden = set()
    row_at = 0
    for row in tree.iter(f"{SHEET}row"):
        row_at = int(row.get("r") or row_at + 1)
        if row.get("hidden") in ("1", "true"):
            hidden.add(row_at)
        column = 0
        for cell in row.iterfind(f"{SHEET}c"):
            column = _at(cell.get("r") or "")[1] or column + 1
            shown = _shown(cell, texts)
            if shown.text.strip() or shown.computed:
                rows.setdefault(row_at, {})[column] = shown
    return Grid(name, rows, _options(tree, pack), _homes(tree), frozenset(hidden))


def _shown(cell: Any, texts: Sequence[str]) -> Cell:
    kind, value = cell.get("t", "n"), cell.findtext(f"{SHEET}v") or ""
    computed = cell.find(f"{SHEET}f") is not None
    if kind == "inlineStr":
        inline = cell.find(f"{SHEET}is")
        return Cell("" if inline is None else _words(inline), computed)
    if kind == "s":
        return Cell(texts[int(value)] if value.isdigit() and int(value) < len(texts) else "", computed)
    if kind == "b":
        return Cell("true" if value == "1" else "false", computed)
    return Cell("" if kind == "e" else value, computed)


def _spread(ranges: str) -> Iterable[tuple[int, int]]:
    """The cells of a list of ranges, as far as they are looked at."""
    count = 0
    for each in ranges.split():
        first, _, last = each.partition(":")
        (top, left), (bottom, right) = _at(first), _at(last or first)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                count += 1
                if count > MAX_SPREAD:
                    return
                yield row, column


def _homes(tree: Any) -> dict[tuple[int, int], tuple[int, int]]:
    found = {}
    for each in tree.iter(f"{SHEET}mergeCell"):
        home = _at(str(each.get("ref")))
        for at in _spread(str(each.get("ref"))):
            found[at] = home
    return found


def _options(tree: Any, pack: Package) -> dict[tuple[int, int], tuple[str, ...]]:
    """What drop-down lists offer: lists written out, and lists of cells on any sheet."""
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    for each in tree.iter(f"{SHEET}dataValidation", f"{_X14}dataValidation"):
        if each.get("type") != "list":
            continue
        formula = each.findtext(f"{SHEET}formula1") or each.findtext(f"{_X14}formula1/{_XM}f") or ""
        where = each.get("sqref") or each.findtext(f"{_XM}sqref") or ""
        offered = _offered(formula, tree, pack)
        for at in _spread(where) if offered else ():
            found[at] = offered
    return found


def _offered(formula: str, tree: Any, pack: Package) -> tuple[str, ...]:
    if formula.startswith('"'):
        return tuple(each.strip() for each in formula.strip('"').split(",") if each.strip())
    sheet, mark, cells = formula.rpartition("!")
    if not _REF.search(cells):
        return ()
    part = next((part for name, part, _ in _sheets(pack) if name == sheet.strip("'").replace("''", "'")), "")
    if mark and not part:
        return ()
    source, texts = pack.part(part) if part else tree, _shared(pack)
    wanted = set(_spread(cells))
    shown = [
        _shown(cell, texts).text.strip()
        for cell in source.iter(f"{SHEET}c")
        if _at(cell.get("r") or "") in wanted
    ]
    return tuple(text for text in shown if text)


class _Quoted:
    """Styles of a book, and for those asked for a twin with Excel's mark for “this is text”: it stays text when its cell is edited."""

    def __init__(self, styles: Any) -> None:
        self.styles = styles
        self.changed = False
        self._twins: dict[int, str] = {}

    def twin(self, style: str | None) -> str | None:
        """The number of the twin of a style; the style itself where the book has none."""
        formats = None if self.styles is None else self.styles.find(f"{SHEET}cellXfs")
        number = int(style or 0)
        if formats is None or number >= len(formats):
            return style
        if number not in self._twins:
            made = copy.deepcopy(formats[number])
            made.set("quotePrefix", "1")
            formats.append(made)
            formats.set("count", str(len(formats)))
            self._twins[number] = str(len(formats) - 1)
            self.changed = True
        return self._twins[number]


def _put(tree: Any, answer: Answered, quoted: _Quoted) -> bool:
    """Write one text; False where the cell holds a formula."""
    row_at, column = (int(each) for each in answer.at.split(":"))
    cell = _cell(tree, row_at, column)
    if cell.find(f"{SHEET}f") is not None:
        return False
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    if safe_cell(answer.text) != answer.text and (style := quoted.twin(cell.get("s"))):
        cell.set("s", style)
    text = etree.SubElement(etree.SubElement(cell, f"{SHEET}is"), f"{SHEET}t")
    text.text = answer.text
    text.set(SPACE, "preserve")
    return True


def _cell(tree: Any, row_at: int, column: int) -> Any:
    """The element of a cell, made in its place where there is none, in the style of its row or column."""
    data = tree.find(f"{SHEET}sheetData")
    row, before = None, 0
    for place, each in enumerate(data):
        at = int(each.get("r") or 0)
        if at == row_at:
            row = each
        if at < row_at:
            before = place + 1
    if row is None:
        row = etree.Element(f"{SHEET}row", r=str(row_at))
        data.insert(before, row)
    before = 0
    for place, each in enumerate(row):
        at = _at(each.get("r") or "")[1]
        if at == column:
            return each
        if at < column:
            before = place + 1
    made = etree.Element(f"{SHEET}c", r=f"{name_of(column)}{row_at}")
    style = row.get("s") if row.get("customFormat") in ("1", "true") else _column_style(tree, column)
    if style:
        made.set("s", style)
    row.insert(before, made)
    return made


def _column_style(tree: Any, column: int) -> str | None:
    for each in tree.iter(f"{SHEET}col"):
        if int(each.get("min", "0")) <= column <= int(each.get("max", "0")):
            return each.get("style")  # type: ignore[no-any-return]
    return None


def _compute_anew(book: Any) -> None:
    """Have whoever opens the file compute its formulas anew: scores rest on the answers."""
    calc = book.find(f"{SHEET}calcPr")
    if calc is None:
        ahead = {f"{SHEET}{name}" for name in _AHEAD}
        place = next((at for at, each in enumerate(book) if each.tag in ahead), len(book))
        calc = etree.Element(f"{SHEET}calcPr")
        book.insert(place, calc)
    calc.set("fullCalcOnLoad", "1")
