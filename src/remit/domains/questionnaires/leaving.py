"""ExportQuestionnaire: an approved questionnaire leaves in its own file; who took which answers out is on the record first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from remit.actions import Action, Change, Check, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.questionnaires import queries, rules
from remit.domains.questionnaires.targets import questionnaire_target
from remit.kit import clock


class ExportQuestionnaire(Action):
    """Take the file with the approved answers."""

    event: ClassVar[str] = "questionnaire:export"
    questionnaire_id: UUID


def _whole(s: ReadSession, action: ExportQuestionnaire) -> Target:
    return questionnaire_target(s, action.questionnaire_id)


def _approved(s: ReadSession, action: ExportQuestionnaire, _target: Target) -> Sequence[Check]:
    """S1-H1: what leaves is what was approved, and still stands on live sources."""
    found = queries.load_questionnaire(s, action.questionnaire_id)
    items = queries.load_items(s, found.id)
    same = found.state == "approved" and found.approved_sha256 == queries.hash_of(items)
    return [
        Check.that(
            "questionnaire-approved", same, "It is not approved with these answers: decide on every line, and have it approved.", "It is approved.",
        ),
        rules.check_sources(items, clock.today()),
        Check.that("questionnaire-file", found.has_file, "It was answered before Remit: its file is not here.", "Its file is here."),
    ]  # fmt: skip


@handler(ExportQuestionnaire, target=_whole, checks=[_approved])
def export_questionnaire(tx: WriteSession, action: ExportQuestionnaire, target: Target) -> Change:
    """Nothing changes but the record."""
    found = queries.load_questionnaire(tx, action.questionnaire_id)
    after = {"answers_sha256": found.approved_sha256, "file_name": found.file_name}
    return Change("questionnaire", target.id, after=after, result=after)
