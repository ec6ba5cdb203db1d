"""Reads the gold set and scores finds against it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).with_name("gold.txt")
MORE = Path(__file__).with_name("gold_more.txt")
VOICES = Path(__file__).with_name("gold_voices.txt")
DESK = Path(__file__).with_name("gold_desk.txt")
BLIND = Path(__file__).with_name("gold_blind.txt")
BLIND_SECOND = Path(__file__).with_name("gold_blind_second.txt")
_MARK = re.compile(r"\{(\w+)\|([^}]*)\}")
SCORED = (
    "aum", "fees", "strategy", "positions", "trading_intent", "pricing", "account_identifiers", "security_identifiers", "credentials",
)  # fmt: skip
FINANCE = SCORED[:6]


@dataclass(frozen=True)
class Case:
    """A sentence with its gold: (start, end, data class)."""

    text: str
    gold: tuple[tuple[int, int, str], ...]


@dataclass
class Score:
    """Counts per class; `slips` are the cases that went wrong, for reading."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    slips: list[str] = field(default_factory=list)

    def recall(self, classes: Sequence[str]) -> float:
        """Gold spans of these classes that were covered whole ÷ all of them."""
        hit, miss = sum(self.found[c] for c in classes), sum(self.missed[c] for c in classes)
        return hit / (hit + miss) if hit + miss else 1.0

    def precision(self, classes: Sequence[str]) -> float:
        """Finds of these classes that touch a gold span of their class ÷ all finds of them."""
        good, bad = sum(self.right[c] for c in classes), sum(self.wrong[c] for c in classes)
        return good / (good + bad) if good + bad else 1.0


def clients() -> list[str]:
    """The client names that the sentences speak of."""
    line = next(each for each in FILE.read_text("utf-8").splitlines() if each.startswith("# clients:"))
    return [name.strip() for name in line.removeprefix("# clients:").split(";")]


def cases(part: str = "all") -> list[Case]:
    """`dev` = even lines of the set, `held` = odd lines, `all` = both; `more`, `voices`, `desk`, `blind` (opened) = only for fitting;
    `blind_second` = only reported."""
    file = {"more": MORE, "voices": VOICES, "desk": DESK, "blind": BLIND, "blind_second": BLIND_SECOND}.get(
        part, FILE
    )
    lines = [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    if file is not FILE:
        return [parse(line) for line in lines]
    kept = {"dev": lines[0::2], "held": lines[1::2], "all": lines}[part]
    return [parse(line) for line in kept]


def parse(line: str) -> Case:
    """`Their AUM is {aum|$4bn}.` → text and gold."""
    text, gold, last = "", [], 0
    for match in _MARK.finditer(line):
        text += line[last : match.start()]
        gold.append((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        last = match.end()
    return Case(text + line[last:], tuple(gold))


def score(found_in: Callable[[str], Sequence[tuple[int, int, str]]], part: str) -> Score:
    """A gold span counts as found when finds of its class cover every character of it but blanks."""
    result = Score()
    for case in cases(part):
        found = [each for each in found_in(case.text) if each[2] in SCORED]
        for start, end, data_class in case.gold:
            covered = {i for a, b, c in found if c == data_class for i in range(a, b)}
            whole = all(i in covered for i in range(start, end) if not case.text[i].isspace())
            (result.found if whole else result.missed)[data_class] += 1
            if not whole:
                result.slips.append(f"missed {data_class} “{case.text[start:end]}” in: {case.text}")
        for start, end, data_class in found:
            hit = any(data_class == c and a < end and start < b for a, b, c in case.gold)
            (result.right if hit else result.wrong)[data_class] += 1
            if not hit:
                result.slips.append(f"wrong {data_class} “{case.text[start:end]}” in: {case.text}")
    return result
