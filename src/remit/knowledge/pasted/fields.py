"""Rows and fields: "AUM: $740m", cells between bars, and a table with its headings; each cell is read by its label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.knowledge.pasted import names
from remit.knowledge.pasted.readers import READERS, Hit

_LABELS: Final = (
    ("account", r"firm|firm[_ ]?name|company|account|manager|adviser|organi[sz]ation|employer"),
    ("aum", r"aum|aum[_ ]?(?:usd)?[_ ]?(?P<scale>m|mm|bn)?|assets|assets under management|fund size"),
    ("prime_broker", r"primes?|prime[_ ]?\d|prime[_ ]?brokers?(?:[_ ]?\d)?|pbs?"),
    ("custodian", r"custodians?|custody"),
    ("administrator", r"admin|administrators?|fund[_ ]?admin(?:istrator)?"),
    ("strategy", r"strategy|strategies|style"),
    ("headcount", r"employees|headcount|staff|team size"),
    ("stack:OMS", r"oms|order management(?: system)?"),
    ("stack:EMS", r"ems|execution management(?: system)?"),
    ("stack:PMS", r"pms|portfolio management(?: system)?"),
    ("stack:risk system", r"risk system"),
    ("person", r"contact|contact[_ ]?name|name|person|full name"),
    ("title", r"title|role|position|job title"),
)  # fmt: skip
_FIELD: Final = re.compile(
    r"^\s*(?P<label>[A-Za-z][A-Za-z _()/]{1,30}?)\s*[:=\t]\s*(?P<value>\S[^\n]{0,300})$"
)
_LISTS: Final = frozenset({"prime_broker", "custodian", "administrator", "strategy"})
_MARKS: Final = (" | ", "|", "\t", ";")
_MOST_CELLS: Final = 200  # a line with more is no row that a person pastes


def rows(text: str) -> Iterator[tuple[Hit, int, int]]:
    """(hit with places in the whole text, start and end of its line) of every row and field."""
    header: list[str] = []
    at = 0
    for line in text.split("\n"):
        mark = next((each for each in _MARKS if 2 <= line.count(each) < _MOST_CELLS), "")
        cells = list(_cells(line, at, mark)) if mark else []
        labels = [_kind(cell) for cell, _ in cells]
        if cells and sum(bool(one) for one in labels) > len(cells) // 2:
            header = [cell for cell, _ in cells]
        elif cells and len(cells) == len(header):
            yield from ((hit, at, at + len(line)) for hit in _paired(header, cells))
        elif cells:
            yield from ((hit, at, at + len(line)) for hit in _loose(cells))
        elif field := _FIELD.match(line):
            yield from (
                (hit, at, at + len(line))
                for hit in _of(field["label"], field["value"].strip(), at + field.start("value"))
            )
        at += len(line) + 1


def _cells(line: str, at: int, mark: str) -> Iterator[tuple[str, int]]:
    place = 0
    for part in line.split(mark):
        cell = part.strip()
        yield cell, at + place + (part.index(cell) if cell else 0)
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
    kind, _, subject = _kind(label).partition(":")
    if not kind or kind == "title" or not value or value.casefold() in ("n/a", "none", "-", "unknown", "tbc"):
        return
    if kind == "person":
        name, _, title = value.partition(",")
        if re.fullmatch(names.PERSON, name.strip()):
            yield Hit("person", name.strip(), place, place + len(name.strip()), title.strip())
        return
    if kind == "aum":
        scale = re.search(r"[_ (](mm?|bn)\)?$", label, re.IGNORECASE)
        number = re.match(names.MONEY, value)
        if number or scale:
            said = (
                number.group() if number else f"${value}{'bn' if scale and scale[1].lower() == 'bn' else 'm'}"
            )
            yield Hit("aum", said, place, place + len(number.group() if number else value))
        return
    if kind == "headcount":
        if re.fullmatch(r"\d{1,3}(?:,\d{3})*|\d+", value):
            yield Hit(kind, value, place, place + len(value))
        return
    for part in re.finditer(r"[^,;/]+", value) if kind in _LISTS else [re.match(r".+", value)]:
        if part and (said := part.group().strip()) and len(said.split()) <= 6:
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
