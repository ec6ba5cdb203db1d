"""Verbs on a whole questionnaire: add, assign, approve. What is decided line by line: `deciding.py`; somebody with no hand in it approves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target, check_of_account
from remit.domains.questionnaires import queries, rules
from remit.domains.questionnaires.targets import questionnaire_target
from remit.kit import clock
from remit.kit.ids import new_id
from remit.knowledge.questionnaires.model import MAX_QUESTIONS, Form

MAX_FILE: Final = 12 << 20
Line = Annotated[str, StringConstraints(max_length=4_000)]
Short = Annotated[str, StringConstraints(max_length=200)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_INSERT: Final = """
INSERT INTO remit.questionnaires (id, account_id, access_id, opportunity_id, title, file_name, form, sha256, file, due_on, notes, owner_id, added_at)
VALUES (:id, :account, :access, :deal, :title, :file_name, :form, :sha256, :file, :due_on, :notes, :by, :at)
"""
_INSERT_ITEM: Final = """
INSERT INTO remit.questionnaire_items (id, questionnaire_id, account_id, access_id, position, sheet, section, number, question, kind, options,
    answer_at, comment_at, given, state)
VALUES (:id, :questionnaire, :account, :access, :position, :sheet, :section, :number, :question, :kind, :options, :answer_at, :comment_at,
    :given, :state)
"""


class Asked(BaseModel):
    """A question as it was found in the file: the buyer's words, and where its answer goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sheet: Short = ""
    section: Short = ""
    number: Annotated[str, StringConstraints(max_length=40)] = ""
    question: Line
    kind: Literal["yes_no", "choice", "text"]
    options: tuple[Short, ...] = Field((), max_length=100)
    answer_at: Annotated[str, StringConstraints(max_length=40)]
    comment_at: Annotated[str, StringConstraints(max_length=40)] = ""
    given: Line = ""


class AddQuestionnaire(Action):
    """Keep a buyer's questionnaire with its file and the questions found in it; nothing is answered by that.

    The record holds the file's hash; its bytes are kept once, with the questionnaire. `file_sha256` names them.
    """

    event: ClassVar[str] = "questionnaire:add"
    account_id: UUID
    opportunity_id: UUID | None = None
    title: Title
    file_name: Title
    form: Form
    file: Base64Bytes = Field(b"", max_length=MAX_FILE, exclude=True, repr=False)
    file_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    due_on: date | None = None
    notes: tuple[Short, ...] = Field((), max_length=20)
    questions: tuple[Asked, ...] = Field(min_length=1, max_length=MAX_QUESTIONS)


class AssignQuestions(Action):
    """Hand lines to a solutions engineer who sees the account; the task itself is an activity of the account."""

    event: ClassVar[str] = "questionnaire:assign"
    questionnaire_id: UUID
    item_ids: tuple[UUID, ...] = Field(min_length=1, max_length=MAX_QUESTIONS)
    engineer_id: UUID
    task_id: UUID | None = None


class ApproveQuestionnaire(Action):
    """The answers as they stand may leave the house (S1-H1). `answers_sha256` names them: another word needs another approval."""

    event: ClassVar[str] = "questionnaire:approve"
    questionnaire_id: UUID
    expected_version: int
    answers_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _about(s: ReadSession, action: AddQuestionnaire) -> Target:
    return account_target(s, action.account_id, title=action.title)


def _whole(s: ReadSession, action: AssignQuestions) -> Target:
    return questionnaire_target(s, action.questionnaire_id)


def _approved_whole(s: ReadSession, action: ApproveQuestionnaire) -> Target:
    found = queries.load_questionnaire(s, action.questionnaire_id)
    makers = queries.makers(found, queries.load_items(s, found.id))
    whole = questionnaire_target(s, found.id)
    return replace(whole, subjects=makers, context={"own_work": s.scope.person_id in makers})


def _approvable(s: ReadSession, action: ApproveQuestionnaire, _target: Target) -> Sequence[Check]:
    items = queries.load_items(s, action.questionnaire_id)
    return [
        rules.check_complete([each.state for each in items]),
        rules.check_approver(
            queries.makers(queries.load_questionnaire(s, action.questionnaire_id), items), s.scope.person_id
        ),
        rules.check_sources(items, clock.today()),
        Check.that(
            "questionnaire-seen", queries.hash_of(items) == action.answers_sha256,
            "The answers are not those that you looked at any more; look at them again.", "These are the answers that were looked at.",
        ),
    ]  # fmt: skip


def _whole_file(_s: ReadSession, action: AddQuestionnaire, _target: Target) -> Sequence[Check]:
    """The bytes are those that the record will name; what waited for a person has lost them."""
    same = hashlib.sha256(bytes(action.file)).hexdigest() == action.file_sha256
    return [
        Check.that(
            "questionnaire-file",
            same,
            "The file did not come with it whole: add it again.",
            "Its file came whole.",
        )
    ]


@handler(AddQuestionnaire, target=_about, checks=[_whole_file])
def add_questionnaire(tx: WriteSession, action: AddQuestionnaire, target: Target) -> Change:
    """Store file and questions."""
    check_of_account(tx, action.account_id, opportunity_id=action.opportunity_id)
    fresh, file = new_id(), bytes(action.file)
    shared = {"account": target.account_id, "access": target.access_id}
    tx.execute(
        _INSERT,
        shared | {
            "id": fresh, "deal": action.opportunity_id, "title": action.title, "file_name": action.file_name, "form": action.form,
            "sha256": action.file_sha256, "file": file, "due_on": action.due_on, "notes": list(action.notes), "by": tx.maker_id, "at": tx.now,
        },
    )  # fmt: skip
    rows = [
        shared | {**each.model_dump(), "id": new_id(), "questionnaire": fresh, "position": position, "options": list(each.options),
                  "state": "given" if each.given else "gap"}
        for position, each in enumerate(action.questions, 1)
    ]  # fmt: skip
    tx.execute(_INSERT_ITEM, rows)
    after = {
        "title": action.title,
        "file_name": action.file_name,
        "sha256": action.file_sha256,
        "questions_count": len(rows),
    }
    return Change(
        "questionnaire", fresh, after=after, result={"questionnaire_id": str(fresh), "questions": len(rows)}
    )


@handler(AssignQuestions, target=_whole)
def assign_questions(tx: WriteSession, action: AssignQuestions, target: Target) -> Change:
    """Note whose they are. Refused for somebody who is no engineer or does not see the account."""
    assert target.access_id is not None
    named = next(
        (each for each in queries.load_engineers(tx, target.access_id) if each.id == action.engineer_id), None
    )
    if named is None:
        raise Refused("Choose a solutions engineer who sees this account.", code="owner_unfit")
    done = tx.execute(
        "UPDATE remit.questionnaire_items SET assigned_to = :engineer, task_id = :task, version = version + 1, updated_at = :now"
        " WHERE questionnaire_id = :id AND id = ANY (:items)",
        {
            "engineer": action.engineer_id, "task": action.task_id, "now": tx.now, "id": action.questionnaire_id,
            "items": list(action.item_ids),
        },
    )  # fmt: skip
    if done.rowcount != len(set(action.item_ids)):
        raise NotFound("question")
    after = {"assigned_to": str(action.engineer_id), "lines_count": done.rowcount}
    return Change(
        "questionnaire", target.id, after=after, result={"engineer": named.name, "count": done.rowcount}
    )


@handler(ApproveQuestionnaire, target=_approved_whole, checks=[_approvable])
def approve_questionnaire(tx: WriteSession, action: ApproveQuestionnaire, target: Target) -> Change:
    """It may be given out in the file that it came in."""
    values = {
        "state": "approved",
        "approved_by": tx.maker_id,
        "approved_at": tx.now,
        "approved_sha256": action.answers_sha256,
    }
    before = change_row(
        tx, "questionnaires", action.questionnaire_id, action.expected_version, values, what="questionnaire"
    )
    return Change("questionnaire", target.id, before, values, result={"state": "approved"})
