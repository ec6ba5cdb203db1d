"""A text's sentences, and whose business each is about: a client's, ours to a client, or everybody's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_END: Final = re.compile(r"(?<=[.!?])[\"')\]]?\s+(?=[\"'(\[]?[A-Z0-9])|\n+|(?<=;)\s+(?=[A-Z])")
_SHORT: Final = re.compile(
    r"(?:\b(?:no|nr|acct|approx|mr|mrs|ms|dr|inc|ltd|co|vs|st|cf|e\.g|i\.e)|\b[A-Z])\.$", re.I
)

# Whose: a client or prospect, or somebody of theirs. Pronouns count: in a sales note "they" are the client.
_CLIENT: Final = re.compile(
    r"\b(?:they|they['’](?:re|ve|ll|d)|their|theirs|them|he|his|him|she|her|hers|clients?['’]?s?|prospects?['’]?s?|the fund(?:['’]s)?|the firm(?:['’]s)?|"
    r"the (?:desk|pm|lp|seeder|family office|flagship|master fund|allocator|pension mandate|adviser)(?:['’]s)?|pm|cio|cfo|coo|lps?|founders?|"
    r"(?:the|a) (?:new )?(?:team|trader|quants?|pods?|master|feeder|manager)|side letter|ddq|ppm|share class(?:es)?|lock-?up)\b",
    re.I,
)
# a firm by its name, in the records or not, that does what a fund does: "Blue Heron Capital manages"
_FIRM_DOES: Final = re.compile(
    r"\b(?:[A-Z][\w’'&-]+ ){1,4}(?:Capital|Partners|Management|Advis[eo]rs|Investments|Investors|Funds?|LP|LLP)(?: (?:LP|LLP|LLC|Ltd|Inc))?,? "
    r"(?:now |currently |also )?(?:manages|pays|runs|charges|oversees|trades|is paying|is running)\b"
)
_SECRET: Final = re.compile(
    r"\b(?:confidential(?:ly)?|in confidence|nda|keep (?:it|this|that)|between us|quiet(?:ly)?|nobody (?:else |outside )?knows|"
    r"(?:please )?(?:do not|don['’]t) (?:forward|circulate|tell|share|repeat)|not to tell|let slip|hinted)\b",
    re.I,
)
_FIRST: Final = re.compile(r"\b(?:we|we['’](?:re|ve|ll|d)|our|(?-i:us)|i|my)\b", re.I)
# Everybody's: published, or about no firm in particular.
_PUBLIC: Final = re.compile(
    r"\b(?:public(?:ly)?(?! equit)|publish(?:es|ed)|press release|as announced|was announced|were announced|earnings release|annual report|"
    r"reported revenue|form adv|13f|10-[kq]|websites?|web page|pric(?:e|ing) page|our site|newspapers?|(?:trade|financial) press|wrote in|"
    r"industry|worldwide|globally|surveys?|on average|average (?:hedge|fund|management|firm)|typical(?:ly)?|usually|generally|"
    r"regulators?|the sec|cftc|central bank|the fed\b(?! funds)|fed data|etf (?:inflows|industry|market|expense)|expense ratio|all [a-z ]{0,20}funds|webinar|conference|panel|for sale everywhere|"
    r"(?:global|world) (?:pension|market|assets|aum|wealth)|hfr|according to the (?:ft|wsj|press|times|papers?)|per the (?:ft|wsj)|bloomberg (?:says|wrote|reports?)|reuters|the papers? (?:say|said|says)|economists|the average|index provider|strategists say|news(?: again)?|catalogue|brochure)\b",
    re.I,
)
_NOT_PUBLIC: Final = re.compile(
    r"(?:\b(?:not|never|without being|before (?:it|this) is|un)\s+(?:yet\s+|been\s+|to\s+be\s+)?|n['’]t\s+(?:yet\s+|been\s+)?)"
    r"(?:public(?:ly)?|publish(?:ed)?|announced|disclosed|known)\b|\bnot published\b|\bdo(?:es)? not publish\b",
    re.I,
)
_GENERIC: Final = re.compile(
    r"^\W*(?:(?:many|most|some|retail|commercial|typical|emerging|all|three|two|several|large|small|global|which|hedge|macro|quant|prop|systematic|asset|pension)\s+)*"
    r"(?:funds|firms|managers|investors|speculators|banks|traders|allocators|analysts|shareholders|ctas)\b",
    re.I,
)
_ABOUT: Final = re.compile(
    r"^\W*(?:what (?:is|are)|how (?:do|to|does|is)|which|explain|define|is aum)\b|\b(?:panel|training|chapter|course|glossary|definition|segment|"
    r"template|required field|column|dashboard|in the export|battle card|demo shows|our (?:oms|ems|pms|platform|product|matching engine))\b",
    re.I,
)
_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|do|did|will|would|can|could|must|should|may|reached|grew|fell|rose|rises?|costs?|hit|lost|raised|"
    r"trades?|charges?|manages?|supports?|works?|lists?|shows?|processes|closed|published|starts?|holds?|went|moved|came|returned|leaves|got|gets)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence at `start` of the text. `client`: about a client; `first`: the writer's own firm speaks; `public`: everybody's."""

    start: int
    text: str
    client: bool
    first: bool
    public: bool
    about: bool

    @property
    def private(self) -> bool:
        """Somebody's own business, as far as the words tell."""
        return (self.client or self.first) and not self.public and not self.about


def split(text: str) -> Iterator[tuple[int, str]]:
    """Start and text of each sentence or line."""
    start = 0
    for match in _END.finditer(text):
        if _SHORT.search(text[start : match.start()]) and "\n" not in match[0]:
            continue
        if text[start : match.start()].strip():
            yield start, text[start : match.start()]
        start = match.end()
    if text[start:].strip():
        yield start, text[start:]


def read(text: str, known: Sequence[tuple[int, int]] = ()) -> Iterator[Sentence]:
    """The sentences of `text`. `known`: places of client names. A short line after a client's sentence is still about them."""
    before = False
    for start, words in split(text):
        end = start + len(words)
        secret = bool(_SECRET.search(words))
        named = any(a < end and start < b for a, b in known)
        client = named or secret or bool(_CLIENT.search(words) or _FIRM_DOES.search(words))
        public = bool(_PUBLIC.search(_NOT_PUBLIC.sub(" ", words))) and not secret
        generic = bool(_GENERIC.search(words)) and not (named or secret)
        about = generic or (bool(_ABOUT.search(words)) and not (named or secret))
        # a note ("AuM: 120m") has no subject and no verb of its own: it is about the client of the day
        note = len(words.split()) <= 12 and not _FIRST.search(words) and not _VERB.search(words)
        yield Sentence(
            start,
            words,
            client or note or (before and len(words.split()) <= 12),
            bool(_FIRST.search(words)),
            public,
            about,
        )
        before = client and not public
