"""Sentences of a draft, and which of them claim something.

A sentence is taken for a claim unless it is plainly something else: a greeting, a thank-you, a sign-off, a question or
a request that asserts nothing. A request about price, contract or trading is a claim, for it offers or asks for business. In doubt it is a claim, and a claim needs a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID

from remit.evidence import quantities
from remit.evidence.lexicon import OFFERS, PRESUMES, PRICED, STRONG, TERMS, WORD, words

SentenceKind = Literal["claim", "courtesy", "question", "ask"]

_ABBREVIATIONS: Final = re.compile(
    r"(?:\b(?:Mr|Ms|Mrs|Mx|Dr|Inc|Ltd|Corp|Co|St|No|vs|approx|e\.g|i\.e|etc|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
    r"|\b[A-Z])\.$"
)
_LONGEST_ABBREVIATION: Final = 12  # characters, with the sign before it and the stop
_END: Final = re.compile(r"[.!?…]+[\"'”’)]*(?=\s|$)")
_GREETING: Final = re.compile(r"^(hi|hello|dear|good (morning|afternoon|evening))\b", re.IGNORECASE)
_COURTESY: Final = re.compile(
    r"^(thank you|thanks|many thanks|(kind|best|warm)( regards)?|regards|sincerely|yours (sincerely|faithfully)|with best wishes|"
    r"best wishes|i look forward to|looking forward to|i hope (this|you|all)|if (this|it|that)('s| is| isn't| is not)|"
    r"no (reply|answer) (is )?(needed|necessary)|congratulations(?=[.]?$)|sorry|apologies|(have|wishing you) a)\b",
    re.IGNORECASE,
)
_SIGN_OFF: Final = re.compile(
    r"^((kind|best|warm|many|with (kind|best))( regards| wishes| thanks)?|regards|sincerely|thanks|thank you|cheers|"
    r"yours( sincerely| faithfully| truly)?)[,.]?$",
    re.IGNORECASE,
)
_REQUEST: Final = re.compile(
    r"^(please|let me know|tell me|point me|feel free|would you|could you|can you|(may|might|could|can|shall) i|could we|can we|shall we|should we|"
    r"would (it|that|a|an|there|\w+ minutes|\d+ minutes)|are you (open|free|around)|do you have (time|\d+|half)|"
    r"is there (a|someone|somebody)|who (on|in|at|else|would)|(i am|i'm|i'd be|i would be|i will be|we are) (happy|glad|free)|happy to|glad to|"
    r"(i|we)('ll| will| can| could|'d| would) (send|share|call|ring|follow|keep|bring|show|walk|answer|leave|stop|like to ask)|"
    r"if (you|so|that|this|it|i|we|anything|something)\b[^,]*, (please|let me know|tell me|point me|i('ll| will| can)|would you|could you|just))\b",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(
    r"^((and|or|so|but),? |(at|in|on|when|for|to|from) [^,?]{1,50}, |(at|in|on|for|to|from|with|by) (?=how|what|which|whom))?(how|what|which|who|whom|whose|when|where|why|is|are|do|does|did|has|have|will|would|could|can|may|should)\b",
    re.IGNORECASE,
)
# Times and lengths of a meeting assert nothing: '20 minutes', 'Tuesday at 3', '15:30'.
_SCHEDULING: Final = re.compile(
    r"\b(?:\d{1,2}|ten|fifteen|twenty|thirty|forty|five|two|three)[\s-]?(?:minutes?|mins?|hours?|am|pm|a\.m\.|p\.m\.|days?)\b"
    r"|\b\d{1,2}:\d\d\b|\bat \d{1,2}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a message may name without proof: the two people and firms it is between, and the sender's own lines.

    `names`: words of the contact's and the sender's names and titles. `signature`: lines exactly as the sender's block has them.
    """

    day: date
    account_id: UUID | None
    account_name: str = ""
    our_name: str = ""
    names: frozenset[str] = frozenset()
    signature: tuple[str, ...] = ()

    def known(self) -> frozenset[str]:
        """Every word that is a name of this correspondence, in lower case."""
        return _named(self.account_name, self.our_name, self.names)

    def without_firms(self, text: str) -> str:
        """`text` with the two firms' full names blanked out, at the same length: 'Four Rivers' states no number."""
        for name in (self.account_name, self.our_name):
            if len(name) > 2:
                whole = rf"{re.escape(name)}(?:[’']s?\b)?"
                text = re.sub(whole, lambda found: " " * len(found.group()), text, flags=re.IGNORECASE)
        return text


@lru_cache(maxsize=256)
def _named(account_name: str, our_name: str, names: frozenset[str]) -> frozenset[str]:
    """Asked for every sentence of a text, and the same for all of them."""
    return frozenset(word.casefold() for word in words(" ".join((account_name, our_name, *names))))


@dataclass(frozen=True, slots=True)
class Typed:
    """What kind of sentence it is, and why."""

    kind: SentenceKind
    reason: str


def split(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence in `text`, without surrounding white space. A line break always ends one."""
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for stop in _END.finditer(text, line.start(), line.end()):
            before = text[max(start, stop.end() - _LONGEST_ABBREVIATION) : stop.end()]
            if _ABBREVIATIONS.search(before) and stop.end() < line.end():
                continue
            yield from _trimmed(text, start, stop.end())
            start = stop.end()
        yield from _trimmed(text, start, line.end())


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def type_sentence(sentence: str, context: Context) -> Typed:
    """Claim, courtesy, question or ask. Anything that is not plainly one of the last three is a claim."""
    if sentence in context.signature:
        return Typed("courtesy", "the sender's own signature")
    if _SIGN_OFF.match(sentence):
        return Typed("courtesy", "a sign-off")
    if (asserted := asserts(sentence, context)) != "":
        return Typed("claim", asserted)
    bare = sentence.strip()
    if (offered := OFFERS.search(bare)) is not None:
        return Typed("claim", f"it offers something (“{offered.group()}”)")
    if _GREETING.match(bare) and len(words(bare)) <= 6 and not bare.endswith("?"):
        return Typed("courtesy", "a greeting")
    if _REQUEST.match(bare):
        if (priced := PRICED.search(bare)) is not None:
            return Typed(
                "claim", f"it asks or offers something about price, contract or trading (“{priced.group()}”)"
            )
        return Typed("ask", "a request that asserts nothing")
    if _COURTESY.match(bare) and len(words(bare)) <= 16:
        return Typed("courtesy", "a courtesy that asserts nothing")
    if bare.endswith("?") and _QUESTION.match(bare):
        return Typed("question", "a question that asserts nothing")
    return Typed("claim", "a statement")


def asserts(sentence: str, context: Context) -> str:
    """What in the sentence asserts something by itself, in words; '' when nothing does."""
    free = _SCHEDULING.sub(lambda found: " " * len(found.group()), context.without_firms(sentence))
    if found := quantities.find(free):
        return f"it states {found[0].text}"
    if (strong := STRONG.search(free)) is not None:
        return f"it says “{strong.group()}”"
    if (presumes := PRESUMES.search(free)) is not None:
        return f"it takes something for granted (“{presumes.group().strip()}”)"
    if names := foreign_names(free, context):
        return f"it names {names[0]}"
    return ""


def foreign_names(sentence: str, context: Context) -> list[str]:
    """Capitalised words inside the sentence that are neither names of this correspondence nor terms of the field."""
    known = context.known() | TERMS
    found = []
    for number, match in enumerate(WORD.finditer(sentence)):
        word = match.group()
        if (number == 0 and match.start() == 0) or not word[0].isupper():
            continue
        parts = [part.casefold() for part in re.split(r"[/\-]", re.sub(r"['’]s?$", "", word)) if part]
        if word.casefold() not in known and not all(part in known for part in parts):
            found.append(word)
    return found
