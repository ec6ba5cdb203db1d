"""Questionnaires as Word documents: tables and numbered questions in the text; answers put below, in the same style."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml import etree

from remit.knowledge.questionnaires import find
from remit.knowledge.questionnaires.model import Answered, Cell, Grid, Line, Question
from remit.knowledge.questionnaires.ooxml import SPACE, WORD, Package

BODY: Final = "word/document.xml"
LEGIBLE: Final = 12  # half points
_TABLE_AT: Final = re.compile(r"t(\d+)r(\d+)c(\d+)")
_PROMPT: Final = re.compile(
    r"\s*(?:(?:vendor |your )?(?:answer|response|reply)s?\s*:?|_{3,}|\.{5,}|\[.{0,40}\])\s*", re.I
)
_TEXTS: Final = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
_NOT_COPIED: Final = ("numPr", "outlineLvl", "pStyle", "sectPr", "keepNext", "pBdr")


def is_letter(names: Iterable[str]) -> bool:
    """Whether the parts of a package are those of a Word document."""
    return BODY in names


def questions(pack: Package) -> list[Question]:
    """The questions of a document: those of its tables, then those of its text; in the order of the document."""
    tree = pack.part(BODY)
    tables = _tables(tree)
    found: list[tuple[int, Question]] = []
    for number, table in enumerate(tables, 1):
        start = _place(tree, table)
        found += [(start, _in_table(number, each)) for each in find.questions(_grid(table))]
    found += [(_place(tree, paragraph), question) for paragraph, question in _in_text(tree)]
    return [question for _, question in sorted(found, key=lambda each: each[0])]


def fill(pack: Package, answers: Iterable[Answered]) -> tuple[bytes, list[str]]:
    """The document with the answers in, and places that are not there."""
    tree = pack.part(BODY)
    tables, paragraphs, left = _tables(tree), _paragraphs(tree), []
    for each in answers:
        at = _TABLE_AT.fullmatch(each.at)
        if at:
            cell = _table_cell(tables, int(at[1]), int(at[2]), int(at[3]))
            if cell is None:
                left.append(each.at)
                continue
            _put_in_cell(cell, each.text)
        else:
            _put_after(paragraphs[int(each.at[1:]) - 1], each.text)
    return pack.changed({BODY: tree}), left


def _tables(tree: Any) -> list[Any]:
    """Tables in order; those inside of another table are part of it."""
    return [each for each in tree.iter(f"{WORD}tbl") if next(each.iterancestors(f"{WORD}tbl"), None) is None]


def _paragraphs(tree: Any) -> list[Any]:
    return [each for each in tree.iter(f"{WORD}p") if next(each.iterancestors(f"{WORD}tbl"), None) is None]


def _place(tree: Any, node: Any) -> int:
    """How far into the document a node begins, in nodes before it at the level of the body."""
    body = tree.find(f"{WORD}body")
    while node.getparent() is not body and node.getparent() is not None:
        node = node.getparent()
    return int(body.index(node)) if node.getparent() is body else 0


def said(node: Any) -> str:
    """What a paragraph or cell shows: hidden and deleted words left out."""
    shown = []
    for run in node.iter(f"{WORD}r"):
        if next(run.iterancestors(f"{WORD}del"), None) is not None:
            continue
        vanish = run.find(f"{WORD}rPr/{WORD}vanish")
        if vanish is not None and vanish.get(f"{WORD}val") not in ("0", "false"):
            continue
        shown.append(
            "".join(
                _TEXTS.get(part.tag, part.text or "")
                for part in run
                if part.tag == f"{WORD}t" or part.tag in _TEXTS
            )
        )
    return "".join(shown).strip()


def _cells(row: Any) -> Iterator[tuple[int, Any]]:
    """Cells of a row with the column each begins in; merged cells span some."""
    column = 1
    for cell in row.iter(f"{WORD}tc"):
        if next(cell.iterancestors(f"{WORD}tr"), None) is not row:
            continue
        yield column, cell
        span = cell.find(f"{WORD}tcPr/{WORD}gridSpan")
        column += int(span.get(f"{WORD}val")) if span is not None else 1


def _rows_of(table: Any) -> list[Any]:
    return [row for row in table.iter(f"{WORD}tr") if next(row.iterancestors(f"{WORD}tbl"), None) is table]


def _grid(table: Any) -> Grid:
    rows: dict[int, dict[int, Cell]] = {}
    home: dict[tuple[int, int], tuple[int, int]] = {}
    width = 0
    for row_at, row in enumerate(_rows_of(table), 1):
        rows[row_at] = {}
        for column, cell in _cells(row):
            span = cell.find(f"{WORD}tcPr/{WORD}gridSpan")
            end = column + (int(span.get(f"{WORD}val")) if span is not None else 1)
            width = max(width, end - 1)
            home |= {(row_at, at): (row_at, column) for at in range(column, end) if end - column > 1}
            text = "\n".join(filter(None, (said(each) for each in cell.iter(f"{WORD}p"))))
            if text:
                rows[row_at][column] = Cell(text)
    return Grid("", rows, {}, home, frozenset(), width)


def _in_table(number: int, found: Question) -> Question:
    def place(at: str) -> str:
        row, _, column = at.partition(":")
        return f"t{number}r{row}c{column}" if at else ""

    return Question(
        found.number, found.section, found.text, found.kind, "", place(found.answer_at), place(found.comment_at),
        found.options, found.given, found.given_comment,
    )  # fmt: skip


def _table_cell(tables: list[Any], number: int, row: int, column: int) -> Any:
    if not 0 < number <= len(tables):
        return None
    rows = _rows_of(tables[number - 1])
    return (
        next((cell for at, cell in _cells(rows[row - 1]) if at == column), None)
        if 0 < row <= len(rows)
        else None
    )


def _lines(tree: Any) -> list[tuple[Any, Line]]:
    found = []
    for place, paragraph in enumerate(_paragraphs(tree), 1):
        found.append((paragraph, Line(place, said(paragraph), _heading(paragraph))))
    return found


def _in_text(tree: Any) -> Iterator[tuple[Any, Question]]:
    """Questions among the paragraphs: what asks, and stands alone or below a number. What follows until the next is its answer."""
    section = ""
    for paragraph, line in _lines(tree):
        numbered = paragraph.find(f"{WORD}pPr/{WORD}numPr") is not None
        if line.heading and not line.text.endswith("?"):
            section = line.text or section
            continue
        lead = find.LEAD.match(line.text)
        if not (line.text.endswith("?") or ((numbered or lead) and find.asks(line.text))):
            continue
        yield paragraph, Question(
            lead[1] if lead else "", section, find.bare(line.text), find.kind_of(line.text, ()), "", f"p{line.place}",
            given=_given(paragraph),
        )  # fmt: skip


def _given(question: Any) -> str:
    """What stands right below a question, up to the next one, a gap, a heading or a table: it was answered."""
    given: list[str] = []
    after = question.getnext()
    while after is not None and after.tag == f"{WORD}p":
        text = said(after)
        if not text or _heading(after) or find.asks(text) or find.LEAD.match(text):
            break
        if not _PROMPT.fullmatch(text):
            given.append(text)
        after = after.getnext()
    return "\n".join(given)[:4000]


def _heading(paragraph: Any) -> bool:
    style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
    return style is not None and str(style.get(f"{WORD}val", "")).lower().startswith(("heading", "title"))


def _put_in_cell(cell: Any, text: str) -> None:
    """The words into the last paragraph of a cell, in the style that it stands in."""
    paragraphs = cell.findall(f"{WORD}p") or [etree.SubElement(cell, f"{WORD}p")]
    last = paragraphs[-1]
    for run in list(last.iterfind(f"{WORD}r")):
        last.remove(run)
    _say(last, text, last.find(f"{WORD}pPr/{WORD}rPr"))


def _put_after(question: Any, text: str) -> None:
    """The words below a question: where a prompt or an empty line stands, else in a line of its own."""
    after = question.getnext()
    if after is not None and _is_room(after):
        kept = said(after)
        for run in list(after.iterfind(f"{WORD}r")) if not kept.endswith(":") else ():
            after.remove(run)
        _say(after, f" {text}" if kept.endswith(":") else text, after.find(f"{WORD}pPr/{WORD}rPr"))
        return
    made = etree.Element(f"{WORD}p")
    shape = question.find(f"{WORD}pPr")
    if shape is not None:
        shape = copy.deepcopy(shape)
        for name in _NOT_COPIED:
            for each in shape.findall(f"{WORD}{name}"):
                shape.remove(each)
        for each in shape.iterfind(f"{WORD}ind"):
            each.attrib.pop(f"{WORD}hanging", None)
        made.append(shape)
    question.addnext(made)
    _say(made, text, None)


def _is_room(node: Any) -> bool:
    """Whether a node is an empty paragraph or a prompt such as “Answer:”, without a picture or the end of a section in it."""
    if node.tag != f"{WORD}p" or (said(node) and not _PROMPT.fullmatch(said(node))):
        return False
    return node.find(f".//{WORD}drawing") is None and node.find(f"{WORD}pPr/{WORD}sectPr") is None


def _say(paragraph: Any, text: str, style: Any) -> None:
    run = etree.SubElement(paragraph, f"{WORD}r")
    if style is not None:
        made = copy.deepcopy(style)
        made.tag = f"{WORD}rPr"
        for each in [*made.findall(f"{WORD}ins"), *made.findall(f"{WORD}del")]:
            made.remove(each)
        for each in [*made.findall(f"{WORD}sz"), *made.findall(f"{WORD}szCs")]:
            if (
                int(each.get(f"{WORD}val") or 0) < LEGIBLE
            ):  # empty cells are often set in a size that nobody reads
                made.remove(each)
        run.append(made)
    for number, line in enumerate(text.split("\n")):
        if number:
            etree.SubElement(run, f"{WORD}br")
        part = etree.SubElement(run, f"{WORD}t")
        part.text = line
        part.set(SPACE, "preserve")
