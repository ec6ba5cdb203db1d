"""Words of this field that say the same thing, curated by hand in `phrases.txt` and `near_words.txt`.
Close paraphrases of a fact are read through them.

A group holds words that may stand for each other in a statement about a trading firm or its tools. Opposites, stronger
words (prevent, guarantee, automate) and neighbours (custodian, prime broker) never share a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from remit.evidence.lexicon import stem

_HERE: Final = Path(__file__).parent


def _lines(name: str) -> list[str]:
    return [
        line for line in (_HERE / name).read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]


def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = [line.split(" > ") for line in _lines("phrases.txt")]
    return tuple((re.compile(rf"\b(?:{one})\b", re.IGNORECASE), to) for one, to in rows)


_PATTERNS: Final = _patterns()


def _near() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _lines("near_words.txt"):
        group = {stem(word) for word in line.split()}
        for each in group:
            found.setdefault(each, set()).update(group)
    return {each: frozenset(group) for each, group in found.items()}


NEAR: Final = _near()
"""Stem → every stem that may stand for it (itself included)."""
_STILL: Final[frozenset[str]] = frozenset()


@lru_cache(maxsize=16384)
def joined(text: str) -> str:
    """`text` with the phrases of the field as one word each."""
    for pattern, to in _PATTERNS:
        text = pattern.sub(lambda found, to=to: found.expand(to) if found.re.groups else to, text)  # type: ignore[misc]
    return text


def reach(listed: Iterable[str]) -> frozenset[str]:
    """Every stem that the given stems can stand for, themselves included."""
    return _reach(listed if isinstance(listed, frozenset) else frozenset(listed))


@lru_cache(maxsize=16384)  # each sentence is asked by every fact
def _reach(given: frozenset[str]) -> frozenset[str]:
    return given.union(*(NEAR.get(each, _STILL) for each in given))


def same(first: str, second: str) -> bool:
    """Whether two stems may stand for each other."""
    return first == second or second in NEAR.get(first, _STILL)
