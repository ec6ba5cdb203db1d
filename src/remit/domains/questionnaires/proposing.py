"""ProposeAnswers: what approved answers and facts say to the questions of a questionnaire. The words come from the source's own row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from remit.actions import Action, Change, Conflict, NotFound, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.facts.queries import load_fact
from remit.domains.questionnaires import answers, queries, rules
from remit.domains.questionnaires.targets import questionnaire_target
from remit.knowledge.questionnaires.model import MAX_QUESTIONS

_SET: Final = """
UPDATE remit.questionnaire_items SET state = :state, short = :short, answer = :answer, answer_id = :answer_id, fact_id = :fact_id,
    score = :score, against = :against, why = :why, version = version + 1, updated_at = :now
WHERE id = :id AND questionnaire_id = :questionnaire AND state IN ('gap', 'proposed', 'stale', 'conflict')
"""


class Pick(BaseModel):
    """What answers a line: an approved answer or a fact of ours; neither for a gap. `against`: answers that say something else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item_id: UUID
    answer_id: UUID | None = None
    fact_id: UUID | None = None
    score: float = Field(0, ge=0, le=1)
    against: tuple[UUID, ...] = Field((), max_length=20)
    why: Annotated[str, StringConstraints(max_length=300)] = ""


class ProposeAnswers(Action):
    """Set what is proposed for lines on which nobody has decided."""

    event: ClassVar[str] = "questionnaire:propose"
    questionnaire_id: UUID
    picks: tuple[Pick, ...] = Field(min_length=1, max_length=MAX_QUESTIONS)


def _whole(s: ReadSession, action: ProposeAnswers) -> Target:
    return questionnaire_target(s, action.questionnaire_id)


@handler(ProposeAnswers, target=_whole)
def propose_answers(tx: WriteSession, action: ProposeAnswers, target: Target) -> Change:
    """Copy the words of each source as it stands now; what is past its review or contradicted says so in its state."""
    known = {
        each.id: each
        for each in answers.load_by_ids(tx, [one.answer_id for one in action.picks if one.answer_id])
    }
    items = {each.id: each for each in queries.load_items(tx, action.questionnaire_id)}
    rows = []
    for pick in action.picks:
        if pick.item_id not in items:
            raise NotFound("question")
        found = _said(tx, pick, known, tx.now.date())
        item = items[pick.item_id]
        if found["answer"] and (
            unfit := rules.fits(item.kind, item.options, found["short"], found["answer"])
        ):
            found |= {
                "state": "gap",
                "why": unfit,
            }  # the words are shown: a person chooses what they amount to
        rows.append(
            {"why": pick.why, **{name: value for name, value in found.items() if value or name != "why"}, "id": item.id,
             "questionnaire": action.questionnaire_id, "score": pick.score or None, "now": tx.now, "against": list(pick.against)}
        )  # fmt: skip
    tx.execute(_SET, rows)
    tx.execute(
        "UPDATE remit.questionnaires SET looked_at = :now WHERE id = :id",
        {"now": tx.now, "id": action.questionnaire_id},
    )
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    return Change("questionnaire", target.id, after={"states": counts}, result={"states": counts})


def _said(tx: WriteSession, pick: Pick, known: Mapping[UUID, answers.Answer], today: date) -> dict[str, Any]:
    """State and words for one pick, from the row of its source. Raises Conflict when that is approved no more."""
    empty: dict[str, Any] = {
        "state": "gap",
        "short": "",
        "answer": "",
        "answer_id": None,
        "fact_id": None,
        "why": "",
    }
    if pick.answer_id is not None:
        found = known.get(pick.answer_id)
        if found is None or found.state != "live":
            raise Conflict("answer", expected=1, found=0)
        state = "stale" if found.stale_on(today) else "conflict" if pick.against else "proposed"
        why = f"It was to be reviewed by {found.review_by_on}." if state == "stale" else ""
        return empty | {
            "state": state,
            "short": found.short,
            "answer": found.answer,
            "answer_id": found.id,
            "why": why,
        }
    if pick.fact_id is not None:
        fact = load_fact(tx, pick.fact_id)
        if fact.account_id is not None or not rules.may_answer(fact, today):
            raise Conflict("fact", expected=1, found=0)
        return empty | {
            "state": "proposed",
            "short": rules.short_of(fact),
            "answer": rules.sentence(fact),
            "fact_id": fact.id,
        }
    return empty


def changed(before: Sequence[queries.Item], after: Sequence[queries.Item]) -> int:
    """How many lines have another proposal than before."""
    known = {each.id: (each.state, each.answer_id, each.fact_id) for each in before}
    return sum(known.get(each.id) != (each.state, each.answer_id, each.fact_id) for each in after)
