"""What a client trades: strategy, positions held, trades meant. Market talk about everybody is none of these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.llm.handling.sentences import Sentence
from remit.llm.handling.spans import Found

_STYLES: Final = (
    r"(?:market[- ]neutral|(?:(?:asian|european|us|uk|global|japan(?:ese)?|chinese|india|nordic|sector|tmt|healthcare) )?long[/-]short|short vol(?:atility)?(?= funded|\\b(?! for))|(?:[A-Za-z]{2,12} )?arbitrage|stat(?:istical)?[- ]arb(?:itrage)?|(?:merger|convertible|volatility|vol|capital structure|fixed[- ]income|index|latency|dividend|etf|"
    r"risk|credit|crypto|tax|regulatory|cross-exchange|funding) arb(?:itrage)?|long[/-]short(?: equity| credit)?|equity long[/-]short|"
    r"(?:discretionary |systematic |global |emerging[- ]markets? )+(?:macro|rates|credit|equit(?:y|ies)|futures)|global macro|"
    r"event[- ]driven(?: credit| equity)?|distressed(?: debt| credit)?|emerging markets? debt|"
    r"managed futures|cta\b|trend[- ]following|mean[- ]reversion|pairs trading|index rebalance|(?:fixed[- ]income |credit |equity |rates )?(?:relative value|rv)\b|risk parity|tail[- ]risk(?: hedging)?|130/30|"
    r"multi-?strat(?:egy)?|dispersion(?: trading)?|(?:[a-z]+-)?(?:steepener|flattener) carry|(?:reinsurance|insurance)-linked(?: securities)?|systematic commodities|(?:short|medium|long)-horizon alphas?|cat bonds|activis[tm]|direct lending|(?:crypto |cash |bond |futures )?basis trad(?:e|ing)|carry trad(?:e|ing)|market making|high-frequency|hft|factor (?:investing|timing)|"
    r"(?:intraday |cross-sectional |time-series |price )?momentum|post-earnings drift|commodity spreads|volatility (?:selling|targeting)|gamma scalping|"
    r"quant(?:itative)? (?:equity|macro|credit)|fundamental (?:equity|credit)|structured credit|special situations)"
)
_STYLE: Final = re.compile(
    rf"\b(?:short-term |systematic |discretionary |intraday |latency )?{_STYLES}(?!\s(?:architecture|investors?|shareholders?|in the|for the|with the customer|design|connector|api|microservices|integration))(?:\s(?:stat arb|arbitrage|with a [a-z ]+ overlay|in (?:small|mid|large)[ -]caps?|between [a-z ]+venues))?",
    re.I,
)
_STYLE_SAID: Final = re.compile(
    r"\b(?:(?:edge|approach|alpha|strategy|model|signal|setup|core|programme|process|pod|risk)s?\b[^.;]{0,24}?(?:\b(?:is|are|comes? from|goes|trades?|uses?|lies in|combines?|to)\b|:)|makes? markets with|makes? (?:all )?(?:their|his|her|its) money (?:with|from|by|(?=\w+ing\b))|arbitrages?|exploits?|fades?|harvests?|clips?|monetis\w+|buys? up|lends? (?=to\b)|provides? (?=liquidity|capital)|models?|mines?|(?:niche|specialty|bread and butter|secret sauce|second sleeve|other sleeve|whole edge|new fund does|pod does|desk does|fund does)(?: is| are|:)?|what they (?:really )?do(?: is|:)|(?:he|she|they) describes? (?:it|the \w+(?: \w+)?) as|models? predicts?|book is|(?:specialis|focus|concentrat)\w+ (?:in|on)|invests? in|bets? on|(?:only |mostly |mainly )?trades?|run(?:s|ning)? an?|"
    r"strategy:)\s+(?P<what>[^.;,]{4,90})",
    re.I,
)
_SAID_ENOUGH: Final = re.compile(
    rf"{_STYLES}|arbitrage|volatility|gamma|beta|momentum|options? flow|reversion|drift|spread|carry|macro|credit|neutral|small caps|venues|imbalance|order[- ]book|spin-?offs?|index funds|deletions?|inclusions?|lock-?ups?|auctions?|discounts?|forced|shipping|freight|satellite|card|yields?|dividends?|premi(?:um|a)|insurance|royalt\w+|litigation|timber|water|carbon|power|weather|stressed|distressed|lending|loans?|trade finance|converts?|catalysts?|biotech|FDA|closed-end|serial|acquirers|cash flows?|mispricings?|buybacks|earnings|insider|seasonal|supply chain data|alternative data|crop|sentiment|toxicity|options|futures|expiry|deletions|alphas?\b|commodities|dispersion|steepener|securities|small-cap|large-cap|event-driven|horizon|trend|volatility|curve|basis|convexity|value tilt",
    re.I,
)
_NO_STYLE: Final = re.compile(
    r"\b(?:connector|message bus|spreadsheet|mentoring|luggage|in the project|onboarding|go-to-market|pricing strategy|meeting|retention|content|competitive strategy|data strategy|email strategy|territory|sell to|supports?|support for|"
    r"objections|in the (?:sales )?pipeline|market the|report|had its best|release to|for us\b|bank holidays)\b",
    re.I,
)

_SECURITY: Final = re.compile(
    r"\b(?:shares?|stakes?|block|buyback|convertibles?|bunds|brent|wti|gold|jgbs?|bills|cash|tech book|brokerages?|in one name|net long|net short|var\b|puts?|calls|contracts(?! with)|futures|swaps|cds|bonds?|bunds?|treasur(?:y|ies)|gilts?|\d+-?y(?:ear|r)?s?\b|notional|"
    r"positions?|names|shorts?|longs?|index|gold|silver|crude|oil|bitcoin|btc|eth|the (?:yen|euro|dollar)|yen|autos|banks|equit(?:y|ies)|volatility|vol|gamma|"
    r"gilts|ADRs?|borrow|IPO|above par|below \d+|dark pool|loan book|euros?|dollars|sterling|francs|tranche|stub|insurers|utilities|warrants|rates|dv01|basket|ipo|tender offer|block (?:sale|trade)|at auction|rebalance|steepener|flattener|vix|of nav|book|sleeve|quotes|"
    r"tech\b|energy|biotech|airlines?|merger|options?|etfs?|crypto|swaptions?|m shares|[A-Z]{2,5} (?:LN|GY|US|FP|JP|HK)|lots|the close)\b"
)
_TICKER: Final = re.compile(
    r"\b(?!OMS|EMS|PMS|FIX|CRM|RFP|SDR|API|CEO|CFO|CIO|COO|CTO|PM|UK|US|EU|SEC|FCA|SOC|ISO|PB|IT|HR|AUM|NAV|LP|GP|OK|SLA|NDA|VAT|GDP|LEI|ISIN|IBAN|CUSIP|USD|EUR|GBP|CHF|SWIFT|BIC|Q[1-4])"
    r"[A-Z]{2,5}\b"
)
_NO_TRADE: Final = re.compile(
    r"\b(?:our (?:ems|oms|pms|platform|product)|replace their|expand to|sign by|blotter|seats|licen[cs]es?|pilot|trial|connector|integration|new version|release|"
    r"certification|short-?list|on-?call|hardware|vendors?|suppliers?|servers?|lunch|discount|traders\b|old system|contract with|the demo|plug on|hire|people|"
    r"process|call\b|tickets?|vendors|clause|markets with|users|latency|message volume|wording|desks?\b(?= with)|laptops|supported|step by step|questions|staffed|data centres|relationship|meetings?|degree|system|roll(?:s|ed|ing)? out|distribution list|testers?|the app|ticket|dashboard|sign-on|provider|negotiation|address(?:es)?)\b",
    re.I,
)
_MEANS: Final = re.compile(
    r"\b(?:have decided to|has decided to|inten(?:ds?|ding) to|plan(?:s|ning)? to|wants? to|want(?:s|ed)? us to|would like to|(?:is|are|am|'re|’re|be) (?:about|going|looking|preparing|planning|ready|waiting) "
    r"(?:to|for|a)|looking to|about to|going to|waiting for|will(?: be)?|['’]ll(?: be)?|would|need(?:s)? to|expects? to|hint(?:s|ed) (?:that )?(?:he|she|they)|asked us to|"
    r"preparing (?:to|a)|hop(?:es|ing) to|aims? to|may\b|might|decided to|is building|are building|(?:is|are) (?:selling|buying|shorting|covering|unwinding|exiting|cutting|adding|trimming|closing)|"
    r"order:?(?=\s(?:buy|sell|short|cover))|place|are rotating|is rotating|has instructions to|have instructions to|asked (?:us )?for|thinking of|is raising|are raising|wants? a|next trade|an order (?:for|to)|a limit order|limit order at|working an order|ahead of)\b",
    re.I,
)
_TRADES: Final = re.compile(
    r"\b(?:buy(?:ing)?|sell(?:ing)?|exit|unwind|short|cover|accumulate|roll|double|add(?: to)?|liquidate|hedge|rotat(?:e|ing)|tender offer|trade|get out of|"
    r"buy back|sell down|trim|reduce|increase|build|close out|block sale|vote against|pull its quotes|order|dump|load up|selling|shorting|covering|unwinding|exiting|cutting|cut|closing|close|adding|trimming|plac(?:e|ing)|get(?:ting)? rid of|pick(?:ing)? up|building a stake|"
    r"be flat|be out of|bids? for|two-way price|(?:a )?seller of|(?:a )?buyer of|other side|cross|doubling|borrow for|start buying|start selling|raising cash|exit from|an exit|tender(?: its| their)?|switch(?:ing)?|start a position|take profits?)\b",
    re.I,
)
_CLAUSE_END: Final = re.compile(
    r"[.;](?=\s|$)|,\s(?=(?:so|but|please|keep|which|nobody|do not|don['’]t|and nobody|treat|he|she|they said)\b)|[.]?$"
)

_REST: Final = r"(?:[^.;,]|[.,](?=\d))"  # to the end of the clause; the comma of 1,500 ends nothing
_SIDE: Final = re.compile(
    rf"(?<![\w/])(?:net |gross |heavily )?(?:long|short)\s+(?!list|term|time|story|call|answer|overdue|view|ago|run\b|notice|sighted|staffed|cut|version|"
    rf"form\b|haul|on\b|equity|leg\b|of it|way|walk|stay|trip|week|day|break|summary|bio\b|code\b|name\b)(?P<what>(?:of\s)?{_REST}{{2,60}})",
    re.I,
)
_OWNED: Final = re.compile(
    rf"\b(?:hold(?:s|ing)?|owns?|sits? on|stuck with|carr(?:y|ies)|keeps?|ha(?:ve|s)(?: built| a| still)*(?=\s[^.;]{0, 12}\d)|still have|built|(?:over|under)weight)\s(?P<what>{_REST}{{3,70}})",
    re.I,
)
_COUNTED: Final = re.compile(
    r"\b(?:(?:top |current |largest |biggest )*(?:positions?|holdings?|exposure|stake|book|gross|net|leverage|short|loser|winner|long|var)\b|\bup to(?= \d)|(?<=are )(?=\d+ ?% net)|(?<=hold )(?=no cash))(?P<what>[^;]{2,90})",
    re.I,
)
_SIZED: Final = re.compile(
    r"\b(?:inventory|top (?:three|five|ten)|(?:biggest|largest) (?:short|long|position|holding|bet)s?)\b\s*(?:is|are|:)?\s[^.;]*(?-i:[A-Z0-9])[^.;]*|\b(?:loss|gain) of [^.;]*\b(?:short|long|position)\b|"
    r"\bdelta is [^.;]*\d[^.;]*|\bis flat (?:going )?into\s[^.;]*|\b(?:half|third|quarter|most) of (?:the|their|his|her) (?:book|fund|portfolio|capital|risk) is in\s[^.;]*|"
    r"(?:still )?(?:owns?|holds?) the (?:stub|[a-z]+ tranche|equity piece)|(?:(?:[$€£]\s?)?\d[\d,.]*\s?(?:k|m|mm|bn|million|billion|thousand)?\s(?:of\s)?(?:[A-Za-z0-9-]+\s){0,3}(?:shares|contracts|lots|futures|options|puts|calls|swaps|bonds|notes|cds|notional|"
    r"bitcoin|ounces|barrels|shorts|longs|warrants|adrs)\b(?:\s(?:on|of|in|at)\s[^.;,]{2,40})?|\d+(?:\.\d+)?\s?%\s(?:of (?:the |their )?(?:book|nav|fund|portfolio|capital|assets)|net|gross|position|stake|short|long|cash|in (?:cash|one|[A-Z]\w+))"
    r"[^.;,]{0,40}|\d+(?:\.\d+)?x (?:levered|leverage|gross)|[-+]\d[\d,.]*\s?[km]?\s[A-Z]{2,5}\b)",
    re.I,
)
_NO_HELD: Final = re.compile(
    r"\b(?:growth|headcount|grew|columns?|report|tickets|offices|desk\b(?=\.)|monitors|experience|products|people|weeks|months|days|years|users|licences|rows)\b",
    re.I,
)
_FEES: Final = re.compile(r"\bfees?\b|\bhurdle\b|\bcommission", re.I)
_SHARE: Final = re.compile(r"\d\s?%|\d(?:\.\d+)?x\b|\d\s?bps\b|\bdv01\b|\bnotional\b", re.I)
_SIZE: Final = re.compile(r"\d|\b(?:million|billion|half|third|all) ", re.I)


def find(sentence: Sentence) -> Iterator[Found]:
    """Strategy, positions and trading intent of one sentence."""
    if sentence.public or sentence.about or not (sentence.client or sentence.first):
        return
    yield from _strategy(sentence)
    meant = list(_intent(sentence))
    yield from meant
    if not meant:
        held = list(_positions(sentence))
        yield from held or _sized(sentence)


def no_trade(text: str) -> bool:
    """Whether a sentence speaks of products, people or projects, so that what sounds like a trade in it is none."""
    return _NO_TRADE.search(text) is not None


def _strategy(sentence: Sentence) -> Iterator[Found]:
    text = sentence.text
    if _NO_STYLE.search(text):
        return
    for match in _STYLE.finditer(text):
        yield Found(sentence.start + match.start(), sentence.start + match.end(), "STRATEGY")
    for match in _STYLE_SAID.finditer(text):
        if _SAID_ENOUGH.search(match["what"]) and not re.match(r"marked|clients?\b", match["what"], re.I):
            yield Found(sentence.start + match.start("what"), sentence.start + match.end("what"), "STRATEGY")


def _intent(sentence: Sentence) -> Iterator[Found]:
    text = sentence.text
    means = _MEANS.search(text)
    if (
        means is None
        or _STYLE.search(text, means.end())
        or re.search(r"\b(?:approach|edge|model|strategy|alpha) is\b", text, re.I)
        or _NO_TRADE.search(text)
    ):
        return
    end = _CLAUSE_END.search(text, means.end())
    stop = end.start() if end else len(text)
    said = text[means.start() : stop]
    if (
        _TRADES.search(said)
        and (_SECURITY.search(said) or _TICKER.search(said) or _traded_name(said))
        and not re.search(r"short-(?:circuit|list|staffed|term)", said)
    ):
        yield Found(sentence.start + means.start(), sentence.start + stop, "TRADING_INTENT")


def _traded_name(said: str) -> bool:
    """`buy … of Adyen`, `add to his Kesko`: a capitalised name that is bought or sold in a size."""
    if re.search(
        r"\b(?:be out of|exit from|other side of|two-way price on|bid for)\s(?:the |their )?(?:whole )?[A-Z\d]",
        said,
    ):
        return True
    return bool(re.search(r"\b(?:buy|sell|accumulate|short|cover|exit)\b[^.;]*\d[^.;]*\b[A-Z][a-z]+", said))


def _positions(sentence: Sentence) -> Iterator[Found]:
    text = sentence.text
    if _NO_TRADE.search(text) or _FEES.search(text) or _NO_HELD.search(text):
        return
    styles = [match.span() for match in _STYLE.finditer(text)]
    for pattern in (_SIDE, _OWNED, _COUNTED):
        for match in pattern.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in styles):
                continue
            if _is_held(pattern, match["what"]):
                yield Found(sentence.start + match.start(), sentence.start + match.end(), "POSITION")


def _sized(sentence: Sentence) -> Iterator[Found]:
    """A client's sentence with a size beside something traded: whatever the verb, it tells of a position."""
    text = sentence.text
    if (
        not sentence.client
        or _NO_TRADE.search(text)
        or _FEES.search(text)
        or _NO_HELD.search(text)
        or _STYLE.search(text)
    ):
        return
    for match in _SIZED.finditer(text):
        yield Found(sentence.start + match.start(), sentence.start + match.end(), "POSITION")


def _is_held(pattern: re.Pattern[str], what: str) -> bool:
    """Whether what stands behind the word is a position: something traded and, but for long and short, a size."""
    share = _SHARE.search(what)
    if pattern is _COUNTED and not share and not (_SECURITY.search(what) and _SIZE.search(what)):
        return False
    return bool(
        (_SECURITY.search(what) or _TICKER.search(what) or share) and (pattern is _SIDE or _SIZE.search(what))
    )
