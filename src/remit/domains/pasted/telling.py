"""What else a pasted text tells than the facts taken from it: secrets, and how a quotation and the note that is kept leave them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from remit.domains.pasted.rules import SECRET
from remit.evidence.claims import split
from remit.knowledge.pasted.model import Found
from remit.llm.handling.classify import classify

_NAMES: Final = {
    "trading_intent": "may be inside information", "fees": "fees", "pricing": "prices", "positions": "positions",
    "account_identifiers": "account numbers", "personal_identifiers": "personal identifiers", "credentials": "passwords or keys",
}  # fmt: skip
"""Class of data handling → what it is called beside the words; the most serious first."""
_CLAUSE: Final = re.compile(r"[,;:]\s+|\s+(?=(?:and|but|while|which|who)\s)")


@dataclass(frozen=True, slots=True)
class Told:
    """Passages of one class: `says` is what they may be, `words` the passages as they stand in the text."""

    says: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secret:
    """A passage of the text, characters `start` to `end`, of a class that is nobody's to say."""

    start: int
    end: int
    data_class: str


def find_secrets(text: str, names: Sequence[str]) -> list[Secret]:
    """Every secret of `text` in order of place. `names`: the clients whom the reader sees. Loads the model on first use.

    What lies inside a trade that is meant is found beside it: fees in the same breath are fees all the same.
    """
    found = list(_of(text, names))
    trades = [one for one in found if one.data_class == "trading_intent"]
    for start, end in split(text):
        if any(one.start < end and start < one.end for one in trades):
            again = _of(text[start:end], names, passed_over=("trading_intent",))
            found += [Secret(start + one.start, start + one.end, one.data_class) for one in again]
    return sorted(set(found), key=lambda one: (one.start, -one.end))


def _of(text: str, names: Sequence[str], passed_over: Sequence[str] = ()) -> Iterator[Secret]:
    for one in classify(text, names, passed_over=passed_over):
        if one.data_class in SECRET:
            yield Secret(one.start, one.end, one.data_class)


def told(text: str, secrets: Iterable[Secret]) -> tuple[Told, ...]:
    """The passages by class, each once, the most serious class first."""
    by_class: dict[str, list[tuple[int, int]]] = {}
    for one in secrets:
        places = by_class.setdefault(one.data_class, [])
        if places and not text[places[-1][1] : one.start].strip():  # two finds of one breath: one passage
            places[-1] = (places[-1][0], max(places[-1][1], one.end))
        else:
            places.append((one.start, one.end))
    words = {name: [" ".join(text[a:b].split()) for a, b in places] for name, places in by_class.items()}
    return tuple(
        Told(says, tuple(dict.fromkeys(words[name]))) for name, says in _NAMES.items() if name in words
    )


def quotation(text: str, found: Found, secrets: Iterable[Secret]) -> tuple[int, int]:
    """The place of the quotation: the sentence, without clauses before and behind the value that tell a secret.

    Where no clause ends between the value and the secret the sentence stays whole: half a clause is no quotation.
    """
    at, start, end = found.at, found.start, found.end
    near = [one for one in secrets if one.start < end and start < one.end]
    if behind := min((one.start for one in near if one.start >= at[1]), default=0):
        ends = [cut.start() for cut in _CLAUSE.finditer(text, at[1], behind)]
        end = ends[-1] if ends else end
    if before := max((one.end for one in near if one.end <= at[0]), default=0):
        cut = _CLAUSE.search(text, before, at[0])
        start = cut.end() if cut else start
    return start, end


def kept(text: str, secrets: Sequence[Secret], quoted: Sequence[tuple[int, int]]) -> str:
    """The text as the account's note keeps it: in the place of each clause that tells a secret stands what was left out there.

    `quoted`: places of the quotations that a person confirmed as facts; they stand at the account anyway and stay.
    """
    clauses = _clauses(text)
    gone: list[tuple[int, int, list[str]]] = []
    for one in secrets:
        if any(start <= one.start and one.end <= end for start, end in quoted):
            continue
        start, end = _without(text, _around(one, clauses), one, quoted)
        says = _NAMES[one.data_class]
        if gone and start <= gone[-1][1]:  # of one clause, or side by side: one mark
            before = gone[-1]
            named = before[2] if says in before[2] else [*before[2], says]
            gone[-1] = (min(before[0], start), max(before[1], end), named)
        else:
            gone.append((start, end, [says]))
    pieces, at = [], 0
    for start, end, named in gone:
        pieces += [text[at:start], f"[left out: {', '.join(named)}]"]
        at = end
    return "".join([*pieces, text[at:]])


def _clauses(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in split(text):
        begin = start
        for cut in _CLAUSE.finditer(text, start, end):
            found.append((begin, cut.start()))
            begin = cut.end()
        stop = end - 1 if text[end - 1] in ".!?" else end  # the full stop stays
        found.append((begin, max(begin, stop)))
    return found


def _around(one: Secret, clauses: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From the begin of the clause in which it begins to the end of that in which it ends."""
    touched = [each for each in clauses if each[0] < one.end and one.start < each[1]]
    starts, ends = [start for start, _ in touched], [end for _, end in touched]
    return min([one.start, *starts]), max([one.end, *ends])


def _without(
    text: str, place: tuple[int, int], one: Secret, quoted: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """`place` without what was confirmed in it; the secret itself goes in any case."""
    start, end = place
    for first, last in quoted:
        if first <= one.start and last > start:
            start = min(last, one.start)
        if last >= one.end and first < end:
            end = max(first, one.end)
    while start < one.start and text[start].isspace():
        start += 1
    while end > one.end and text[end - 1].isspace():
        end -= 1
    return start, end
