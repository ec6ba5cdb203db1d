"""What a questionnaire's file holds: grids of cells and lines, the questions found there, and where each answer goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Form = Literal["xlsx", "xlsm", "docx", "csv"]
Kind = Literal["yes_no", "choice", "text"]
FORMS: Final[tuple[Form, ...]] = ("xlsx", "xlsm", "docx", "csv")
MAX_QUESTIONS: Final = 3_000
MAX_WORDS: Final = 4_000
"""Characters of one question, and of one answer: longer cells hold terms and instructions, not questions."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not blank. `computed`: it holds a formula, and `text` is what it last came to."""

    text: str
    computed: bool = False


BLANK: Final = Cell("")


@dataclass(frozen=True, slots=True)
class Grid:
    """A visible sheet or one table of a document. Rows and columns count from 1.

    `options`: what a cell's drop-down list offers. `home`: cells inside a merged range, by the range's first cell.
    `hidden`: rows that nobody sees. `width`: columns that exist where more cannot be added (a table of a document), else 0.
    """

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    options: Mapping[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)
    home: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    width: int = 0

    def cell(self, row: int, column: int) -> Cell:
        """What a cell shows; a blank one where there is none."""
        return self.rows.get(row, {}).get(column, BLANK)


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a document outside of its tables: its place among all paragraphs, counted from 1."""

    place: int
    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it stands in the file. `sheet`, `answer_at` and `comment_at` say where its answer goes ("" = no such place).

    `answer_at`: D17 (sheet), 17:4 (CSV: row, column), t2r3c1 (table), p17 (after a paragraph). `given`: what stands there already.
    """

    number: str
    section: str
    text: str
    kind: Kind
    sheet: str
    answer_at: str
    comment_at: str = ""
    options: tuple[str, ...] = ()
    given: str = ""
    given_comment: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes into one place of the file. Plain words: never a formula, whatever they begin with."""

    sheet: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read: its form, its questions in order, and what was passed over, in words."""

    form: Form
    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()


class QuestionnaireRefused(Exception):
    """The file cannot be taken; says what is wrong and how to mend it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
