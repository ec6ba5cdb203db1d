"""AnswerQuestion: a person decides on one line: accepts what is proposed, confirms what a document says, writes it, or leaves it blank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import StringConstraints

from remit.actions import Action, Change, Check, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.questionnaires import queries, rules
from remit.domains.questionnaires.papers import find_paper
from remit.domains.questionnaires.saying import check_line, check_quote
from remit.domains.questionnaires.shelf import spans_of
from remit.domains.questionnaires.targets import questionnaire_target
from remit.kit import clock

Line = Annotated[str, StringConstraints(max_length=4_000)]
Short = Annotated[str, StringConstraints(max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
PROPOSED = ("proposed", "stale", "conflict", "accepted", "quoted")


class AnswerQuestion(Action):
    """A person decides on one line: accept what is proposed, write it, or leave it blank. It voids an approval of the whole."""

    event: ClassVar[str] = "questionnaire:answer"
    item_id: UUID
    expected_version: int
    decision: Literal["accept", "write", "blank"]
    short: Short = ""
    answer: Line = ""
    reason: Reason = ""


def _line(s: ReadSession, action: AnswerQuestion) -> Target:
    return questionnaire_target(s, queries.load_item(s, action.item_id).questionnaire_id)


def _fits(s: ReadSession, action: AnswerQuestion, target: Target) -> Sequence[Check]:
    """The words go into the line's cells; what is accepted is what an approved source says today."""
    item = queries.load_item(s, action.item_id)
    if action.decision == "accept":
        quote = _quote(s, item, target.account_id) if item.document_id and target.account_id else []
        return [*_accepted(item, action), *quote]
    if action.decision == "blank":
        why = "Say why it stays blank, in three letters or more."
        return [Check.that("line-reason", len(action.reason) >= 3, why, "It says why.")]
    why = rules.fits(item.kind, item.options, action.short, action.answer)
    known = action.short.lower() in rules.SHORTS or action.short in item.options
    said = action.answer if known else f"{action.short}\n{action.answer}"
    fits = Check.that("line-fits", not why, why, "It goes into its cells.")
    return [fits, *check_line(s, target.account_id, said, clock.now())] if target.account_id else [fits]


def _accepted(item: queries.Item, action: AnswerQuestion) -> list[Check]:
    short, late = short_of(item, action), item.review_by_on is not None and item.review_by_on < clock.today()
    why = rules.fits(item.kind, item.options, short, item.answer)
    bare = item.document_id is not None and item.kind == "yes_no" and not short
    return [
        Check.that("line-proposed", item.state in PROPOSED, "Nothing is proposed here: write it.", "There is a proposal."),
        Check.that("line-source", item.source_state == "live", "Its source is not approved any more: look for answers again, or write it.", "Its source is approved."),
        Check.that("line-current", item.state != "stale" and not late, f"Its source was to be reviewed by {item.review_by_on}: write what holds today.", "Its source is current."),
        Check.that("line-fits", not why, why, "It goes into its cells."),
        Check.that("line-confirmed", not bare, "It asks for yes or no: say which the document's words amount to.", "It says which, or need not."),
    ]  # fmt: skip


def _quote(s: ReadSession, item: queries.Item, account_id: UUID) -> list[Check]:
    """A quoted document says these words as a passage of its own, and no rule of conduct stops them for this buyer."""
    paper = find_paper(s, item.document_id) if item.document_id else None
    at = tuple(item.document_at)
    whole = paper is not None and at in spans_of(paper) and paper.text[slice(*at)] == item.answer
    return [
        Check.that(
            "line-passage", whole, "Its words are not a whole passage of the document: look for answers again, or write it.",
            "Its words are a whole passage of the document.",
        ),
        *check_quote(s, account_id, item.answer, clock.now()),
    ]  # fmt: skip


def short_of(item: queries.Item, action: AnswerQuestion) -> str:
    """The short answer that an acceptance means: the source's own; for a quoted document, whose words give none, what the person chose."""
    return action.short if item.document_id is not None else item.short


@handler(AnswerQuestion, target=_line, checks=[_fits])
def answer_question(tx: WriteSession, action: AnswerQuestion, _target: Target) -> Change:
    """Set the line; an approval of the whole is void by it."""
    item = queries.load_item(tx, action.item_id)
    values: dict[str, object] = {"decided_by": tx.maker_id, "decided_at": tx.now}
    if action.decision == "accept":
        values |= {"state": "accepted", "short": short_of(item, action)}
    elif action.decision == "write":
        values |= {
            "state": "written",
            "short": action.short,
            "answer": action.answer,
            **queries.UNSOURCED,
            "why": "",
        }
    else:
        values |= {
            "state": "blank",
            "short": "",
            "answer": "",
            **queries.UNSOURCED,
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
