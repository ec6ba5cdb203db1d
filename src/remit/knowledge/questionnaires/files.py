"""A questionnaire's file: read, and given back with its answers. XLSX, XLSM, DOCX in a process of its own, CSV here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any, Final

from remit.knowledge import apart
from remit.knowledge.documents.docx import is_locked
from remit.knowledge.questionnaires import find, text_table
from remit.knowledge.questionnaires.model import (
    MAX_QUESTIONS,
    Answered,
    Form,
    Question,
    QuestionnaireRefused,
    Read,
)

MAX_BYTES: Final = 12 << 20


def read(data: bytes, name: str) -> Read:
    """The questions of a file. Raises QuestionnaireRefused when it is no questionnaire that we can answer."""
    form = form_of(data, name)
    if form == "csv":
        found, notes = list(find.questions(text_table.grid(data, name))), list[str]()
    else:
        rows, notes = _apart("questionnaire", data, name)
        found = [Question(*_question(row)) for row in rows]
    if not found:
        raise QuestionnaireRefused(
            "no_questions",
            f"No question was found in {name}. Head the columns “Question” and “Answer”, and leave the answers empty or typed, not computed.",
        )
    if len(found) > MAX_QUESTIONS:
        raise QuestionnaireRefused(
            "too_many_questions",
            f"{name} holds {len(found):,} questions; {MAX_QUESTIONS:,} is the most. Cut it into parts.",
        )
    return Read(form, tuple(found), tuple(notes))


def fill(data: bytes, name: str, answers: Sequence[Answered]) -> tuple[bytes, tuple[str, ...]]:
    """The same file with `answers` in their places, and the places that could not be filled. Raises QuestionnaireRefused."""
    if form_of(data, name) == "csv":
        return text_table.fill(data, name, answers), ()
    made, left = _apart("filled", (data, [astuple(each) for each in answers]), name)
    return made, tuple(left)


def form_of(data: bytes, name: str) -> Form:
    """Which kind of file it is, by its bytes. Raises QuestionnaireRefused for one that we cannot give back."""
    if not data.strip():
        raise QuestionnaireRefused("questionnaire_empty", f"{name} is empty.")
    if len(data) > MAX_BYTES:
        raise QuestionnaireRefused(
            "questionnaire_too_large", f"{name} has more than {MAX_BYTES >> 20} MB; cut it into parts."
        )
    if is_locked(data):
        raise QuestionnaireRefused(
            "questionnaire_locked", f"{name} is protected by a password; save it without one."
        )
    if data.startswith(b"PK\x03\x04"):
        if b"word/document.xml" in data:
            return "docx"
        if b"xl/workbook.xml" in data:
            return "xlsm" if b"xl/vbaProject.bin" in data else "xlsx"
    ending = name.lower().rpartition(".")[2]
    if ending in ("csv", "tsv", "txt") and b"\x00\x00" not in data[:4096]:
        return "csv"
    raise QuestionnaireRefused(
        "questionnaire_unknown",
        f"{name} is no questionnaire that we can give back: XLSX, XLSM, DOCX or CSV. Save it as one of these.",
    )


def _question(row: Sequence[Any]) -> Sequence[Any]:
    return [tuple(each) if isinstance(each, list) else each for each in row]


def _apart(what: apart.What, data: bytes | tuple[Any, ...], name: str) -> Any:
    """What the process of its own answers; it ends with the file when that takes too much."""
    try:
        kind, found = apart.ask(what, data, name)
    except apart.ReaderFell as fell:
        raise QuestionnaireRefused(
            "questionnaire_unreadable", f"{name} {fell.reason}. Save it anew, or cut it into parts."
        ) from fell
    if kind == "refused":
        raise QuestionnaireRefused(*found)
    return found
