"""Signs in a quote that a right number may be of something else than the line says. Each errs on the side of doubt.

Found by reading lines of calls beside their sources: segments and programmes under the firm's name, former guidance, a change on the
quarter before, a half of a range, an adjusted figure as a plain one, the figure of another period.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_MEASURE: Final = r"(?:revenues?|sales|earnings|income|profit|loss(?:es)?|eps|ebitda|margin|bookings|dividend|ratio|noi|ffo|cash flow)"
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NO_PERIOD: Final = re.compile(r"\bQ[1-4]\b|\bFY\b|'\d\d\b|\b(?:19|20)\d\d\b")
_AMOUNT: Final = r"[$€£¥]?\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:million|billion|thousand|trillion))?"
_CHANGED: Final = re.compile(r"\b(?:rose|fell|up|down|growth)\b")

# words that narrow what is counted, where the line leaves them out
_NARROWER: Final = re.compile(
    r"\b(?:segments?|divisions?|group|unit|program(?:me)?|region|brand|franchise|portfolio|subsidiary|joint venture|pro\s?forma|"
    r"constant[- ]currency|organic(?:ally)?|sequential(?:ly)?|quarter[- ]over[- ]quarter|same[- ]store|comparable|intercompany|"
    r"adjusted|non-gaap|excluding|original|pre-covid|respectively|collectively|associated\s+with|acquisition|midpoint|drag|impact|resort|beginning\s+book|best-performing|"
    r"(?<!our )(?<!the )(?<!overall )(?<!whole )(?<!core )business(?=\s+(?:is|was|had|has|grew|closed|delivered|reported|posted|saw|rose|fell|generated)))\b",
    re.IGNORECASE,
)
# what may stand before a measure without narrowing it
_PLAIN: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "our",
        "its",
        "their",
        "total",
        "net",
        "consolidated",
        "company",
        "company's",
        "firm's",
        "quarterly",
        "annual",
        "record",
        "overall",
        "reported",
        "and",
        "or",
        "of",
        "in",
        "with",
        "for",
        "to",
        "on",
        "by",
        "diluted",
        "basic",
        "gaap",
        "operating",
        "cash",
        "strong",
        "higher",
        "lower",
        "fiscal",
        "year",
        "quarter",
        "quarter's",
        "that",
        "this",
        "was",
        "were",
        "is",
        "are",
        "expect",
        "expects",
        "anticipate",
        "see",
        "generated",
        "generate",
        "delivered",
        "deliver",
        "produced",
        "had",
        "have",
        "reporting",
        "posted",
        "core",
        "share",
        "common",
        "first",
        "second",
        "third",
        "fourth",
        "full",
        "resulting",
        "generating",
        "including",
        "per",
        "as",
    ]
)
_FORMER: Final = re.compile(
    r"\b(?:from|versus|vs\.?|compared\s+(?:to|with)|against|previous(?:ly)?|prior|original(?:ly)?|former(?:ly)?)\b"
    r"(?:\s+(?!to\b)[a-z'-]+){0,6}\s+(?:of\s+|at\s+|between\s+)?$|\b(?:compared\s+(?:to|with)|versus)\b[^;]{0,70}$",
    re.IGNORECASE,
)
_AGAINST: Final = re.compile(r"\bversus\b|\bfrom\b|\bcompared\b", re.IGNORECASE)
_ON_QUARTER: Final = re.compile(
    r"\b(?:over|from|versus|against)\s+(?:Q[1-4]|the\s+(?:first|second|third|3rd|2nd|1st|4th|fourth|prior|previous|preceding|last)\s+quarter"
    r"(?!\s+(?:of\s+)?(?:last|(?:19|20)\d\d|a\s+year)))",
    re.IGNORECASE,
)
_QUARTERS: Final = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
_QUARTER: Final = re.compile(
    r"\bQ([1-4])\b|\b([1-4])Q\b|\b(first|second|third|fourth)[\s-]+(?:fiscal\s+)?quarter", re.IGNORECASE
)
_YEAR: Final = re.compile(
    r"\bfull[\s-]year|\bfiscal\s+(?:year\b|'?\d\d)|\bfor\s+the\s+year\b|\bthis\s+year\b|\bannual|\b(?:19|20)\d\d\b|\bthe\s+year\b",
    re.IGNORECASE,
)
_PART: Final = re.compile(
    r"\b(?:six|nine|three)[\s-]months|\bhalf\b|\byear[\s-]to[\s-]date|\bquarter", re.IGNORECASE
)
_MONTHS: Final = re.compile(
    r"\b(?:first|last)\s+(?:three|six|nine|3|6|9)\s+months|\b(?:first|second)\s+half|\byear[\s-]to[\s-]date",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(r"^(?:it|this|these|those|they|collectively|which)\b", re.IGNORECASE)
_DOER: Final = re.compile(
    r"(?P<who>[\w&'-]+)\s+(?:generated|delivered|contributed|posted|produced|added)\b", re.IGNORECASE
)
_OURSELVES: Final = frozenset(
    {"we", "company", "firm", "it", "and", "have", "has", "again", "also", "us", "team", "teams"}
)
_AHEAD: Final = re.compile(
    r"\b(?:expect\w*|guid\w+|anticipat\w+|forecast\w*|outlook|target\w*|project\w*|estimat\w+|will|plan\w*|on track|assum\w+|see)\b",
    re.IGNORECASE,
)
_AS_EXPECTED: Final = re.compile(
    r"\bas expected\b|\bcoming into\b|\bwere expecting\b|\bhad expected\b", re.IGNORECASE
)
_RANGE: Final = re.compile(
    rf"\b(?:from|between|range\s+of)\s+(?P<low>{_AMOUNT})%?\s*(?:and|to|-)\s*(?P<high>{_AMOUNT})",
    re.IGNORECASE,
)
_IN_SALES: Final = re.compile(rf"{_AMOUNT}\s+(?:in|of)\s+(?:[\w-]+\s+){{0,3}}{_MEASURE}\b", re.IGNORECASE)
_EARLIER: Final = re.compile(r"\bwhen\s+we\b|\bsince\s+(?:19|20)\d\d\b|\bhistorically\b", re.IGNORECASE)
_RATIO_MOVED: Final = re.compile(
    r"\b(?:margin|ratio|rate|yield)s?\s+(?:rose|fell)\s+(?!to\b)[\d.]+\s?%", re.IGNORECASE
)


def _narrower(text: str, quote: str) -> bool:
    told = text.casefold()
    return any(found.group().casefold() not in told for found in _NARROWER.finditer(quote))


def _modified(text: str, quote: str) -> bool:
    """Every mention of the measure has a word before it that the line leaves out ('COVID-related revenues')."""
    said = re.search(rf"\b{_MEASURE}\b", text, re.IGNORECASE)
    if said is None:
        return False
    told = set(re.findall(r"[\w'-]+", text.casefold()))
    stem = said.group().casefold().rstrip("s")
    before = re.findall(rf"([\w&'-]+)\s+{re.escape(stem)}(?:s|es)?\b", quote.casefold())
    return bool(before) and all(word not in told and word not in _PLAIN for word in before)


def _on_quarter(text: str, quote: str) -> bool:
    return bool(_CHANGED.search(text) and _ON_QUARTER.search(quote))


def _former(text: str, quote: str) -> bool:
    """A number that the quote gives only as what was before."""
    for number in _NUMBER.findall(_NO_PERIOD.sub("", _AGAINST.split(text)[0])):
        places = [m.start() for m in re.finditer(rf"(?<![\d.,]){re.escape(number)}(?!\d|[.,]\d)", quote)]
        before = [re.sub(r"[$€£¥]\s*$", "", quote[max(0, at - 90) : at]) for at in places]
        if before and all(_FORMER.search(each) for each in before):
            return True
    return False


def _other_period(text: str, quote: str) -> bool:
    """The line names a quarter or a year, and the sentence with the number names others alone."""
    mine = set(re.findall(r"\bQ([1-4])\b", text))
    named = {one or two or _QUARTERS[word.casefold()] for one, two, word in _QUARTER.findall(quote)}
    if mine:
        both = bool(re.search(r"\bfor\s+the\s+(?:full\s+)?year\b|\bfull[\s-]year\b", quote, re.IGNORECASE))
        return bool(named and not mine & named) or both
    if not re.search(r"\bFY\b|^(?:Sees\s+)?(?:19|20)\d\d\b", text):
        return False
    if _MONTHS.search(quote) or (
        named and not re.search(r"\bfull[\s-]year|\bfor\s+the\s+year", quote, re.IGNORECASE)
    ):
        return True
    return bool(_PART.search(quote)) and not _YEAR.search(quote)


def _somebody_else(text: str, quote: str) -> bool:
    if _PRONOUN.search(quote):
        return True
    told = text.casefold()
    return any(
        found["who"].casefold() not in _OURSELVES and found["who"].casefold() not in told
        for found in _DOER.finditer(quote)
    )


def _not_ahead(text: str, quote: str) -> bool:
    """What is said to be expected was not, or the other way round."""
    if re.match(r"(?:Sees|Expect)", text):
        return not _AHEAD.search(quote) or bool(_AS_EXPECTED.search(quote))
    return bool(
        re.search(rf"\d\S*\s+(?:million\s+|billion\s+)?to\s+{_AMOUNT}", text)
    ) and not _CHANGED.search(text)


def _half_a_range(text: str, quote: str) -> bool:
    for found in _RANGE.finditer(quote):
        low, high = (_NUMBER.search(found[end]) for end in ("low", "high"))
        if low and high and (low.group() in text) != (high.group() in text) and not _CHANGED.search(text):
            return True
    return False


def _odd(text: str, quote: str) -> bool:
    if _RATIO_MOVED.search(text) or _IN_SALES.search(quote) or _EARLIER.search(quote):
        return True
    if _LOSS.search(quote) and not re.search(r"\bloss|-|negative", text, re.IGNORECASE):
        return True
    return bool(re.search(r"per share\b.*\b(?:million|billion)\b", text))


_LOSS: Final = re.compile(
    rf"\b(?:loss|negative)\s+(?:of\s+)?(?:approximately\s+|about\s+)?{_AMOUNT}", re.IGNORECASE
)
DOUBTS: Final[tuple[Callable[[str, str], bool], ...]] = (
    _narrower, _modified, _on_quarter, _former, _other_period, _somebody_else, _not_ahead, _half_a_range, _odd,
)  # fmt: skip


def doubtful(text: str, quote: str) -> bool:
    """Whether any sign speaks against the line `text` about the sentence `quote` that holds its number."""
    return any(doubt(text, quote) for doubt in DOUBTS)
