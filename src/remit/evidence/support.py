"""Is a sentence backed by facts? Every number, date, name and meaning word of a claim must be found in facts it says.

The rule is deliberately narrow: what cannot be found is not supported, and the answer names it. Numbers may follow from
facts' numbers (`arithmetic`), words may stand for each other (`synonyms`), and what the words alone cannot show is asked
afterwards (`structure`). Facts are looked up as they stand on the given day; a withdrawn, internal or foreign fact backs
nothing. This is a support check: it finds that a fact says so, not that it is true.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from remit.evidence import lexicon
from remit.evidence.arithmetic import Derived, derive, pairs
from remit.evidence.attended import without_mere_names
from remit.evidence.belonging import mixed_up
from remit.evidence.claims import Context, SentenceKind, Typed, split, type_sentence
from remit.evidence.facts import Fact, superseded, usable, why_not_sayable
from remit.evidence.known import Known, known
from remit.evidence.mixing import needed, run_together
from remit.evidence.rivals import said_of_another
from remit.evidence.said import Number, Said, prepare
from remit.evidence.structure import objection
from remit.kit.kept import kept

SupportState = Literal["supported", "unsupported", "expired", "not_sayable", "not_a_claim"]

_MOST_FACTS: Final = 6
_OF_BOTH: Final = frozenset({"decided", "promise", "asked"})
"""Kinds of a note of a talk: what both agreed, and who of the two promised or asked, may be said with "we"."""
_CHANGED: Final = frozenset(lexicon.stems("changed compared previously before then earlier ago"))
_YEAR: Final = frozenset(lexicon.stems("year peryearchange"))
_WHY: Final = {
    "withdrawn": "the fact behind it was withdrawn or corrected",
    "not_yet": "the fact behind it lies in the future",
    "internal_only": "the fact behind it is for internal use only",
    "client_confidential": "the fact behind it is client-confidential",
    "personal": "the fact behind it is personal",
    "other_account": "the fact behind it belongs to another account",
    "instruction": "the fact behind it reads like an instruction, so it is not quoted",
    "older": "a newer fact replaces the one behind it",
    "contradicted": "two facts contradict each other here",
}
_NOT_SAYABLE: Final = frozenset(
    {"internal_only", "client_confidential", "personal", "other_account", "instruction"}
)


@dataclass(frozen=True, slots=True)
class Support:
    """The finding on one sentence. `missing`: the words and numbers that no fact has. `reason` is a plain sentence.

    `derived`: arithmetic by which a number follows from the facts' numbers, one line each: '291 against 212: +79'.
    """

    state: SupportState
    reason: str
    fact_ids: tuple[UUID, ...] = ()
    missing: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text, where it stands, what kind it is and what backs it."""

    text: str
    start: int
    end: int
    kind: SentenceKind
    support: Support


def check(sentence: str, facts: Sequence[Fact], context: Context) -> Support:
    """Whether `sentence`, which claims something, is backed by `facts` on `context.day`."""
    return _check(without_mere_names(facts, sentence), sentence, context)


@kept(16_384)  # a text is checked when it is composed, written, asked for and approved
def _check(facts: Sequence[Fact], sentence: str, context: Context) -> Support:
    said = prepare(sentence, context)
    live = usable(facts, context.account_id, context.day)
    found = _cover(sentence, said, live, context)
    if found.state == "supported":
        return found
    expired = [fact for fact in facts if fact.state == "live" and fact.expired_on(context.day)]
    if expired:
        again = _cover(sentence, said, [*live, *expired], context)
        if again.state == "supported":
            ended = max(
                fact.valid_until_on for fact in expired if fact.id in again.fact_ids and fact.valid_until_on
            )
            return Support("expired", f"The fact behind it was valid until {ended}.", again.fact_ids)
    return _explained(sentence, said, facts, context, found)


LONGEST: Final = 2_000
"""Characters of one sentence that are checked: the time grows with the square of them, and nobody reads such a one."""
_TOO_LONG: Final = Support(
    "unsupported",
    f"This sentence has more than {LONGEST:,} characters; cut it into several, so that each can be checked.",
)


def check_text(
    text: str, facts: Sequence[Fact], context: Context, *, all_claims: bool = False
) -> list[Sentence]:
    """Every sentence of `text` with its kind and what backs it. `all_claims`: courtesies, questions and requests need a fact too."""
    found = []
    for start, end in split(text):
        sentence = text[start:end]
        if len(sentence) > LONGEST:
            found.append(Sentence(sentence, start, end, "claim", _TOO_LONG))
            continue
        typed = Typed("claim", "a line of an offer") if all_claims else type_sentence(sentence, context)
        support = (
            check(sentence, facts, context)
            if typed.kind == "claim"
            else Support("not_a_claim", typed.reason[0].upper() + typed.reason[1:] + ".")
        )
        found.append(Sentence(sentence, start, end, typed.kind, support))
    return found


def _explained(sentence: str, said: Said, facts: Sequence[Fact], context: Context, found: Support) -> Support:
    """`found`, with the reason when a fact that may not be used would have backed the sentence."""
    old = superseded(facts)
    for fact in facts:
        why = old.get(fact.id) or why_not_sayable(fact, context.account_id, context.day)
        if why in _WHY and _cover(sentence, said, [fact], context).state == "supported":
            state: SupportState = "not_sayable" if why in _NOT_SAYABLE else "unsupported"
            return Support(state, f"{_WHY[why][0].upper()}{_WHY[why][1:]}.", (), found.missing)
    return found


class _Cover:
    """What is left of a sentence while facts are laid over it."""

    def __init__(self, said: Said) -> None:
        self.said = said
        self.words = set(said.stems)
        self.numbers = list(said.numbers)
        self.chosen: list[Known] = []
        self.bound: list[tuple[Number, tuple[Known, ...]]] = []
        self.derived: list[str] = []
        self.answered: set[str] = set()

    def gain(self, one: Known) -> int:
        """How much of what is left this fact would cover."""
        return len(one.reach & self.words) + 2 * sum(one.states(number, self.said) for number in self.numbers)

    def lay(self, one: Known) -> None:
        """Cover with one fact."""
        self.chosen.append(one)
        self.words -= one.reach
        for number in [each for each in self.numbers if one.states(each, self.said)]:
            self.bind(number, (one,))

    def bind(self, number: Number, facts: tuple[Known, ...]) -> None:
        """A number is explained by these facts."""
        self.numbers.remove(number)
        self.bound.append((number, facts))

    def follow(self, number: Number, found: Derived) -> None:
        """A number follows from facts by arithmetic."""
        self.bind(number, found.facts)
        self.derived.append(found.shown)
        self.answer(found.stems)
        for one in found.facts:
            self.words -= one.reach
            if one not in self.chosen:
                self.chosen.append(one)

    def answer(self, stems: frozenset[str]) -> None:
        """Words that arithmetic answers for, and no fact by itself."""
        self.words -= stems
        self.answered |= stems

    def missing(self) -> tuple[str, ...]:
        """The words and numbers that are left."""
        left = tuple(word for stem, word in self.said.stems.items() if stem in self.words)
        return left + tuple(one.quantity.text for one in self.numbers)


def _cover(sentence: str, said: Said, facts: Sequence[Fact], context: Context) -> Support:
    """Cover what the sentence says with facts that it says, the most telling first."""
    every = [known(fact) for fact in facts]
    cover = _Cover(said)
    _lay_facts(cover, [one for one in every if one.said_in(said)])
    for number in [one for one in cover.numbers if one.quantity.kind != "date"]:
        if (found := derive(number, said, every)) is not None:
            cover.follow(number, found)
    _point(cover)
    _date(cover)
    if missing := cover.missing():
        return Support("unsupported", f"No live fact says: {', '.join(missing)}.", (), missing)
    if not cover.chosen:
        return Support("unsupported", "It states something and no fact stands behind it.")
    cover.chosen = needed(said, cover.chosen, cover.bound, cover.answered)
    if wrong := (
        _wrong_owner(sentence, cover.chosen, context)
        or said_of_another(said, cover.chosen, context)
        or objection(said, cover.chosen, context)
        or mixed_up(said, cover.chosen, cover.bound)
        or run_together(said, cover.chosen, cover.bound, cover.answered)
    ):
        return Support("unsupported", wrong, (), _lacking(said, wrong))
    chosen = [one.fact for one in cover.chosen]
    shown = f" By arithmetic: {'; '.join(cover.derived)}." if cover.derived else ""
    return Support(
        "supported",
        "Backed by " + _named(chosen) + shown,
        tuple(one.id for one in chosen),
        (),
        tuple(cover.derived),
    )


def _lacking(said: Said, wrong: str) -> tuple[str, ...]:
    """A negation is a word that the facts lack; other objections find all words there, saying another thing."""
    here = lexicon.NEGATION.search(said.text)
    return (here.group(),) if here and wrong.startswith("It says") else ()


def _lay_facts(cover: _Cover, facts: list[Known]) -> None:
    left = list(facts)
    while (cover.words or cover.numbers) and len(cover.chosen) < _MOST_FACTS:
        best: Callable[[Known], int] = cover.gain
        one = max(left, key=best, default=None)
        if one is None or cover.gain(one) == 0:
            return
        cover.lay(one)
        left.remove(one)


def _point(cover: _Cover) -> None:
    """Words of a direction are answered for by two of the numbers said, when these go that way."""
    used = {one.fact.id for _, facts in cover.bound for one in facts}
    for pair in pairs(cover.chosen):
        if all(one.fact.id in used for one in pair.facts):
            cover.answer(pair.stems | _CHANGED)
            days = pair.facts[-1].fact.as_of_on - pair.facts[0].fact.as_of_on
            cover.answer(_YEAR if 350 <= days.days <= 380 else frozenset())


def _date(cover: _Cover) -> None:
    """A date belongs to the number before it, or else after it: the fact of that number has to state it."""
    amounts = [(number, facts) for number, facts in cover.bound if number.quantity.kind != "date"]
    for number in cover.said.dates:
        mine = _owner_of(number, amounts)
        told = [(one, facts) for one, facts in cover.bound if one is number]
        if mine is not None and told and not any(one.states(number, cover.said) for one in mine):
            cover.bound.remove(told[0])
            cover.numbers.append(number)
        elif mine is not None and not told and any(one.states(number, cover.said) for one in mine):
            cover.bind(number, mine)


def _owner_of(date: Number, amounts: Sequence[tuple[Number, tuple[Known, ...]]]) -> tuple[Known, ...] | None:
    before = [(number, facts) for number, facts in amounts if number.quantity.end <= date.quantity.start]
    after = [(number, facts) for number, facts in amounts if number.quantity.start >= date.quantity.end]
    if before:
        return max(before, key=lambda pair: pair[0].quantity.start)[1]
    return min(after, key=lambda pair: pair[0].quantity.start)[1] if after else None


def _wrong_owner(sentence: str, facts: Sequence[Known], context: Context) -> str:
    """A fact about them said of us, or one about us said of them."""
    facts = [one for one in facts if one.fact.kind not in _OF_BOTH]
    words = {word.casefold() for word in lexicon.words(sentence)}
    theirs = bool(words & {"you", "your", "yours"}) or any(
        word.casefold() in words for word in lexicon.words(context.account_name) if len(word) > 3
    )
    ours = bool(words & {"we", "our", "ours"})
    about_us = {one.ours for one in facts}
    if about_us == {False} and ours and not theirs:
        return "The facts behind it are about them, and the sentence says it of us."
    if (
        about_us == {True}
        and lexicon.words(sentence)[0].casefold() in ("you", "your")
        and not words & {"can", "get", "with", "via", "through"}
    ):
        return "The facts behind it are about us, and the sentence says it of them."
    return ""


def _named(facts: Sequence[Fact]) -> str:
    return "; ".join(f"{fact.source_name} ({fact.as_of_on})" for fact in facts) + "."
