"""Postal addresses: a street, a box or a unit, and what follows it up to the country. Written in many countries' ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from remit.llm.handling import names
from remit.llm.handling.spans import Found

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’./-]?[^\W\d_]+)*\.?|\d+(?:[-/]\d+)*[A-Za-z]?(?!\w)|\n|[^\w\s]")
_TYPES: Final = names.WORDS["street_words"]
_BEFORE: Final = names.WORDS["street_words_before"]
_SUFFIX: Final = re.compile(
    r"[^\W\d]{2,}(?:stra(?:ss|ß)e|str|strasse|gasse|weg|platz|allee|ring|damm|straat|laan|plein|gracht|kade|dijk|gatan|gata|gade|vej|vägen|veien|vegen|"
    r"vei|katu|tie|kuja|polku|ranta|rinne|braut|stígur|vegur|vík|hólar|gerði|utca|út|allé|bakken|backen|gränd|stigen)\.?$",
    re.I,
)
_LINKS: Final = names.WORDS["links"]
_UNIT: Final = frozenset(["apt", "apartment", "suite", "ste", "unit", "flat", "floor", "room"])
_BOX: Final = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|post\s?box|postfach|psc|(?:apo|fpo|dpo)\s(?=a[aep]\b)|usnv|usns|uss|unit\s\d+\s?,?\s?box|box(?=\s\d{3,}))",
    re.I,
)
_CUE: Final = re.compile(
    r"(?:\baddress(?:es)?(?:\s+(?:is|are|to|as|with))?(?:\s+\w+){0,3}?\s*[:?]?\s*(?:it is|they are:?)?|\bliv(?:es?|ed|ing) (?:at|on|in)|\blocated (?:at|in)|\bresid(?:es|ing) at|"
    r"\b(?:sent|send|ship(?:ped)?|deliver(?:ed)?|return|mail|taxi|moved?) to|\b(?:meet|met)\b[^.\n]{0,24}?\bat|\barrived at|\boffice (?:is )?at|\bdrop \w+ off at|\bis (?:at|on|in)|"
    r"\bsituated (?:at|on)|\bcorner of|\bside of)\s*(?=[^\W_])",
    re.I,
)
_BOX_WORDS: Final = frozenset(
    ["box", "unit", "apo", "fpo", "dpo", "ap", "aa", "ae", "psc", "po", "p.o", "p", "o"]
)
_LABELS: Final = frozenset(
    ["mobile", "desk", "fax", "phone", "e-mail", "email", "it", "please", "i", "tel", "office", "for"]
)
_POSTCODE: Final = re.compile(r"\d{3,7}(?:-\d{3,4})?[A-Za-z]?$")
_STOPS: Final = names.NEVER - frozenset(
    [
        "new",
        "south",
        "north",
        "east",
        "west",
        "southern",
        "northern",
        "eastern",
        "western",
        "central",
        "great",
        "old",
        "long",
        "short",
        "state",
        "country",
        "city",
        "street",
        "road",
        "avenue",
    ]
)


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str

    @property
    def low(self) -> str:
        return self.text.lower().rstrip(".")

    @property
    def number(self) -> bool:
        return self.text[0].isdigit()

    @property
    def word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def capital(self) -> bool:
        return self.word and (
            self.text[0].isupper() or not (self.text[0].islower() or self.text[0].isupper())
        )


def find(text: str) -> Iterator[Found]:
    """Addresses in `text`."""
    if not (any(mark.isdigit() for mark in text) or _CUE.search(text)):
        return
    tokens = [_Token(match.start(), match.end(), match[0]) for match in _TOKEN.finditer(text)]
    cued = {match.end() for match in _CUE.finditer(text)}
    boxes = {match.start() for match in _BOX.finditer(text)}
    lower = text == text.lower()
    place = 0
    while place < len(tokens):
        end = _street(tokens, place, cued, boxes, lower)
        if end > place:
            end = _tail(tokens, end, lower)
            start = tokens[place].start
            yield Found(
                start,
                tokens[end - 1].end
                - (tokens[end - 1].text.endswith(".") and tokens[end - 1].low not in _UNIT),
                "ADDRESS",
            )
            place = end
        else:
            place += 1


def _street(tokens: Sequence[_Token], place: int, cued: set[int], boxes: set[int], lower: bool) -> int:
    """Where the street that begins at `place` ends; `place` when none begins."""
    first = tokens[place]
    if first.start in boxes:
        return _box(tokens, place)
    if first.low in _UNIT and place + 1 < len(tokens) and tokens[place + 1].number:
        return place + 2
    at = place
    numbers = 0
    while at < len(tokens) and tokens[at].number and numbers < 2:
        at, numbers = at + 1, numbers + 1
    words = 0
    typed = False
    while at < len(tokens) and words < 6:
        token = tokens[at]
        if token.word and (
            token.capital
            or token.low in _TYPES
            or token.low in names.PARTICLES
            or token.low in _LINKS
            or (lower and token.low not in names.NEVER)
        ):
            typed = (
                typed
                or token.low in _TYPES
                or (token.low not in names.NEVER and bool(_SUFFIX.match(token.text)))
            )
            at, words = at + 1, words + 1
        elif token.word and words and at + 1 < len(tokens) and _goes_on(tokens, at):
            at, words = at + 1, words + 1
        elif token.text in "'’-/" and words:
            at += 1
        else:
            break
    if not words:
        return place
    after = at < len(tokens) and tokens[at].number and (len(tokens[at].text) <= 4)
    prefixed = tokens[place + numbers].low in _BEFORE
    known = first.start in cued
    if after:
        at += 1
    good = (
        (numbers and typed)
        or (prefixed and words >= 2)
        or (typed and after and not numbers)
        or (known and (numbers or after or typed) and (words >= 1))
    )
    good = (
        good
        or (numbers == 2 and words >= 1 and len(first.text) <= 5)
        or (bool(numbers) and after and len(first.text) >= 3)
    )
    return at if good else place


def _goes_on(tokens: Sequence[_Token], at: int) -> bool:
    """A small word inside a street's name: a house number or a word for street stands right behind it."""
    following = tokens[at + 1]
    short = len(tokens[at].text) <= 4 and tokens[at].low not in names.NEVER
    return (short and following.number and len(following.text) <= 4) or following.low in (
        "útja",
        "utca",
        "tere",
        "út",
    )


def _box(tokens: Sequence[_Token], place: int) -> int:
    """A post box or a military address; a five-digit code behind AA, AE or AP ends it."""
    at = place
    while at < len(tokens) and at - place < 12:
        token, last = tokens[at], tokens[at - 1].low if at > place else ""
        if token.number and last in ("aa", "ae", "ap"):
            return at + 1
        part = token.number or token.text in (",", "\n") or token.low in _BOX_WORDS
        part = part or (token.text == "." and len(last) == 1)
        if not part and (not token.capital or token.low in _STOPS or token.low in _LABELS):
            break
        at += 1
    while at > place and not (tokens[at - 1].number or tokens[at - 1].word):
        at -= 1
    return at


def _tail(tokens: Sequence[_Token], at: int, lower: bool) -> int:
    """Goes on over units, towns, regions, postcodes and countries, across commas and lines."""
    end, lines = at, 0
    while at < len(tokens):
        token = tokens[at]
        if token.text in (",", "\n", ">", "?", "-") or (
            token.text == "." and at + 1 < len(tokens) and tokens[at + 1].text in (",", "\n")
        ):
            lines += token.text == "\n"
            if lines > 6 or (token.text == "\n" and at and tokens[at - 1].text == "\n" and at - end > 3):
                break
            at += 1
            continue
        size = _piece(tokens, at, lower)
        if not size:
            break
        at += size
        end = at
    return end


def _piece(tokens: Sequence[_Token], at: int, lower: bool) -> int:
    """Tokens of one further piece of the address at `at`; 0 when what stands there is none."""
    token = tokens[at]
    if token.low in _UNIT and at + 1 < len(tokens) and tokens[at + 1].number:
        return 2
    if token.number:
        return 1 if _POSTCODE.match(token.text) or len(token.text) <= 4 else 0
    size = 0
    while at + size < len(tokens) and size < 4 and _place_word(tokens[at + size], lower, size):
        size += 1
    if not size:
        return 0
    following = tokens[at + size].text if at + size < len(tokens) else "\n"
    last = tokens[at + size - 1].text
    closed = (
        (last.endswith(".") and len(last) > 4)
        or following in (",", "\n", ".", ")", ";", "?", "(")
        or following[0].isdigit()
    )
    return (
        size
        if closed
        or (size == 1 and token.text.isupper() and len(token.text) >= 2)
        or token.low in names.COUNTRIES
        else 0
    )


def _place_word(token: _Token, lower: bool, size: int) -> bool:
    if not token.word or (re.split("['’]", token.low)[0] in _STOPS and not size) or token.low in _LABELS:
        return False
    if token.capital or (size and token.low in names.PARTICLES | {"na", "am", "an", "of", "and", "i"}):
        return True
    return lower and token.low not in names.NEVER
