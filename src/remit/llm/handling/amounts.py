"""How amounts, rates and spreads are written: patterns only. Kept beside evidence.quantities, which reads values and not places."""

from __future__ import annotations

import re
from typing import Final

_CURRENCY: Final = r"(?:US\$|USD|EUR|GBP|CHF|SEK|NOK|DKK|JPY|AUD|CAD|HKD|SGD|[$€£¥])"
_DIGITS: Final = r"\d+(?:[.,'’]\d+)*"
_SCALE: Final = r"(?:bn|billions?|mm|mn|mln|millions?|tn|trillions?|thousands?|[bmk](?![A-Za-z]))"
_NUMBER_WORD: Final = r"(?:half a|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|fifty|a hundred|several|a few)"
_ABOUT: Final = r"(?:(?:around|close to|roughly|about|approximately|approx\.?|just (?:under|over|below|above)|nearly|almost|over|more than|under|c\.|~)\s+)?"
_UNIT: Final = r"(?:dollars?|euros?|pounds?|francs?|USD|EUR|GBP|CHF|SEK)"

MONEY: Final = (
    rf"(?:{_ABOUT}(?:{_CURRENCY}\s?{_DIGITS}\s?{_SCALE}?(?:\s{_UNIT})?|(?<![\w.,]){_DIGITS}\s?{_SCALE}(?:\s{_UNIT})?|(?<![\w.,]){_DIGITS}\s{_UNIT}"
    rf"|\b{_NUMBER_WORD}\s(?:hundred\s)?(?:billion|million|thousand)s?(?:\s{_UNIT})?))(?![\w%])"
)
PERCENT: Final = r"(?<![\w.])\d+(?:\.\d+)?\s?(?:%|per ?cent\b)"
BASIS_POINTS: Final = r"(?<![\w.])\d+(?:\.\d+)?\s?(?:bps?|basis points?)\b"
OVER_BENCHMARK: Final = r"\b(?:SOFR|OBFR|LIBOR|EURIBOR|[€E]STR|SONIA|TONA|SARON|Fed funds|prime)\s?(?:\+|-|plus|minus|over)\s?\d+(?:\.\d+)?(?:\s?(?:bps?|basis points?))?"
TWO_AND_TWENTY: Final = r"(?<![\w.])\d(?:\.\d+)?\s?(?:and|&|/)\s?\d{2}(?:\.\d+)?(?![\w.%/]*\d)|\b(?:one|two) and (?:ten|fifteen|twenty)\b|(?<![\w./])[01](?:\.\d+)?/\d{1,2}(?:\.\d+)?(?![\w./])"
PER_UNIT: Final = rf"(?:{_CURRENCY}\s?{_DIGITS}|(?<![\w.])\d+(?:\.\d+)?\s?(?:cents?|pence|¢))\s?(?:per|a|/)\s?(?:share|lot|contract|trade|side|million|ticket)\b"
PER_ANY: Final = rf"(?:{_CURRENCY}\s?{_DIGITS}|(?<![\w.])\d+(?:\.\d+)?\s?(?:cents?|pence|¢|mils?|cps))\s?(?:(?:per|for each|/)\s?(?:\d[\d,]*\s)?[a-z]{2, 12}(?!\w)|(?:a|for)\s(?:line|settlement|fill|order|wire|instruction|round turn|ticket|share|side|lot|contract))|\b\d+(?:\.\d+)?\s?cps\b"
"""A price for each of something, whatever it is: only where the sentence is about fees."""
PERIOD: Final = r"(?:\s?(?:per|a|an|/)\s?(?:user|seat|month|quarter|year|annum|week)|\s(?:monthly|annually|quarterly|yearly|p\.a\.|ARR|ACV|TCV))*"
_SMALL: Final = re.compile(r"^\D*(\d+(?:[.,'’]\d+)*)", re.I)
_BIG: Final = re.compile(r"(?:bn|billion|tn|trillion|mm|mn|mln|million|\d\s?[mb]\b|[mb]$)", re.I)


def at_least_a_million(written: str) -> bool:
    """Whether an amount as written is a million or more: by its scale word, or by its digits."""
    if _BIG.search(written):
        return True
    match = _SMALL.search(written)
    return bool(match) and len(re.sub(r"\D", "", (match[1] if match else "").split(".")[0])) >= 7
