"""Finding the questions of a grid: by its headings where it has some, else by what its cells say. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Final

from remit.knowledge.questionnaires.model import MAX_WORDS, Grid, Kind, Question

_WHO: Final = r"(?:(?:vendor|supplier|provider|solution provider|bidder|respondent|tenderer|manager|firm|company|your|proposed)(?:'s|’s)? )?"
ANSWER: Final = re.compile(
    rf"{_WHO}(?:answers?|responses?|repl(?:y|ies)|yes ?/ ?no.*|y ?/ ?n.*|compliant|complies|compliance|met)\b[^?]{{0,40}}",
    re.I,
)
QUESTION: Final = re.compile(
    r"(?:(?:security|vendor|due diligence|rfp|assessment) )?(?:questions?|requirements?|controls?|query|queries|description|items?|criteria|request|information requested)\b[^?]{0,30}",
    re.I,
)
COMMENT: Final = re.compile(
    rf"{_WHO}(?:additional information|(?:additional )?comments?|explanations?|details?|remarks?|supporting .*|justification|notes?)\b[^?]{{0,40}}",
    re.I,
)
NUMBER: Final = re.compile(
    r"#|(?:no|nr|id|ref|reference|number|s\.? ?no|item|(?:question|control|requirement) (?:id|no|number|ref))\.?(?: #)?",
    re.I,
)
SECTION: Final = re.compile(r"(?:section|category|domain|area|topic|group|function)\b.{0,20}", re.I)
NOT_OURS: Final = re.compile(
    r"analyst|reviewer|internal|assessor|institution|customer use|scor|weight|evaluation|reference sheet|guidance|instruction",
    re.I,
)
THEIRS: Final = re.compile(r"analyst|reviewer|evaluation|scor(?:e|ing)|assessor", re.I)
"""Sheets by these names are the buyer's own work on the answers."""
POLAR: Final = re.compile(
    r"(?:please (?:confirm|state|indicate)(?: (?:that|whether|if))?|(?:if \w[^,?]{0,60}, )?(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|shall|may)\b)",
    re.I,
)
ASKING: Final = re.compile(
    r"(?:please|describe|provide|list|explain|state|confirm|indicate|outline|specify|detail|give|identify|what|which|who|whom|when|where|why|how)\b",
    re.I,
)
LEAD: Final = re.compile(
    r"\s*((?:[A-Z]{1,6}[-. ]?)?\d{1,3}(?:[.-]\d{1,3}){0,4}[.):]?|Q\d{1,4}[.):]?|\(?[a-z]\)|[ivx]{1,4}[.)])\s+",
    re.I,
)
_SECTIONED: Final = re.compile(r"(?:section|part|chapter|appendix)\s+[\w.]+\b", re.I)
_ID: Final = re.compile(r"[A-Z]{1,6}[-. ]?\d{1,3}(?:[.-]\d{1,3}){0,3}|\d{1,3}(?:\.\d{1,3}){1,4}")
MAX_HEAD: Final = 80


@dataclass(frozen=True, slots=True)
class Heads:
    """Which column holds what, by the headings in `row`. 0 = no such column."""

    row: int
    question: int
    answer: int
    comment: int = 0
    number: int = 0
    section: int = 0


def questions(grid: Grid) -> Iterator[Question]:
    """The questions of a grid in order, each with the cell that its answer goes into; computed cells are no place for one."""
    if THEIRS.search(grid.name):
        return
    rows = _rows(grid)
    found = list(_headings(grid, rows))
    for place, heads in enumerate(found):
        until = found[place + 1].row if place + 1 < len(found) else max(rows) + 1
        body = [row for row in rows if heads.row < row < until]
        filled = _with_question(grid, heads, body)
        if filled is not None:
            above = (
                [row for row in rows if row < heads.row and _has_id(grid, filled, row)] if place == 0 else []
            )
            yield from _under(grid, filled, above)
            yield from _under(grid, filled, body)
    if not found and (guessed := _guessed(grid, rows)) is not None:
        yield from _under(grid, guessed, rows)


def _headings(grid: Grid, rows: Sequence[int]) -> Iterator[Heads]:
    """Rows of headings; a later one says more or repeats the first, else it is a line that was answered with such a word."""
    known = ""
    for row in rows:
        heads = _heads(grid, row)
        if heads is None:
            continue
        said = grid.cell(row, heads.answer).text.strip().lower()
        if known in ("", said) or heads.question or heads.number or heads.comment:
            known = said
            yield heads


def kind_of(text: str, options: Sequence[str]) -> Kind:
    """What is asked for: by the list that the cell offers, else by how the question begins."""
    lowered = {each.strip().lower() for each in options}
    if lowered:
        return "yes_no" if {"yes", "no"} <= lowered or {"y", "n"} <= lowered else "choice"
    return "yes_no" if POLAR.match(bare(text)) else "text"


def bare(text: str) -> str:
    """A question without its number."""
    lead = LEAD.match(text)
    return (text[lead.end() :] if lead else text).strip() or text.strip()


def asks(text: str) -> bool:
    """Whether words read like a question: by their sign, or by how they begin."""
    said = bare(text)
    return said.endswith("?") or bool(
        len(said) > 12 and (ASKING.match(said) or ("?" in said and POLAR.match(said)))
    )


def _rows(grid: Grid) -> list[int]:
    return sorted(set(grid.rows) - grid.hidden)


def _heads(grid: Grid, row: int) -> Heads | None:
    """The headings in a row, None when it is no row of headings."""
    cells = {column: cell.text.strip() for column, cell in grid.rows[row].items() if cell.text.strip()}
    short = {
        column: text for column, text in cells.items() if len(text) <= MAX_HEAD and not NOT_OURS.search(text)
    }
    answers = sorted(column for column, text in short.items() if ANSWER.fullmatch(text))
    if not answers or len(cells) < 2 or any(len(text) > 160 or text.endswith("?") for text in cells.values()):
        return None
    question = next((at for at, text in short.items() if QUESTION.fullmatch(text) and at not in answers), 0)
    comments = [
        at for at, text in short.items() if COMMENT.fullmatch(text) and at not in (question, *answers)
    ]
    answer = next((at for at in answers if _POLAR_HEAD.search(short[at])), answers[0])
    rest = [at for at in (*answers, *comments) if at != answer]
    taken = (question, answer, *rest)
    number = next((at for at, text in short.items() if NUMBER.fullmatch(text) and at not in taken), 0)
    section = next(
        (at for at, text in short.items() if SECTION.fullmatch(text) and at not in (*taken, number)), 0
    )
    return Heads(row, question, answer, rest[0] if rest else 0, number, section)


_POLAR_HEAD: Final = re.compile(r"yes|y ?/ ?n|compl|\bmet\b", re.I)


def _has_id(grid: Grid, heads: Heads, row: int) -> bool:
    """Whether a row above all headings is a question all the same: it has a number of the kind that questions have."""
    return bool(heads.number and _ID.fullmatch(grid.cell(row, heads.number).text.strip()))


def _with_question(grid: Grid, heads: Heads, body: Sequence[int]) -> Heads | None:
    """The same with the column of questions found by its texts where no heading names it: the longest left of the answers."""
    if heads.question or not body:
        return heads if body else None
    lengths = {
        column: mean(len(grid.cell(row, column).text) for row in body)
        for column in {at for row in body for at in grid.rows[row]}
        if column not in (heads.answer, heads.comment, heads.number, heads.section) and column < heads.answer
    }
    if not lengths:
        return None
    question = max(lengths, key=lambda column: lengths[column])
    number = heads.number or max((column for column in lengths if column < question), default=0)
    return Heads(heads.row, question, heads.answer, heads.comment, number, heads.section)


def _guessed(grid: Grid, rows: Sequence[int]) -> Heads | None:
    """Without headings: the column whose cells mostly ask, and the first beside it that is mostly empty there."""
    best, most = 0, 0
    for column in {at for row in rows for at in grid.rows[row]}:
        texts = [cell.text for row in rows if (cell := grid.cell(row, column)).text.strip()]
        asking = sum(map(asks, texts))
        if asking > most and asking * 2 >= len(texts):
            best, most = column, asking
    if not best or (most < 2 and not grid.width):
        return None
    asked = [row for row in rows if asks(grid.cell(row, best).text)]
    last = grid.width or max(at for row in rows for at in grid.rows[row]) + 1
    free = [
        column
        for column in range(best + 1, last + 1)
        if sum(not grid.cell(row, column).text.strip() for row in asked) * 2 > len(asked)
        and not any(grid.cell(row, column).computed for row in asked)
    ]
    if not free:
        return None
    number = best - 1 if any(LEAD.match(grid.cell(row, best - 1).text + " ") for row in asked) else 0
    return Heads(0, best, free[0], 0, number, 0)


def _under(grid: Grid, heads: Heads, body: Sequence[int]) -> Iterator[Question]:
    section = _title(grid, heads.row)
    numbered = sum(bool(grid.cell(row, heads.number).text.strip()) for row in body) * 2 > len(body)
    for row in body:
        text = grid.cell(row, heads.question).text.strip()
        at = grid.home.get((row, heads.answer), (row, heads.answer))
        if not text or _is_title(grid, heads, row, text, numbered=numbered):
            section = _section(grid, row, section)
            continue
        given = grid.cell(*at)
        if given.computed or at[0] != row or at[1] == heads.question or len(text) > MAX_WORDS:
            continue
        yield _question(grid, heads, row, at, text, section)


def _question(grid: Grid, heads: Heads, row: int, at: tuple[int, int], text: str, section: str) -> Question:
    lead = LEAD.match(text) if not heads.number else None
    beside = grid.home.get((row, heads.comment), (row, heads.comment)) if heads.comment else None
    if beside and (grid.cell(*beside).computed or beside[0] != row or beside == at):
        beside = None
    options = grid.options.get(at, ())
    return Question(
        number=grid.cell(row, heads.number).text.strip()[:40] if heads.number else lead[1] if lead else "",
        section=(grid.cell(row, heads.section).text.strip() if heads.section else "") or section,
        text=bare(text), kind=kind_of(text, options), sheet=grid.name, answer_at=f"{at[0]}:{at[1]}",
        comment_at=f"{beside[0]}:{beside[1]}" if beside else "", options=options,
        given=grid.cell(*at).text.strip(), given_comment=grid.cell(*beside).text.strip() if beside else "",
    )  # fmt: skip


def _is_title(grid: Grid, heads: Heads, row: int, text: str, *, numbered: bool) -> bool:
    """Whether a row is the title of a section or an instruction and not a question."""
    others = [
        column for column, cell in grid.rows[row].items() if column != heads.question and cell.text.strip()
    ]
    merged = grid.home.get((row, heads.answer)) == grid.home.get((row, heads.question), (row, heads.question))
    if merged or (not others and _SECTIONED.match(text) and not asks(text)):
        return True
    if (row, heads.answer) in grid.options or others:
        return False
    return numbered and bool(heads.number) and not text.endswith("?")


def _title(grid: Grid, row: int) -> str:
    first = next(iter(sorted(grid.rows.get(row, {}).items())), None)
    text = first[1].text.strip() if first else ""
    known = any(head.fullmatch(text) for head in (ANSWER, QUESTION, COMMENT, NUMBER, SECTION))
    return "" if known or len(text) > 160 else text


def _section(grid: Grid, row: int, before: str) -> str:
    filled = [cell.text.strip() for _, cell in sorted(grid.rows[row].items()) if cell.text.strip()]
    return filled[0] if filled and len(filled) <= 2 and len(filled[0]) <= 160 else before
