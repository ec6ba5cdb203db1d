"""Finding names of clients in a text: as recorded, without their legal form, in another case, or with a typing slip."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from remit.kit.text import fold, name_key
from remit.llm.handling import names
from remit.llm.handling.spans import Found

_TOKEN: Final = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?|&")
# A first word that half the field is called by does not stand for one client.
_COMMON: Final = names.WORDS["common_in_firms"]
MIN_LETTERS: Final = 4
LONG: Final = 9  # a name of one word as long as this is taken in small letters too


@dataclass(frozen=True)
class NameBook:
    """Client names ready to be looked for. `by_first`: keys by their first word; `shorts`: one-word short forms that are told apart."""

    by_first: dict[str, tuple[tuple[str, ...], ...]]
    by_letters: dict[tuple[str, int], tuple[str, ...]]


@lru_cache(maxsize=64)
def name_book(client_names: tuple[str, ...]) -> NameBook:
    """Index the names once; a list of ten thousand takes a moment, the next call nothing."""
    keys: set[tuple[str, ...]] = set()
    for name in client_names:
        words = tuple(name_key(name).split())
        if len("".join(words)) < MIN_LETTERS:
            continue
        keys.add(words)
        core = words
        while len(core) > 1 and core[-1] in _COMMON:
            core = core[:-1]
            if len(core) > 1 or (core[0] not in _COMMON and len(core[0]) >= 5):
                keys.add(core)
    by_first: dict[str, list[tuple[str, ...]]] = {}
    by_letters: dict[tuple[str, int], set[str]] = {}
    for words in sorted(keys, key=len, reverse=True):
        by_first.setdefault(words[0], []).append(words)
        if len(words[0]) >= 7:
            by_letters.setdefault((words[0][0], len(words[0])), set()).add(words[0])
    return NameBook(
        {first: tuple(held) for first, held in by_first.items()},
        {k: tuple(sorted(v)) for k, v in by_letters.items()},
    )


def find(text: str, client_names: Sequence[str]) -> Iterator[Found]:
    """Every place where one of the names stands. A short form of one word needs a capital letter or nine letters."""
    if not client_names:
        return
    book = name_book(tuple(client_names))
    tokens = [
        (match.start(), match.end(), fold("and" if match[0] == "&" else match[0]))
        for match in _TOKEN.finditer(text)
    ]
    place = 0
    while place < len(tokens):
        size = _matched(text, tokens, place, book)
        if size:
            while place + size < len(tokens) and tokens[place + size][2] in names.WORDS["legal_forms"]:
                size += 1
            start, end = tokens[place][0], tokens[place + size - 1][1]
            while end > start and text[end - 1] in ".'’":
                end -= 1
            end -= 2 if text[start:end].endswith(("'s", "’s")) else 0
            yield Found(start, end, "CLIENT_NAME")
        place += size or 1


def _matched(text: str, tokens: list[tuple[int, int, str]], place: int, book: NameBook) -> int:
    """How many tokens from `place` make a name; 0 when none."""
    word = tokens[place][2]
    bare = word[:-2] if word.endswith(" s") else word
    for first in (bare, bare[:-1] if bare.endswith("s") else bare, _near(bare, book)):
        for words in book.by_first.get(first or "", ()):
            size = _tokens_of(tokens, place, words, first or "")
            if size and (len(words) > 1 or text[tokens[place][0]].isupper() or len(words[0]) >= LONG):
                return size
    return 0


def _tokens_of(tokens: list[tuple[int, int, str]], place: int, words: tuple[str, ...], first: str) -> int:
    """Tokens that spell `words`, the first being taken as `first`; a possessive may close the last."""
    spelled: list[str] = first.split()
    size = 1
    while len(spelled) < len(words) and place + size < len(tokens):
        spelled += tokens[place + size][2].split()
        size += 1
    if len(spelled) > len(words) and spelled[len(words) :] == ["s"]:
        spelled = spelled[: len(words)]
    # `Advisors'` folds to advisors; `Capitals` is no capital: only an apostrophe's s is forgiven
    if spelled and spelled[-1].endswith("s") and not words[-1].endswith("s"):
        spelled[-1] = spelled[-1][:-1]
    return size if tuple(spelled) == words else 0


def _near(word: str, book: NameBook) -> str | None:
    """A name's first word that differs by one typing slip; words of fewer than seven letters must be exact."""
    if len(word) < 7:
        return None
    from rapidfuzz.distance import DamerauLevenshtein

    for length in (len(word) - 1, len(word), len(word) + 1):
        for known in book.by_letters.get((word[0], length), ()):
            if DamerauLevenshtein.distance(word, known, score_cutoff=1) <= 1:
                return known
    return None
