"""Passages of our own documents that speak to a question: quoted word for word, never put in other words. Pure.

A passage is a paragraph, or a few sentences of a long one, with the heading above it. It is held to the same guards as an answer:
what the question names stands in the passage or its heading; a number, a denial, how often, how long, how many are met.

No passage is torn from what turns its sense: lines that run on are one paragraph, a list goes with the words that lead to it, what begins or ends in the
middle of a sentence is not given, and below a heading that denies ("What we do not promise") only what denies itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from remit.evidence.claims import split
from remit.knowledge.questionnaires.comparing import figures
from remit.knowledge.questionnaires.comparing import words as compared
from remit.knowledge.questionnaires.match import Entry, Index

LONGEST: Final = 520
"""Characters of a passage: what a person reads at a glance, and what fits a cell."""
WHOLE: Final = 2 * LONGEST
"""What cannot be cut and is longer (tables, long lists) is not given."""
SHORTEST: Final = 30
HEADING: Final = 80
ABOVE_TEXT: Final = 40
"""The longest heading without a number right above its text; a longer line there is the first of a wrapped paragraph."""
SURE: Final = 0.8
"""The least score of a passage that speaks against an approved answer."""
DENIAL: Final = re.compile(r"\b(?:no|not|never|neither|nor|cannot|without)\b", re.I)
_HEADING: Final = re.compile(r"(?:#{1,4} .*|(?:\d{1,2}\.)*\d{0,2}\.? ?[A-Z][^.!?;:]*)")
_NUMBERED: Final = re.compile(r"#|\d")
_LINE: Final = re.compile(r"[^\n]*\S[^\n]*")
_ENDED: Final = re.compile(r"[.!?…][\"'”’)\]]*\s*$")
_ITEM: Final = re.compile(r"\s*(?:[-–•*]|\(?\w{1,2}[.)])\s")
_MIDWAY: Final = re.compile(r"(?:\s*[-–•*]\s)?[\s\"'“‘(\[]*[a-zà-ÿ,;:.)&%/]")
"""How words begin that are not the beginning of a sentence, be it those of a list."""
_SENTENCE: Final = re.compile(r"[^.!?]+(?:[.!?](?!\s)[^.!?]*)*[.!?]*\s*")


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it is cut: its text, where its headings begin and end, where its pages begin."""

    id: str
    title: str
    text: str
    headings: Sequence[tuple[int, int]] = ()
    page_starts: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a document, by their place. `section`: the heading above; `page` counts from 1, 0 where the document has none."""

    source_id: str
    start: int
    end: int
    text: str
    section: str
    page: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """The passage that speaks to a question best, how well (0–1), and one that says something else."""

    passage: Passage
    score: float
    other: Quoted | None = None


def passages(source: Source) -> Iterator[Passage]:
    """The passages of a document in their order; headings are none."""
    headings = headings_of(source)
    blocks = list(_blocks(source.text, {start for start, _ in headings}))
    for place, (first, last) in enumerate(blocks):
        above = [each for each in headings if each[0] <= first]
        section = " ".join(source.text[slice(*above[-1])].split()) if above else ""
        if last - first < SHORTEST:
            continue
        denied = DENIAL.search(section) is not None
        torn = place + 1 < len(blocks) and _MIDWAY.match(source.text, blocks[place + 1][0]) is not None
        for start, end in _pieces(source.text[first:last], first, torn=torn):
            if denied and not DENIAL.search(
                source.text, start, _sentences(source.text[start:end])[0][1] + start
            ):
                continue
            yield Passage(source.id, start, end, source.text[start:end], section, page_of(source, start))


def headings_of(source: Source) -> list[tuple[int, int]]:
    """Where its headings stand: as its reader found them, else its short lines without an end that stand alone or above their text."""
    if source.headings:
        return sorted(source.headings)
    lines = list(_LINE.finditer(source.text))
    return [
        (line.start(), line.end())
        for line, after in zip(lines, [*lines[1:], None], strict=True)
        if _heads(line[0].strip(), "" if after is None or after.start() > line.end() + 1 else after[0])
    ]


def _heads(line: str, below: str) -> bool:
    """Whether a line is a heading and not the beginning of the line right `below` it ("" for none)."""
    if not _HEADING.fullmatch(line) or len(line) > HEADING:
        return False
    if not below:
        return True
    if _MIDWAY.match(below):
        return False
    return _NUMBERED.match(line) is not None or (len(line) <= ABOVE_TEXT and not DENIAL.search(line))


def _blocks(text: str, headed: set[int]) -> Iterator[tuple[int, int]]:
    """First and last character of each paragraph: lines that run on together, a list with the words that lead to it."""
    first = last = -1
    for line in _LINE.finditer(text):
        if line.start() in headed:
            if first >= 0:
                yield first, last
            first = -1
        elif first >= 0 and _runs_on(text[first:last], line[0], apart=line.start() > last + 1):
            last = line.end()
        else:
            if first >= 0:
                yield first, last
            first, last = line.start(), line.end()
    if first >= 0:
        yield first, last


def _runs_on(block: str, line: str, *, apart: bool) -> bool:
    """Whether a line belongs to the paragraph above it; `apart`: an empty line is between them."""
    item, led = _ITEM.match(line) is not None, _led(block)
    if led and (item or block.rstrip().endswith(":")):
        return True
    if apart:
        return False
    if item and _ITEM.match(block):
        return False
    return led or not _ENDED.search(block) or _MIDWAY.match(line) is not None


def _led(block: str) -> bool:
    """Whether a paragraph is, or begins with, words that lead to a list."""
    return any(each.rstrip().endswith(":") for each in block.splitlines())


def in_words(source: Source, place: int) -> str:
    """The place as a person finds it: “page 3, 2.1 Encryption”."""
    page, above = page_of(source, place), [each for each in headings_of(source) if each[0] <= place]
    section = " ".join(source.text[slice(*above[-1])].split()).lstrip("# ") if above else ""
    return ", ".join(filter(None, (f"page {page}" if page else "", section)))


def page_of(source: Source, place: int) -> int:
    """The page of a place, 0 where the document has no pages."""
    return bisect_right(source.page_starts, place) if source.page_starts else 0


def _pieces(block: str, offset: int, *, torn: bool) -> Iterator[tuple[int, int]]:
    """Whole sentences together as far as they fit; places without the blanks around. `torn`: the last one ends somewhere else."""
    whole = _sentences(block)
    if torn:
        whole = whole[:-1]
    start = end = -1
    for first, last in whole:
        if start >= 0 and last - start > LONGEST:
            yield _bare(block, start, end, offset)
            start = -1
        start, end = (first if start < 0 else start), last
        if end - start > WHOLE:
            start = -1
    if start >= 0:
        yield _bare(block, start, end, offset)


def _sentences(block: str) -> list[tuple[int, int]]:
    """Where the whole sentences of a paragraph stand; a list and the words that lead to it are one."""
    if _led(block):
        return [] if _MIDWAY.match(block) else [(0, len(block))]
    found: list[tuple[int, int]] = []
    for start, end in split(block.replace("\n", " ")):
        if _MIDWAY.match(block, start):
            if found:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _bare(line: str, start: int, end: int, offset: int) -> tuple[int, int]:
    words = line[start:end]
    return offset + start + len(words) - len(words.lstrip("-•* \t")), offset + start + len(words.rstrip())


class Shelf:
    """Documents, ready to be asked. Build once, ask many times. `past`: those out of date, asked where no current one speaks."""

    def __init__(self, current: Sequence[Source], past: Sequence[Source] = ()) -> None:
        self._current, self._past = _Asked(current), _Asked(past)

    def ask(self, question: str) -> Quoted | None:
        """The passage that speaks to `question`, None where none does."""
        return self._current.ask(question) or self._past.ask(question)

    def against(self, question: str, answer: Entry) -> Quoted | None:
        """The current passage that says something else to `question` than `answer` does."""
        return self._current.against(question, answer)


class _Asked:
    """The passages of some documents in one index."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.passages = [each for source in sources for each in passages(source)]
        self._index = Index(
            [Entry(str(place), "passage", one.section, one.text) for place, one in enumerate(self.passages)]
        )

    def ask(self, question: str) -> Quoted | None:
        """The best passage, with one of another document beside it that gives another figure."""
        found = self._index.ask(question)
        if found is None:
            return None
        mine = self.passages[int(found.entry.id)]
        others = [
            each for each in found.against
            if self.passages[int(each.id)].source_id != mine.source_id and differs(question, found.entry, each.answer)
        ]  # fmt: skip
        return Quoted(
            mine, found.score, Quoted(self.passages[int(others[0].id)], found.score) if others else None
        )

    def against(self, question: str, answer: Entry) -> Quoted | None:
        found = self._index.ask(question)
        if found is None or found.score < SURE or not differs(question, answer, found.entry.answer):
            return None
        return Quoted(self.passages[int(found.entry.id)], found.score)


def differs(question: str, answer: Entry, words: str) -> bool:
    """Whether the sentence of a passage that speaks to a question most denies what an answer affirms, or gives no figure of its own.

    A passage tells more than was asked: only figures of the same unit of which none is shared count.
    """
    asked = compared(question).stems
    sentence = max(
        (each[0] for each in _SENTENCE.finditer(words)),
        key=lambda each: len(asked & compared(each).stems),
        default="",
    )
    mine, theirs = figures(answer.answer), figures(sentence)
    if any(not mine[unit] & theirs[unit] for unit in mine.keys() & theirs.keys()):
        return True
    denies = bool(DENIAL.search(sentence))
    return (answer.short == "yes" and denies) or (
        answer.short == "no" and not denies and not DENIAL.search(answer.answer)
    )
