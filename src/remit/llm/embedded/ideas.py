"""Why to write: which facts about a firm are a reason, from which angle, and what we have to say about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final
from uuid import UUID

from remit.evidence.facts import KINDS, Fact
from remit.evidence.lexicon import FRAMING, stems
from remit.llm.embedded.angles import ANGLES, angles_for

# How good a reason to write a fact is; a month of age costs half a point.
_REASON: Final = {
    "need": 10.0, "launch": 9.0, "hire": 8.0, "office": 7.5, "holdings_change": 7.0, "prime_broker": 6.5, "stack": 6.5,
    "instrument": 5.0, "custodian": 5.0, "strategy": 4.0, "administrator": 4.0, "aum": 4.0,
}  # fmt: skip
# the words our product has in its name, by the kind of system that a firm runs
_SOLD_AS: Final = {
    "oms": ("oms", "order"), "ems": ("ems", "execution"), "pms": ("portfolio", "pms"), "risk system": ("risk",),
    "risk": ("risk",), "market data": ("data",),
}  # fmt: skip
_ASKED: Final = 100.0  # what the rep has just brought in
_GROUPED: Final = frozenset({"prime_broker", "custodian", "administrator"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who it is written to. `persona` is one of angles.PERSONAS; `segment` a key of angles.FLOWS or anything else."""

    first_name: str
    last_name: str
    persona: str
    account_name: str
    segment: str = "other"
    month_first: bool = False


@dataclass(frozen=True, slots=True)
class Idea:
    """One way to begin: the facts of the opening, the angle, and what we have to say about it (maybe nothing)."""

    facts: tuple[Fact, ...]
    angle: str
    capabilities: tuple[Fact, ...]
    score: float


def ideas(
    known: Sequence[Fact], reader: Reader, day: date, chance: Random, about: Collection[UUID] = ()
) -> list[Idea]:
    """Every reason to write, the best first; near ties fall differently for each reader. `about`: facts that come before all others."""
    ours = [fact for fact in known if fact.kind == "capability"]
    found = []
    for group in groups(known):
        first = group[0]
        if first.kind not in _REASON or (
            first.kind == "hire" and reader.last_name and reader.last_name in first.value
        ):
            continue
        base = _REASON[first.kind] - (day - first.as_of_on).days / 60 + chance.uniform(0, 1.5)
        for rank, angle in enumerate(angles_for(first.kind, first.subject, first.value)):
            if first.kind in _GROUPED and _needs_two(angle) and len(group) < 2:
                continue
            able = _relevant(ours, angle, group)
            first_of_all = _ASKED if any(fact.id in about for fact in group) else 0.0
            score = base + first_of_all - rank * 1.2 + (2.0 if able else 0.0) + chance.uniform(0, 1.0)
            found.append(Idea(tuple(group), angle, tuple(able), score))
    return sorted(found, key=lambda idea: -idea.score)


def groups(known: Sequence[Fact]) -> Iterator[list[Fact]]:
    """Facts of the account that are said together: the prime brokers of one filing, everything else alone."""
    together: dict[tuple[object, ...], list[Fact]] = {}
    for fact in known:
        if fact.kind in KINDS and KINDS[fact.kind].ours:
            continue
        apart = () if fact.kind in _GROUPED else (fact.id,)
        together.setdefault((fact.kind, fact.source_name, fact.as_of_on, fact.sayable, *apart), []).append(
            fact
        )
    for group in together.values():
        yield sorted(group, key=lambda fact: fact.value)[:3]


def _needs_two(angle: str) -> bool:
    return angle in ("allocation", "financing")


def _relevant(ours: Sequence[Fact], angle: str, group: Sequence[Fact]) -> list[Fact]:
    """Our capabilities that speak to the angle, and to what they told us or run today; the closest first, near ties kept."""
    words, products = ANGLES[angle].words, ANGLES[angle].products
    first = group[0]
    wanted = stems(f"{first.subject} {first.value}") - FRAMING if first.kind == "need" else frozenset()
    in_place = (
        _SOLD_AS.get(first.subject.casefold(), (first.subject.casefold(),)) if first.kind == "stack" else ()
    )

    def closeness(fact: Fact) -> int:
        said, product = fact.value.casefold().split(), fact.subject.casefold()
        topical = sum(any(word.startswith(key) for word in said) for key in words)
        told = 3 * len(wanted & stems(fact.value))
        named = 2 * any(key in product for key in in_place or products)
        return topical + told + named if topical or told or (in_place and named) else 0

    how_close = {fact.id: closeness(fact) for fact in ours}
    near = sorted(
        (fact for fact in ours if how_close[fact.id]), key=lambda fact: (-how_close[fact.id], str(fact.id))
    )
    return [fact for fact in near if how_close[fact.id] >= how_close[near[0].id] - 1]
