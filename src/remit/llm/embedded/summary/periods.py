"""Which quarter or year a sentence speaks of, in the words in which it says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from remit.llm.embedded.summary.lexicon import GUIDING, ORDINALS, PERIOD
from remit.llm.embedded.summary.sentences import Sentence

# A period after one of these words, in the same clause, is what the sentence compares with
_COMPARING: Final = re.compile(
    r"(?:\b(?:versus|vs\.?|compar\w+|against|relative\s+to|year-ago|year\s+ago|same|than|prior(?!\s+to)|previous|last)\b[^;:]{0,90}"
    r"|\bfrom\s+[-\d$.,%\s]{1,40}(?:in\s+)?(?:the\s+)?"
    r"|\b(?:from|over|since|ended?|exceed\w*)\s+(?:the\s+|our\s+|in\s+)*)$",
    re.IGNORECASE,
)
_PRIOR: Final = re.compile(
    r"\s+(?:of\s+)?(?:last|prior|the\s+prior|the\s+previous|a)\s+year|\s+a\s+year\s+ago", re.IGNORECASE
)
SHORT: Final = {"1": "Q1", "2": "Q2", "3": "Q3", "4": "Q4"}


@dataclass(frozen=True, slots=True)
class Period:
    """`label` in our words, said at `start:end` of the document. kind: quarter, year, half; `exact` names which one."""

    kind: str
    label: str
    start: int
    end: int
    exact: bool


def said_in(sentence: Sentence) -> list[Period]:
    """Periods that `sentence` reports on, in order; what it only compares with is left out."""
    found: list[Period] = []
    for match in PERIOD.finditer(sentence.text):
        before = sentence.text[max(0, match.start() - 110) : match.start()]
        if _COMPARING.search(before) or _PRIOR.match(sentence.text, match.end()):
            continue
        found.append(_period(match, sentence.start))
    return found


def _period(match: re.Match[str], offset: int) -> Period:
    start, end = match.start() + offset, match.end() + offset
    if match["q"]:
        word = re.split(r"[-\s]", match["q"].lower())[0]
        number = word[1] if word.startswith("q") and len(word) == 2 else ORDINALS[word]
        label = SHORT[number] + (f" {match['qy']}" if match["qy"] else "")
        return Period("quarter", label, start, end, True)
    if match["fy"]:
        return Period(
            "year", "FY" + (f" {match['fyy']}" if match["fyy"] else ""), start, end, bool(match["fyy"])
        )
    if match["half"]:
        return Period("half", re.sub(r"\s+", " ", match.group()), start, end, True)
    if match["this"]:
        return Period("quarter", "Quarterly", start, end, False)
    return Period("year", match["y"] or "FY", start, end, bool(match["y"]))


def reported(sentences: Sequence[Sentence]) -> Period | None:
    """The quarter that the whole text reports on: the one most named in its first half outside of guidance."""
    counts: Counter[str] = Counter()
    first: dict[str, Period] = {}
    dated: dict[str, Counter[str]] = {}
    full: dict[str, Period] = {}
    for sentence in sentences[: max(20, len(sentences) // 2)]:
        if GUIDING.search(sentence.text):
            continue
        for period in said_in(sentence):
            if period.kind == "quarter" and period.exact:
                counts[period.label[:2]] += 1
                if period.label[:2] not in first or (
                    first[period.label[:2]].label[2:] and not period.label[2:]
                ):
                    first[period.label[:2]] = period
                if period.label[2:]:
                    dated.setdefault(period.label[:2], Counter())[period.label] += 1
                    full.setdefault(period.label, period)
    if not counts:
        return None
    label, times = counts.most_common(1)[0]
    others = sum(counts.values()) - times
    if times <= others:
        return None
    years = dated.get(label, Counter())
    sure = sum(years.values()) > 1 or times == sum(years.values())
    return full[max(years)] if years and sure else first[label]  # the latest year; others are looked back to
