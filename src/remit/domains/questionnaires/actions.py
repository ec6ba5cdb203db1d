"""Verbs on questionnaires: add, propose, answer, assign, approve. A person decides line by line; somebody with no hand in it approves the whole."""

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
from remit.domains.questionnaires.saying import check_line
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
    """Keep a buyer's questionnaire with its file and the questions found in it; nothing is answered by that."""

    event: ClassVar[str] = "questionnaire:add"
    account_id: UUID
    opportunity_id: UUID | None = None
    title: Title
    file_name: Title
    form: Form
    file: Base64Bytes = Field(max_length=MAX_FILE)
    due_on: date | None = None
    notes: tuple[Short, ...] = Field((), max_length=20)
    questions: tuple[Asked, ...] = Field(min_length=1, max_length=MAX_QUESTIONS)


class AnswerQuestion(Action):
    """A person decides on one line: accept what is proposed, write it, or leave it blank. It voids an approval of the whole."""

    event: ClassVar[str] = "questionnaire:answer"
    item_id: UUID
    expected_version: int
    decision: Literal["accept", "write", "blank"]
    short: Short = ""
    answer: Line = ""
    reason: Reason = ""


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


def _line(s: ReadSession, action: AnswerQuestion) -> Target:
    return questionnaire_target(s, queries.load_item(s, action.item_id).questionnaire_id)


def _whole(s: ReadSession, action: AssignQuestions) -> Target:
    return questionnaire_target(s, action.questionnaire_id)


def _approved_whole(s: ReadSession, action: ApproveQuestionnaire) -> Target:
    found = queries.load_questionnaire(s, action.questionnaire_id)
    makers = queries.makers(found, queries.load_items(s, found.id))
    whole = questionnaire_target(s, found.id)
    return replace(whole, subjects=makers, context={"own_work": s.scope.person_id in makers})


def _fits(s: ReadSession, action: AnswerQuestion, target: Target) -> Sequence[Check]:
    """The words go into the line's cells; what is accepted is what an approved source says today."""
    item = queries.load_item(s, action.item_id)
    if action.decision == "blank":
        return [
            Check.that(
                "line-reason",
                len(action.reason) >= 3,
                "Say why it stays blank, in three letters or more.",
                "It says why.",
            )
        ]
    if action.decision == "write":
        why = rules.fits(item.kind, item.options, action.short, action.answer)
        said = (
            action.answer
            if action.short.lower() in rules.SHORTS or action.short in item.options
            else f"{action.short}\n{action.answer}"
        )
        fits = Check.that("line-fits", not why, why, "It goes into its cells.")
        return [fits, *check_line(s, target.account_id, said, clock.now())] if target.account_id else [fits]
    live = item.source_state == "live"
    why = rules.fits(item.kind, item.options, item.short, item.answer)
    return [
        Check.that("line-proposed", item.state in ("proposed", "stale", "conflict", "accepted"), "Nothing is proposed here: write it.", "There is a proposal."),
        Check.that("line-source", live, "Its source is not approved any more: look for answers again, or write it.", "Its source is approved."),
        Check.that("line-current", item.state != "stale", f"Its source was to be reviewed by {item.review_by_on}: write what holds today.", "Its source is current."),
        Check.that("line-fits", not why, why, "It goes into its cells."),
    ]  # fmt: skip


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


@handler(AddQuestionnaire, target=_about)
def add_questionnaire(tx: WriteSession, action: AddQuestionnaire, target: Target) -> Change:
    """Store file and questions."""
    check_of_account(tx, action.account_id, opportunity_id=action.opportunity_id)
    fresh, file = new_id(), bytes(action.file)
    sha256 = hashlib.sha256(file).hexdigest()
    shared = {"account": target.account_id, "access": target.access_id}
    tx.execute(
        _INSERT,
        shared | {
            "id": fresh, "deal": action.opportunity_id, "title": action.title, "file_name": action.file_name, "form": action.form,
            "sha256": sha256, "file": file, "due_on": action.due_on, "notes": list(action.notes), "by": tx.maker_id, "at": tx.now,
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
        "sha256": sha256,
        "questions_count": len(rows),
    }
    return Change(
        "questionnaire", fresh, after=after, result={"questionnaire_id": str(fresh), "questions": len(rows)}
    )


@handler(AnswerQuestion, target=_line, checks=[_fits])
def answer_question(tx: WriteSession, action: AnswerQuestion, target: Target) -> Change:
    """Set the line; an approval of the whole is void by it."""
    item = queries.load_item(tx, action.item_id)
    values: dict[str, object] = {"decided_by": tx.maker_id, "decided_at": tx.now}
    if action.decision == "accept":
        values |= {"state": "accepted"}
    elif action.decision == "write":
        values |= {
            "state": "written",
            "short": action.short,
            "answer": action.answer,
            "answer_id": None,
            "fact_id": None,
            "why": "",
        }
    else:
        values |= {
            "state": "blank",
            "short": "",
            "answer": "",
            "answer_id": None,
            "fact_id": None,
            "why": action.reason,
        }
    before = change_row(tx, "questionnaire_items", item.id, action.expected_version, values, what="question")
    tx.execute(
        "UPDATE remit.questionnaires SET state = 'open', approved_by = NULL, approved_at = NULL, approved_sha256 = '',"
        " version = version + 1, updated_at = :now WHERE id = :id AND state = 'approved'",
        {"now": tx.now, "id": item.questionnaire_id},
    )
    return Change(
        "questionnaire",
        item.questionnaire_id,
        {**before, "position": item.position},
        values,
        result={"state": values["state"]},
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
