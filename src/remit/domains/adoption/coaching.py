"""What could help a rep: sentences by rule from counts of rows, said only where the counts say it beyond chance. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from remit.kit.intervals import lower_bound

MOST: Final = 2
"""Hints a rep at a time: one thing is taken up, five are not."""
LEAST: Final = 8
"""Rows before a share of them says anything about a person."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that could help. `key` names its rows; `marked` of `n` of them are what it is about."""

    key: str
    marked: int
    n: int
    sentence: str


def _waits(marked: int, _n: int) -> bool:
    return marked >= 2  # each of them is a person who waits: no share, no chance


def _mostly(marked: int, n: int) -> bool:
    return n >= LEAST and lower_bound(marked, n) > 0.5


def _often(marked: int, n: int) -> bool:
    return n >= LEAST and lower_bound(marked, n) > 0.25


_RULES: Final[Mapping[str, tuple[Callable[[int, int], bool], str]]] = {
    "waiting": (_waits, "{marked} messages from buyers have waited more than two days. An answer can be begun from Today, the oldest first."),
    "unfollowed": (_mostly, "{marked} of {n} calls and meetings had no message in the two days after. A follow-up can be written from the note, once, together."),
    "changed": (_mostly, "{marked} of {n} accepted texts were changed first. Look at two of them together: what is changed each time belongs in a template."),
    "unused": (_often, "{marked} of {n} texts were made and not used. Ask what they lacked; more often than not it is a fact about the account."),
    "unbriefed": (_mostly, "{marked} of {n} meetings had no brief. It waits on Today on the morning of a meeting and is one page."),
}  # fmt: skip


def hints(counts: Mapping[str, tuple[int, int]]) -> list[Hint]:
    """The hints for one rep, what matters to a buyer first; `counts`: (marked, n) by key. Empty: nothing stands out beyond chance."""
    found = []
    for key, (speaks, sentence) in _RULES.items():
        marked, n = counts.get(key, (0, 0))
        if speaks(marked, n):
            found.append(Hint(key, marked, n, sentence.format(marked=marked, n=n)))
    return found[:MOST]


def too_little(counts: Mapping[str, tuple[int, int]]) -> bool:
    """Whether there are too few rows of any kind to say anything of a rep."""
    return all(n < LEAST for _, n in counts.values())
