"""ProposeAnswers: what approved answers, facts and papers of ours say to a questionnaire. The words come from the source's own row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from remit.actions import Action, Change, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.facts.queries import load_fact
from remit.domains.questionnaires import answers, queries, rules
from remit.domains.questionnaires.papers import Paper, find_paper
from remit.domains.questionnaires.particulars import PLACES, load_particulars
from remit.domains.questionnaires.shelf import source_of, spans_of
from remit.domains.questionnaires.targets import questionnaire_target
from remit.knowledge.questionnaires.model import MAX_QUESTIONS
from remit.knowledge.questionnaires.particulars import Particular
from remit.knowledge.questionnaires.passages import in_words

_SET: Final = """
UPDATE remit.questionnaire_items SET state = :state, short = :short, answer = :answer, answer_id = :answer_id, fact_id = :fact_id,
    document_id = :document_id, document_at = :document_at, document_place = :document_place, against_document_id = :against_document_id,
    against_at = :against_at, against_place = :against_place,
    score = :score, against = :against, why = :why, version = version + 1, updated_at = :now
WHERE id = :id AND questionnaire_id = :questionnaire AND state IN ('gap', 'proposed', 'quoted', 'stale', 'conflict')
"""


class Place(BaseModel):
    """Words of a paper of ours: first and last character of one of its passages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: UUID
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class Pick(BaseModel):
    """What answers a line: an approved answer, a fact of ours, words of a paper, or a particular on record; none for a gap.

    `against`: answers that say something else; `against_quote`: words of a paper that do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item_id: UUID
    answer_id: UUID | None = None
    fact_id: UUID | None = None
    quote: Place | None = None
    particular: Particular | None = None
    against_quote: Place | None = None
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
    papers, whole = _papers(tx, action.picks), queries.load_questionnaire(tx, action.questionnaire_id)
    particulars = load_particulars(tx, whole.owner_id, whole.opportunity_id, tx.now.date())
    rows = []
    for pick in action.picks:
        if pick.item_id not in items:
            raise NotFound("question")
        found = _said(tx, pick, known, papers, particulars)
        item = items[pick.item_id]
        quoted = found["document_id"] is not None  # a person says what its words amount to
        unfit = (
            rules.fits(item.kind, item.options, found["short"], found["answer"])
            if found["answer"] and not quoted
            else ""
        )
        if unfit:  # the words are shown: a person chooses what they amount to
            found |= {"state": "gap", "why": unfit}
        rows.append(
            {**found, "why": found["why"] or pick.why, "id": item.id, "questionnaire": action.questionnaire_id, "score": pick.score or None,
             "now": tx.now, "against": list(pick.against)}
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


def _papers(tx: WriteSession, picks: Sequence[Pick]) -> dict[UUID, Paper]:
    """The papers that picks quote. Raises Conflict when one is none any more, Refused for words that are no whole passage of it."""
    places = [place for pick in picks for place in (pick.quote, pick.against_quote) if place]
    asked = {place.document_id for place in places}
    found = {each: find_paper(tx, each) for each in sorted(asked)}
    papers = {key: one for key, one in found.items() if one is not None and one.live}
    if len(papers) != len(asked):
        raise Conflict("document", expected=1, found=0)
    spans = {key: spans_of(one) for key, one in papers.items()}
    torn = next((each for each in places if (each.start, each.end) not in spans[each.document_id]), None)
    if torn is not None:
        raise Refused(
            f"Characters {torn.start} to {torn.end} are no whole passage of “{papers[torn.document_id].title}”: words cut out of it may say the"
            " contrary. Look for answers again, or write the line.",
            code="quote_torn",
        )
    return papers


def _said(
    tx: WriteSession,
    pick: Pick,
    known: Mapping[UUID, answers.Answer],
    papers: Mapping[UUID, Paper],
    particulars: Mapping[Particular, str],
) -> dict[str, Any]:
    """State and words for one pick, from the row of its source. Raises Conflict when that is approved no more."""
    said: dict[str, Any] = {"state": "gap", "short": "", "answer": "", "why": ""} | queries.UNSOURCED
    against = _quoted(pick.against_quote, papers)
    said |= {"against_document_id": against[0], "against_at": against[1], "against_place": against[2]}
    today = tx.now.date()
    if pick.answer_id is not None:
        found = known.get(pick.answer_id)
        if found is None or found.state != "live":
            raise Conflict("answer", expected=1, found=0)
        state = (
            "stale"
            if found.stale_on(today)
            else "conflict"
            if pick.against or pick.against_quote
            else "proposed"
        )
        why = f"It was to be reviewed by {found.review_by_on}." if state == "stale" else ""
        return said | {
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
        state = "conflict" if pick.against_quote else "proposed"
        return said | {
            "state": state,
            "short": rules.short_of(fact),
            "answer": rules.sentence(fact),
            "fact_id": fact.id,
        }
    if pick.quote is not None:
        paper = papers[pick.quote.document_id]
        key, at, place = _quoted(pick.quote, papers)
        state = "stale" if paper.stale_on(today) else "conflict" if pick.against_quote else "quoted"
        why = f"The document was to be reviewed by {paper.review_by_on}." if state == "stale" else ""
        words = paper.text[pick.quote.start : pick.quote.end]
        return said | {
            "state": state,
            "answer": words,
            "document_id": key,
            "document_at": at,
            "document_place": place,
            "why": why,
        }
    if pick.particular is not None:
        value = particulars.get(pick.particular)
        if not value:
            raise Conflict("particular", expected=1, found=0)
        return said | {"state": "proposed", "answer": value, "document_place": PLACES[pick.particular]}
    return said


def _quoted(place: Place | None, papers: Mapping[UUID, Paper]) -> tuple[UUID | None, list[int], str]:
    """Document, characters and place in words."""
    if place is None:
        return None, [], ""
    paper = papers[place.document_id]
    return paper.id, [place.start, place.end], in_words(source_of(paper), place.start)


def changed(before: Sequence[queries.Item], after: Sequence[queries.Item]) -> int:
    """How many lines have another proposal than before."""
    known = {each.id: (each.state, each.answer_id, each.fact_id, each.document_id) for each in before}
    return sum(
        known.get(each.id) != (each.state, each.answer_id, each.fact_id, each.document_id) for each in after
    )
