"""One reader a kind of fact: a sentence in, the statements of that kind in it out. No reader knows of the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.knowledge.pasted import names
from remit.knowledge.pasted.figures import aum, headcount, holdings_change, performance, volume
from remit.knowledge.pasted.happenings import event, hire, launch, office
from remit.knowledge.pasted.hits import Hit, Reader, within
from remit.knowledge.pasted.services import served_by, stack

_STRATEGY_CUE: Final = re.compile(
    r"\b(?:strateg\w+|funds?|managers?|firm|invest\w*|runs?|pursues?|focus\w*|specialis\w+|specializ\w+|trad\w+|hedge|shop|book|pods?|style)\b",
    re.IGNORECASE,
)


def strategy(sentence: str) -> Iterator[Hit]:
    """The strategy by a phrase of the field; at most two of a sentence."""
    if not _STRATEGY_CUE.search(sentence) or re.search(
        r"\blaunch|\bsuch as\b|\bindustry\b|\bother (?:funds|managers)\b", sentence, re.IGNORECASE
    ):
        return
    firms = [found.span() for found in names.FIRM.finditer(sentence)]
    said = (
        found for found in names.phrases("strategy").finditer(sentence) if not within(found.span(), firms)
    )
    for number, found in enumerate(said):
        if number < 2:
            yield Hit("strategy", found.group(), *found.span())


_TRADES: Final = re.compile(
    r"\b(?:trad(?:es?|ing)|active in|makes? (?:markets|prices) in|deals? in|instruments?\s*[:|]|products? traded\s*[:|]|positions in|exposure (?:to|through))\s+(?:\w+[ -]){0,4}?(?=\S)",
    re.IGNORECASE,
)


def instrument(sentence: str) -> Iterator[Hit]:
    """What is traded: phrases of the field behind "trades", "active in", "makes markets in"."""
    lead = _TRADES.search(sentence)
    if lead is None:
        return
    until = re.search(r"[.;]| (?:on|through|via|at|with|under) ", sentence[lead.start() :])
    end = lead.start() + until.start() if until else len(sentence)
    for found in names.phrases("instrument").finditer(sentence, lead.start(), end):
        yield Hit("instrument", found.group(), *found.span())


_NEED: Final = re.compile(
    r"\b(?:we|they|our (?:desk|team|traders)|the (?:desk|team)|I)(?:['’](?:re|m))?(?: (?:still|also|really|do|are|am))* (?:need|needs|want|require|looking for|look for|would like|after(?: is)?)(?! to\b) (?P<v>(?:a |an |some |the )?[a-z][^.,;:!?\n]{4,70}?)(?=[.,;:!?\n]|$| (?:by|before|because|so that|when|and we|but)\b)",
    re.IGNORECASE,
)


def need(sentence: str) -> Iterator[Hit]:
    """What somebody says they need, as a noun phrase."""
    if found := _NEED.search(sentence):
        value = re.sub(r"^(?:a|an|some|the)\s+", "", found["v"]).strip()
        yield Hit("need", value, found.end("v") - len(value), found.end("v"))


READERS: Final[tuple[Reader, ...]] = (
    aum, served_by("prime_broker"), served_by("custodian"), served_by("administrator"), stack, strategy, instrument,
    launch, hire, office, headcount, holdings_change, need, event, performance, volume,
)  # fmt: skip
"""In the order in which their finds are shown."""
