"""Learning answers from a questionnaire that was answered before: its filled lines become drafts of the library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from remit.actions import Refused, perform, performed
from remit.db.sessions import read
from remit.domains.questionnaires import queries, rules
from remit.domains.questionnaires.keeping import MOST_AT_ONCE, WriteAnswers, Written
from remit.domains.questionnaires.saying import check_answer, names_client
from remit.kit import clock
from remit.kit.text import clean
from remit.knowledge.questionnaires import files
from remit.knowledge.questionnaires.model import Question
from remit.scope import Scope

_LEAD: Final = re.compile(r"(yes|no|n/?a|not applicable|partly|partially)\b[\s.,:;–-]*", re.I)
LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it: drafts written, answers that were known already, and lines left out with why."""

    written: int
    known: int
    left: tuple[str, ...]


def learn(
    scope: Scope, data: bytes, name: str, as_of_on: date, review_by_on: date, *, product: str = ""
) -> Learnt:
    """Propose the answered lines of a file. Raises QuestionnaireRefused, Refused."""
    found = [each for each in files.read(data, name).questions if each.given]
    rows, left = [], []
    # neither the file's nor a sheet's name: both often name the client, and everybody reads the library
    source = f"Answered questionnaire, {as_of_on:%B %Y}"
    with read(scope) as s:
        for each in found:
            short, words = apart(each)
            named = names_client(s, f"{each.text}\n{words}")
            stopped = next((one.reason for one in check_answer(s, words, clock.now()) if not one.passed), "")
            short_of = "" if len(words) >= LEAST else "has no words beside yes or no"
            why = f"names {named}" if named else short_of or stopped
            if why:
                left.append(f"{each.sheet} {each.answer_at}: {why}".strip())
                continue
            rows.append(
                Written(
                    question=clean(each.text)[:4000], short=short, answer=words[:4000], product=product, as_of_on=as_of_on,
                    review_by_on=review_by_on, source_name=source, place=each.answer_at[:200],
                )
            )  # fmt: skip
    written = _write(scope, rows)
    return Learnt(written, len(rows) - written, tuple(left))


def apart(question: Question) -> tuple[rules.Short, str]:
    """The short answer and the words of a filled line: from two cells, or from one that begins with yes or no."""
    cell, beside = clean(question.given), clean(question.given_comment)
    lead = _LEAD.match(cell)
    if not lead:
        return "", "\n".join(filter(None, (cell, beside)))
    first = lead[1].lower()
    short: rules.Short = (
        "yes"
        if first == "yes"
        else "no"
        if first == "no"
        else "partly"
        if first.startswith("part")
        else "n/a"
    )
    return short, "\n".join(filter(None, (cell[lead.end() :].strip(), beside)))


def _write(scope: Scope, rows: Sequence[Written]) -> int:
    count = 0
    for start in range(0, len(rows), MOST_AT_ONCE):
        done = performed(perform(scope, WriteAnswers(answers=tuple(rows[start : start + MOST_AT_ONCE]))))
        count += int(done.result["count"])
    return count


def keep_line(
    scope: Scope, item_id: UUID, *, product: str, as_of_on: date, review_by_on: date
) -> UUID | None:
    """Propose the answer that somebody wrote or confirmed on a line; its id, None where it is known already.

    What a document said is true as of its day, and is looked at again no later than the document.
    """
    with read(scope) as s:
        item = queries.load_item(s, item_id)
    quoted = item.state == "accepted" and item.document_id is not None
    if not (item.state == "written" or quoted) or len(item.answer) < LEAST:
        raise Refused(
            "Only an answer that somebody wrote here, or confirmed from a document, can be kept for the library.", code="nothing_to_change"
        )  # fmt: skip
    source = f"{item.source_name}, {item.document_place}"[:200] if quoted else ""
    if quoted and item.as_of_on and item.review_by_on:
        as_of_on, review_by_on = item.as_of_on, min(review_by_on, item.review_by_on)
    short: rules.Short = next((each for each in rules.SHORTS if each == item.short.lower()), "")
    row = Written(
        question=item.question, short=short, answer=item.answer, product=product, as_of_on=as_of_on, review_by_on=review_by_on,
        questionnaire_id=item.questionnaire_id, source_name=source, place=f"line {item.position}",
    )  # fmt: skip
    done = performed(perform(scope, WriteAnswers(answers=(row,))))
    made = done.result["answer_ids"]
    return UUID(str(made[0])) if made else None
