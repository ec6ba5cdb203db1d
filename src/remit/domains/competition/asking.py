"""Which product and which competitor a question names: "How does our OMS compare to Veldmark?". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from remit.domains.competition.model import Named
from remit.kit.text import fold

CLOSE: Final = 84.0
"""Likeness (0–100, rapidfuzz ratio) from which a misspelt name is taken for the one on record."""
ALIKE: Final = 60.0
"""Likeness from which a name is offered instead of an unknown one."""
_AFTER: Final = re.compile(
    r"\b(?:compared? (?:to|with)|compare (?:to|with)|vs|versus|against|to|with|than|beats?|from)\s+(.+)$",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(r"^(.+?)\s+(?:vs|versus|against|compared)\b", re.IGNORECASE)
_EMPTY: Final = frozenset(
    [
        "our",
        "we",
        "us",
        "the",
        "a",
        "an",
        "how",
        "does",
        "do",
        "is",
        "are",
        "it",
        "its",
        "product",
        "system",
        "what",
        "about",
        "in",
        "for",
        "and",
        "or",
        "of",
        "s",
    ]
)
# how people call a kind of product, beside its own name; the family in the price book says the rest
_SHORT: Final = {
    "order management": ("oms",),
    "execution management": ("ems",),
    "portfolio and risk": ("pms", "risk", "portfolio"),
    "market data": ("data", "feeds", "ticks"),
    "prime brokerage": ("prime", "pb", "stock loan"),
    "clearing": ("clearing",),
}


@dataclass(frozen=True, slots=True)
class Product(Named):
    """A product with its family, as in the price book."""

    family: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was understood. `unknown`: the name that is not on record, '' when there is none; `nearest`: names that are."""

    product: Named | None
    competitor: Named | None
    unknown: str = ""
    nearest: tuple[str, ...] = ()


def understand(
    question: str, products: Sequence[Product], competitors: Sequence[Named], own: str = ""
) -> Asked:
    """The product and the competitor in `question`. `own`: our firm's name, which products carry and people leave out."""
    words = fold(question)
    product = _product(words, products, own)
    competitor, rest = _competitor(words, competitors), _rest(question, product, own)
    if competitor is None and rest:
        competitor = _misspelt(rest, competitors)
    if competitor is not None:
        return Asked(product, competitor)
    return Asked(product, None, rest, nearest(rest or words, competitors))


def nearest(name: str, competitors: Sequence[Named], most: int = 3) -> tuple[str, ...]:
    """Names on record that look like `name`, the closest first; where none does, the names there are, at most eight."""
    names = [one.name for one in competitors]
    found = process.extract(
        fold(name), names, scorer=fuzz.ratio, processor=fold, limit=most, score_cutoff=ALIKE
    )
    return tuple(each[0] for each in found) or tuple(names[:8])


def _within(name: str, words: str) -> bool:
    return bool(name) and re.search(rf"\b{re.escape(name)}\b", words) is not None


def _product(words: str, products: Sequence[Product], own: str) -> Named | None:
    found: list[tuple[int, Product]] = []
    first = fold(own).split()[:1]
    for one in products:
        full = fold(one.name)
        short = full.removeprefix(first[0]).strip() if first else full
        names = {full, short, fold(one.family), *_SHORT.get(fold(one.family), ())}
        if hit := [name for name in names if _within(name, words)]:
            found.append((max(map(len, hit)), one))
    return max(found, key=lambda each: each[0])[1] if found else None


def _competitor(words: str, competitors: Sequence[Named]) -> Named | None:
    whole = [one for one in competitors if _within(fold(one.name), words)]
    if whole:
        return max(whole, key=lambda one: len(one.name))
    first = [
        one
        for one in competitors
        for word in fold(one.name).split()[
            :1
        ]  # none in a name without a letter or digit, as an import may bring
        if len(word) > 3 and _within(word, words)
    ]
    return first[0] if len(first) == 1 else None


def _rest(question: str, product: Named | None, own: str) -> str:
    """What is left of the question where a competitor's name would stand, as it was written."""
    asked = question.strip().rstrip("?!. ")
    after, before = _AFTER.search(asked), _BEFORE.search(asked)
    known = {*fold(own).split(), *(fold(product.name).split() if product else ()), *(word for each in _SHORT.values() for one in each for word in one.split())}  # fmt: skip
    for part in (after.group(1) if after else "", before.group(1) if before else "", asked):
        kept = [word for word in part.split() if fold(word) and fold(word) not in _EMPTY | known]
        if kept:
            return " ".join(kept)[:80]
    return ""


def _misspelt(rest: str, competitors: Sequence[Named]) -> Named | None:
    by_name = {one.name: one for one in competitors}
    found = process.extractOne(
        fold(rest), list(by_name), scorer=fuzz.ratio, processor=fold, score_cutoff=CLOSE
    )
    return by_name[found[0]] if found else None
