"""Detectors that need no database: how alike two names of firms are, and which accounts may be the same. Pure."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from remit.kit.text import name_words, percent, without_legal_form

ALIKE: Final = 0.9
"""Names at least this alike are shown as possible duplicates."""
_MOST_IN_BLOCK: Final = 300
_NUMBERS: Final = dict(
    zip(
        """first second third fourth fifth one two three four five six seven eight nine ten forty""".split(),  # noqa: SIM905
        "1 2 3 4 5 1 2 3 4 5 6 7 8 9 10 40".split(),  # noqa: SIM905
        strict=True,
    )
)
_SHORT: Final = {
    "intl": "international", "int": "international", "mgmt": "management", "mgt": "management", "grp": "group", "hldg": "holding",
    "hldgs": "holding", "holdings": "holding", "assoc": "associates", "bros": "brothers", "natl": "national", "cap": "capital",
    "ptnrs": "partners", "svcs": "services", "inds": "industries", "tech": "technology", "technologies": "technology",
    "bk": "bank", "univ": "university", "dept": "department", "st": "saint", "1st": "1", "2nd": "2", "3rd": "3",
}  # fmt: skip
# words that name what a firm does or where: alone they make no two firms the same, missing they make them less alike
_COMMON: Final = frozenset(
    """group holding capital management partners fund funds bank trust international global services systems solutions
    technology industries trading investments advisors asset company europe asia america uk usa germany schweiz and of""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Firm:
    """What the search for duplicates reads of an account. `barred`: it stands behind an information barrier."""

    id: UUID
    access_id: int
    barred: bool
    name: str
    website: str | None
    owner_id: UUID | None


@dataclass(frozen=True)
class Pair:
    """Two accounts that may be one; `first` is the older. `detail` names the other only where both may be seen together."""

    first: Firm
    second: Firm
    alike: float
    detail: str


@lru_cache(maxsize=65_536)
def core_words(name: str) -> tuple[str, ...]:
    """The words by which a firm is known: folded, without legal form, shortenings and numbers written out alike."""
    words = name_words(name)
    kept = without_legal_form(words) or words
    return tuple(_NUMBERS.get(word, _SHORT.get(word, word)) for word in kept)


def alike(one: str, other: str) -> float:
    """How alike two firm names are, 0 to 1. Symmetric; 1 for names that differ in legal form or spelling of it only.

    Each word finds its closest partner by edit distance; a word without one costs its weight, little for words such
    as "group", much for a name. Words run together ("Good Will", "Goodwill") and initials count as the same.
    """
    a, b = core_words(one), core_words(other)
    if not a or not b:
        return 0.0
    if "".join(a) == "".join(b) or sorted(a) == sorted(b):
        return 1.0
    matched = _matched(a, b)
    joined = fuzz.ratio("".join(a), "".join(b)) / 100
    sorted_ = fuzz.token_sort_ratio(" ".join(a), " ".join(b)) / 100
    initials = 0.75 if _initials(a, b) or _initials(b, a) else 0.0
    return max(0.6 * matched + 0.4 * max(joined, sorted_), initials)


def _matched(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    pairs = sorted(
        ((Levenshtein.normalized_similarity(x, y), i, j) for i, x in enumerate(a) for j, y in enumerate(b)),
        reverse=True,
    )
    left, right, gained = set(range(len(a))), set(range(len(b))), 0.0
    for score, i, j in pairs:
        if i in left and j in right and score >= 0.6:
            worth = _worth(score, a[i], b[j])
            gained += worth * (_weight(a[i]) + _weight(b[j]))
            left.discard(i)
            right.discard(j)
    return gained / (sum(map(_weight, a)) + sum(map(_weight, b)))


def _worth(score: float, one: str, other: str) -> float:
    """A changed letter in a short word makes another word, in a number another number; in a long word it is a slip."""
    shorter = min(len(one), len(other))
    if score < 1 and (one.isdigit() or other.isdigit() or shorter <= 3):
        return 0.0
    return score if shorter >= 8 else score**2


def _weight(word: str) -> float:
    return 0.35 if word in _COMMON else 1.0


def _initials(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return len(short) == 1 and len(long) >= 3 and short[0] == "".join(word[0] for word in long)


def domain_of(website: str | None) -> str | None:
    """The domain of a web site without `www.`; None when there is none."""
    if not website:
        return None
    bare = website.casefold().split("://")[-1].split("/")[0].split("?")[0].removeprefix("www.")
    return bare if "." in bare and " " not in bare else None


def find_duplicates(firms: Iterable[Firm]) -> Iterator[Pair]:
    """Pairs of accounts that may be the same: same web site, or alike by name. Each pair once.

    Compares only within blocks (first word, joined letters, domain), so a hundred thousand accounts take seconds;
    blocks larger than 300 are too common a word to say anything and are left to the other blocks.
    """
    blocks: dict[str, list[int]] = defaultdict(list)
    listed = sorted(firms, key=lambda firm: firm.id)
    domains = [domain_of(firm.website) for firm in listed]
    common = Counter(domain for domain in domains if domain)
    for n, firm in enumerate(listed):
        words = core_words(firm.name)
        for key in _block_keys(words, domains[n]):
            blocks[key].append(n)
    seen: set[tuple[int, int]] = set()
    for members in blocks.values():
        if not 1 < len(members) <= _MOST_IN_BLOCK:
            continue
        for i, j in itertools.combinations(members, 2):
            if (i, j) in seen:
                continue
            seen.add((i, j))
            same_site = domains[i] is not None and domains[i] == domains[j] and common[domains[i] or ""] <= 3
            score = alike(listed[i].name, listed[j].name)
            if (score >= ALIKE or same_site) and (pair := _pair(listed[i], listed[j], score, same_site)):
                yield pair


def _block_keys(words: tuple[str, ...], domain: str | None) -> set[str]:
    joined = "".join(words)
    keys = {f"j:{joined[:5]}"}
    telling = [word for word in words if word not in _COMMON]
    keys |= {f"w:{word}" for word in telling[:3]}
    if domain:
        keys.add(f"d:{domain}")
    return keys


def _pair(first: Firm, second: Firm, score: float, same_site: bool) -> Pair | None:
    """None where telling one reader would tell of what lies behind a barrier."""
    together = first.access_id == second.access_id
    if not together and (first.barred or second.barred):
        return None
    why = "has the same web site" if same_site else f"is {percent(score)} alike by name"
    other = f"{first.name!r}" if together else "an account of another territory"
    return Pair(first, second, score, f"May be the same firm as {other}: it {why}.")
