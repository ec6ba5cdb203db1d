"""Office files of buyers, read and filled in a process of their own (`remit.knowledge.apart`)."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from remit.knowledge.apart import What
from remit.knowledge.questionnaires import find, letter, workbook
from remit.knowledge.questionnaires.model import Answered, QuestionnaireRefused
from remit.knowledge.questionnaires.ooxml import Package


def answer(what: What, data: Any, name: str) -> tuple[str, Any]:
    """What the process of its own says of a questionnaire: its questions, or the file with our answers in it."""
    try:
        if what == "filled":
            content, answers = data
            return "read", _fill(content, name, [Answered(*each) for each in answers])
        return "read", _read(data, name)
    except QuestionnaireRefused as refused:
        return "refused", (refused.code, refused.message)


def _read(data: bytes, name: str) -> tuple[Any, Any]:
    pack = Package(data, name)
    notes = []
    if letter.is_letter(pack.names):
        found = letter.questions(pack)
    else:
        grids, hidden = workbook.grids(pack)
        found = [question for grid in grids for question in find.questions(grid)]
        if hidden:
            notes.append(f"Hidden sheets were left as they are: {', '.join(hidden)[:200]}.")
    return [list(map(_plain, astuple(each))) for each in found], notes


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _fill(data: bytes, name: str, answers: list[Answered]) -> tuple[Any, Any]:
    pack = Package(data, name)
    return letter.fill(pack, answers) if letter.is_letter(pack.names) else workbook.fill(pack, answers)
