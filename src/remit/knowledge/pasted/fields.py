"""Rows and fields: "AUM: $740m", cells between bars, and a table with its headings; each cell is read by its label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.knowledge.pasted import layouts, names
from remit.knowledge.pasted.hits import Hit
from remit.knowledge.pasted.readers import READERS

_LABELS: Final = (
    ("account", r"firm|firm[_ ]?name|company|account|manager|adviser|organi[sz]ation|employer|fund manager|investment manager"),
    ("aum", r"aum|aum[_ ]?(?:usd|eur|gbp)?[_ ]?\(?(?P<scale>m|mm|mn|bn)?\)?|(?:firm |net |gross )?assets|(?:regulatory )?assets under management|(?:fund|firm) size|aum \((?:in )?(?:usd|us\$|\$|eur|€|gbp|£) ?(?:mm?|mn|bn|millions?|billions?)\)"),
    ("prime_broker", r"primes?|prime[_ ]?\d|prime[_ ]?brok(?:ers?|erage)(?:[_ ]?\d)?(?:\(s\))?|pbs?[_ ]?\d?"),
    ("custodian", r"custodians?(?:\(s\))?|custody(?: banks?)?|depositar(?:y|ies)"),
    ("administrator", r"admin|administrators?(?:\(s\))?|administration|fund[_ ]?(?:admin(?:istrator|istration)?|accounting|services)"),
    ("strategy", r"strategy|strategies|style|investment (?:strategy|style|approach)|approach"),
    ("headcount", r"employees|headcount|heads|staff|team(?: size)?|people|personnel|(?:number of|no\. of|#) (?:employees|staff|people)|fte"),
    ("stack:OMS", r"oms|order[_ ]management(?: system)?"),
    ("stack:EMS", r"ems|execution[_ ]management(?: system)?|execution(?: system| platform)?"),
    ("stack:PMS", r"pms|portfolio[_ ]management(?: system)?|portfolio (?:system|accounting)"),
    ("stack:risk system", r"risk(?: system| engine| platform)?"),
    ("stack:market data", r"market data(?: provider| vendor)?"),
    ("person", r"contact|contact[_ ]?name|name|person|full name|key contact|main contact"),
    ("title", r"title|role|position|job title"),
)  # fmt: skip
# what a question asks for, where an answer follows: the first that stands in it
_ASKED: Final = (
    ("prime_broker", r"prime brok\w*|primes\b"), ("custodian", r"custod\w+"), ("administrator", r"administrat\w+"),
    ("aum", r"\baum\b|under management|assets"), ("stack:OMS", r"\boms\b|order management"), ("stack:EMS", r"\bems\b|execution management"),
    ("stack:PMS", r"\bpms\b|portfolio management system"), ("stack:risk system", r"risk system"),
    ("headcount", r"employees|headcount|how many (?:people|staff)|team size"), ("strategy", r"strateg\w+"),
)  # fmt: skip
_SPOKEN: Final = re.compile(
    r"(?:we|our|i|the|this|it|they|you|there|see|use|please|meet|how|what|a|an)\b(?!$)", re.IGNORECASE
)
_EVERYDAY: Final = re.compile(r"risk|execution|approach|style|investment (?:style|approach)", re.IGNORECASE)
_LISTS: Final = frozenset({"prime_broker", "custodian", "administrator", "strategy"})
_COUNT: Final = re.compile(
    r"(?:about |around |approx\.? |circa |~ ?)?(?P<n>\d{1,3}(?:,\d{3})+|\d{1,5})(?=$|[,.;(]| (?:people|professionals|employees|staff|persons|in|of|across|including|investment|FTEs?|full|heads)\b)"
)
_MARKS: Final = (" | ", "|", "\t", ";")
_MOST_CELLS: Final = 200  # a line with more is no row that a person pastes


def rows(text: str) -> Iterator[tuple[Hit, int, int]]:
    """(hit with places in the whole text, start and end of its line) of every row and field."""
    header: list[str] = []
    at = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        end = at + len(line)
        mark = next((each for each in _MARKS if 2 <= line.count(each) < _MOST_CELLS), "")
        cells = list(_cells(line, at, mark)) if mark else []
        labels = [_kind(cell) for cell, _ in cells]
        if cells and sum(bool(one) for one in labels) > len(cells) // 2:
            header = [cell for cell, _ in cells]
        elif cells and len(cells) == len(header):
            yield from ((hit, at, end) for hit in _paired(header, cells))
        elif cells:
            yield from ((hit, at, end) for hit in _loose(cells))
        else:
            following = lines[number + 1] if number + 1 < len(lines) else ""
            yield from ((hit, at, max(end, hit.end)) for hit in _laid_out(line, following, at))
        at = end + 1


def _laid_out(line: str, following: str, at: int) -> Iterator[Hit]:
    """What a line says as a label with its value, a label above its value, or a question with its answer."""
    if found := layouts.labelled(line, at, _is_label) or layouts.stacked(line, following, at, _is_label):
        yield from _of(*found)
        return
    for asked, value, place in layouts.answered(line, at):
        kind = next((kind for kind, words in _ASKED if re.search(words, asked, re.IGNORECASE)), "")
        yield from _said(kind, asked, value, place) if kind else ()


def _is_label(label: str) -> bool:
    return bool(_kind(label))


def _cells(line: str, at: int, mark: str) -> Iterator[tuple[str, int]]:
    place = 0
    for part in line.split(mark):
        cell = part.strip(" *|")
        if cell.strip("-: "):
            yield cell, at + place + part.index(cell)
        elif mark == ";" or mark == "\t" or (cell == "" and 0 < place < len(line) - 1):
            yield "", at + place
        place += len(part) + len(mark)


def _kind(label: str) -> str:
    return next((kind for kind, words in _LABELS if re.fullmatch(words, label.strip(), re.IGNORECASE)), "")


def _paired(header: list[str], cells: list[tuple[str, int]]) -> Iterator[Hit]:
    title = next(
        (cell for label, (cell, _) in zip(header, cells, strict=True) if _kind(label) == "title"), ""
    )
    for label, (cell, place) in zip(header, cells, strict=True):
        for hit in _of(label, cell, place):
            yield Hit(hit.kind, hit.value, hit.start, hit.end, title) if hit.kind == "person" else hit


def _of(label: str, value: str, place: int) -> Iterator[Hit]:
    """What the value of a labelled field says."""
    kind = _kind(label)
    if kind and kind != "title":
        yield from _said(kind, label, value, place)


def _said(kind: str, label: str, value: str, place: int) -> Iterator[Hit]:
    kind, _, subject = kind.partition(":")
    if not value or value.casefold() in ("n/a", "none", "-", "unknown", "tbc"):
        return
    if kind == "person":
        name, _, title = value.partition(",")
        if re.fullmatch(names.PERSON, name.strip()):
            yield Hit("person", name.strip(), place, place + len(name.strip()), title.strip())
    elif kind == "aum":
        yield from _amount(label, value, place)
    elif kind == "headcount":
        if counted := _COUNT.match(value):
            yield Hit(kind, counted["n"], place + counted.start("n"), place + counted.end("n"))
    elif _is_name(kind, label, value):
        yield from _names(kind, subject, value, place)


def _amount(label: str, value: str, place: int) -> Iterator[Hit]:
    unit = re.search(
        r"[_ (](?P<c>us\$|usd|eur|gbp|[$€£])?[_ ]?(?P<s>mm?|mn|millions?|bn|billions?)\)?$",
        label,
        re.IGNORECASE,
    )
    number = re.match(
        rf"(?:about |approx\.? |circa |c\. ?|~ ?|over )?(?P<m>{names.MONEY})", value, re.IGNORECASE
    )
    if number:
        yield Hit("aum", number["m"], place + number.start("m"), place + number.end("m"))
    elif unit and re.match(r"\d[\d,.]*$", value):
        currency = {"eur": "€", "€": "€", "gbp": "£", "£": "£"}.get(
            (unit["c"] or _currency(label)).lower(), "$"
        )
        scale = "bn" if unit["s"].lower().startswith("b") else "m"
        yield Hit("aum", f"{currency}{value}{scale}", place, place + len(value))


def _currency(label: str) -> str:
    found = re.search(r"\b(eur|gbp)\b|_(eur|gbp)_", label, re.IGNORECASE)
    return (found[1] or found[2]) if found else ""


def _is_name(kind: str, label: str, value: str) -> bool:
    """Whether what stands behind a label names something: a label of everyday words ("Risk") needs a known name."""
    if _SPOKEN.match(value):
        return False
    if kind == "strategy":
        return _EVERYDAY.fullmatch(label) is None or names.phrases("strategy").search(value) is not None
    if kind == "stack" and _EVERYDAY.fullmatch(label):
        return any(pattern.search(value) for _, pattern in names.systems())
    return kind == "account" or value[0].isupper() or value[0].isdigit()


def _names(kind: str, subject: str, value: str, place: int) -> Iterator[Hit]:
    value = re.split(r"\s\(|\.\s|\s(?:since|until|because|for our)\b", value)[0].rstrip(" .")
    parts = re.finditer(r"(?:(?!\sand\s)[^,;/])+", value) if kind in _LISTS else [re.match(r".+", value)]
    for part in parts:
        said = re.sub(r"^and\s+", "", part.group().strip()) if part else ""
        if part and said and len(said.split()) <= 6:
            start = place + part.start() + part.group().index(said)
            yield Hit(kind, said, start, start + len(said), subject)


def _loose(cells: list[tuple[str, int]]) -> Iterator[Hit]:
    """Cells without headings: labelled ones by their label, others by the readers and by being a phrase of the field."""
    for number, (cell, place) in enumerate(cells):
        label, colon, value = cell.partition(":")
        if colon and _kind(label):
            yield from _of(label, value.strip(), place + cell.index(value.strip()))
            continue
        if number == 0 and re.search(
            r"\b(?:LLP|LLC|LP|Ltd|Capital|Partners|Advisors|Advisers|Management|Trading|Investments)\b", cell
        ):
            yield Hit("account", re.sub(r",? (?:LLC|LP|Ltd)\.?$", "", cell), place, place + len(cell))
        if names.phrases("strategy").fullmatch(cell):
            yield Hit("strategy", cell, place, place + len(cell))
        for reader in READERS:
            for hit in reader(cell):
                yield Hit(hit.kind, hit.value, hit.start + place, hit.end + place, hit.subject)
