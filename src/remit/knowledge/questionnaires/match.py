"""Which approved answer answers a question. Words weighted by rarity, and guards: what is about something else is no answer. Pure.

The score says how much of the question an entry covers and how much of the entry the question asks for, from 0 to 1. Below the
threshold, or where a guard holds, nothing is answered: a gap costs a minute, a wrong answer a contract.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from remit.knowledge.questionnaires.asking import amiss, is_polar
from remit.knowledge.questionnaires.comparing import Words, figures, words
from remit.knowledge.questionnaires.terms import APART, HARD, NARROW, WEAK

ENOUGH: Final = 0.62
"""The least score of an answer; chosen on the development cases of `remit eval questionnaires`."""
COVERED: Final = 0.6
"""The least share of a question's words, by weight, that an entry has; what only its answer says counts TOLD of it."""
COVERED_OF_POLAR: Final = 0.72
"""The same where yes or no is asked and answered."""
COVERED_BY_FACT: Final = 0.85
WANTED: Final = 0.45
"""The least share of an entry's question that is asked for."""
TOLD: Final = 0.75
NEAR: Final = 0.10
"""Entries this close below the best, and enough by themselves, are heard beside it: they may say something else."""
QUOTABLE: Final = 0.6
"""The least share of a question's words that a passage of a document has, what only its heading says counted ABOVE."""
ONE_WORD: Final = 0.8
"""The same where only one word that counts is shared."""
ABOVE: Final = 0.8
_EXAMPLES: Final = re.compile(
    r"\((?:e\.? ?g\b|i\.? ?e\b|such as|for example|reference|including)[^()]*\)", re.I
)
"""Examples in brackets name what may be meant, not what is asked."""
UNKNOWN: Final = 2.2
"""The weight of a word that no entry's question has."""
UNKNOWN_BY_PAPER: Final = 1.7
"""The same of passages: a person reads each before it is said."""
Source = Literal["answer", "fact", "passage"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something approved that may answer: an answer of the library (with the question it was given to), a fact of ours, or a passage of
    a document (with the heading above it).

    `short`: yes, no, partly, not applicable or "". `product`: what it is about, "" = the whole firm.
    """

    id: str
    source: Source
    question: str
    answer: str
    short: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The entry that answers best, its score, and entries near it that say something else."""

    entry: Entry
    score: float
    against: tuple[Entry, ...] = ()


@dataclass
class Index:
    """Entries, ready to be asked. Build once, ask many times."""

    entries: Sequence[Entry]
    _asked: list[Words] = field(default_factory=list)
    _said: list[Words] = field(default_factory=list)
    _by_stem: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _weight: dict[str, float] = field(default_factory=dict)
    _unknown: float = UNKNOWN
    _weak: float = 1.0

    def __post_init__(self) -> None:
        counts: Counter[str] = Counter()
        for place, entry in enumerate(self.entries):
            asked, said = words(entry.question), words(f"{entry.product} {entry.answer}")
            self._asked.append(asked)
            self._said.append(said)
            counts.update(asked.stems | said.stems if entry.source == "passage" else asked.stems)
            for stem in asked.stems | said.stems:
                self._by_stem[stem].append(place)
        total = len(self.entries) + 1
        if all(each.source == "passage" for each in self.entries):
            self._unknown, self._weak = UNKNOWN_BY_PAPER, 0.5
        self._weight = {stem: _weight(stem, count, total) for stem, count in counts.items()}

    def ask(self, question: str, *, products: Iterable[str] = ()) -> Found | None:
        """The entry that answers `question`, None where none does."""
        asked = words(_EXAMPLES.sub(" ", question))
        products = tuple(products)
        scored: list[tuple[float, int]] = []
        other: list[tuple[float, int]] = []
        for place in self._near(asked):
            entry = self.entries[place]
            if entry.product and products and entry.product not in products:
                continue
            score = self._score(question, asked, place)
            if score < ENOUGH or self._guarded(question, asked, place):
                continue
            # what gives another figure than the one asked for is no answer, and speaks against the one that gives it
            (other if self._other_figure(asked, place) else scored).append((score, place))
        if not scored:
            return None
        scored.sort(key=lambda each: (-each[0], each[1]))
        best, place = scored[0]
        near = [self.entries[at] for score, at in (*scored[1:], *other) if score >= best - NEAR]
        entry = self.entries[place]
        return Found(entry, round(best, 3), tuple(each for each in near if contradict(entry, each)))

    def _near(self, asked: Words) -> list[int]:
        """Entries that share a word that counts."""
        found: Counter[int] = Counter()
        for stem in asked.stems - WEAK or asked.stems:
            found.update(self._by_stem.get(stem, ()))
        return [place for place, _ in found.most_common(60)]

    def _score(self, question: str, asked: Words, place: int) -> float:
        """How well an entry covers the question and the question the entry; 0 where either falls short."""
        mine, theirs, said = asked.stems, self._asked[place].stems, self._said[place].stems
        whole = self._sum(mine)
        if not whole or not (theirs or said):
            return 0.0
        if self.entries[place].source == "fact":
            covered = self._sum(mine & (said | theirs)) / whole
            return covered if covered >= COVERED_BY_FACT else 0.0
        if self.entries[place].source == "passage":
            covered = (self._sum(mine & said) + ABOVE * self._sum((mine & theirs) - said)) / whole
            strong = [stem for stem in mine & (said | theirs) if self._of(stem) > 1]
            least = QUOTABLE if len(strong) > 1 else ONE_WORD
            return covered if covered >= least and strong and mine & said else 0.0
        shared = self._sum(mine & theirs)
        covered = (shared + TOLD * self._sum((mine - theirs) & said)) / whole
        wanted = shared / max(self._sum(theirs), 1e-9)
        # yes or no to a question with a word that the answer does not know is an answer to another question
        least = COVERED_OF_POLAR if self.entries[place].short and is_polar(question) else COVERED
        return 0.65 * covered + 0.35 * wanted if covered >= least and wanted >= WANTED else 0.0

    def _sum(self, stems: Iterable[str]) -> float:
        return sum(self._of(stem) for stem in stems)

    def _of(self, stem: str) -> float:
        return self._weight.get(stem, self._weak if stem in WEAK else self._unknown)

    def _other_figure(self, asked: Words, place: int) -> bool:
        return bool(asked.numbers - self._asked[place].numbers - self._said[place].numbers)

    def _guarded(self, question: str, asked: Words, place: int) -> str:
        """Why an entry is no answer although its words are near; "" when nothing speaks against it."""
        entry, theirs, said = self.entries[place], self._asked[place], self._said[place]
        both = theirs.hard | said.hard
        if asked.hard - both:
            return "it says nothing of " + ", ".join(sorted(asked.hard - both))
        if entry.source == "answer" and (theirs.stems & NARROW) - asked.stems:
            return "it is about " + ", ".join(sorted((theirs.stems & NARROW) - asked.stems))
        if asked.negative != theirs.negative and entry.source == "answer":
            return "one denies what the other asks"
        for group in APART:
            mine, other = (
                asked.stems & group,
                (theirs.stems if entry.source == "answer" else said.stems | theirs.stems) & group,
            )
            if mine and other and not mine & other:
                return "it is about " + ", ".join(sorted(other))
        # a fact counts as a yes, but its sentence may hold the number that is asked
        polar = bool(entry.short) and (entry.source == "answer" or not any(map(str.isdigit, entry.answer)))
        return amiss(question.lower().strip(), entry.question, entry.answer, polar=polar)


def contradict(one: Entry, other: Entry) -> bool:
    """Whether two answers to the same question say different things: yes and no, or other figures of the same unit."""
    if one.short and other.short and one.short != other.short:
        return True
    mine, theirs = figures(one.answer), figures(other.answer)
    return any(mine[unit] != theirs[unit] for unit in mine.keys() & theirs.keys())


def _weight(stem: str, count: int, total: int) -> float:
    if stem in WEAK:
        return 0.5
    rare = math.log(1 + total / (1 + count)) / math.log(1 + total)
    return 1.0 + 2.0 * rare if stem not in HARD else 1.5 + 2.5 * rare
