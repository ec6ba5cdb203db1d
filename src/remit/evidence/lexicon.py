"""The closed word lists that the claim check stands on, and the light stemming they are compared by.

A word that stands in none of these lists and in no fact is content that somebody must be able to prove. So a word is
added here only when it asserts nothing by itself.
"""

from __future__ import annotations

import re
from typing import Final

WORD: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ0-9]+(?:[’'&/.\-][A-Za-zÀ-ÖØ-öø-ÿ0-9]+)*")

# Words that only hold a sentence together, or say where a fact was read. Not here: negations, quantifiers (all, every,
# only), comparisons (more, best, faster), promises and verbs of effect.
_FRAMING = """
a an the this that these those it its they them their there here who whom which what when where how why
i me my we us our ours you your yours and or but so also as at by for from in into of on onto out over to up with
within across between among both if then than too is are was were be been being am has have had having do does did
will would can could may might shall should im youre were ive id ill well weve youve let lets
about above according after per via under plus versus alongside next
say says said state states list lists listed name names show shows shown note notes noted report reports reported
mention mentions mentioned describe describes give gives given put puts record records recorded see saw seen
read reading come came across know follow following look looks looking write writing ask asks asking
part people place point question reason regard side thing time way ways work works working run runs running
use uses used using make makes making keep keeps take takes get gets go goes going set
firm fund funds team teams desk desks account business company group house book books
relevant where behind today currently now because one since given while same own other
please thank thanks one come comes
"""
KIND_WORDS: Final[dict[str, str]] = {
    "aum": "aum asset assets manage managed manages management under regulatory run size",
    "prime_broker": "prime broker brokers brokerage primes relationship",
    "custodian": "custodian custodians custody hold holds",
    "administrator": "administrator administrators administration administer fund",
    "stack": "system platform stack technology on in live",
    "strategy": "strategy strategies strategic invest invests investing trade trades trading focus approach",
    "instrument": "trade trades trading instrument instruments product products",
    "holdings_change": "holding holdings position positions filing filed quarter reported latest 13f",
    "launch": "launch launches launched launching new start starts starting open opens opening bring brings bringing "
    "announce announced preparing prepare",
    "hire": "hire hires hired hiring join joins joined joining appoint appointed appointment new arrive arrival bring "
    "brought role started",
    "office": "office offices open opens opened opening new location",
    "headcount": "headcount people staff employee employees trader traders",
    "need": "need needs needed want wants wanted tell told mention mentioned speak spoke conversation raise raised "
    "priority call meeting",
    "capability": "product products lets let built handle handles",
    "proof": "result results client published",
}
# A question or a request that contains one of these asserts something, or leans on something asserted.
STRONG: Final = re.compile(
    r"""\b(
      guarantee\w* | ensur\w* | promis\w* | prove[nds]? | proof | never | always | only | unlike | every | all | none
    | best | better | fast\w* | quick\w*er | cheap\w* | low\w*er | high\w*er | great\w*er | more | most | less | least | fewer | first
    | lead(er|ers|ing) | unique | unmatched | unrivalled | superior | award\w* | certified | compliant | approved | number\sone
    | sav(e|es|ed|ing|ings) | reduc\w* | cut(s|ting)? | eliminat\w* | improv\w* | increas\w* | doubl\w* | halv\w* | boost\w* | accelerat\w*
    | automat\w* | seamless\w* | instant\w* | real-?time | free | risk-?free | zero | without | no\s+longer
    | outperform\w* | beat(s|ing)? | replac\w* | solv\w* | fix(es|ed|ing) | trusted
    | support(s|ed)? | integrate[sd]? | connects? | delivers? | provides? | offers? | handles? | enabl\w* | powers
    | struggl\w* | suffer\w* | fail\w* | los(e|es|ing|t) | problems? | issues? | breaks | outages? | fines? | crisis
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Turns a question into a statement: what follows is taken for granted.
PRESUMES: Final = re.compile(
    r"\b(given( that)?|since|now that|because|knowing|seeing|considering|as you( are|'re)?|after (you|your)|^with your|"
    r"thanks to|which (means|is why)|like (our|other)|our (clients|customers)|others)\b|[;:]|\s[–—-]\s",
    re.IGNORECASE,
)
# Capitalised words that are common knowledge of the field, not names that need a source.
TERMS: Final = frozenset(
    [
        "oms",
        "ems",
        "pms",
        "fix",
        "fx",
        "etf",
        "etfs",
        "cds",
        "otc",
        "tca",
        "api",
        "apis",
        "ibor",
        "nav",
        "p&l",
        "pnl",
        "var",
        "t+1",
        "aum",
        "coo",
        "cto",
        "cro",
        "cfo",
        "ceo",
        "cio",
        "pm",
        "pms",
        "rfq",
        "sor",
        "emea",
        "apac",
        "us",
        "uk",
        "eu",
        "uae",
        "i",
        "i'm",
        "i'd",
        "i'll",
        "i've",
        "ok",
        "hi",
        "dear",
        "best",
        "kind",
        "regards",
        "sincerely",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "mr",
        "ms",
        "mrs",
        "mx",
        "dr",
    ]
)
_IRREGULAR: Final = {"ran": "run", "told": "tell", "brought": "bring", "spoke": "speak", "held": "hold", "saw": "see", "rose": "rise", "fell": "fall"}  # fmt: skip


def stem(word: str) -> str:
    """A light stem: 'allocates', 'allocated' and 'allocating' meet; nothing clever."""
    word = re.sub(r"['’]s?$", "", word.casefold().replace("’", "'"))
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, least in (("ies", 4), ("ing", 5), ("ied", 4), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and len(word) >= len(ending) + least - 1 and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]  # planning → plan
    return word.removesuffix("e") if len(word) > 3 else word


def words(text: str) -> list[str]:
    """The words of a text in order; hyphenated and slashed words also give their parts."""
    return [part for found in WORD.findall(text) for part in re.split(r"[/\-]", found) if part]


def stems(text: str) -> set[str]:
    """The stems of all words in `text`."""
    return {stem(word) for word in words(text)}


FRAMING: Final = frozenset(stems(_FRAMING))
TOLD_STEMS: Final = frozenset(stems("tell told mention mentioned speak spoke conversation call meeting"))
KIND_STEMS: Final = {kind: frozenset(stems(listed)) for kind, listed in KIND_WORDS.items()}
