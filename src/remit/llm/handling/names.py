"""The list of given and family names and places (data/names.txt.gz, made by tools/handling_names.py), loaded once."""

from __future__ import annotations

import gzip
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final

_DATA: Final = files("remit.llm.handling").joinpath("data")
WORDS: Final = {
    kind: frozenset(words.split())
    for kind, words in tomllib.loads(_DATA.joinpath("words.toml").read_text("utf-8")).items()
}
TITLES: Final = WORDS["titles"]
PARTICLES: Final = WORDS["particles"]
COUNTRIES: Final = WORDS["countries"]
NEVER: Final = WORDS["never"]
DEMONYMS: Final = WORDS["demonyms"] | {
    f"{word}s" for word in WORDS["demonyms"] if not word.endswith(("s", "sh", "ch", "ese"))
}


@lru_cache(maxsize=1)
def _held() -> dict[str, str]:
    packed = _DATA.joinpath("names.txt.gz").read_bytes()
    held: dict[str, str] = {}
    for line in gzip.decompress(packed).decode().splitlines():
        kinds, name = line.split("\t")
        held[name] = kinds
    return held


def kinds(word: str) -> str:
    """Of which kinds a word is known: g given name, f family name, p place, w ordinary word; "" = unknown."""
    low = word.lower()
    return _held().get(low, "") or _held().get(low.replace("’", "'"), "")
