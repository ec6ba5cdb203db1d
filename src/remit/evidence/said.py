"""A sentence prepared for comparison: its words as stems, its numbers with how exactly they were meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from remit.evidence import lexicon, quantities
from remit.evidence.claims import Context
from remit.evidence.numerals import in_digits
from remit.evidence.quantities import Quantity
from remit.evidence.synonyms import joined

_LEAD: Final = re.compile(
    r"\b(?:(?P<under>just under|a little under|slightly under|just below|not quite|nearly|almost|close to|a little less than|just short of)"
    r"|(?P<over>just over|a little over|slightly over|a little more than|just above|slightly more than|a good)"
    r"|(?P<above>more than|over|above|upwards? of|in excess of|at least|greater than)"
    r"|(?P<below>less than|under|below|fewer than)"
    r"|(?P<about>about|around|roughly|approximately|approx\.?|some|circa|ca\.?|near|in the region of|on the order of))\s+(?:the |an? )?$",
    re.IGNORECASE,
)
_NEAR: Final = 80  # characters before a number in which the words that belong to it stand
_WORD: Final = re.compile(r"\s+([A-Za-z][\w&'’\-]*)")
# a number's noun is looked for up to the next word that opens another phrase
_STOP: Final = frozenset(
    [
        "in",
        "at",
        "from",
        "to",
        "of",
        "by",
        "with",
        "on",
        "for",
        "and",
        "or",
        "as",
        "is",
        "are",
        "was",
        "were",
        "has",
        "have",
        "had",
        "than",
        "per",
        "via",
        "across",
        "under",
        "over",
        "between",
        "into",
        "per",
        "that",
        "which",
        "within",
        "among",
        "when",
        "while",
        "but",
        "since",
        "until",
        "through",
        "after",
        "before",
    ]
)
# how far the true value may lie from the said one, as factors of the said value: (least, most); bounds count
_BAND: Final = {
    "under": (Decimal("0.90"), Decimal("0.9999")),
    "over": (Decimal("1.00001"), Decimal("1.07")),
    "above": (Decimal("1.00001"), Decimal("1.3")),
    "below": (Decimal("0.77"), Decimal("0.9999")),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity of the sentence. `near`: '' for exactly, else about · under · over · above · below. `noun`: stem it counts."""

    quantity: Quantity
    near: str
    noun: str
    before: str
    nouns: frozenset[str] = frozenset()
    """Every meaning word of the phrase behind the number, as stems: '42 agent lenders' → agent, lender."""

    def fits(self, value: Decimal, exact: bool) -> bool:
        """Whether a true `value` may be said like this. `exact`: the value equals the said one at its own precision."""
        said = self.quantity.value
        if self.near == "about":
            coarse = len(said.normalize().as_tuple().digits) == 1
            return exact or abs(value - said) <= abs(value) * Decimal("0.10" if coarse else "0.05")
        if self.near in _BAND:
            least, most = _BAND[self.near]
            return said * least <= value <= said * most
        return exact

    def stated_by(self, known: Quantity) -> bool:
        """Whether `known` is what this number says, as it says it."""
        said = self.quantity
        if said.kind == "date" or (not self.near and said.kind != "share"):
            return quantities.equal(known, said)
        if said.kind == "share" and known.kind == "percent":
            return self.fits(known.value / 100, abs(known.value / 100 - said.value) <= said.step / 2)
        if known.kind != said.kind or (said.unit and known.unit != said.unit):
            return False
        return self.fits(known.value, quantities.equal(known, said))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence: `text` with firms blanked and numbers in digits, `stems` (meaning stem → word), every stem, its numbers."""

    text: str
    stems: dict[str, str]
    every: frozenset[str]
    numbers: tuple[Number, ...]
    day: date
    names_reader: bool = False
    names_us: str = ""
    """Our firm as the sentence calls it beside what is done: its name, "with us"; "" where it does not."""

    @property
    def amounts(self) -> list[Number]:
        """The numbers that are no dates."""
        return [one for one in self.numbers if one.quantity.kind != "date"]

    @property
    def dates(self) -> list[Number]:
        """The dates."""
        return [one for one in self.numbers if one.quantity.kind == "date"]


def prepare(sentence: str, context: Context) -> Said:
    """Read a sentence once."""
    text = joined(in_digits(context.without_firms(sentence), context.day))
    known = {lexicon.stem(word) for word in context.known()}
    blank = list(text)
    numbers = []
    for one in quantities.find(text):
        at = max(
            0, one.start - _NEAR
        )  # the words before are looked for near by: from the beginning, many numbers take hours
        lead = _LEAD.search(text, at, one.start)
        near = next((name for name, found in lead.groupdict().items() if found), "") if lead else ""
        start = lead.start() if lead else one.start
        before, nouns = text[max(0, start - _NEAR) : start].split(), counted(text[one.end :], known)
        numbers.append(
            Number(
                one, near, next(iter(nouns), ""), before[-1].casefold() if before else "", frozenset(nouns)
            )
        )
        blank[start : one.end] = " " * (one.end - start)
    rest = "".join(blank)
    found = {lexicon.stem(word): word for word in lexicon.words(rest)}
    meaning = {
        stem: word
        for stem, word in found.items()
        if stem not in lexicon.FRAMING and stem not in known and stem not in lexicon.NEGATIONS
    }
    return Said(
        text, meaning, frozenset(lexicon.stems(text)), tuple(numbers), context.day, _names(sentence, context),
        _us(sentence, context),
    )  # fmt: skip


def _us(sentence: str, context: Context) -> str:
    """How the sentence names us: our name, or us as the means."""
    first = context.our_name.split()[:1]
    name = rf"|(?i:\b{re.escape(first[0])}\b)" if first else ""
    found = re.search(
        rf"\b(?:[Ww]ith|[Tt]hrough|[Bb]y|[Vv]ia|[Uu]sing|[Ff]rom|[Tt]hanks to) us\b{name}", sentence
    )
    return found.group() if found else ""


def _names(sentence: str, context: Context) -> bool:
    """Whether the sentence calls the reader's firm by its name."""
    first = context.account_name.split()[:1]
    return bool(first) and re.search(rf"\b{re.escape(first[0])}\b", sentence) is not None


def counted(after: str, known: set[str]) -> list[str]:
    """Stems of what a number counts: the meaning words directly behind it, up to where a new phrase begins."""
    place = 0
    found: list[str] = []
    for _ in range(4):
        word = _WORD.match(after, place)
        joins = found and word is not None and word[1].casefold() == "and"  # '100 European and Asian venues'
        if word is None or (word[1].casefold() in _STOP and not joins) or word[1].startswith("per"):
            break
        stem = lexicon.stem(word[1])
        if stem not in lexicon.FRAMING and stem not in known:
            found.append(stem)
        place = word.end()
    return found
