"""A fact prepared for comparison: the stems it can answer for, the numbers it states, which way it points."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from remit.evidence import lexicon, quantities
from remit.evidence.facts import KINDS, Fact
from remit.evidence.numerals import in_digits
from remit.evidence.quantities import Quantity
from remit.evidence.said import Number, Said, counted
from remit.evidence.synonyms import NEAR, joined, reach

UP: Final = NEAR[lexicon.stem("rise")]
DOWN: Final = NEAR[lexicon.stem("fall")]
ENDINGS: Final = lexicon.stems(
    "leave quit resign lose sell close stop end retire cancel reject terminate withdraw fail miss suspend default"
)
PLAN: Final = re.compile(
    r"\b(will|shall|going to|plan(?:s|ned|ning)?|intend\w*|expect\w*|aim(?:s|ing)?|propos(?:es|ed|ing)|wants?|due|(?:is|are) to\b|to be|considering|"
    r"would|hopes?)\b",
    re.IGNORECASE,
)
# verbs of a statement that say little beside their object: 'raises an alert' is 'alerts'
_LIGHT: Final = lexicon.stems("allow let enable raise send give provide deliver offer support")
NAMED: Final = frozenset({"prime_broker", "custodian", "administrator", "hire", "office", "stack"})
# words that many names share: they do not tell one firm from another
_COMMON: Final = lexicon.stems(
    "prime securities trust bank fund funds services service administration custody capital partners global group holdings llc inc "
    "ltd limited lp llp plc corp ag sa gmbh nv oms ems pms system systems data risk markets asset management clearing the of primebroker"
)
# words of an approved statement that narrow it: to leave one out is to claim more
_NARROW: Final = re.compile(
    r"\b(same|only|certain|selected|some|limited|eligible|fully|beta|pilot|optional|except|excluding|above|below|up to|at least|subject to)\b",
    re.IGNORECASE,
)


# how else a source of this kind is called; a filing is never called by another's name
_SOURCES: Final = (
    ("posting", "advert advertisement ad vacancy listing"), ("news", "article press newspaper report wire"), ("release", "announcement press statement"),
    ("website", "site web page homepage online"), ("conference", "panel session speech podium stage"), ("interview", "conversation magazine press"),
    ("presentation", "deck slides"), ("study", "customer reference case"),
)  # fmt: skip
_OPENING: Final = re.compile(r"(?:[A-Z][\w&’'-]*\s)+(?=[a-z])")


class Known:
    """A fact prepared once and compared with many sentences.

    `reach`: stems it can answer for, near words included. `core`: what has to be said for the fact to be said.
    `topic`: what it is about. `values`: its own quantities in order. `trend`: +1, -1 or 0, from two values of one kind.
    """

    __slots__ = (
        "core",
        "dates",
        "does",
        "ends",
        "fact",
        "narrow",
        "negations",
        "opening",
        "ours",
        "quantities",
        "reach",
        "source",
        "text",
        "topic",
        "trend",
        "values",
    )

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self.ours = KINDS[fact.kind].ours if fact.kind in KINDS else fact.account_id is None
        self.text = joined(in_digits(fact.value, fact.as_of_on))
        own = quantities.find(self.text)
        self.values = [*(one for one in own if one.kind != "date"), *quantities.typed(fact)]
        self.dates = [one for one in own if one.kind == "date"]
        self.quantities = quantities.of_fact(fact)
        self.negations = len(lexicon.NEGATION.findall(self.text))
        self.trend = _trend(self.values)
        self._words(fact)

    def _words(self, fact: Fact) -> None:
        subject = joined(in_digits(fact.subject, fact.as_of_on))
        others = " ".join(
            joined(in_digits(one, fact.as_of_on))
            for one in (fact.quote, fact.source_name, fact.locator)
            if one
        )
        kind = lexicon.KIND_STEMS.get(fact.kind, lexicon.stems(fact.kind.replace("_", " ")))
        if fact.kind == "headcount" and not fact.subject:
            kind |= lexicon.stems("people staff employee personnel colleague")
        own = lexicon.stems(_without_numbers(self.text))
        trend = UP if self.trend > 0 else DOWN if self.trend < 0 else frozenset()
        told = lexicon.TOLD_STEMS if fact.sayable == "told_by_them" else frozenset()
        # a direction is answered for by the direction, not by every word near it
        self.reach = (
            reach((own | lexicon.stems(subject) | kind) - lexicon.NEGATIONS)
            | lexicon.stems(others)
            | lexicon.ALSO_STEMS.get(fact.kind, frozenset())
            | _source_words(fact.source_name)
            | told
            | trend
        )
        if PLAN.search(self.text):
            self.reach |= NEAR[lexicon.stem("plan")]
        self.topic = reach(
            (own | lexicon.stems(subject) | (kind - lexicon.FRAMING)) - lexicon.FRAMING - lexicon.NEGATIONS
        )
        content = own - lexicon.FRAMING - lexicon.NEGATIONS
        self.source = (
            (lexicon.stems(f"{fact.source_name} {fact.locator}") - lexicon.FRAMING)
            | lexicon.TOLD_STEMS
            | lexicon.stems("said announced")
        )
        begins = _OPENING.match(self.text)
        self.opening = (
            lexicon.stems(begins.group()) - _COMMON - lexicon.FRAMING if begins and not self.ours else set()
        )
        self.ends = own & ENDINGS
        self.core = (content - _COMMON or content) if fact.kind in NAMED else content
        first = lexicon.stem(lexicon.words(self.text)[0]) if lexicon.words(self.text) else ""
        self.does = (
            first if fact.kind == "capability" and first in content - _LIGHT and not self.negations else ""
        )
        self.narrow = lexicon.stems(" ".join(_NARROW.findall(self.text))) if self.ours else set()

    def said_in(self, said: Said) -> bool:
        """True when the sentence says this fact's value, not merely a word of it."""
        if (
            self.values
            and any(self.states(one, said) for one in said.amounts)
            and (self.fact.value_minor is not None or self.about(said))
        ):
            return True
        if self.opening and not self.opening & said.every:
            return False  # it is about somebody or something whom the sentence does not name
        near = reach(said.every)
        return bool(self.core) and 2 * len(self.core & near) > len(self.core)

    def about(self, said: Said) -> bool:
        """True when the sentence is about the same thing."""
        return bool(self.topic & set(said.stems))

    def states(self, number: Number, said: Said) -> bool:
        """Whether the fact states this number, of the thing that the sentence counts with it.

        A fact with a date of its own is not dated by the day of its source, unless the sentence speaks of the source.
        """
        if number.quantity.kind == "date":
            own = self.dates and not self.source & said.every
            return any(number.stated_by(one) for one in (self.dates if own else self.quantities))
        stated = (one for one in self.values if number.stated_by(one))
        return any(self._same_things(number, one) for one in stated) and self.counts(number)

    def _same_things(self, number: Number, value: Quantity) -> bool:
        """Whether fact and sentence count the same with it: '30 brokers' is not '30 screens', though both words are there."""
        theirs = frozenset(counted(self.text[value.end :], set())) if value.end else frozenset()
        return not (self.ours and theirs and number.nouns) or bool(reach(theirs) & number.nouns)

    def counts(self, number: Number) -> bool:
        """Whether what the number counts in the sentence is what this fact speaks of."""
        return not number.noun or number.noun in self.reach


def _source_words(name: str) -> frozenset[str]:
    folded = name.casefold()
    return frozenset().union(*(lexicon.stems(words) for source, words in _SOURCES if source in folded))


def _trend(values: list[Quantity]) -> int:
    plain = [one for one in values if one.end]  # the typed value repeats one of the text
    if len(plain) != 2 or (plain[0].kind, plain[0].unit) != (plain[1].kind, plain[1].unit):
        return 0
    return (plain[1].value > plain[0].value) - (plain[1].value < plain[0].value)


def _without_numbers(text: str) -> str:
    blank = list(text)
    for one in quantities.find(text):
        blank[one.start : one.end] = " " * (one.end - one.start)
    return "".join(blank)


@lru_cache(maxsize=8192)
def known(fact: Fact) -> Known:
    """Facts are immutable and each is compared with every sentence of every draft: prepare it once."""
    return Known(fact)
