"""The closed word lists that the claim check stands on, and the light stemming they are compared by.

A word that stands in none of these lists and in no fact is content that somebody must be able to prove. So a word is
added here only when it asserts nothing by itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

WORD: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ0-9]+(?:[’'&/.\-][A-Za-zÀ-ÖØ-öø-ÿ0-9]+)*")

# Words that only hold a sentence together, or say where a fact was read. Not here: negations, quantifiers (all, every,
# only), comparisons (more, best, faster), promises and verbs of effect.
_FRAMING = """
a an the this that these those it its they them their there here who whom which what when where how why
i me my we us our ours you your yours he she him his her hers and or but so also as at by for from in into of on onto out over to with
within across between among through throughout both if then than too is are was were be been being am has have had having do does did
will would can could may might shall should im youre were ive id ill well weve youve let lets
about above according after per via under plus versus alongside next
say says said state states list lists listed name names show shows shown note notes noted report reports reported
mention mentions mentioned describe describes give gives given put puts record records recorded see saw seen
read reading come came across know follow following look looks looking write writing ask asks asking
part place point question reason regard side thing time way ways work works working run runs running
use uses used using make makes making keep keeps take takes get gets go goes going set
firm fund funds team teams desk desks business company group house book books
relevant where behind today currently now because one since given while same own other
please thank thanks one come comes came
act acts acting serve serves served become becomes became go goes went total totals stand stands stood figure level amount
amounts number numbers reach reaches reached believe understand seem seems appear appears according mean means call calls called sit sits sat lie lies find finds found like sort kind
over against upon towards toward until onto beside around itself themselves yourself yourselves ourselves myself himself herself
worth respectively namely thus hence indeed however therefore moreover count counts counted congratulations talk talked explain explained far still yet again such type basis terms money sum date
period now recently lately presently overall look hear learn notice understand know
though although whereas compare compared back already meanwhile during ago well little just both
"""
KIND_WORDS: Final[dict[str, str]] = {
    "aum": "aum asset assets manage managed manages management under regulatory run size oversee oversees",
    "prime_broker": "prime broker brokers brokerage primes primebroker relationship clear",
    "custodian": "custodian custodians custody hold holds asset assets",
    "administrator": "administrator administrators administration administer fund handle handles",
    "stack": "system platform stack technology on in live software tool",
    "auditor": "auditor auditors audit audits",
    "strategy": "strategy strategies strategic invest invests investing trade trades trading focus approach",
    "instrument": "trade trades trading instrument instruments product products",
    "holdings_change": "holding holdings position positions filing filed quarter reported latest 13f",
    "launch": "launch launches launched launching new start starts starting open opens opening bring brings bringing "
    "announce announced preparing prepare",
    "hire": "hire hires hired hiring join joins joined joining appoint appointed appointment new arrive arrival bring "
    "brought role started lead heads",
    "office": "office offices open opens opened opening new location",
    "headcount": "headcount team employ",
    "need": "need needs needed want wants wanted tell told mention mentioned speak spoke conversation raise raised "
    "priority call meeting",
    "capability": "product products lets let built handle handles possible available trader traders user users people",
    "proof": "result results client published",
    "asked": "ask asked whether question know",
    "promise": "promise promised will would",
}
# Other words that such a fact answers for, though they do not make a sentence one about it.
_ALSO_SAID: Final[dict[str, str]] = {
    "aum": "responsible responsibility charge entrust entrusted behalf client clients investor investors capital money pool steward "
    "supervise supervision base invested trusted",
    "prime_broker": "counterparty finance financing margin provider panel list through deal rely prime-brokered",
    "custodian": "safeguard safeguards safekeeping keep custodied provider safekeep look",
    "administrator": "administered provider service services books accounting record bookkeeping",
    "auditor": "audit audits audited auditor auditors statement statements financial external accountant",
    "stack": "rely relies built based powered tool product application operate vendor workflow supplier chosen",
    "strategy": "concentrate concentration specialise specialize specialist specialises house shop player pursue follow style expertise area field "
    "core investor manager active oriented",
    "instrument": "deal dealing active transact transacts market markets dealt",
    "launch": "debut unveil introduce set establish begin",
    "hire": "recruit recruited come came take taken over name named welcome welcomed arrived seat post job position newly head charge fill fills filled",
    "office": "set presence based branch outpost establish established there city",
    "headcount": "workforce payroll strong person size total employed employ roster there",
    "need": "look looking seek after priority wish important matter matters require required requirement keen quicker hope hoping",
    "holdings_change": "line lines name names disclosed disclosure filed fewer",
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
# What an offer is made of. A sentence with one of them gives something away or asks for it, whatever its form.
OFFERS: Final = re.compile(
    r"\b(discount\w*|refund\w*|rebate\w*|waive\w*|free of charge|for nothing|at no (?:cost|charge)|pay nothing|half[- ]price\w*"
    r"|(?:a |one |two |three )?(?:half|third|quarter|fifth|sixth|eighth|tenth)s? (?:off|(?:of )?(?:the|each|every|your|our|all|that|this|it)\b(?! (?:of )?(?:hour|day|week|month|year|quarter)))"
    r"|percent|per cent|% ?off)\b",
    re.IGNORECASE,
)
# Words of price, contract and trading: a request with one of them is about the business, not about a talk.
PRICED: Final = re.compile(
    r"\b(pay(?:s|ing|able|ments?)?|paid|invoic\w+|pric(?:e|es|ed|ing)|fees?|charges?|bills?|costs?|cheap\w*|money|contract\w*|liabilit\w+|indemni\w+"
    r"|clauses?|caps?|(?<=please )sign|terminat\w+|half(?!(?: an)? hours?)|nothing|buy(?!-side)(?:s|ing)?|sell(?!-side)(?:s|ing)?"
    r"|unwind\w*|longs|shorts|(?:clos|cut|trim|reduc|doubl|add|exit|hedg)\w*\b.{0,40}\bpositions?)\b",
    re.IGNORECASE,
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
_IRREGULAR: Final = {
    past: base
    for base, pasts in {
        "run": "ran", "tell": "told", "bring": "brought", "speak": "spoke spoken", "hold": "held", "see": "saw seen", "rise": "rose risen",
        "fall": "fell fallen", "give": "gave given", "grow": "grew grown", "win": "won", "lose": "lost", "leave": "left", "send": "sent",
        "choose": "chose chosen", "take": "took taken", "shrink": "shrank shrunk", "pay": "paid", "sell": "sold", "buy": "bought",
        "build": "built", "rebuild": "rebuilt", "resell": "resold", "oversee": "oversaw overseen", "retake": "retook", "withhold": "withheld", "forgo": "forgone", "drive": "drove driven", "show": "shown", "withdraw": "withdrew withdrawn", "spend": "spent", "meet": "met", "draw": "drew drawn", "know": "knew known", "understand": "understood", "think": "thought", "break": "broke broken", "freeze": "froze frozen", "deal": "dealt", "begin": "began begun", "lend": "lent", "lead": "led", "keep": "kept", "become": "became", "go": "went gone",
        "have": "had", "say": "said", "write": "wrote written", "make": "made", "get": "got", "read": "read", "find": "found",
    }.items()
    for past in pasts.split()
}  # fmt: skip
_ENDINGS: Final = (
    ("ations", 9), ("ation", 8), ("ions", 8), ("ion", 7), ("ments", 9), ("ment", 8),
)  # fmt: skip


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A light stem: 'allocates', 'allocated' and 'allocating' meet; nothing clever."""
    return _stem(word) if len(word) <= _KEPT else _stem.__wrapped__(word)


_KEPT: Final = 40  # characters of a word whose stem is kept: texts are read over and over, in the same words


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    word = re.sub(r"['’]s?$", "", word.casefold().replace("’", "'"))
    word = _IRREGULAR.get(word, word)
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) >= least:
            return word[: -len(ending)] + ("at" if ending.startswith("ation") else "")
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
ALSO_STEMS: Final = {kind: frozenset(stems(listed)) for kind, listed in _ALSO_SAID.items()}
NEGATION: Final = re.compile(
    r"\b(?:nolonger|not|no|never|none|nobody|nothing|neither|nor|without|cannot|lacks?|lacking|hardly)\b",
    re.IGNORECASE,
)
"""Words that turn a statement round. They are counted and compared, not looked up."""
NEGATIONS: Final = frozenset(
    stems("not no never none nobody nothing neither nor without cannot lack lacking hardly nolonger")
)
