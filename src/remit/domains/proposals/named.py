"""The names and titles that stand on a proposal's first page come from records that one person can write: they are names and titles, and no terms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.library.entered import why_no_name
from remit.domains.outreach.conduct import check_wording
from remit.domains.proposals.model import Document
from remit.evidence.claims import split
from remit.evidence.lexicon import OFFERS, PRICED, STRONG
from remit.evidence.support import Sentence, Support
from remit.kit.text import shorten

MOST_WORDS: Final = 14
MOST_NAMES: Final = 9
_INITIALS: Final = re.compile(r"(?:[A-Z]\.[-‐]?){1,4}")
_CASED: Final = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f\u1e00-\u1fff]")  # Latin, Greek, Cyrillic
_SILENT: Final = "\u200c·・"  # a joiner of letters, dots between the parts of a name
_NO_FACT: Final = Support("not_a_claim", "It stands in a name or a title.")
_THINGS: Final = (
    r"(?:years?|months?|quarters?|seats?|users?|fees?|prices?|costs?|charges?|licen[cs]es?|onboarding)"
)
# in capitals too: "First Year Free", "Free Months", "Half Price"
_GIVEN: Final = re.compile(
    rf"\b{_THINGS}\W+(?:\w+\W+)?(?:free|waived|nothing|halved|refunded)\b|\b(?:free|half|zero|no|halved)\W+(?:\w+\W+)?{_THINGS}\b|[%$€£¥]",
    re.IGNORECASE,
)
_SPOKEN: Final = re.compile(r"\b(?:we|you|your|yours|our|i)\b", re.IGNORECASE)
_DIGIT: Final = re.compile(r"\d")
_PLAN: Final = re.compile(r"\b40[13]\s?\([kb]\)")  # what a pension plan is called
_SHORT: Final = re.compile(r"\b(?:\w{1,2}|snr|mgr|dir|asst|assoc|inc|ltd|corp|plc|llc)\.", re.IGNORECASE)
_ASIDE: Final = re.compile(r"(?:[(\[:;]|\s[-–—]\s).*")  # a name ends here; what comes after is said of it
_ELSEWHERE: Final = re.compile(r"\b(?:of|at|from|for)\b", re.IGNORECASE)


def why_no_person(name: str) -> str:
    """Why `name` is not a person's name alone; "" when it is one."""
    if found := _ELSEWHERE.search(name):
        return f"{found.group()!r} leads on to more than the person"
    if found := OFFERS.search(name):
        return f"{found.group()!r} says more than a name"
    words = [_as_name(one) for one in name.split()]
    if len(words) > MOST_NAMES:
        return f"{MOST_NAMES} words at most"
    # names of many parts are held to the same, part by part
    parts = (why_no_name(" ".join(words[n : n + 4])) for n in range(0, len(words), 4))
    return next(filter(None, parts), "")


def _as_name(word: str) -> str:
    """A part of a name as `why_no_name` reads it: initials as one, marks on letters and apostrophes left out, scripts without capitals as a capital."""
    if _INITIALS.fullmatch(word):
        return word[0] + "."
    bare = "".join(one for one in word if unicodedata.category(one)[0] != "M" and one not in _SILENT).strip(
        "'’‘"
    )
    return "X" if bare.isalpha() and not _CASED.search(bare) else bare


def why_no_title(text: str) -> str:
    """Why `text` is no title of a person; "" when it is one, or empty."""
    if found := _SPOKEN.search(text) or _DIGIT.search(_PLAN.sub("", text)):
        return f"{found.group()!r} belongs in no title"
    return _why_terms(text)


def why_no_firm(text: str) -> str:
    """Why `text` is more than the name of a firm; "" when it is none. Firms are called First, Best and Price: in capitals, and before any bracket or dash, these pass."""
    aside = _ASIDE.search(text)
    if aside and (found := STRONG.search(aside.group()) or PRICED.search(aside.group())):
        return f"{found.group()!r}, after the name, says more than a name"
    return _why_terms(text)


def _why_terms(text: str) -> str:
    if len(text.split()) > MOST_WORDS:
        return f"it has more than {MOST_WORDS} words"
    if found := OFFERS.search(text) or _GIVEN.search(text):
        return f"“{found.group()}” is said in the terms"
    claimed = next((one.group() for one in STRONG.finditer(text) if one.group()[:1].islower()), "")
    if claimed:
        return f"{claimed!r} claims something"
    if len(list(split(_SHORT.sub("", text)))) > 1:
        return "it is more than one sentence"
    return ""


def check_first_page(s: ReadSession, document: Document, country: str, now: datetime) -> list[Check]:
    """Whether reader, seller and account are each on record with a name, a title and nothing more, and what the rules of conduct say of them."""
    wrong = list(_wrong(document))
    said = [document.account, document.reader, document.reader_title, document.seller, document.seller_title]
    sentences = [Sentence(one[a:b], a, b, "claim", _NO_FACT) for one in said for a, b in split(one)]
    stopped = [one for one in check_wording(s, sentences, country, now) if not one.passed]
    return [
        Check.that(
            "proposal-first-page", not wrong,
            f"On its first page {'; '.join(wrong)}. Mend the record, then save the proposal again: it takes what the record says then.",
            "Reader, seller and account stand there with their names and titles alone.",
        ),
        *(Check(one.id, False, f"{one.reason} It stands in the names and titles of the first page: mend the record, then save the proposal again.") for one in stopped),
    ]  # fmt: skip


def _wrong(document: Document) -> Iterator[str]:
    for whose, text, why in (
        ("the reader's name", document.reader, why_no_person),
        ("the reader's title", document.reader_title, why_no_title),
        ("the seller's name", document.seller, why_no_person),
        ("the seller's title", document.seller_title, why_no_title),
        ("the account's name", document.account, why_no_firm),
    ):
        if reason := why(text) if text else "":
            yield f"{whose}, “{shorten(text, 90)}”, is on record as more than that ({reason})"
