"""A client's money: assets, fee terms, prices offered. An amount is confidential by whose it is, not by its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.llm.handling import amounts
from remit.llm.handling.sentences import Sentence
from remit.llm.handling.spans import Found

_MONEY: Final = re.compile(amounts.MONEY, re.I)
_MONEY_OVER_TIME: Final = re.compile(
    amounts.MONEY
    + r"(?:\s(?:to|-)\s"
    + amounts.MONEY
    + r")?"
    + amounts.PERIOD
    + r"(?:\s(?:over|for)\s\w+\syears?)?",
    re.I,
)
_PERCENT: Final = re.compile(amounts.PERCENT, re.I)

_ASSETS: Final = re.compile(
    r"\b(?:aum|under management|assets?|manag(?:es?|ing)|fund size|in size|nav|capital|raised|(?:in|out)flows?|redemptions?|launch|"
    r"clos(?:e|ed|ing)|mandate|subscriptions?|seeder|gross|net|leverage|look(?:s|ing)? after|run(?:s|ning)?|book|walked out|lps?|sleeve|flagship)\b",
    re.I,
)
_FEE_WORD: Final = re.compile(
    r"\b(?:fees?|charg(?:e[sd]?|ing)|commissions?|hurdle|carr(?:y|ied interest)|preferred return|rebat\w+|pay(?:s|ing)?|paid|negotiated|terms|financing|takes|"
    r"spread|ter\b|expenses?|cost(?:s|ing)?|execution|stock loan|borrow|crystallis\w+|share class|side letter|lock|perf(?:ormance)?\b|agreed|waives?|marks? (?:them|us|him|her) up|"
    r"margin rate|borrows?|hard-to-borrow|custod\w+|clear(?:s|ing)|admin(?:istrator)?|executing|algo rate|payout|gives? up|sponsor rate|debits?|tier(?:s|ed)?|pass-?through|incentive|discount|water[- ]mark|longs|debits|early money|insiders)",
    re.I,
)
_FEE_VALUE: Final = re.compile(
    "|".join(
        (
            amounts.OVER_BENCHMARK, amounts.PER_UNIT, amounts.PER_ANY, amounts.TWO_AND_TWENTY,
            rf"(?:\ba (?:maker |volume )?rebate of\s)?(?:\ban? )?(?:{amounts.PERCENT}|{amounts.BASIS_POINTS})(?:\sfee discount|\s(?:of NAV|per trade|management(?: fee)?|performance(?: fee)?|incentive(?: fee)?|hurdle))?",
            r"\b(?:the |a )?(?:hard |soft )?high[- ]water mark\b",
        )
    ),
    re.I,
)  # fmt: skip
_NO_FEE: Final = re.compile(
    r"\b(?:inflation|returned|availability|sla|vat|tax|latency|engine|win rate|gdp|yield|raised rates|moved|off list|stake|cash|of the book|tip\b|dinner|training|migration|users?|usage|points in|volume|uptime|grew|headcount|done with|project|var\b|net long|one name|clearing revenue|"
    r"overweight|underweight|gross is|net \d|position|of nav\b(?! *fee))\b",
    re.I,
)
_OWN_FEES: Final = re.compile(
    r"\b(?:fees?|hurdle|prime|broker|custodian|fcm|allocator)\b(?! pays)|\bper (?:contract|share|lot|trade)\b(?!.*\bprice)|tier",
    re.I,
)
_MINIMUM: Final = re.compile(
    r"\bfees?\b.*\bmin(?:imum)?\b|\bminimum (?:fee|of)\b|\b(?:bps?|custod\w+|admin\w*|clear\w+)\b.*\b(?:min(?:imum)?|floor)\b",
    re.I,
)

_OFFER: Final = re.compile(
    r"\b(?:quot(?:ed?|ing)|offer(?:ed|s)?|pric(?:e[ds]?|ing)|discount(?:ed)?|renew(?:al|s|ed)?|contract (?:value|worth)|arr|acv|tcv|proposal|budget|walk-?away|"
    r"deal size|signed for|signs? this|pay(?:s|ing)? us|waived|minimum|free months|months free|off list|\d ?(?:%|percent) off|go (?:down to|as low as)|per (?:user|seat)|(?:a|per) (?:month|quarter|seat)|monthly|"
    r"match|bill|invoice[ds]?|licen[cs]e costs?|modules?|for data|clearing revenue|have it for|subscription fee|at no charge|uplift|set-?up (?:charge|fee)|"
    r"lower than last|more than last|final (?:number|offer|price)|cap at|commit for|plus vat|seats? (?:at|for))\b",
    re.I,
)
_DEAL: Final = re.compile(
    r"\b(?:we (?:quoted|offered|charge|can go|could go|need to match|let them have)|our (?:offer|quote|proposal)|this deal|i (?:gave|quoted|offered|would go)|walk-?away|floor price|"
    r"(?:approved|agreed) (?:discount|price)|(?:price|rebate|discount) agreed|deal size|renewal at|^quote \d+)\b",
    re.I,
)
_NO_OFFER: Final = re.compile(
    r"\b(?:list price|price sheet|recruiter|dentist|caterer|cakes|house for|bike|parking|rent\b|cloud bill|standard plan|hotel|coffee|lunch|book costs|oil|bitcoin trades|quota|travel|everybody|spring promotion|price improvement)\b",
    re.I,
)
_OFF: Final = re.compile(
    rf"(?:{amounts.PERCENT})(?:\s(?:discount|off(?: list)?))?|\ba (?:third|quarter|fifth|tenth) off\b|\bhalf (?:of |off )?(?:the )?list\b|\b(?:the first )?(?:one|two|three|six|\d+) months (?:on us|for free)\b|\bfor (?:nothing|free)\b|\bthe first (?:\w+ )?(?:months?|quarter|year) (?:free|at no charge|for nothing)\b|\b(?:one|two|three|six|\d+) months (?:free|at no charge)\b",
    re.I,
)


def find(sentence: Sentence) -> Iterator[Found]:
    """Assets, fees and prices of one sentence."""
    text = sentence.text
    if sentence.public or not (any(mark.isdigit() for mark in text) or _WORDY.search(text)):
        return
    offer = _is_offer(sentence)
    if offer:
        yield from _at(sentence, _MONEY_OVER_TIME, "PRICE")
        if re.search(
            r"\b(?:discount|off|free|nothing|on us|half of list|no charge|rebate agreed|uplift|lower|more than last)\b",
            text,
            re.I,
        ):
            yield from _at(sentence, _OFF, "PRICE")
        yield from _per_unit_price(sentence)
    terms = bool(_TERMS.search(text)) and not sentence.about
    capital = bool(_CAPITAL.search(text)) and not sentence.about
    if not (sentence.private or terms or capital):
        return
    financing = _FINANCING.search(text) is not None
    fee = financing or (bool(_FEE_WORD.search(text)) and not _NO_FEE.search(text) and not offer)
    if fee:
        yield from _at(sentence, _FEE_VALUE, "FEE")
        if _MINIMUM.search(text):
            yield from _at(sentence, _MONEY_OVER_TIME, "FEE")
    if not offer:
        yield from _assets(sentence)
        if not fee and sentence.client and not _NO_OFFER.search(text):
            yield from _small_money(sentence)


# a spread over a benchmark is what somebody pays for money, whatever else the sentence says
_FINANCING: Final = re.compile(amounts.OVER_BENCHMARK, re.I)
# Words that are about some one fund even where nobody is named.
_TERMS: Final = re.compile(
    r"\b(?:perf(?:ormance)?|management|mgmt|incentive|redemption|founders?|exit) fees?\b(?! disclosure)|\bhurdle of\b|\bcarried interest\b|\bmgmt\b|\bhwm\b"
    r"|\bdebits?\b|\b(?:algo|exec|execution|clearing|commission|financing|borrow) rates?\b|\b(?:executing|clearing|clears?|financing) at\b|\bseed deal\b|\bfee schedule\b"
    r"|\bside letter\b|\bpays? (?:away|to (?:the )?(?:broker|prime|administrator))\b|\b(?:hard-to-borrows?|locates?) (?:cost|at)\b",
    re.I,
)
_CAPITAL: Final = re.compile(
    r"(?:\baum\b|\btotal assets\b|\bfirm assets\b)(?=\s*[:~=?@]|\.| now| is| of| at)|\bfundrais\w+|\bhard cap\b|\bdry powder\b|\bcommitted:|\b(?:day[- ]one capital|capital base|committed capital|seed capital|(?:hard|soft) close|redemption requests|net asset value|lp capital)\b",
    re.I,
)
_MANAGES: Final = re.compile(
    r"\b(?:day[- ]one|capital base|committed|redemption|aum|under management|manage|run|fund|sleeve|book|nav|house money)\b",
    re.I,
)
_CURRENCY: Final = re.compile(
    r"[$€£¥]|\b(?:US\$|USD|EUR|GBP|CHF|SEK|NOK|DKK|JPY|AUD|CAD|HKD|SGD|dollars?|euros?|pounds?|francs?)", re.I
)
# A million of something that is no money.
_COUNTED: Final = re.compile(
    r"\s(?:of (?:our |the )?)?(?:rows|records|orders|visits?|visitors|messages|users|people|tests|contracts|shares|clicks|lines|events|trades|tickets|times|customers|"
    r"yen of|lots|barrels|ounces|units|tokens|transactions|requests|a day|per second|notional)\b",
    re.I,
)
# an amount of something traded, a loss or a gain: a position's, not a fund's size
_OF_PAPER: Final = re.compile(
    r"\s(?:of\s)?(?:[\w'’-]+\s){0,2}?(?:\d+y\b|bonds?|gilts?|bunds?|paper|notes|treasur\w+|payers?|receivers?|swaptions?|swaps?|shares?|converts?|loans?|contracts|warrants?|loss|gain)\b",
    re.I,
)
_COUNTED_ANYWHERE: Final = re.compile(r"\b(?:order|orders|rows|visits|shares|buy|sell|messages|test)\b", re.I)
_AT_STAKE: Final = re.compile(
    r"\b(?:loss|gain|p&l|pnl|delta|vega|gamma|dv01|margin call|exposure)\b", re.I
)  # a position's, not a fund's size
_UP_TO: Final = re.compile(r"\b(?:up to|first)(?: the)?\s$", re.I)  # a tier, not a size
_WORDY: Final = re.compile(r"\b(?:million|billion|high[- ]water|two and twenty)\b", re.I)


def _is_offer(sentence: Sentence) -> bool:
    """Whether the sentence tells what somebody pays or may pay for what we sell."""
    text = sentence.text
    if sentence.public or sentence.about or _NO_OFFER.search(text):
        return False
    return bool(_DEAL.search(text)) or (
        sentence.client and bool(_OFFER.search(text)) and not _OWN_FEES.search(text)
    )


def _per_unit_price(sentence: Sentence) -> Iterator[Found]:
    yield from _at(sentence, re.compile(amounts.PER_UNIT, re.I), "PRICE")


def _assets(sentence: Sentence) -> Iterator[Found]:
    """Amounts of a million and more that belong to a client, or that the writer's own firm manages."""
    text = sentence.text
    if not sentence.client and not _MANAGES.search(text):
        return
    if re.search(r"\b(?:trillion|tn)\b", text, re.I):
        return  # a market, never one client
    told = bool(_ASSETS.search(text))
    for match in _MONEY.finditer(text):
        if (
            not amounts.at_least_a_million(match[0])
            or _COUNTED.match(text[match.end() :])
            or _OF_PAPER.match(text[match.end() :])
            or _UP_TO.search(text[: match.start()])
        ):
            continue
        if _AT_STAKE.search(text[: match.start()]):
            continue
        if told or _CURRENCY.search(match[0]) or (sentence.client and not _COUNTED_ANYWHERE.search(text)):
            yield Found(sentence.start + match.start(), sentence.start + match.end(), "AUM")


def _small_money(sentence: Sentence) -> Iterator[Found]:
    """An amount below a million in a client's sentence that nothing else explains: most likely what they pay or would pay us."""
    for match in _MONEY_OVER_TIME.finditer(sentence.text):
        small = _CURRENCY.search(match[0]) and not amounts.at_least_a_million(match[0])
        if small and not _AT_STAKE.search(sentence.text[: match.start()]):
            yield Found(sentence.start + match.start(), sentence.start + match.end(), "PRICE")


def _at(sentence: Sentence, pattern: re.Pattern[str], kind: str) -> Iterator[Found]:
    for match in pattern.finditer(sentence.text):
        if match[0].strip():
            yield Found(sentence.start + match.start(), sentence.start + match.end(), kind)
