"""From facts to the words that fill a plan's slots. Everything from outside becomes one clean line first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from remit.evidence.facts import Fact, plain_line
from remit.kit.dates import in_words

MAX_VALUE: Final = 110
_OWN_SOURCES: Final = re.compile(
    r"\b(form|13f|13d|adv|filing|brochure|prospectus|annual report|website|web site|careers|job posting|holdings report|letter|accounts|presentation)\b",
    re.IGNORECASE,
)
_PAGES: Final = re.compile(r"\b(website|web site|page|profile|register|directory|database)\b", re.IGNORECASE)
_COMMON: Final = frozenset(
    ["press", "website", "web", "job", "annual", "fund", "trade", "news", "careers", "investor", "company", "conference", "quarterly", "public", "regulatory", "interview", "industry", "posting", "article", "register", "profile"]
)  # fmt: skip
_TRAILING_DATE: Final = re.compile(
    r"[,;:]?\s*\(?(of|dated|from|on|for)?\s*([\d/.\-]+\s+)?((jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+)?"
    r"(\d{1,2},\s+)?([\d/.\-]*\d{4}[\d/.\-]*)\)?$",
    re.IGNORECASE,
)
_BY_HAND: Final = re.compile(r", pasted (?:and corrected )?by .*$")
_VERB: Final = re.compile(r"^[a-z][\w\-]*s$")


@dataclass(frozen=True, slots=True)
class Firm:
    """How the reader's firm is written to: its name, and whether dates go month first there."""

    name: str
    month_first: bool = False

    @property
    def possessive(self) -> str:
        """`Alder Point’s`."""
        return f"{self.name}’" if self.name.endswith("s") else f"{self.name}’s"


# Most words of a value, by kind; 16 for every other. A value is a name or a phrase, never a sentence or a speech.
_MOST_WORDS: Final = {
    "prime_broker": 6, "custodian": 6, "administrator": 6, "hire": 5, "office": 5, "stack": 6, "aum": 4, "capability": 24,
    "proof": 24, "integration": 24, "assurance": 24, "price": 24,
}  # fmt: skip
_NAMES: Final = frozenset({"prime_broker", "custodian", "administrator", "hire", "office"})
_NO_PHRASE: Final = re.compile(r"[?!;{}<>|\\\[\]\"“”]|\.\s|\.{2}|:\s")
# a phrase that begins like this talks to somebody
_SPEECH: Final = re.compile(
    r"^(i|you|we|he|she|they|forget|ignore|disregard|pretend|now|please|write|show|tell|say|print|generate|act|stop|start|do|does|"
    r"did|how|what|why|who|when|where|can|could|would|will|should|is|are|let|give|make|create|answer|reply|respond|repeat|translate|"
    r"summari[sz]e|imagine|assume|from|very|well|okay|ok|great|thanks|hello|hi|attention|important|note|new|your|my|system|user)\b",
    re.IGNORECASE,
)


def speakable(fact: Fact) -> bool:
    """True when a plan can carry this fact's words: a name or a phrase as its kind holds it, not a sentence or an order."""
    value, subject = plain_line(fact.value), plain_line(fact.subject)
    if fact.kind == "competitor":
        return False  # no message brings a competitor up by itself
    if not 0 < len(value) <= MAX_VALUE or len(subject) > 60 or _NO_PHRASE.search(subject):
        return False
    if _NO_PHRASE.search(value) or len(value.split()) > _MOST_WORDS.get(fact.kind, 16):
        return False
    if fact.kind in _NAMES:
        return value[0].isupper() or value[0].isdigit()
    return fact.kind in ("capability", "proof", "integration", "assurance", "price") or not _SPEECH.match(
        value
    )


def day_words(day: date, firm: Firm) -> str:
    """`31 March 2026`, or `March 31, 2026` where that is usual."""
    return in_words(day, month_first=firm.month_first)


def cite(fact: Fact, firm: Firm) -> str:
    """The fact's source with its date, as it stands inside a sentence: `your Form ADV of 31 March 2026`."""
    name = _BY_HAND.sub("", plain_line(fact.source_name))  # who pasted it is for us, not for the reader
    name = _TRAILING_DATE.sub("", name).strip(" ,;:")
    name = re.sub(r"^(your|the|our)\s+", "", name, flags=re.IGNORECASE)
    name = _without_firm(name, firm)
    if not name or len(name) > 48 or re.search(r"[_/\\@{}<>]|\.\w{2,4}$", name):
        return f"a record of {day_words(fact.as_of_on, firm)}"
    first = name.split()[0]
    if first.casefold() in _COMMON:
        name = first.lower() + name[len(first) :]
    whose = "your" if _OWN_SOURCES.search(name) else "the"
    day = day_words(fact.as_of_on, firm)
    return f"{whose} {name} ({day})" if _PAGES.search(name) else f"{whose} {name} of {day}"


def _without_firm(name: str, firm: Firm) -> str:
    """`careers page` of `Alder careers page`: the reader knows whose it is."""
    own = firm.name.casefold().split()
    words = name.split()
    while len(words) > 1 and words[0].casefold().removesuffix("’s").removesuffix("'s") in own:
        words = words[1:]
    return " ".join(words)


def joined(values: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return values[0] if len(values) == 1 else ", ".join(values[:-1]) + " and " + values[-1]


def fill(plan: str, facts: Sequence[Fact], firm: Firm, more: dict[str, str] | None = None) -> str:
    """`plan` with its slots filled from `facts` (one, or several of one kind and source), as a sentence."""
    first = facts[0]
    values = [plain_line(fact.value) for fact in facts]
    many = len(values) > 1
    slots = {
        "cite": cite(first, firm),
        "account": firm.name,
        "account’s": firm.possessive,
        "value": values[0],
        "values": joined(values),
        "subject": subject_words(first),
        "month": f"{first.as_of_on:%B %Y}",
        "brokers": "brokers" if many else "broker",
        "custodians": "custodians" if many else "custodian",
        "administrators": "administrators" if many else "administrator",
    } | (more or {})
    text = plan.replace("{account}’s", "{account’s}")
    if _PAGES.search(slots["cite"]):
        text = text.replace("in {cite}", "on {cite}").replace("In {cite}", "On {cite}")
    for name, value in slots.items():
        text = text.replace("{" + name + "}", value)
    return capital(text)


def name_words(text: str) -> str:
    """A person's name as it may stand in a greeting: letters, blanks, hyphens, points and apostrophes only."""
    return " ".join(re.sub(r"[^\w .'’\-]|_", "", plain_line(text)).split()[:3])


def subject_words(fact: Fact) -> str:
    """A fact's subject inside a sentence: acronyms as they are, other words small."""
    subject = plain_line(fact.subject)
    if fact.kind in ("capability", "proof", "integration", "assurance", "price"):
        return subject
    return " ".join(
        word if word.isupper() or word[1:] != word[1:].lower() else word.lower() for word in subject.split()
    )


def capital(text: str) -> str:
    """`text` with a capital first letter."""
    return text[:1].upper() + text[1:]


def verb_phrase(fact: Fact) -> str | None:
    """A capability's words as they follow the product's name: `splits a block …`; None when they are no verb phrase."""
    value = plain_line(fact.value).rstrip(".")
    subject = plain_line(fact.subject)
    if subject and value.casefold().startswith(subject.casefold() + " "):
        value = value[len(subject) + 1 :]
    head = value.split()[0]
    value = value[0].lower() + value[1:] if head[1:] == head[1:].lower() else value
    if fact.kind == "proof":
        return value
    return value if _VERB.match(value.split()[0]) else None
