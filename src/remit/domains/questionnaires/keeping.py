"""Verbs on the firm's answers: write, approve, retire. Who wrote one does not approve it; approved words never change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.questionnaires import answers, rules
from remit.domains.questionnaires.saying import check_answer, names_client
from remit.kit import clock
from remit.kit.ids import new_id

MOST_AT_ONCE: Final = 300
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=4_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
_INSERT: Final = """
INSERT INTO remit.answers (id, question, short, answer, product, source_name, questionnaire_id, place, owner_id, as_of_on, review_by_on,
    made_by, made_at, replaces_id, sha256)
VALUES (:id, :question, :short, :answer, :product, :source_name, :questionnaire_id, :place, :owner, :as_of_on, :review_by_on,
    :by, :at, :replaces_id, :sha256) ON CONFLICT (sha256) WHERE state IN ('draft', 'live') DO NOTHING
"""
_MOVE: Final = """
UPDATE remit.answers SET state = :state, approved_by = coalesce(:approved_by, approved_by), approved_at = coalesce(:approved_at, approved_at),
    why = :why, version = version + 1, updated_at = :now WHERE id = :id
"""
_UNMOVED: Final = {"approved_by": None, "approved_at": None, "why": ""}


class Written(BaseModel):
    """An answer as it is proposed for the library. `replaces_id`: the approved one that it takes the place of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Words
    short: rules.Short = ""
    answer: Words
    product: Name = ""
    as_of_on: date
    review_by_on: date
    source_name: Name = ""
    questionnaire_id: UUID | None = None
    place: Name = ""
    replaces_id: UUID | None = None


class WriteAnswers(Action):
    """Propose answers for the library; each waits for somebody else's approval. The same words twice are on record once."""

    event: ClassVar[str] = "answer:write"
    answers: tuple[Written, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    owner_id: UUID | None = None


class _Named(Action):
    answer_ids: tuple[UUID, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    expected_versions: tuple[int, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ApproveAnswers(_Named):
    """They may be said from here on; what they replace is superseded."""

    event: ClassVar[str] = "answer:approve"


class RetireAnswers(_Named):
    """They answer nothing any more; also drafts that are not wanted."""

    event: ClassVar[str] = "answer:retire"
    reason: Reason


def _library(_s: ReadSession, action: WriteAnswers) -> Target:
    title = action.answers[0].question[:120] if len(action.answers) == 1 else f"{len(action.answers)} answers"
    return Target("answer", title=title)


def _these(s: ReadSession, action: _Named) -> Target:
    if len(set(action.answer_ids)) != len(action.expected_versions):
        raise Refused("Name each answer once, with the state in which you saw it.", code="versions_unclear")
    found = answers.load_by_ids(s, action.answer_ids)
    if len(found) != len(action.answer_ids):
        raise NotFound("answer")
    one = found[0] if len(found) == 1 else None
    return Target(
        "answer", one.id if one else None, title=one.question[:120] if one else f"{len(found)} answers",
        subjects=tuple({each.made_by for each in found}),
    )  # fmt: skip


def _sayable(s: ReadSession, action: WriteAnswers, _target: Target) -> Sequence[Check]:
    """Its days fit, it names no client, and no rule of conduct stops its words."""
    today, found = clock.today(), []
    for each in action.answers:
        check = rules.check_dates(each.as_of_on, each.review_by_on, today)
        if not check.passed:
            found.append(check)
        found += [one for one in check_answer(s, each.answer, clock.now()) if not one.passed]
        named = _named(s, each)
        if named:
            why = f"It names {named}: what goes to every client names none. Write it without the name."
            found.append(Check("answer-names-nobody", False, why))
    return found or [Check("answer-names-nobody", True, "No answer names a client, and their days fit.")]


def _named(s: ReadSession, each: Written | answers.Answer) -> str:
    return names_client(
        s, "\n".join((each.question, each.answer, each.product, each.source_name, each.place))
    )


def _not_own(s: ReadSession, action: ApproveAnswers, _target: Target) -> Sequence[Check]:
    """Maker ≠ checker, and what is past its review is not approved again unread."""
    found = answers.load_by_ids(s, action.answer_ids)
    own = [each.question for each in found if each.made_by == s.scope.person_id]
    late = [each.question for each in found if each.stale_on(clock.today())]
    # who approves may see accounts that its writer does not; asking the database past both would tell who our clients are
    named = next((name for each in found if (name := _named(s, each))), "")
    return [
        Check.that("answer-not-own", not own, f"You wrote “{own[0][:80]}”: somebody else approves it." if own else "", "Others wrote them."),
        Check.that(
            "answer-review", not late, f"“{late[0][:80]}”: its review date has passed; write it anew." if late else "", "Their review is to come.",
        ),
        Check.that("answer-names-nobody", not named, f"One names {named}: what goes to every client names none. Retire it.", "None names a client."),
    ]  # fmt: skip


@handler(WriteAnswers, target=_library, checks=[_sayable])
def write_answers(tx: WriteSession, action: WriteAnswers, _target: Target) -> Change:
    """Store what is new as drafts."""
    made = []
    for each in action.answers:
        if each.questionnaire_id is not None:
            _seen(tx, each.questionnaire_id)
        if each.replaces_id is not None:
            answers.load_answer(tx, each.replaces_id)
        answer_id = new_id()
        values = {
            **each.model_dump(), "id": answer_id, "owner": action.owner_id or tx.maker_id, "by": tx.maker_id, "at": tx.now,
            "sha256": rules.fingerprint(each.question, each.short, each.answer, each.product),
        }  # fmt: skip
        if tx.execute(_INSERT, values).rowcount:
            made.append(str(answer_id))
    one = UUID(made[0]) if len(made) == 1 else None
    return Change("answer", one, after={"answers": made}, result={"answer_ids": made, "count": len(made)})


@handler(ApproveAnswers, target=_these, checks=[_not_own])
def approve_answers(tx: WriteSession, action: ApproveAnswers, target: Target) -> Change:
    """Live, and what each replaces is superseded."""
    values = {"state": "live", "approved_by": tx.maker_id, "approved_at": tx.now, "why": ""}
    change = _move(tx, action, ("draft",), values, target)
    tx.execute(
        "UPDATE remit.answers SET state = 'superseded', version = version + 1, updated_at = :at WHERE state = 'live'"
        " AND id IN (SELECT replaces_id FROM remit.answers WHERE id = ANY (:ids))",
        {"ids": list(action.answer_ids), "at": tx.now},
    )
    return change


@handler(RetireAnswers, target=_these)
def retire_answers(tx: WriteSession, action: RetireAnswers, target: Target) -> Change:
    """Nothing is answered by them from here on."""
    return _move(tx, action, ("draft", "live"), {"state": "retired", "why": action.reason}, target)


def _seen(tx: WriteSession, questionnaire_id: UUID) -> None:
    if not tx.scalar("SELECT true FROM remit.questionnaires WHERE id = :id", {"id": questionnaire_id}):
        raise NotFound("questionnaire")


def _move(
    tx: WriteSession, action: _Named, fits_in: Sequence[str], values: dict[str, object], target: Target
) -> Change:
    moved = []
    for answer_id, expected in zip(action.answer_ids, action.expected_versions, strict=True):
        before = answers.load_answer(tx, answer_id)
        if before.version != expected:
            raise Conflict("answer", expected=expected, found=before.version)
        if before.state not in fits_in:
            raise Refused(
                f"“{before.question[:80]}” {rules.ANSWER_STATES[before.state]}: this can be done no more.",
                code="answer_closed",
            )
        tx.execute(_MOVE, {**_UNMOVED, **values, "now": tx.now, "id": answer_id})
        moved.append({"id": str(answer_id), "from": before.state})
    return Change(
        "answer",
        target.id,
        {"answers": moved},
        dict(values),
        result={"state": values["state"], "count": len(moved)},
    )
