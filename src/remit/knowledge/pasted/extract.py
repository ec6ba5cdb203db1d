"""A pasted text → the facts in it, each with its sentence, its date and what a person should look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from remit.evidence import quantities
from remit.evidence.claims import split
from remit.evidence.facts import looks_like_instruction, plain_line
from remit.kit import money
from remit.kit.text import name_key
from remit.knowledge.pasted import fields, names, people
from remit.knowledge.pasted.hits import Hit
from remit.knowledge.pasted.model import Found
from remit.knowledge.pasted.readers import READERS

MOST_FOUND: Final = 40
_LONGEST_QUOTE: Final = 600
_LONGEST_READ: Final = 2_000  # characters of a sentence: what goes on beyond them is no sentence
_DATED: Final = re.compile(
    r"^(?:date|published|posted|updated|last updated|as of|sent|filed)\b[:\s]+(?P<d>[^\n]{4,40})$|^(?P<e>\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2}, \d{4}|\d{4}-\d\d-\d\d)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SINGLE: Final = frozenset({"aum", "headcount"})


def extract(text: str, day: date) -> list[Found]:
    """Every fact found in `text`, in order of place; of text that reads like an order to software none.

    `day` is the day of reading: a date after it is no date of a fact. At most MOST_FOUND are given.
    """
    firm = people.firm(text)
    dated = _document_day(text, day)
    found = [_person(text, hit, dated) for hit in people.people(text)]
    if firm is not None:
        found.insert(0, _placed(firm, *_line(text, firm.start), dated))
    seen = {(one.kind, one.value.casefold()) for one in found}
    for hit, start, end in fields.rows(text):
        key = (hit.kind, plain_line(hit.value).casefold())
        if (
            key in seen
            or looks_like_instruction(text[start:end])
            or (hit.kind == "account" and firm is not None)
        ):
            continue
        seen.add(key)
        if hit.kind == "account":
            firm = hit
        found.append(_placed(hit, start, end, _day_of(text[start:end], day) or dated))
    for start, end in split(text):
        sentence = text[start : min(end, start + _LONGEST_READ)]
        if looks_like_instruction(text[start:end]):
            continue
        doubt = _doubt(sentence, firm)
        denied = names.NEGATED.search(sentence) is not None
        for reader in READERS:
            for hit in reader(sentence):
                key = (hit.kind, plain_line(hit.value).casefold())
                if key in seen or _part_of(found, hit, start) or (denied and _denies(sentence, hit)):
                    continue
                seen.add(key)
                one = _placed(hit, start, end, _day_of(sentence, day) or dated, offset=start)
                # "Goldman Sachs Group is their second prime broker": the firm in front is what is found, not whom it is about
                found.append(replace(one, doubt="" if doubt == _about(hit.value) else doubt))
    return sorted(_contradicted(found), key=lambda one: (one.at[0], one.kind))[:MOST_FOUND]


def _part_of(found: list[Found], hit: Hit, offset: int) -> bool:
    """Whether a field at this place already gave the whole of what this is a piece of."""
    return any(
        one.kind == hit.kind and one.at[0] <= hit.start + offset and hit.end + offset <= one.at[1]
        for one in found
    )


def orders(text: str) -> list[tuple[int, int]]:
    """The places of sentences that read like orders to software: shown to the person, never read for facts."""
    return [(start, end) for start, end in split(text) if looks_like_instruction(text[start:end])]


def _placed(hit: Hit, start: int, end: int, day: date | None, *, offset: int = 0) -> Found:
    value = plain_line(hit.value)
    found = Found(
        hit.kind, value, start, min(end, start + _LONGEST_QUOTE), (hit.start + offset, hit.end + offset),
        plain_line(hit.subject), day,
    )  # fmt: skip
    if hit.kind == "aum":
        return _with_amount(found)
    if hit.kind == "headcount":
        return replace(found, value_number=Decimal(value.replace(",", "")))
    return found


def _with_amount(found: Found) -> Found:
    try:
        written = money.parse(found.value.replace("-", " "))
        amount = money.of(written.number, written.currency or "USD")
    except money.AmountUnreadable:
        return replace(found, doubt="the amount cannot be read: correct it")
    return replace(found, value_minor=amount.minor, value_currency=amount.currency)


def _person(text: str, hit: Hit, day: date | None) -> Found:
    start, end = _line(text, hit.start)
    after = text.find("\n", end + 1)
    here = hit.subject and hit.subject in text[start:end]
    return _placed(hit, start, end if here or after < 0 else after, day)


def _line(text: str, at: int) -> tuple[int, int]:
    for start, end in split(text):
        if start <= at < end:
            return start, end
    return at, at + 1


def _document_day(text: str, day: date) -> date | None:
    for found in _DATED.finditer(text[:2000]):
        if (read := _day_of(found["d"] or found["e"], day)) is not None:
            return read
    return None


def _day_of(sentence: str, day: date) -> date | None:
    """The latest whole date of a sentence that is not after `day`; the end of a month where only that is named."""
    days = [
        whole
        for one in quantities.find(sentence)
        if one.kind == "date" and (whole := _whole(one.parts)) is not None and whole <= day
    ]
    return max(days, default=None)


def _whole(parts: quantities.Parts) -> date | None:
    year, _, month, number = parts if len(parts) == 4 else (None, None, None, None)
    if year is None or month is None or number is None:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _denies(sentence: str, hit: Hit) -> bool:
    """Whether a "not" stands in the clause of the value: between commas, before or after it."""
    start = max(sentence.rfind(mark, 0, hit.start) for mark in (", ", "; ", " but ", " and now "))
    ends = [at for mark in (", ", "; ", " but ", " and now ") if (at := sentence.find(mark, hit.end)) >= 0]
    clause = sentence[max(start, 0) : min(ends, default=len(sentence))]
    return names.NEGATED.search(clause) is not None


def _doubt(sentence: str, firm: Hit | None) -> str:
    if (other := _other_firm(sentence, firm)) != "":
        return _about(other)
    if hedge := names.HEDGE.search(sentence):
        return f"the text is not sure (“{hedge.group()}”)"
    return "it is a question" if sentence.rstrip().endswith("?") else ""


def _about(firm: str) -> str:
    return f"it may be about {firm}"


def _other_firm(sentence: str, firm: Hit | None) -> str:
    """Another firm that the sentence begins with, where it does not name ours; "" for none."""
    if firm is None:
        return ""
    mine = name_key(firm.value).split()[0]
    if mine in sentence.casefold():
        return ""
    found = names.FIRM.search(sentence)
    return people.bare(found.group()) if found and found.start() < 25 else ""


def _contradicted(found: list[Found]) -> Iterator[Found]:
    """Two values of a kind that has one at a time, of one day: both are shown as doubtful."""
    for one in found:
        rivals = [
            other for other in found
            if one.kind in _SINGLE and (other.kind, other.subject, other.as_of_on) == (one.kind, one.subject, one.as_of_on)
            and other.value != one.value and not other.doubt
        ]  # fmt: skip
        yield replace(one, doubt=one.doubt or f"the text also says {rivals[0].value}") if rivals else one
