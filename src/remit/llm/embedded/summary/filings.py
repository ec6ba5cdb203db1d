"""Annual and quarterly reports (10-K, 10-Q) and current reports (8-K)."""

from __future__ import annotations

import re
from typing import Final

from remit.llm.embedded.summary import candidates, compress, generic, rank, sections, sentences, tables
from remit.llm.embedded.summary.model import Line, Text
from remit.llm.embedded.summary.sections import Item
from remit.llm.embedded.summary.sentences import Sentence

USUAL: Final = 12
_DOES: Final = re.compile(
    r"\b(?:designs?|provides?|operates?|develops?|is\s+a|are\s+a|offers?|manufactures?|markets)\b",
    re.IGNORECASE,
)
# prose of a filing speaks of many amounts; a line is made of those that moved, of measures of the whole firm
_MONEY: Final = frozenset(
    {
        "revenue",
        "profit",
        "eps",
        "ebitda",
        "margin",
        "cash_flow",
        "capex",
        "orders",
        "interest",
        "same_store",
        "ffo",
    }
)
# cover pages, legal boiler plate and pointers to other documents say nothing of the firm
_FORWARD: Final = re.compile(
    r"forward-?\s*looking|no\s+obligation|Private\s+Securities\s+Litigation|incorporated\s+(?:herein\s+)?by\s+reference|see\s+(?:note|item|part)|Form\s+\d|shall\s+not\s+be\s+deemed|"
    r"(?:furnished|filed|attached)\s+(?:herewith\s+|hereto\s+)?as\s+Exhibit|pursuant\s+to\s+(?:the\s+requirements|section\s+1[35])|check\s+the\s+appropriate|exact\s+name|"
    r"commission\s+file|qualified\s+in\s+its\s+entirety|duly\s+caused|former\s+name|indicate\s+by\s+check|in\s+response\s+to\s+this\s+item|registrant['’]s\s+telephone|annual\s+report\s+to\s+shareholders|"
    r"(?:Vice|Executive)\s+President\s+and|proxy\s+statement",
    re.IGNORECASE,
)


def lines(document: Text, bullets: int | None) -> list[Line]:
    """Key figures, what management says of them, the business, and the first risks of a 10-K or 10-Q."""
    want = bullets or USUAL
    found = {item.number: item for item in sections.items(document.text)}
    figures = [row.line() for row in tables.rows(document.text)]
    business = _business(document, found.get("1"))
    talk = _discussion(document, found.get("7") or found.get("2"), max(2, want // 4))
    risks = [Line(f"Risk: {_short(text)}", (span,)) for text, span in topics(document)[: max(2, want // 4)]]
    chosen = [*business, *figures, *talk, *risks]
    if len(chosen) < 3:
        chosen += _general(document, want - len(chosen))
    return chosen[:want] if len(chosen) <= want else _fair(business, figures, talk, risks, want)


def _fair(
    business: list[Line], figures: list[Line], talk: list[Line], risks: list[Line], want: int
) -> list[Line]:
    """When not all fit: figures first, then by turns what else there is, told in the usual order."""
    order = [*figures[:4], *business, *talk[:1], *risks[:1], *figures[4:], *talk[1:], *risks[1:]]
    kept = {id(line) for line in order[:want]}
    return [line for line in [*business, *figures, *talk, *risks] if id(line) in kept]


def _within(document: Text, item: Item) -> list[Sentence]:
    found = sentences.split(document.text[item.start : item.end])
    return [Sentence(each.start + item.start, each.end + item.start, each.text, each.index) for each in found]


def _business(document: Text, item: Item | None) -> list[Line]:
    if item is None:
        return []
    for each in _within(document, item)[:60]:
        size = len(each.text.split())
        if (
            8 <= size <= 60
            and _DOES.search(each.text)
            and not _FORWARD.search(each.text)
            and "|" not in each.text
        ):
            return [Line(compress.trim(each.text), ((each.start, each.end),))]
    return []


def _discussion(document: Text, item: Item | None, count: int) -> list[Line]:
    if item is None:
        return []
    told = [
        each for each in _within(document, item) if "|" not in each.text and not _FORWARD.search(each.text)
    ]
    told = [Sentence(each.start, each.end, each.text, at) for at, each in enumerate(told)]
    moves = [
        each
        for each in candidates.of(told)
        if each.cls in _MONEY and (each.features["change"] or each.features["range"])
    ]
    chosen = rank.choose(moves, count)
    return [Line(each.text, each.spans) for each in chosen]


def _general(document: Text, count: int) -> list[Line]:
    told = [each for each in sentences.split(document.text) if not _FORWARD.search(each.text)]
    return [
        Line(compress.trim(each.text), ((each.start, each.end),))
        for each in generic.choose(told, max(0, count))
    ]


def topics(document: Text) -> list[tuple[str, tuple[int, int]]]:
    """The risks that Item 1A names, as (heading, span): headings that are sentences; else first sentences of paragraphs."""
    found = {item.number: item for item in sections.items(document.text)}
    item = found.get("1A") or found.get("II-1A")
    if item is None:
        return []
    named = [
        (document.text[start:end], (start, end))
        for start, end in document.headings
        if item.start <= start < item.end and _is_risk(document.text[start:end])
    ]
    if len(named) >= 3:
        return named
    paragraphs = re.finditer(r"[^\n]{60,}", document.text[item.start : item.end])
    first = []
    for paragraph in paragraphs:
        sentence = sentences.split(paragraph.group())[0]
        if _is_risk(sentence.text):
            start = item.start + paragraph.start() + sentence.start
            first.append((sentence.text, (start, start + len(sentence.text))))
    return first


def _is_risk(heading: str) -> bool:
    whole = heading[:1].isupper() and 6 <= len(heading.split()) <= 90
    return whole and bool(_AT_RISK.search(heading)) and not _NOT_RISK.search(heading)


_NOT_RISK: Final = re.compile(
    r"^(?:item|part)\b|^risks?\s+(?:related|relating|factors?)|\|\s*\d+$|table\s+of\s+contents|the\s+following\s+(?:discussion|risks|factors)|form\s+10-[kq]|in\s+response\s+to\s+this\s+item",
    re.IGNORECASE,
)
_AT_RISK: Final = re.compile(
    r"\b(?:could|may|might|adverse\w*|risks?|depend\w*|fail\w*|unable|uncertain\w*|subject\s+to|expos\w+|impact\w*|fluctuat\w*|if)\b",
    re.IGNORECASE,
)


def _short(text: str, words: int = 30) -> str:
    """A heading up to `words` words, cut at a comma or 'and' where one is near."""
    parts = text.strip().rstrip(".").split()
    if len(parts) <= words:
        return " ".join(parts) + "."
    return " ".join(parts[:words]).rstrip(",;") + " …"


def current(document: Text, bullets: int | None) -> list[Line]:
    """The events of an 8-K: each item's title with the sentences that say what happened; a release without items as news."""
    want = bullets or USUAL
    found_items = sections.items(document.text)
    events = [
        item for item in found_items if "." in item.number
    ] or found_items  # before 2004 items had one digit
    told = [item for item in events if not item.number.startswith("9.01")] or events
    if not told:
        from remit.llm.embedded.summary import news

        return news.lines(document, bullets)
    each_item = max(1, min(3, want // len(told)))
    found: list[Line] = []
    for item in told:
        inside = [each for each in _within(document, item) if not _FORWARD.search(each.text)]
        chosen = generic.choose(inside, each_item)
        title = _title(document, item)
        found.append(
            Line(
                f"Item {item.number} {title}.",
                ((item.line[0], item.line[1] + (len(title) + 2 if not item.title else 0)),),
            )
        )
        found += [Line(compress.trim(each.text), ((each.start, each.end),)) for each in chosen]
    return found[:want]


def _title(document: Text, item: Item) -> str:
    if item.title:
        return item.title.split("|")[-1].strip().rstrip(".")
    return document.text[item.start : item.end].strip().split("\n")[0][:120].rstrip(".")
