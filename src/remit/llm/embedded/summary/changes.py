"""What a document says that the one before of its kind did not: risks named and dropped, figures that moved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from remit.kit.text import fold
from remit.llm.embedded.summary import candidates, filings, rank, sentences, tables, values
from remit.llm.embedded.summary.model import Citation, Kind, Text

SAME_RISK: Final = 78  # of 100: headings of one risk are reworded from year to year
MOST: Final = 200
_LEAD: Final = re.compile(r"^(?P<ahead>sees\s+)?(?:(?:q[1-4]|fy|quarterly|first half|second half)(?:\s+\d{4})?\s+|\d{4}\s+)*(?P<name>.*?)(?:\s+(?:rose|fell|up|down|between|approximately|about|over|around|nearly|roughly|at\s+least|more\s+than|negative)\b|\s+[-$€£¥]*\d)", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topic:
    """A risk and the place that names it: in the new document, or in the previous one when it was dropped."""

    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Moved:
    """One measure with what each document says of it, each with its place in its own document."""

    what: str
    now: str
    previous: str
    citation: Citation
    previous_citation: Citation


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything found, in the order of the documents."""

    new_risks: tuple[Topic, ...]
    removed_risks: tuple[Topic, ...]
    numbers: tuple[Moved, ...]


def compare(now: Text, before: Text, kind: Kind) -> Differences:
    """What changed from `before` to `now`, two documents of one kind. Only what both sides state is a moved number."""
    filing = kind in ("10-K", "10-Q")
    fresh, gone = _risks(now, before) if filing else ((), ())
    figures = _rows(now, before) if filing else _lines(now, before)
    return Differences(fresh, gone, figures)


def _cited(document: Text, span: tuple[int, int]) -> Citation:
    return Citation(span[0], span[1], document.text[span[0] : span[1]])


def _risks(now: Text, before: Text) -> tuple[tuple[Topic, ...], tuple[Topic, ...]]:
    here, there = filings.topics(now), filings.topics(before)
    if not here or not there:
        return (), ()  # a document without its risk section tells nothing of risks
    fresh = _missing(here, there)
    gone = _missing(there, here)
    return tuple(Topic(text, _cited(now, span)) for text, span in fresh[:MOST]), tuple(
        Topic(text, _cited(before, span)) for text, span in gone[:MOST]
    )


def _missing(
    these: list[tuple[str, tuple[int, int]]], others: list[tuple[str, tuple[int, int]]]
) -> list[tuple[str, tuple[int, int]]]:
    from rapidfuzz import fuzz

    folded = [fold(text) for text, _ in others]
    return [
        each
        for each in these
        if max((fuzz.token_set_ratio(fold(each[0]), other) for other in folded), default=0.0) < SAME_RISK
    ]


def _rows(now: Text, before: Text) -> tuple[Moved, ...]:
    former = {row.kind: row for row in tables.rows(before.text)}
    found = []
    for row in tables.rows(now.text):
        old = former.get(row.kind)
        if old is not None and old.now != row.now:
            new_text, old_text = f"{row.now} ({row.column})", f"{old.now} ({old.column})"
            found.append(
                Moved(row.label, new_text, old_text, _cited(now, row.spans[0]), _cited(before, old.spans[0]))
            )
    return tuple(found)


def _lines(now: Text, before: Text) -> tuple[Moved, ...]:
    latest, former = _said(now), _said(before)
    found = []
    for key, (text, span) in latest.items():
        old = former.get(key)
        if old is not None and [each.text for each in values.find(text)] != [
            each.text for each in values.find(old[0])
        ]:
            found.append(Moved(key, text, old[0], _cited(now, span), _cited(before, old[1])))
    return tuple(found[:MOST])


def _said(document: Text) -> dict[str, tuple[str, tuple[int, int]]]:
    """Measure → the best line about it and its place; expected and reached figures are two measures."""
    framed = [each for each in candidates.of(sentences.split(document.text)) if each.cls != "told"]
    best: dict[str, tuple[float, str, tuple[int, int]]] = {}
    for each in framed:
        lead = _LEAD.match(each.text)
        if lead is None:
            continue
        key = ("expected " if lead["ahead"] else "") + lead["name"].casefold().strip()
        worth = rank.score(each, rank.weights())
        if key not in best or worth > best[key][0]:
            best[key] = (worth, each.text, each.spans[0])
    return {key: (text, span) for key, (_, text, span) in best.items()}
