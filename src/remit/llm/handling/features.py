"""What the learnt reader looks at: the words of a sentence, their kinds, and what stands around them. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from remit.llm.handling import amounts

_FIELD: Final[dict[str, frozenset[str]]] = {
    kind: frozenset(words.split())
    for kind, words in tomllib.loads(
        files("remit.llm.handling").joinpath("data").joinpath("field.toml").read_text("utf-8")
    ).items()
}
KINDS: Final = tuple(_FIELD)
_OF_WORD: Final = {
    word: tuple(kind for kind in KINDS if word in _FIELD[kind])
    for word in frozenset().union(*_FIELD.values())
}

_SLANG_MONEY: Final = (
    r"(?:\d+(?:\.\d+)?\s(?:yards?|bucks|bars)\b|\b(?:half|quarter)[- ](?:a[- ])?(?:billion|million|yard)(?:\smark)?\b"
    r"|\b(?:ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?\s(?:billion|million)s?\b|\bnine figures\b)"
)
_DIGIT: Final = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TEEN: Final = r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
_TENS: Final = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_FRACTION: Final = (
    r"(?:a (?:half|third|quarter|fifth|tenth)|half|two[- ]thirds|three[- ]quarters|one[- ]third)"
)
# numbers in words, as they are said: "one point two", "sixty-five", "two forty", "one and a quarter"
_SPELLED: Final = (
    rf"\b(?:{_DIGIT} point {_DIGIT}(?: {_DIGIT})?|{_DIGIT} and (?:a half|a quarter|{_TEEN})|(?:{_DIGIT}[- ])?{_TENS}(?:[- ]{_DIGIT})?|{_DIGIT}[- ]{_TEEN}"
    rf"|(?:{_DIGIT}|a)[- ]hundred(?: and)?(?: {_TENS}(?:[- ]{_DIGIT})?| {_TEEN})?|{_TEEN}(?:[- ]{_DIGIT})?|{_FRACTION})\b"
)
_ABOUT: Final = r"(?:\b(?:another|maybe|some|a further|just|up to|about|around|north of|south of|shy of|roughly|circa|c\.|approx\.?|nearly|almost|over|under|close to|at least)\s+){0,2}(?:[+~<>]\s?)?"
_PER: Final = r"(?:\s(?:per|for each)\s(?:\d[\d,]*\s)?[a-z]{2,12}\b|\s(?:round turn|a side|a ticket|for share|for month|for year|in year)\b|\s?/\s?(?:mo|month|yr|year|user|seat|qtr|side|lot|contract|trade|share)\b|\s(?:a|an|per)\s(?:month|year|quarter|week|annum|user|seat|side|lot|contract|trade|share|ticket|million)\b|\sp\.?a\.?(?!\w)|\s(?:monthly|annually|acv|arr)\b)*"
# what a rate is of, where it stands behind it: "a 6% hard hurdle", "12.5% carry"
_OF_WHAT: Final = r"(?:\s(?:p\.a\.|of (?:assets|NAV|AUM|profits?|the fee)|(?:hard |soft )?(?:hurdle|pref(?:erred return)?|carry|carried interest|revenue share|payout|rebate)|(?:perf(?:ormance)?|mgmt|management|incentive)(?: fee)?|exit (?:fee|charge)))?"
_PARTS: Final = (
    ("over", amounts.OVER_BENCHMARK + r"|\b(?:fed funds|ff|libor|sofr|gc|t-bills)\s?[-+]\s?\d+(?:\.\d+)?(?:\s?bps?)?"),
    ("twenty", amounts.TWO_AND_TWENTY + r"|(?<![\w./])\d(?:\.\d+)?\s?(?:/|n|and|&)\s?\d{2}(?:\.\d+)?(?![\w.%/])"),
    ("money", rf"{_ABOUT}(?:{_SLANG_MONEY}|{_SPELLED}(?= (?:hundred )?(?:million|billion|thousand))\s(?:hundred )?(?:million|billion|thousand)s?|{amounts.MONEY}){_PER}"),
    ("percent", rf"(?:\ban? )?{_ABOUT}(?:{amounts.PERCENT}|(?<![\w.])\d+(?:\.\d+)?\s?(?:pct|points)\b){_OF_WHAT}"),
    ("points", rf"{_ABOUT}(?:{amounts.BASIS_POINTS}|(?<![\w.])\d+(?:\.\d+)?\s?(?:mils?|cents?|pence|ticks)\b){_PER}"),
    ("times", r"(?<![\w.])\d+(?:\.\d+)?x\b"),
    ("number", rf"{_ABOUT}(?<![\w.])\d+(?:[.,]\d+)*(?:st|nd|rd|th|s|y)?(?![\w]){_PER}"),
    ("spread", rf"(?:\b\d{{2,3}}|{_SPELLED}) over(?=\s+(?:on|at|for|in|flat|all|across|debits?)\b|\s*[,.;]|$)"),
    ("spelled", rf"{_ABOUT}{_SPELLED}(?:\s(?:percent|per cent|basis points|bps|cents?|mils?))?{_PER}"),
    ("word", r"[^\W_]+(?:[-/'’&.][^\W_]+)*"),
    ("mark", r"[^\w\s]"),
)  # fmt: skip
_TOKEN: Final = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PARTS), re.I)
_NO_TICKER: Final = frozenset(
    [
        "oms",
        "ems",
        "pms",
        "fix",
        "crm",
        "rfp",
        "api",
        "ceo",
        "cfo",
        "cio",
        "coo",
        "cto",
        "pm",
        "uk",
        "us",
        "eu",
        "sec",
        "fca",
        "soc",
        "iso",
        "pb",
        "it",
        "hr",
        "aum",
        "nav",
        "lp",
        "gp",
        "ok",
        "sla",
        "nda",
        "vat",
        "gdp",
        "lei",
        "isin",
        "iban",
        "cusip",
        "usd",
        "eur",
        "gbp",
        "chf",
        "swift",
        "bic",
        "faq",
        "sdr",
        "sme",
        "ai",
        "ml",
        "pr",
        "qa",
        "ui",
        "ux",
        "id",
        "cta",
        "hft",
        "icp",
        "tam",
        "tbd",
        "eod",
        "roi",
        "kpi",
        "adv",
        "ddq",
        "ppm",
    ]
)
AMOUNTS: Final = frozenset(
    ("over", "twenty", "money", "percent", "points", "times", "number", "spelled", "spread")
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, amount or mark at `start`..`end` of the sentence. `kind` as in the patterns; `form`: the word as it is looked up."""

    start: int
    end: int
    kind: str
    form: str
    kinds: tuple[str, ...]


def tokens(text: str, named: Sequence[tuple[int, int]] = ()) -> list[Token]:
    """The tokens of a sentence; a word inside one of the spans `named` (client names) has the form `<client>`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        start, end = match.span()
        while end > start and text[end - 1].isspace():
            end -= 1
        held = any(a < end and start < b for a, b in named)
        form = "<client>" if held else _form(match[0], kind, first=not found)
        found.append(Token(start, end, kind, form, () if held else _OF_WORD.get(form, ())))
    return found


def _form(written: str, kind: str, *, first: bool) -> str:
    low = written.lower().replace("’", "'")
    if kind == "money":
        return (
            "<big>"
            if amounts.at_least_a_million(written) or re.search(r"yard|bucks|figures", low)
            else "<small>"
        )
    if kind in AMOUNTS:
        return f"<{kind}>"
    if kind == "word" and low not in _OF_WORD:
        if written.isupper() and 2 <= len(written) <= 5 and low not in _NO_TICKER:
            return "<ticker>"
        if any(mark.isdigit() for mark in written):
            return "<code>"
        if written[0].isupper() and not first:
            return "<name>"
    return low


def features(line: Sequence[Token], flags: Sequence[str]) -> Iterator[list[str]]:
    """For every token the names of its features. `flags`: what is known of the whole sentence."""
    told = [f"S:{kind}" for kind in KINDS if any(kind in token.kinds for token in line)]
    told += [f"F:{flag}" for flag in flags]
    told += sorted({f"S:{token.form}" for token in line if token.form.startswith("<")})
    bag = sorted({f"A&W={token.form}" for token in line if token.kind == "word"})
    label = ""
    for place, token in enumerate(line):
        if token.form in (":", "|") and place:
            label = line[place - 1].form
        held = ["bias", f"w={token.form}", f"p={token.form[:5]}", f"k={token.kind}"]
        held += [f"k={token.kind}&{one}" for one in told]
        held += [f"c={kind}" for kind in token.kinds] + [
            f"c={kind}&{flag}" for kind in token.kinds for flag in told
        ]
        for step in (-3, -2, -1, 1, 2, 3):
            held += _beside(line, place, step)
        held += _around(line, place)
        held += _pairs(line, place)
        if label:
            held += [f"lab={label}", f"lab={label}&k={token.kind}"]
        if token.kind in AMOUNTS:
            held += bag
        yield held


def _beside(line: Sequence[Token], place: int, step: int) -> Iterator[str]:
    at = place + step
    if not 0 <= at < len(line):
        if abs(step) == 1:
            yield f"{step}=<edge>"
        return
    other = line[at]
    yield f"{step}={other.form}"
    yield from (f"{step}c={kind}" for kind in other.kinds)
    if abs(step) == 1:
        yield f"{step}k={other.kind}&{line[place].kind}"


def _pairs(line: Sequence[Token], place: int) -> Iterator[str]:
    """Two words in a row, to the left, to the right and with the word itself."""
    form = line[place].form
    if place:
        yield f"-1={line[place - 1].form}&w={form}"
    if place + 1 < len(line):
        yield f"w={form}&1={line[place + 1].form}"
    if place > 1:
        yield f"-2={line[place - 2].form}&-1={line[place - 1].form}"
    if place + 2 < len(line):
        yield f"1={line[place + 1].form}&2={line[place + 2].form}"


def _around(line: Sequence[Token], place: int) -> Iterator[str]:
    """Words within six to either side, and the nearest word of each kind."""
    left, right = line[max(0, place - 6) : place], line[place + 1 : place + 7]
    for side, words in (("L", left), ("R", right)):
        for form in {token.form for token in words if token.kind != "mark"}:
            yield f"{side}={form}"
        for kind in {kind for token in words for kind in token.kinds}:
            yield f"{side}c={kind}"
            if line[place].kind in AMOUNTS:
                yield f"{side}c={kind}&{line[place].form}"
