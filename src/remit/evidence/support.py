"""Is a sentence backed by facts? Every number, date, name and meaning word of a claim must be found in facts it says.

The rule is deliberately narrow: what cannot be found is not supported, and the answer names it. Facts are looked up
as they stand on the given day; a withdrawn, internal or foreign fact backs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID

from remit.evidence import lexicon, quantities
from remit.evidence.claims import Context, SentenceKind, foreign_names, split, type_sentence
from remit.evidence.facts import KINDS, Fact, superseded, usable, why_not_sayable

SupportState = Literal["supported", "unsupported", "expired", "not_a_claim"]

_MOST_FACTS: Final = 5
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


@dataclass(frozen=True, slots=True)
class Support:
    """The finding on one sentence. `missing`: the words and numbers that no fact has. `reason` is a plain sentence."""

    state: SupportState
    reason: str
    fact_ids: tuple[UUID, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text, where it stands, what kind it is and what backs it."""

    text: str
    start: int
    end: int
    kind: SentenceKind
    support: Support


class _Known:
    """A fact prepared for comparison."""

    __slots__ = ("core", "fact", "quantities", "stems")

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self.stems = lexicon.stems(
            " ".join((fact.value, fact.subject, fact.quote, fact.source_name, fact.locator))
        ) | lexicon.KIND_STEMS.get(fact.kind, frozenset())
        if fact.sayable == "told_by_them":
            self.stems |= lexicon.TOLD_STEMS
        self.core = lexicon.stems(fact.value) - lexicon.FRAMING
        self.quantities = quantities.of_fact(fact)

    def said_in(self, stems: set[str], said: Sequence[quantities.Quantity]) -> bool:
        """True when the sentence says this fact's value, not merely a word of it."""
        # the last quantity is the as-of date, which alone says nothing
        if self.fact.value_minor is not None and any(
            quantities.states(self.quantities[:-1], one) for one in said
        ):
            return True
        return bool(self.core) and 2 * len(self.core & stems) > len(self.core)


@lru_cache(maxsize=8192)
def _known(fact: Fact) -> _Known:
    """Facts are immutable and each is compared with every sentence of every draft: prepare it once."""
    return _Known(fact)


def check(sentence: str, facts: Sequence[Fact], context: Context) -> Support:
    """Whether `sentence`, which claims something, is backed by `facts` on `context.day`."""
    live = usable(facts, context.account_id, context.day)
    found = _cover(sentence, live, context)
    if found.state == "supported":
        return found
    expired = [fact for fact in facts if fact.state == "live" and fact.expired_on(context.day)]
    if expired:
        again = _cover(sentence, [*live, *expired], context)
        if again.state == "supported":
            ended = max(
                fact.valid_until_on for fact in expired if fact.id in again.fact_ids and fact.valid_until_on
            )
            return Support("expired", f"The fact behind it was valid until {ended}.", again.fact_ids)
    return _explained(sentence, facts, context, found)


def check_text(text: str, facts: Sequence[Fact], context: Context) -> list[Sentence]:
    """Every sentence of `text` with its kind and what backs it."""
    found = []
    for start, end in split(text):
        sentence = text[start:end]
        typed = type_sentence(sentence, context)
        support = (
            check(sentence, facts, context)
            if typed.kind == "claim"
            else Support("not_a_claim", typed.reason[0].upper() + typed.reason[1:] + ".")
        )
        found.append(Sentence(sentence, start, end, typed.kind, support))
    return found


def check_heading(subject: str, facts: Sequence[Fact], context: Context) -> Support:
    """A subject line is no sentence: its numbers, names and promises need facts, its other words do not."""
    masked = context.without_firms(subject)
    live = [_known(fact) for fact in usable(facts, context.account_id, context.day)]
    numbers = [
        one for one in quantities.find(masked) if not any(quantities.states(k.quantities, one) for k in live)
    ]
    named = [*lexicon.STRONG.findall(masked), *foreign_names(masked, context)]
    spoken = frozenset().union(*(one.stems for one in live)) if live else frozenset()
    wanted = [part[0] if isinstance(part, tuple) else part for part in named]
    missing = tuple(word for word in wanted if not lexicon.stems(word) <= spoken) + tuple(
        one.text for one in numbers
    )
    if missing:
        return Support("unsupported", f"No live fact says: {', '.join(missing)}.", (), missing)
    used = [one.fact.id for one in live if one.said_in(lexicon.stems(masked), quantities.find(masked))]
    return Support(
        "supported" if used else "not_a_claim", "Nothing in it goes beyond the facts.", tuple(used)
    )


def _explained(sentence: str, facts: Sequence[Fact], context: Context, found: Support) -> Support:
    """`found`, with the reason when a fact that may not be used would have backed the sentence."""
    old = superseded(facts)
    for fact in facts:
        why = old.get(fact.id) or why_not_sayable(fact, context.account_id, context.day)
        if why in _WHY and _cover(sentence, [fact], context).state == "supported":
            return Support("unsupported", f"{_WHY[why][0].upper()}{_WHY[why][1:]}.", (), found.missing)
    return found


def _cover(sentence: str, facts: Sequence[Fact], context: Context) -> Support:
    """Cover what the sentence says with facts that it says, the most telling first."""
    masked = context.without_firms(sentence)
    said = quantities.find(masked)
    shown = _meaning(masked, said, context)
    stems = set(shown)
    every = lexicon.stems(masked)
    known = [one for one in map(_known, facts) if one.said_in(every, said)]
    chosen: list[_Known] = []
    left_words, left_numbers = set(stems), list(said)
    while (left_words or left_numbers) and len(chosen) < _MOST_FACTS:
        best = max(known, key=_gain(left_words, left_numbers), default=None)
        if best is None or _gain(left_words, left_numbers)(best) == 0:
            break
        chosen.append(best)
        known.remove(best)
        left_words -= best.stems
        left_numbers = [one for one in left_numbers if not quantities.states(best.quantities, one)]
    missing = tuple(shown[stem] for stem in shown if stem in left_words) + tuple(
        one.text for one in left_numbers
    )
    if missing:
        return Support("unsupported", f"No live fact says: {', '.join(missing)}.", (), missing)
    if not chosen:
        return Support("unsupported", "It states something and no fact stands behind it.")
    if wrong := _wrong_owner(sentence, [one.fact for one in chosen], context):
        return Support("unsupported", wrong)
    return Support(
        "supported", "Backed by " + _named([one.fact for one in chosen]), tuple(one.fact.id for one in chosen)
    )


def _gain(left_words: set[str], left_numbers: Sequence[quantities.Quantity]) -> Callable[[_Known], int]:
    def gain(one: _Known) -> int:
        numbers = sum(quantities.states(one.quantities, number) for number in left_numbers)
        return len(one.stems & left_words) + 2 * numbers

    return gain


def _meaning(sentence: str, said: Sequence[quantities.Quantity], context: Context) -> dict[str, str]:
    """Stem → word for every word of the sentence that means something and is not a quantity or a name at hand."""
    masked = list(sentence)
    for one in said:
        masked[one.start : one.end] = " " * (one.end - one.start)
    known = {lexicon.stem(word) for word in context.known()}
    found = {lexicon.stem(word): word for word in lexicon.words("".join(masked))}
    return {stem: word for stem, word in found.items() if stem not in lexicon.FRAMING and stem not in known}


def _wrong_owner(sentence: str, facts: Sequence[Fact], context: Context) -> str:
    """A fact about them said of us, or one about us said of them."""
    words = {word.casefold() for word in lexicon.words(sentence)}
    theirs = bool(words & {"you", "your", "yours"}) or any(
        word.casefold() in words for word in lexicon.words(context.account_name) if len(word) > 3
    )
    ours = bool(words & {"we", "our", "ours"})
    about_us = {KINDS[fact.kind].ours if fact.kind in KINDS else fact.account_id is None for fact in facts}
    if about_us == {False} and ours and not theirs:
        return "The facts behind it are about them, and the sentence says it of us."
    if about_us == {True} and lexicon.words(sentence)[0].casefold() in ("you", "your"):
        return "The facts behind it are about us, and the sentence says it of them."
    return ""


def _named(facts: Sequence[Fact]) -> str:
    return "; ".join(f"{fact.source_name} ({fact.as_of_on})" for fact in facts) + "."
