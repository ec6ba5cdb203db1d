"""A client's money: assets, fee terms, prices offered. An amount is confidential by whose it is, not by its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.llm.handling import amounts
from remit.llm.handling.sentences import Sentence
from remit.llm.handling.spans import Found

_MONEY: Final = re.compile(amounts.MONEY, re.I)
_MONEY_OVER_TIME: Final = re.compile(amounts.MONEY + r"(?:\s(?:to|-)\s" + amounts.MONEY + r")?" + amounts.PERIOD + r"(?:\s(?:over|for)\s\w+\syears?)?", re.I)
_PERCENT: Final = re.compile(amounts.PERCENT, re.I)

_ASSETS: Final = re.compile(
    r"\b(?:aum|under management|assets?|manag(?:es?|ing)|fund size|in size|nav|capital|raised|(?:in|out)flows?|redemptions?|launch|"
    r"clos(?:e|ed|ing)|mandate|subscriptions?|seeder|gross|net|leverage|look(?:s|ing)? after|run(?:s|ning)?|book|walked out|lps?|sleeve|flagship)\b",
    re.I,
)
_FEE_WORD: Final = re.compile(
    r"\b(?:fees?|charg(?:e[sd]?|ing)|commissions?|hurdle|carr(?:y|ied interest)|preferred return|rebat\w+|pay(?:s|ing)?|paid|negotiated|terms|financing|"
    r"spread|ter\b|expense ratio|cost(?:s|ing)? (?:them|us|him|her)|execution|stock loan|borrow|crystallisation|share class|side letter|lock|perf\b|agreed)",
    re.I,
)
_FEE_VALUE: Final = re.compile(
    "|".join(
        (
            amounts.OVER_BENCHMARK, amounts.PER_UNIT, amounts.TWO_AND_TWENTY,
            rf"(?:{amounts.PERCENT}|{amounts.BASIS_POINTS})(?:\s(?:of NAV|per trade|management(?: fee)?|performance(?: fee)?|incentive(?: fee)?|hurdle))?",
            r"\b(?:hard |soft )?high[- ]water mark\b",
        )
    ),
    re.I,
)  # fmt: skip
_NO_FEE: Final = re.compile(
    r"\b(?:inflation|returned|availability|sla|vat|tax|latency|engine|win rate|gdp|yield|raised rates|moved|discount|off list|stake|cash|of the book|"
    r"overweight|underweight|gross is|net \d|position|of nav\b(?! *fee))\b",
    re.I,
)
_MINIMUM: Final = re.compile(r"\bfees?\b.*\bminimum\b|\bminimum (?:fee|of)\b", re.I)

_OFFER: Final = re.compile(
    r"\b(?:quot(?:ed?|ing)|offer(?:ed|s)?|pric(?:e[ds]?|ing)|discount(?:ed)?|renew(?:al|s|ed)?|contract (?:value|worth)|arr|acv|tcv|proposal|budget|walk-?away|"
    r"deal size|signed for|signs? this|pay(?:s|ing)? us|waived|minimum|free months|off list|go down to|per user|per seat|(?:a|per) month|monthly|match)\b",
    re.I,
)
_DEAL: Final = re.compile(
    r"\b(?:we (?:quoted|offered|can go|could go|need to match)|our (?:offer|quote|proposal)|this deal|i (?:gave|quoted|offered)|walk-?away|floor price|"
    r"(?:approved|agreed) (?:discount|price)|price agreed|deal size|renewal at)\b",
    re.I,
)
_NO_OFFER: Final = re.compile(r"\b(?:list price|price sheet|standard plan|hotel|coffee|lunch|book costs|oil|bitcoin trades|quota|travel|everybody|spring promotion|price improvement)\b", re.I)
_OFF: Final = re.compile(rf"(?:{amounts.PERCENT})(?:\s(?:discount|off(?: list)?))?", re.I)


def find(sentence: Sentence) -> Iterator[Found]:
    """Assets, fees and prices of one sentence."""
    text = sentence.text
    if sentence.public or not (any(mark.isdigit() for mark in text) or _WORDY.search(text)):
        return
    offer = _is_offer(sentence)
    if offer:
        yield from _at(sentence, _MONEY_OVER_TIME, "PRICE")
        if re.search(r"\b(?:discount|off)\b", text, re.I):
            yield from _at(sentence, _OFF, "PRICE")
        yield from _per_unit_price(sentence)
    if not sentence.private:
        return
    fee = bool(_FEE_WORD.search(text)) and not _NO_FEE.search(text) and not offer
    if fee:
        yield from _at(sentence, _FEE_VALUE, "FEE")
        if _MINIMUM.search(text):
            yield from _at(sentence, _MONEY_OVER_TIME, "FEE")
    if not offer:
        yield from _assets(sentence)


_WORDY: Final = re.compile(r"\b(?:million|billion|high[- ]water|two and twenty)\b", re.I)


def _is_offer(sentence: Sentence) -> bool:
    """Whether the sentence tells what somebody pays or may pay for what we sell."""
    text = sentence.text
    if sentence.public or sentence.about or _NO_OFFER.search(text):
        return False
    return bool(_DEAL.search(text)) or (sentence.client and bool(_OFFER.search(text)) and not re.search(r"\bfees?\b|hurdle", text, re.I))


def _per_unit_price(sentence: Sentence) -> Iterator[Found]:
    yield from _at(sentence, re.compile(amounts.PER_UNIT, re.I), "PRICE")


def _assets(sentence: Sentence) -> Iterator[Found]:
    """Amounts of a million and more that belong to a client, or that the writer's own firm manages."""
    if not sentence.client and not re.search(r"\b(?:aum|under management|manage|run|fund|sleeve|book|nav)\b", sentence.text, re.I):
        return
    told = bool(_ASSETS.search(sentence.text)) or sentence.client
    for match in _MONEY.finditer(sentence.text):
        if told and amounts.at_least_a_million(match[0]):
            yield Found(sentence.start + match.start(), sentence.start + match.end(), "AUM")


def _at(sentence: Sentence, pattern: re.Pattern[str], kind: str) -> Iterator[Found]:
    for match in pattern.finditer(sentence.text):
        if match[0].strip():
            yield Found(sentence.start + match.start(), sentence.start + match.end(), kind)
