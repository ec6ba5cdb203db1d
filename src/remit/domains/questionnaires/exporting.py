"""Giving an approved questionnaire back in the file that it came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from remit.actions import Check, NotFound, Refused
from remit.db.sessions import read
from remit.domains.questionnaires import queries, rules
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
    """An approved questionnaire in its own file. Raises Refused (not_approved, no_file), NotFound, QuestionnaireRefused."""
    with read(scope) as s:
        found = queries.load_questionnaire(s, questionnaire_id)
        items = queries.load_items(s, questionnaire_id)
        data = queries.load_file(s, questionnaire_id)
    check = exportable(found, items)
    if not check.passed:
        raise Refused(check.reason, code="not_approved")
    if data is None:
        raise Refused("It was answered before Remit: its file is not here.", code="no_file")
    put = [Answered(each.sheet, at, text) for each in items for at, text in rules.cells(each)]
    made, left = files.fill(data, found.file_name, put)
    return Exported(found.file_name, made, len(put), left)


def exportable(found: queries.Questionnaire, items: Sequence[queries.Item]) -> Check:
    """Whether it was approved, with exactly these answers."""
    same = found.state == "approved" and found.approved_sha256 == queries.hash_of(items)
    return Check.that(
        "questionnaire-approved", same, "It is not approved with these answers: decide on every line, and have it approved.", "It is approved.",
    )  # fmt: skip


def found_item(items: Sequence[queries.Item], position: int) -> queries.Item:
    """The line at a position. Raises NotFound."""
    for each in items:
        if each.position == position:
            return each
    raise NotFound("question")
