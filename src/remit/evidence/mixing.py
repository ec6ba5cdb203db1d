"""Two facts run together into a statement that neither makes: 'Your Zurich office has 18 traders'.

Facts of different matters may stand in one sentence when a comma or an 'and' lies between what each of them answers for.
Facts of one measure (before and after, a list of prime brokers) may stand together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from remit.evidence import lexicon
from remit.evidence.arithmetic import same_measure
from remit.evidence.known import Known
from remit.evidence.said import Number, Said

_BOUNDARY: Final = re.compile(r"[,;:]|\b(?:and|while|but|whereas|which|where)\b", re.IGNORECASE)
Bound = Sequence[tuple[Number, tuple[Known, ...]]]


def needed(said: Said, facts: Sequence[Known], bound: Bound, answered: set[str]) -> list[Known]:
    """The facts without which a word or number of the sentence would be unanswered."""
    kept = list(facts)
    for one in reversed(facts):
        others = [each for each in kept if each is not one]
        reached = answered.union(*(each.reach for each in others))
        words = all(stem in reached for stem in said.stems if stem in one.reach)
        numbers = all(_other(number, owners, one, others, said) for number, owners in bound)
        if others and words and numbers:
            kept = others
    return kept


def _other(
    number: Number, owners: tuple[Known, ...], one: Known, others: Sequence[Known], said: Said
) -> bool:
    """Whether a bound number stands without `one`; only a date may be answered for by another fact."""
    if one not in owners:
        return True
    return number.quantity.kind == "date" and any(each.states(number, said) for each in others)


def run_together(said: Said, facts: Sequence[Known], bound: Bound, answered: set[str]) -> str:
    """A sentence when two facts of different matters share a clause; '' otherwise."""
    cuts = [found.start() for found in _BOUNDARY.finditer(said.text)]
    for one, other in combinations(facts, 2):
        if _allied(one, other) or any(one in owners and other in owners for _, owners in bound):
            continue
        mine, theirs = (_clauses(said, each, facts, bound, answered, cuts) for each in (one, other))
        if mine & theirs:
            return f"It runs two facts together ({one.fact.kind} and {other.fact.kind}); say them apart."
    return ""


def _allied(one: Known, other: Known) -> bool:
    root = one.fact.kind.split("_")[0] == other.fact.kind.split("_")[0]
    return (
        not one.ours
        and not other.ours
        and (root or (bool(one.values and other.values) and same_measure(one, other)))
    )


def _clauses(
    said: Said, one: Known, facts: Sequence[Known], bound: Bound, answered: set[str], cuts: Sequence[int]
) -> set[int]:
    """The numbers of the clauses in which a word or number is answered for by this fact alone."""
    others = answered.union(*(each.reach for each in facts if each is not one))
    places = [
        found.start()
        for found in lexicon.WORD.finditer(said.text)
        if (stem := lexicon.stem(found.group())) in said.stems and stem in one.reach and stem not in others
    ]
    places += [
        number.quantity.start
        for number, owners in bound
        if owners == (one,) and number.quantity.kind != "date"
    ]
    return {sum(cut < place for cut in cuts) for place in places}
