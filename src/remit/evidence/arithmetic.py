"""Numbers that facts do not state and that follow from those they state: the arithmetic is done here, and shown.

Each kind of result needs its words in the sentence ('more', 'together', 'a month', 'of'), so that a wrong number is
not excused by a coincidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import permutations
from typing import Final

from remit.evidence.known import DOWN, UP, Known
from remit.evidence.lexicon import stem
from remit.evidence.quantities import Quantity
from remit.evidence.said import Number, Said

_TOGETHER: Final = re.compile(
    r"\b(together|in total|altogether|combined|in all|between them|overall)\b", re.IGNORECASE
)
_SHARE: Final = re.compile(r"\b(of|share|part|proportion)\b", re.IGNORECASE)
_PER: Final = re.compile(r"\s*(?:\w+ ){0,2}?per(day|week|month|quarter|year)\b")
_EACH: Final = re.compile(r"\b(?:per|for each|for every) (\w+)", re.IGNORECASE)
_WHOLE_YEAR: Final = {
    "month": Decimal(12),
    "quarter": Decimal(4),
    "week": Decimal(52),
    "day": Decimal(252),
    "year": Decimal(1),
}
_COUNTED: Final = {
    stem(word): kind
    for word, kind in {
        "primebroker": "prime_broker", "broker": "prime_broker", "custodian": "custodian", "administrator": "administrator", "office": "office",
    }.items()
}  # fmt: skip
_CHANGE: Final = frozenset(UP | DOWN | {stem("difference"), stem("saved"), stem("change")})


@dataclass(frozen=True, slots=True)
class Derived:
    """How a number follows from facts: the facts, the arithmetic in words, and the stems that it answers for."""

    facts: tuple[Known, ...]
    shown: str
    stems: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values of one measure, the earlier first; of one fact or of two."""

    first: Quantity
    second: Quantity
    facts: tuple[Known, ...]

    @property
    def stems(self) -> frozenset[str]:
        """The words of the direction in which the values go."""
        return (
            UP
            if self.second.value > self.first.value
            else DOWN
            if self.second.value < self.first.value
            else frozenset()
        )


def derive(number: Number, said: Said, facts: Sequence[Known]) -> Derived | None:
    """The first way in which `number` follows from `facts`; None when it does not."""
    if number.quantity.kind == "date":
        return None
    about = [one for one in facts if one.about(said) or one.said_in(said)]
    for found in (
        _count(number, said, facts),
        *_of_pairs(number, said, about),
        *_of_parts(number, said, about),
        _rate(number, said, about),
    ):
        if found is not None:
            return found
    return None


def pairs(facts: Sequence[Known]) -> Iterator[Pair]:
    """Values that can be compared: two of one fact, or of two facts about the same measure at different times."""
    for one in facts:
        plain = [each for each in one.values if each.end]
        if len(plain) == 2 and _alike(*plain):
            yield Pair(plain[0], plain[1], (one,))
    for one, two in permutations(facts, 2):
        if one.fact.as_of_on < two.fact.as_of_on and same_measure(one, two) and one.values and two.values:
            first, second = one.values[0], two.values[0]
            if _alike(first, second):
                yield Pair(first, second, (one, two))


def same_measure(one: Known, two: Known) -> bool:
    """Whether two facts measure the same thing: one kind or one root of kinds, about one subject."""
    root = one.fact.kind.split("_")[0] == two.fact.kind.split("_")[0] and one.fact.subject == two.fact.subject
    shared = one.topic & two.topic
    return bool(shared) and (root or 2 * len(shared) >= min(len(one.topic), len(two.topic)))


def _alike(one: Quantity, two: Quantity) -> bool:
    return one.kind == two.kind and one.unit == two.unit


def _exact(number: Number, value: Decimal) -> bool:
    return abs(value - number.quantity.value) <= number.quantity.step / 2


def _fits(number: Number, value: Decimal) -> bool:
    """A derived value may be rounded to the last digit said, whole percents included."""
    coarse = number.quantity.kind == "amount" and len(number.quantity.value.normalize().as_tuple().digits) < 2
    return number.fits(value, value == number.quantity.value if coarse else _exact(number, value))


def _count(number: Number, said: Said, facts: Sequence[Known]) -> Derived | None:
    kinds = {_COUNTED[word] for word in said.every if word in _COUNTED}
    kind = _COUNTED.get(number.noun) if number.noun else kinds.pop() if len(kinds) == 1 else None
    if kind is None or number.near or number.quantity.unit:
        return None
    counted = {one.fact.value: one for one in facts if one.fact.kind == kind}
    if len(counted) != number.quantity.value:
        return None
    return Derived(tuple(counted.values()), f"{len(counted)} on record: {', '.join(sorted(counted))}")


def _of_pairs(number: Number, said: Said, facts: Sequence[Known]) -> Iterator[Derived]:
    """Ratio, change in percent or as a share, and difference of two values of one measure."""
    changes = bool(_CHANGE & said.every)
    quantity = number.quantity
    for pair in pairs(facts):
        first, second = pair.first.value, pair.second.value
        if not first:
            continue
        ratio, told = second / first, f"{plain(second)} against {plain(first)}"
        share = abs(ratio - 1)
        if quantity.kind == "ratio" and _fits(number, ratio):
            stems = pair.stems | {stem(quantity.text), *_TIMES_WORDS}
            yield Derived(pair.facts, f"{told}: {float(ratio):.3g} times", stems)
        if not changes:
            continue
        value = {"percent": share * 100, "share": share}.get(quantity.kind)
        if value is not None and _fits(number, value):
            yield Derived(pair.facts, f"{told}: {float(ratio - 1) * 100:+.3g} %", pair.stems | _SAVED)
        same = quantity.kind == pair.first.kind and quantity.unit in ("", pair.first.unit)
        counted = all(one.counts(number) or number.noun in _CHANGE for one in pair.facts)
        if same and counted and _fits(number, abs(second - first)):
            yield Derived(pair.facts, f"{told}: {plain(second - first, sign=True)}", pair.stems | _SAVED)


_TIMES_WORDS: Final = (stem("many"), stem("much"), stem("times"))
_SAVED: Final = frozenset({stem("saved"), stem("difference"), "peryearchang"})
_SUMS: Final = frozenset(stem(word) for word in ("together", "total", "altogether", "combined", "overall"))


@lru_cache(maxsize=64)
def _asked(text: str) -> tuple[bool, bool]:
    """Whether a sentence speaks of a share, and of a sum: asked once a sentence, not once for each of its numbers."""
    return _SHARE.search(text) is not None, _TOGETHER.search(text) is not None


def _of_parts(number: Number, said: Said, facts: Sequence[Known]) -> Iterator[Derived]:
    """Shares of one value in another, ratios and sums of two, and one value divided by another of the same fact."""
    kind, unit = number.quantity.kind, number.quantity.unit
    of, together = _asked(said.text)
    each = _EACH.search(said.text[number.quantity.end :])
    if not (together or each or (of and kind in ("share", "percent")) or kind == "ratio"):
        return
    valued = [(one, value) for one in facts for value in one.values]
    for (one, first), (two, second) in permutations(valued, 2):
        if not second.value:
            continue
        shared, alike = first.value / second.value, _alike(first, second)
        part = {"share": shared, "percent": shared * 100}.get(kind)
        whole = alike and first.value < second.value and one.fact.as_of_on == two.fact.as_of_on
        if whole and of and part is not None and _fits(number, part):
            yield Derived((one, two), f"{_divided(first, second)} = {float(shared) * 100:.3g} %")
        elif kind == "ratio" and alike and one is not two and _fits(number, shared):
            yield Derived(
                (one, two), f"{_divided(first, second)} = {float(shared):.3g}", frozenset(_TIMES_WORDS)
            )
        elif (
            together
            and alike
            and one is not two
            and same_measure(one, two)
            and kind == first.kind
            and _fits(number, first.value + second.value)
        ):
            yield Derived((one, two), f"{plain(first.value)} + {plain(second.value)}", _SUMS)
        elif (
            each
            and one is not two
            and _per_head(each[1], one, two, first, second)
            and kind == first.kind
            and _fits(number, shared)
        ):
            yield Derived(
                (one, two),
                f"{_divided(first, second)} = {plain(shared)}",
                frozenset({stem("average"), stem(each[1])}),
            )
        elif (
            each and one is two and _per(each[1], one, first, second) and (kind, unit or first.unit) == (first.kind, first.unit)
            and _fits(number, shared)
        ):  # fmt: skip
            yield Derived(
                (one,), f"{_divided(first, second)} = {plain(shared)}", frozenset({stem("average")})
            )


def _divided(first: Quantity, second: Quantity) -> str:
    return f"{plain(first.value)} ÷ {plain(second.value)}"


def _per(word: str, one: Known, first: Quantity, second: Quantity) -> bool:
    """Whether 'per <word>' asks for money divided by the count of that thing, both of one fact."""
    return bool(first.unit) and not second.unit and stem(word) in one.reach


def _per_head(word: str, one: Known, two: Known, first: Quantity, second: Quantity) -> bool:
    """Whether 'per <word>' asks for one fact's money divided by another's people, as both stood on one day."""
    return (
        bool(first.unit) and not second.unit and two.fact.kind == "headcount" and one.fact.kind != "headcount"
        and one.fact.as_of_on == two.fact.as_of_on and stem(word) in two.reach
    )  # fmt: skip


def _rate(number: Number, said: Said, facts: Sequence[Known]) -> Derived | None:
    """A yearly value said by month, or a monthly one by year."""
    found = _PER.match(said.text[number.quantity.end :])
    if found is None:
        return None
    period = found[1]
    for one in facts:
        stated = next(
            (name for name in _WHOLE_YEAR if f"per{name}" in one.text), "year" if _yearly(one) else ""
        )
        if not stated or stated == period or not one.counts(number):
            continue
        factor = _WHOLE_YEAR[stated] / _WHOLE_YEAR[period]
        for value in one.values:
            if (
                value.kind == number.quantity.kind
                and number.quantity.unit in ("", value.unit)
                and _fits(number, value.value * factor)
            ):
                return Derived(
                    (one,),
                    f"{plain(value.value)} × {float(factor):.3g} ({stated} → {period})",
                    frozenset({f"per{period}", stem(f"per{period}")}),
                )
    return None


def _yearly(one: Known) -> bool:
    """True for a total of one whole year ('in 2025')."""
    dates = [each.parts for each in one.quantities[:-1] if each.kind == "date"]
    return any(
        year is not None and (quarter, month, day) == (None, None, None)
        for year, quarter, month, day in dates
    )


def plain(value: Decimal, *, sign: bool = False) -> str:
    """A number for a person: '4.2bn', '79', '+600m'."""
    plus = "+" if sign else ""
    for size, name in ((10**9, "bn"), (10**6, "m")):
        if abs(value) >= size:
            return f"{float(value) / size:{plus}.4g}{name}"
    return f"{float(value):{plus}.6g}"
