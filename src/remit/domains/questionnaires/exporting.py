"""Giving an approved questionnaire back in the file that it came in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from remit.actions import NotFound, Refused, perform, performed
from remit.db.sessions import read
from remit.domains.questionnaires import queries, rules
from remit.domains.questionnaires.leaving import ExportQuestionnaire
from remit.knowledge.questionnaires import files
from remit.knowledge.questionnaires.model import Answered
from remit.scope import Scope


@dataclass(frozen=True, slots=True)
class Exported:
    """The file as it came, with the answers in. `left`: places that could not be filled."""

    name: str
    data: bytes
    filled: int
    left: tuple[str, ...]


def export(scope: Scope, questionnaire_id: UUID) -> Exported:
    """An approved questionnaire in its own file, on the record. Raises Refused, NotFound, QuestionnaireRefused."""
    done = performed(perform(scope, ExportQuestionnaire(questionnaire_id=questionnaire_id)))
    with read(scope) as s:
        found = queries.load_questionnaire(s, questionnaire_id)
        items = queries.load_items(s, questionnaire_id)
        data = queries.load_file(s, questionnaire_id)
    if data is None or queries.hash_of(items) != done.result["answers_sha256"]:
        raise Refused("Its answers have changed just now; look at them again.", code="not_approved")
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise Refused(
            "The file that is kept is not the one on record: its bytes have another hash. Tell an admin.",
            code="file_changed",
        )
    put = [Answered(each.sheet, at, text) for each in items for at, text in rules.cells(each)]
    made, left = files.fill(data, found.file_name, put)
    return Exported(found.file_name, made, len(put), left)


def found_item(items: Sequence[queries.Item], position: int) -> queries.Item:
    """The line at a position. Raises NotFound."""
    for each in items:
        if each.position == position:
            return each
    raise NotFound("question")
