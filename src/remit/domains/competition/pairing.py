"""Facts of both sides set beside each other by topic, and the sentences of a note. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from remit.actions import Check
from remit.domains.competition.model import Cell, Named, Note, Topic
from remit.evidence.claims import Context
from remit.evidence.conduct import Sending, judge
from remit.evidence.conduct_rules import Rule
from remit.evidence.facts import Fact, why_not_sayable
from remit.evidence.support import Sentence, check_text

OTHER: Final = "other"
MOST_PAIRS: Final = 2
"""Topics in a note: two sentences each."""


def topics(
    product: Named, competitor: Named, ours: Sequence[Fact], theirs: Sequence[Fact], day: date
) -> tuple[Topic, ...]:  # fmt: skip
    """Topics of the product, then the competitor's that belong to no product of ours. Withdrawn facts are not shown.

    `ours`: capabilities of all products; `theirs`: battle cards of all competitors; both newest first.
    """
    mine = _by_topic([one for one in ours if one.subject.casefold() == product.name.casefold()], day)
    yours = _by_topic([one for one in theirs if one.subject.casefold() == competitor.name.casefold()], day)
    elsewhere = {_topic(one) for one in ours} - set(mine)
    names = [
        *sorted(mine, key=lambda name: (name not in yours, name)),
        *sorted(set(yours) - set(mine) - elsewhere),
    ]
    return tuple(
        Topic(
            _shown([*mine.get(name, ()), *yours.get(name, ())]),
            tuple(mine.get(name, ())),
            tuple(yours.get(name, ())),
        )
        for name in names
    )


def shared_count(product: Named, competitor: Named, ours: Sequence[Fact], theirs: Sequence[Fact]) -> int:
    """On how many topics both have a fact: which product of ours a competitor is to be compared with."""
    mine = {_topic(one) for one in ours if one.subject.casefold() == product.name.casefold()}
    return len(mine & {_topic(one) for one in theirs if one.subject.casefold() == competitor.name.casefold()})


def _shown(cells: Sequence[Cell]) -> str:
    """A topic as people wrote it: capitals are lost in the key that pairs both sides."""
    return cells[0].fact.topic or OTHER


def _topic(fact: Fact) -> str:
    return fact.topic.casefold() or OTHER


def _by_topic(facts: Sequence[Fact], day: date) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for fact in facts:
        if fact.state == "live":
            found.setdefault(_topic(fact), []).append(Cell(fact, why_not_sayable(fact, None, day)))
    for cells in found.values():
        cells.sort(key=lambda one: (bool(one.why_not), -one.fact.as_of_on.toordinal()))
    return found


def note(found: Sequence[Topic], competitor: Named, facts: Sequence[Fact], context: Context, rules: Sequence[Rule], profiles: Sequence[str], now: datetime) -> Note:  # fmt: skip
    """At most four sentences from facts that may be said today, each held to the claim check and the rules of conduct.

    A sentence that does not hold is left out. Nothing of the competitor is said without a fact, and nothing compares
    by itself: two dated statements stand beside each other.
    """
    pairs = [topic for topic in found if topic.both][:MOST_PAIRS]
    lacks = (
        ""
        if pairs
        else f"There is no approved fact on {competitor.name} beside one of ours, so only our own is said."
    )
    chosen = pairs or [topic for topic in found if any(not one.why_not for one in topic.ours)][:MOST_PAIRS]
    held = [line for line in _sentences(chosen, bool(pairs)) if _holds(line, facts, context)]
    text = " ".join(held)
    sentences = check_text(text, facts, context)
    if not text:
        lacks = "No approved fact may be said today, neither of ours nor of theirs."
    return Note(text, sentences, list(_checks(sentences, rules, profiles, now)), lacks)


def _sentences(chosen: Sequence[Topic], both: bool) -> Iterator[str]:
    for topic in chosen:
        ours = next(one.fact for one in topic.ours if not one.why_not)
        yield f"{ours.subject} {ours.value}."
        if both:
            theirs = next(one.fact for one in topic.theirs if not one.why_not)
            yield f"{theirs.subject} {theirs.value} ({theirs.source_name}, {_day(theirs.as_of_on)})."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _holds(line: str, facts: Sequence[Fact], context: Context) -> bool:
    return all(one.support.state == "supported" for one in check_text(line, facts, context))


def _checks(
    sentences: Sequence[Sentence], rules: Sequence[Rule], profiles: Sequence[str], now: datetime
) -> Iterator[Check]:
    bad = [one for one in sentences if one.support.state not in ("supported", "not_a_claim")]
    yield Check.that(
        "claims-supported", not bad, f"{len(bad)} of its sentences stand on no live fact.",
        "Every sentence stands on live facts." if sentences else "It says nothing.",
    )  # fmt: skip
    worded = [rule for rule in rules if rule.look == "words" and not rule.check]
    for finding in judge(worded, profiles, Sending("", now), sentences):
        yield Check(f"conduct-{finding.rule.id}", not finding.stops, finding.sentence())


def inserted(body: str, text: str, sender: str) -> str:
    """A draft's text with the note as a paragraph of its own before the sign-off, or at the end where there is none."""
    parts = body.rstrip("\n").split("\n\n")
    last = next(
        (place for place in range(len(parts) - 1, 0, -1) if sender and sender in parts[place]), len(parts)
    )
    return "\n\n".join([*parts[:last], text, *parts[last:]])
