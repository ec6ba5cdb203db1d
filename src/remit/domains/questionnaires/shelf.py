"""What may answer today (approved answers, facts of ours, passages of papers), and what of it answers one question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.facts.queries import load_own_facts
from remit.domains.questionnaires import answers, rules
from remit.domains.questionnaires.papers import Paper, load_papers
from remit.domains.questionnaires.particulars import load_particulars
from remit.evidence.facts import Fact
from remit.knowledge.questionnaires.match import Entry, Found, Index, contradict
from remit.knowledge.questionnaires.model import Question
from remit.knowledge.questionnaires.particulars import Particular, particular_of
from remit.knowledge.questionnaires.passages import Quoted, Shelf, Source, passages

FACTS: Final = ("assurance", "capability", "integration")
"""Kinds of facts of our own that answer a question: approved statements with a source and an end."""


@dataclass(frozen=True, slots=True)
class Library:
    """What may answer today: approved answers, facts of ours that may be said to anybody, and papers that may be quoted."""

    index: Index
    answers: dict[str, answers.Answer]
    facts: dict[str, Fact]
    today: date
    papers: dict[str, Paper] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=lambda: Shelf(()))
    particulars: dict[Particular, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drafted:
    """One question with what was found. `state` as of a line; `short` and `answer` as they would go into the file.

    `quote`: the words of a paper, where no approved answer was found; `against_quote`: those that say something else.
    """

    question: Question
    state: str
    short: str
    answer: str
    found: Found | None
    source: answers.Answer | Fact | Paper | None
    against: tuple[UUID, ...] = ()
    why: str = ""
    quote: Quoted | None = None
    against_quote: Quoted | None = None
    particular: Particular | None = None


def load_library(s: ReadSession, today: date, person_id: UUID, deal_id: UUID | None = None) -> Library:
    """Everything that may answer, ready to be asked. Stale answers are in it, so that they are found and flagged.

    `person_id`, `deal_id`: who added the questionnaire and for which deal, for the particulars that forms ask for.
    """
    known = {str(each.id): each for each in answers.load_live(s)}
    facts = {str(each.id): each for each in load_own_facts(s, FACTS) if rules.may_answer(each, today)}
    entries = [
        Entry(key, "answer", one.question, one.answer, one.short, one.product) for key, one in known.items()
    ]
    entries += [
        Entry(key, "fact", one.topic, rules.sentence(one), rules.short_of(one), one.subject)
        for key, one in facts.items()
    ]
    papers = {str(each.id): each for each in load_papers(s)}
    return Library(
        Index(entries),
        known,
        facts,
        today,
        papers,
        shelf_of(papers.values(), today),
        load_particulars(s, person_id, deal_id, today),
    )


def shelf_of(papers: Iterable[Paper], today: date) -> Shelf:
    """The papers, ready to be asked: those whose review has passed only where no current one speaks."""
    return Shelf(
        [source_of(each) for each in papers if not each.stale_on(today)],
        [source_of(each) for each in papers if each.stale_on(today)],
    )


def source_of(paper: Paper) -> Source:
    """A paper as it is cut into passages."""
    return Source(str(paper.id), paper.title, paper.text, paper.headings, paper.page_starts)


def spans_of(paper: Paper) -> frozenset[tuple[int, int]]:
    """First and last character of each passage that it may be quoted by; words cut otherwise may say the contrary of what it says."""
    return frozenset((each.start, each.end) for each in passages(source_of(paper)))


def drafted(library: Library, question: Question) -> Drafted:
    """What answers one question, or that nothing does."""
    if question.given:
        return Drafted(question, "given", "", question.given, None, None)
    key = particular_of(question.text)
    if key is not None:
        words = "" if question.options else library.particulars.get(key, "")
        return Drafted(
            question, "proposed" if words else "gap", "", words, None, None, particular=key if words else None
        )
    found = _current(library, library.index.ask(question.text))
    if found is None:
        return _quoted(library, question)
    source = library.answers.get(found.entry.id) or library.facts[found.entry.id]
    why = rules.fits(question.kind, question.options, found.entry.short, found.entry.answer)
    if why:
        return Drafted(question, "gap", "", found.entry.answer, found, source, why=why)
    stale = isinstance(source, answers.Answer) and source.stale_on(library.today)
    against = tuple(UUID(each.id) for each in found.against if each.source == "answer")
    other = library.shelf.against(question.text, found.entry)
    state = "stale" if stale else "conflict" if against or other else "proposed"
    return Drafted(
        question, state, found.entry.short, found.entry.answer, found, source, against, against_quote=other
    )


def _quoted(library: Library, question: Question) -> Drafted:
    """Words of a paper where no answer is approved: a person confirms them, and says whether they amount to yes or no."""
    quote = library.shelf.ask(question.text)
    if quote is None:
        return Drafted(question, "gap", "", "", None, None)
    paper = library.papers[quote.passage.source_id]
    state = "stale" if paper.stale_on(library.today) else "conflict" if quote.other else "quoted"
    return Drafted(
        question, state, "", quote.passage.text, None, paper, quote=quote, against_quote=quote.other
    )


def _current(library: Library, found: Found | None) -> Found | None:
    """Of answers that say different things the newest that is current stands first; those out of date contradict nothing current."""
    if found is None or not found.against:
        return found
    current = [each for each in (found.entry, *found.against) if not _stale(library, each)]
    if not current:
        return Found(found.entry, found.score)
    first = max(
        current,
        key=lambda each: library.answers[each.id].as_of_on if each.id in library.answers else date.min,
    )
    return Found(
        first, found.score, tuple(each for each in current if each.id != first.id and contradict(first, each))
    )


def _stale(library: Library, entry: Entry) -> bool:
    known = library.answers.get(entry.id)
    return known is not None and known.stale_on(library.today)
