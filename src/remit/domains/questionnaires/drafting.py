"""Reading a questionnaire and finding what answers it: for a record (`add`, `look_again`) or for a file alone (`draft`)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import Final
from uuid import UUID

from remit.actions import perform, performed
from remit.db.sessions import read
from remit.domains.questionnaires import queries, rules
from remit.domains.questionnaires.actions import AddQuestionnaire, Asked
from remit.domains.questionnaires.proposing import Pick, Place, ProposeAnswers
from remit.domains.questionnaires.shelf import Drafted, drafted, load_library
from remit.kit import clock
from remit.kit.text import clean, shorten
from remit.knowledge.questionnaires import files
from remit.knowledge.questionnaires.model import Answered, Question
from remit.knowledge.questionnaires.passages import Quoted
from remit.scope import Scope

DRAFT: Final = "DRAFT, not approved: "
"""What stands before each answer in a file that no approval let go."""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file with the answers that are current and undisputed in it; `left`: places that could not be filled."""

    data: bytes
    lines: tuple[Drafted, ...]
    notes: tuple[str, ...]
    left: tuple[str, ...]
    seconds: float


def draft(scope: Scope, data: bytes, name: str) -> DraftFile:
    """The file with what is current and undisputed in its own cells. Nothing is recorded. Raises QuestionnaireRefused."""
    began = perf_counter()
    found = files.read(data, name)
    with read(scope) as s:
        library = load_library(s, clock.today(), scope.person_id)
    lines = tuple(drafted(library, each) for each in found.questions)
    made, left = files.fill(data, name, [_marked(cell, each) for each in lines for cell in cells_of(each)])
    return DraftFile(made, lines, found.notes, left, perf_counter() - began)


def _marked(cell: Answered, line: Drafted) -> Answered:
    """Nobody approved this file: each answer in words says so. A choice of the buyer's list stays one of its choices."""
    choice = line.question.options and cell.at == line.question.answer_at
    return cell if choice else Answered(cell.sheet, cell.at, DRAFT + cell.text)


@dataclass(frozen=True, slots=True)
class _Cells:
    state: str
    kind: str
    options: Sequence[str]
    short: str
    answer: str
    answer_at: str
    comment_at: str
    sheet: str


def cells_of(line: Drafted) -> list[Answered]:
    """Where the words of a drafted line go."""
    asked = line.question
    given = _Cells(
        line.state,
        asked.kind,
        asked.options,
        line.short,
        line.answer,
        asked.answer_at,
        asked.comment_at,
        asked.sheet,
    )
    return [Answered(asked.sheet, at, text) for at, text in rules.cells(given)]


def add(
    scope: Scope, data: bytes, name: str, account_id: UUID, *, title: str = "", opportunity_id: UUID | None = None, due_on: date | None = None
) -> UUID:  # fmt: skip
    """Keep a questionnaire and propose answers to it; gives its id. Raises QuestionnaireRefused, Refused, NotFound."""
    found = files.read(data, name)
    asked = [
        Asked(
            sheet=each.sheet[:200], section=shorten(clean(each.section), 200), number=clean(each.number)[:40], question=clean(each.text),
            kind=each.kind, options=tuple(shorten(clean(one), 200) for one in each.options), answer_at=each.answer_at,
            comment_at=each.comment_at, given=shorten(clean(each.given), 4_000),
        )
        for each in found.questions
    ]  # fmt: skip
    action = AddQuestionnaire(
        account_id=account_id, opportunity_id=opportunity_id, title=shorten(clean(title) or name, 200), file_name=shorten(name, 200), form=found.form,
        file=base64.b64encode(data), file_sha256=hashlib.sha256(data).hexdigest(), due_on=due_on, notes=tuple(shorten(clean(each), 200) for each in found.notes), questions=tuple(asked),
    )  # fmt: skip
    done = performed(perform(scope, action))
    questionnaire_id = UUID(str(done.result["questionnaire_id"]))
    look_again(scope, questionnaire_id)
    return questionnaire_id


def look_again(scope: Scope, questionnaire_id: UUID) -> dict[str, int]:
    """Propose what the library says today, for lines that nobody decided on; gives how many are in which state."""
    with read(scope) as s:
        whole, items = (
            queries.load_questionnaire(s, questionnaire_id),
            queries.load_items(s, questionnaire_id),
        )
        library = load_library(s, clock.today(), whole.owner_id, whole.opportunity_id)
    picks = []
    for item in items:
        if item.state not in rules.OPEN:
            continue
        line = drafted(library, _question(item))
        answer = line.found is not None and line.found.entry.source == "answer"
        key = UUID(line.found.entry.id) if line.found else None
        picks.append(
            Pick(item_id=item.id, answer_id=key if answer else None, fact_id=None if answer else key, quote=_place(line.quote), particular=line.particular,
                 against_quote=_place(line.against_quote), score=_score(line), against=line.against[:20], why=line.why[:300])
        )  # fmt: skip
    if not picks:
        return {}
    done = performed(perform(scope, ProposeAnswers(questionnaire_id=questionnaire_id, picks=tuple(picks))))
    return dict(done.result["states"])


def _place(quoted: Quoted | None) -> Place | None:
    if quoted is None:
        return None
    found = quoted.passage
    return Place(document_id=UUID(found.source_id), start=found.start, end=found.end)


def _score(line: Drafted) -> float:
    found = line.found or line.quote
    return min(1.0, found.score) if found else 0.0


def _question(item: queries.Item) -> Question:
    return Question(
        item.number, item.section, item.question, item.kind, item.sheet, item.answer_at, item.comment_at, tuple(item.options),  # type: ignore[arg-type]
    )  # fmt: skip
