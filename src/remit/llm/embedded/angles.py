"""Angles: what a fact about a firm makes worth asking, in the words of the reader's job.

A plan may ask, name a fact, or say what an approved capability fact says. It may not assert anything by itself: the
questions below pass `evidence.claims.type_sentence` as questions (tests hold that for every line). `{flow}` is what the
segment trades.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PERSONAS: Final = ("trading", "operations", "technology", "risk", "portfolio", "executive")

FLOWS: Final[Mapping[str, str]] = {
    "macro": "futures, FX and swaps",
    "long_short_equity": "cash equities and swaps",
    "quantitative": "baskets and futures",
    "multi_strategy": "futures, equities and credit",
    "credit": "bonds and credit swaps",
    "asset_manager": "equities and bonds",
    "prop_firm": "futures and options",
    "other": "your main products",
}

_TITLES: Final = (
    ("technology", r"\b(cto|cio of technology|technolog\w+|engineer\w*|developer|it|architect|infrastructure|data)\b"),
    ("risk", r"\b(cro|risk|compliance)\b"),
    ("operations", r"\b(coo|operat\w+|middle office|back office|settlement\w*|controller|cfo|financ\w+|treasur\w*)\b"),
    ("trading", r"\b(trad\w+|execution|dealer|dealing)\b"),
    ("portfolio", r"\b(portfolio|pm|cio|investment\w*|analyst|research|strategist)\b"),
    ("executive", r"\b(ceo|chief executive|founder|partner|managing|president|principal|director|head)\b"),
)  # fmt: skip


def persona_of(title: str) -> str:
    """The job a title names, as one of PERSONAS; 'executive' when it names none."""
    folded = title.casefold().replace("_", " ")
    return next((name for name, pattern in _TITLES if re.search(pattern, folded)), "executive")


@dataclass(frozen=True, slots=True)
class Angle:
    """One topic: `words` begin the words of facts about it, `products` stand in names of products for it, `noun` heads a subject."""

    name: str
    noun: str
    words: tuple[str, ...]
    products: tuple[str, ...]
    questions: Mapping[str, tuple[str, ...]]


ANGLES: Final[Mapping[str, Angle]] = {
    angle.name: angle
    for angle in (
        Angle(
            "allocation", "allocations", ("alloc", "block", "prime", "split", "averag", "give", "locat"), ("oms", "order"),
            {
                "trading": (
                    "When you trade {flow} as a block, is the split between them made at order entry or after the fills?",
                    "Who decides the split between them on a busy morning, the trader or operations in the afternoon?",
                ),
                "operations": (
                    "How much of the split between them is still done in a spreadsheet at the end of the day?",
                    "Which step of the allocation to them takes your team the longest?",
                ),
                "technology": (
                    "Are the allocation rules for them in one place, or spread over the OMS and scripts?",
                    "How many interfaces does your team look after for allocations to them?",
                ),
                "any": (
                    "How is {flow} split between them today, at order entry or at the end of the day?",
                    "Who on your side owns the split between them?",
                ),
            },
        ),
        Angle(
            "financing", "financing", ("financ", "margin", "borrow", "collat", "locat", "loan", "prime"), ("prime", "financ"),
            {
                "trading": ("Do your traders see borrow and margin before they choose where a position goes?",),
                "operations": (
                    "Who compares what each position would cost to carry at one prime or the other, and how often?",
                    "How do you forecast margin calls across them today?",
                ),
                "risk": ("Do you see margin across them in one view, or one statement at a time?",),
                "any": (
                    "How do you decide today which positions sit where?",
                    "Is the choice of prime for a position made on cost, on habit or on margin?",
                ),
            },
        ),
        Angle(
            "execution", "execution", ("execut", "rout", "venue", "algo", "order", "tca", "slippage", "broker", "trad"), ("ems", "execution"),
            {
                "trading": (
                    "How do you compare brokers and algos for {flow} at present, by trade or by quarter?",
                    "What does your desk look at before it chooses an algo for {flow}?",
                    "How many screens does a trader need for {flow} on a normal day?",
                ),
                "technology": (
                    "How long does it take your team to bring a new broker or venue on over FIX?",
                    "Who looks after the FIX sessions for {flow}, your team or a vendor?",
                ),
                "operations": ("How do fills in {flow} reach your middle office, as they happen or in a file?",),
                "any": (
                    "Is execution of {flow} something you plan to look at this year?",
                    "How does the desk decide where to send {flow}?",
                ),
            },
        ),
        Angle(
            "portfolio", "intraday positions", ("position", "profit", "exposure", "intraday", "p&l", "pnl", "book", "ibor", "holding"), ("portfolio", "risk", "pms", "position"),
            {
                "portfolio": (
                    "At noon on a busy day, which number do you trust for exposure in {flow}?",
                    "How long after a fill do you see the position with its P&L?",
                ),
                "operations": (
                    "How many versions of the position file does your team reconcile before the open?",
                    "Where do positions in {flow} come together today, and at what time of the day?",
                ),
                "trading": ("Does the desk trade against the live book, or against a file from the morning?",),
                "technology": ("Which of your systems holds the position record that the rest follow?",),
                "any": (
                    "How does the desk see positions in {flow} during the day?",
                    "Where do positions in {flow} come together today?",
                ),
            },
        ),
        Angle(
            "risk", "risk limits", ("risk", "var", "stress", "limit", "scenario", "greek", "expos", "margin"), ("risk",),
            {
                "risk": (
                    "Are limits on {flow} checked before the order goes out, or on the report of the next morning?",
                    "How long does a stress run over {flow} take you today?",
                ),
                "portfolio": ("Do you see what a trade in {flow} does to your limits before you send it?",),
                "technology": ("Does your risk run read positions from the OMS, or from an overnight file?",),
                "any": (
                    "Are limits on {flow} checked before the order goes out, or the morning after?",
                    "Who sees that a limit is near, and when?",
                ),
            },
        ),
        Angle(
            "data", "market data", ("data", "feed", "tick", "market", "histor", "latency", "quote"), ("data",),
            {
                "technology": (
                    "How do you serve tick history for {flow} to the desk today, from your own store or a vendor?",
                    "How many market-data feeds does your team normalise for {flow}?",
                ),
                "trading": ("Does the desk see the same prices as the models it trades on?",),
                "any": (
                    "Where does the desk take its prices for {flow} from today?",
                    "Who at your firm decides on market data for {flow}?",
                ),
            },
        ),
        Angle(
            "posttrade", "settlement", ("settl", "confirm", "match", "clear", "reconcil", "break", "custod", "fail", "t+1"), ("clearing", "oms", "post-trade", "settlement"),
            {
                "operations": (
                    "How many hours does your team put into matching for {flow} on a normal day?",
                    "At what time of the day do you know what will not settle?",
                    "Which of the files from them does your team touch by hand?",
                ),
                "technology": ("In how many formats do confirmations for {flow} reach you?",),
                "any": (
                    "Who at your firm owns matching and settlement for {flow}?",
                    "When in the day do you know what will not settle?",
                ),
            },
        ),
        Angle(
            "reporting", "regulatory reporting", ("report", "regulat", "filing", "record", "audit", "emir", "mifid"), ("report", "regulatory", "risk"),
            {
                "risk": ("How much of the last regulatory filing was put together by hand?",),
                "operations": (
                    "How many days does your team set aside for a regulatory filing?",
                    "Where does the data for your filings come together today?",
                ),
                "any": ("Who puts the regulatory filings together at your firm, and from which systems?",),
            },
        ),
        Angle(
            "onboarding", "launch set-up", ("launch", "onboard", "config", "setup", "set", "instrument", "asset", "new"), ("oms", "portfolio", "prime"),
            {
                "operations": (
                    "Which of the set-up steps is on the critical path for you, the accounts, the instruments or the reports?",
                    "Will it run on the systems you have, or is that still open?",
                ),
                "technology": ("Will it run on the systems you have, or is your team looking around?",),
                "trading": ("Will {flow} for it go through the desk and the tools you have today?",),
                "any": (
                    "Will it run on the systems you have, or is that still open?",
                    "Have you settled how it will trade and who will look after the books?",
                ),
            },
        ),
        Angle(
            "integration", "integration", ("integrat", "api", "connect", "interface", "adapter", "migrat", "fix", "oms", "ems", "pms", "system"), ("oms", "integration", "api"),
            {
                "technology": (
                    "Which interfaces around it does your team maintain by itself?",
                    "When is the contract for it up for review, and who is in the room?",
                ),
                "trading": ("What do your traders still do outside it?",),
                "operations": ("What does your team still key in twice around it?",),
                "any": (
                    "Is it still the right fit for {flow}?",
                    "What does the desk still do outside it?",
                ),
            },
        ),
    )
}  # fmt: skip

NEED_QUESTIONS: Final = (
    "Is that still open?",
    "Where does that stand now?",
    "Is that still on your list for this year?",
)

# Which angles a kind of fact opens, the natural one at the front.
OPENS: Final[Mapping[str, tuple[str, ...]]] = {
    "prime_broker": ("allocation", "financing", "portfolio"),
    "custodian": ("posttrade", "reporting"),
    "administrator": ("posttrade", "reporting"),
    "launch": ("onboarding", "risk", "execution"),
    "hire": ("execution", "portfolio"),
    "office": ("execution", "data", "risk"),
    "holdings_change": ("portfolio", "risk", "execution"),
    "aum": ("portfolio", "risk", "reporting"),
    "strategy": ("risk", "execution", "portfolio"),
    "instrument": ("execution", "risk", "posttrade"),
    "stack": ("integration",),
    "need": (),
}
_REFERS: Final = {
    # "it" and "them" in a question need something to refer to in the sentence before
    "allocation": frozenset({"prime_broker"}),
    "financing": frozenset({"prime_broker"}),
    "onboarding": frozenset({"launch"}),
    "integration": frozenset({"stack"}),
}
_PLAIN_STACK: Final = (
    ("ems|execution", "execution"),
    ("pms|portfolio", "portfolio"),
    ("risk", "risk"),
    ("data|feed", "data"),
)
_ROLES: Final = (
    ("risk", "risk"),
    ("tech|data|engineer", "data"),
    ("operat|coo|financ", "posttrade"),
    ("trad|execut", "execution"),
)


def angles_for(kind: str, subject: str, value: str) -> tuple[str, ...]:
    """The angles that a fact opens, the best first. Angles that speak of 'it' or 'them' only where that is named."""
    folded = f"{subject} {value}".casefold()
    if kind == "need":
        scores = {name: sum(word in folded for word in angle.words) for name, angle in ANGLES.items()}
        return tuple(sorted((name for name in scores if scores[name]), key=lambda name: -scores[name])) or (
            "portfolio",
        )
    found = OPENS.get(kind, ("execution", "portfolio"))
    if kind == "stack":
        found += tuple(angle for pattern, angle in _PLAIN_STACK if re.search(pattern, subject.casefold()))
    if kind == "hire":
        found = tuple(angle for pattern, angle in _ROLES if re.search(pattern, folded))[:1] or found
    return tuple(dict.fromkeys(name for name in found if kind in _REFERS.get(name, {kind})))


def questions_for(angle: str, persona: str, kind: str, several: bool) -> tuple[str, ...]:
    """The questions of an angle for a persona (those for anybody where it has none) that fit an opening of `kind`.

    `several`: the opening names more than one firm, so that 'them' has something to mean.
    """
    if kind == "need":
        return NEED_QUESTIONS
    asked = ANGLES[angle].questions

    def fits(line: str) -> bool:
        return (several or " them" not in line) and (
            kind in ("launch", "stack") or not re.search(r"\b[Ii]t\b", line)
        )

    return tuple(filter(fits, asked.get(persona, ()))) or tuple(filter(fits, asked["any"]))
