"""Signatures, jobs, titles, and names in texts without capital letters: what the form of a text tells by itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from remit.llm.handling import names
from remit.llm.handling.spans import Found

_JOB_WORD: Final = (
    r"(?:manager|analyst|consultant|officer|engineer|administrator|specialist|director|assistant|attendant|clerk|technician|operator|representative|supervisor|agent|"
    r"accountant|advis[eo]r|architect|associate|broker|buyer|chef|coordinator|counsel(?:or|lor)?|designer|developer|driver|economist|editor|inspector|instructor|lawyer|"
    r"nurse|partner|planner|president|programmer|recruiter|researcher|salesperson|scientist|secretary|strategist|teacher|therapist|trader|translator|worker|writer|ceo|cfo|"
    r"coo|cto|cio|founder|chair(?:man|woman)?|superintendent|guard|mechanic|maker|repairer|installer|examiner|auditor|controller|treasurer|head of [a-z]+)"
)
_JOB: Final = re.compile(
    rf"(?:^[ >]*|\n[ >]*)(?P<job>(?:[A-Za-z][\w-]*,? (?:(?:and|of|or) )?){{0,5}}{_JOB_WORD}s?)[ ]*(?=\n)|(?:\bas (?:an? |the )?|, the )(?P<job2>(?:[A-Za-z][\w-]* (?:(?:and|of|or) )?){{0,4}}{_JOB_WORD})(?=,|\.|\n)",
    re.I,
)
_NAME_LINE: Final = re.compile(r"[A-Z][\w'’&.-]*(?:,? (?:and |& |of )?[A-Z][\w'’&.-]*){0,4}")
_JOB_LINE: Final = re.compile(rf"(?:[A-Za-z][\w,-]* ){{0,5}}{_JOB_WORD}s?", re.I)
_LOWER_CUE: Final = re.compile(
    r"(?:\bmy name is|\bname(?: is)?:|people call me|\bname\?|i'm|\bcalled|\bheard|\bnamed(?: him| her)?|\bsays|\bdear|\bmr\.?|\bmrs\.?|\bms\.?|\bdr\.?)\s+(?P<name>[^\W\d_]{3,}(?: [^\W\d_]\.)?(?: [^\W\d_]{3,})?)(?=[\n.?!,]|$| speak)"
)


def titles(text: str) -> Iterator[Found]:
    """Forms of address: Mr, Dr, Frau."""
    for match in re.finditer(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Herr|Frau|Mme)\b\.?|\bMiss\b(?= [A-Z])", text):
        yield Found(*match.span(), "PERSON")


def firms_on_lines(text: str, people: Sequence[tuple[int, int]]) -> Iterator[Found]:
    """A firm on a line of its own, right below a person or a job, or right above an address or a telephone number."""
    start, lines = 0, []
    for line in text.split("\n"):
        bare = line.strip(" >?,")
        lines.append((start + line.find(bare) if bare else start, bare))
        start += len(line) + 1
    for place, (at, bare) in enumerate(lines):
        if (
            not bare
            or not _NAME_LINE.fullmatch(bare)
            or any(a < at + len(bare) and at < b for a, b in people)
        ):
            continue
        above, below = (
            lines[place - 1] if place else None,
            lines[place + 1] if place + 1 < len(lines) else None,
        )
        named = above is not None and (
            any(a <= above[0] < b for a, b in people) or _JOB_LINE.fullmatch(above[1])
        )
        if (
            named
            and below is not None
            and (any(mark.isdigit() for mark in below[1]) or any(a <= below[0] < b for a, b in people))
        ):
            yield Found(at, at + len(bare), "ORGANIZATION", sure=False)


def jobs(text: str) -> Iterator[Found]:
    """A job: alone on its line (a signature), or behind `as` or `, the`."""
    for match in _JOB.finditer(text):
        yield Found(*match.span("job" if match["job"] else "job2"), "JOB_TITLE")


def without_capitals(text: str) -> Iterator[Found]:
    """Names in a text that has no capital letters at all: behind a cue, or a given name with a family name."""
    for match in _LOWER_CUE.finditer(text):
        yield Found(*match.span("name"), "PERSON")
    words = list(re.finditer(r"[^\W\d_]+", text))
    for one, two in itertools.pairwise(words):
        given, family = names.kinds(one[0]), names.kinds(two[0])
        if (
            two.start() - one.end() == 1
            and "g" in given
            and "w" not in given + family
            and not {one[0], two[0]} & names.NEVER
            and (
                "f" in family
                or (len(one[0]) > 3 and len(two[0]) > 3 and not family and two.end() == len(text))
            )
        ):
            yield Found(one.start(), two.end(), "PERSON")
    for match in re.finditer(
        r"\b[^\W\d_]+(?: [^\W\d_]+){0,2} (?:inc|llc|ltd|plc|corp|group|partners)\b\.?|\b\w+, \w+ and \w+(?=\n|$)",
        text,
    ):
        yield Found(*match.span(), "ORGANIZATION")
