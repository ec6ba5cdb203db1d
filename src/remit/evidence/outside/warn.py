"""Words in outside text that talk to software, with the place and the reason. A warning: it decides nothing and grants nothing.

What keeps orders in outside text from reaching anything is elsewhere, and holds with this module taken out
(`tests/guard/test_outside_text.py`). This one is for the person who reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from remit.evidence.facts import looks_like_instruction
from remit.evidence.outside import phrases, unveil
from remit.kit.text import shorten

MAX_TEXT: Final = 2_000_000  # letters that are read; the rest of a longer text is not
MAX_WARNINGS: Final = 20
NEAR: Final = 400  # letters within which two weak phrases count together
_SHOWN: Final = 160
_MACHINE: Final = re.compile(
    r"<[^>]*>|https?://\S+|\S+@\S+|[A-Za-z0-9+/=]{30,}|\{[^{}]*\}|\{\{|\[\[|```"
)  # what tools leave in markup
_CHUNK: Final = 1_500
_OVERLAP: Final = 300
_NEGATED: Final = ("n't ", "not ", "never ", "cannot ", "without ", "nicht ", "no one may ", "nobody may ")
# Codes of phrases that mean the opposite after "don't": "please don't ignore our guidelines".
_TURNED: Final = frozenset({"set_aside", "deed", "reveal", "role", "dictate"})


@dataclass(frozen=True, slots=True)
class OutsideWarning:
    """One passage. `start` and `end`: its place in the text as it came; `words`: what software would read there, in small letters.

    `code` is a key of `phrases.REASONS`, `why` its sentence; `hidden` says how the words were hidden ('' = in plain sight).
    """

    code: str
    why: str
    start: int
    end: int
    words: str
    hidden: str = ""


def warnings_in(text: str) -> tuple[OutsideWarning, ...]:
    """Passages of `text` that read as orders to software, first things first; at most MAX_WARNINGS. Empty: none was found."""
    return _warnings(text[:MAX_TEXT])


@lru_cache(maxsize=512)
def _warnings(text: str) -> tuple[OutsideWarning, ...]:
    found: dict[tuple[int, str], OutsideWarning] = {}
    plain_seen = False
    for reading in unveil.readings(text):
        # turned letters are only read when nothing stands there in plain sight: they would repeat what is read already
        if plain_seen and reading.how in ("letters turned by 13", "digits in place of letters"):
            continue
        for each in _in_reading(reading):
            plain_seen = plain_seen or not reading.how
            known = found.get((each.start, each.code))
            if known is None or (bool(each.hidden), len(each.words)) > (bool(known.hidden), len(known.words)):
                found[each.start, each.code] = each
            if len(found) >= MAX_WARNINGS * 4:
                break
    return _merged(sorted(found.values(), key=lambda each: (each.start, not each.hidden)))


def warnings_in_parts(texts: Sequence[str]) -> tuple[OutsideWarning, ...]:
    """What only shows when texts of one sender are read one after the other: an order split in two. Places are those of the last text."""
    if len(texts) < 2 or any(warnings_in(text) for text in texts):
        return ()
    pieces = [_quoted(text) or text.strip() for text in texts]
    whole = " ".join(pieces)
    last = texts[-1]
    return tuple(
        OutsideWarning(each.code, each.why, 0, len(last), each.words, "split over several messages")
        for each in warnings_in(whole)
    )


def _quoted(text: str) -> str:
    """What stands between the first pair of quotation marks of a text; '' without any."""
    for first, second in (("«", "»"), ("“", "”"), ('"', '"')):
        start = text.find(first)
        end = text.find(second, start + 1)
        if 0 <= start < end:
            return text[start + 1 : end]
    return ""


def _in_reading(reading: unveil.Reading) -> Iterator[OutsideWarning]:
    told = False
    for each in _phrased(reading):
        told = True
        yield each
    # what nobody is meant to see needs no more than to sound like an order
    if (
        reading.how in unveil.COVERED
        and not told
        and looks_like_instruction(_MACHINE.sub(" ", reading.text[:_CHUNK]))
    ):
        yield _told(reading, "covered", 0, len(reading.text))


def _phrased(reading: unveil.Reading) -> Iterator[OutsideWarning]:
    for base in range(0, max(1, len(reading.text)), _CHUNK - _OVERLAP):
        chunk = reading.text[base : base + _CHUNK]
        weak: list[tuple[int, int, phrases.Phrase]] = []
        for phrase in phrases.PHRASES:
            if not any(word in chunk for word in phrase.needs):
                continue
            for found in phrase.pattern.finditer(chunk):
                if phrase.code in _TURNED and chunk[: found.start()].endswith(_NEGATED):
                    continue
                if phrase.strong:
                    yield _told(reading, phrase.code, base + found.start(), base + found.end())
                else:
                    weak.append((found.start(), found.end(), phrase))
        yield from _together(reading, base, weak)


def _together(
    reading: unveil.Reading, base: int, weak: list[tuple[int, int, phrases.Phrase]]
) -> Iterator[OutsideWarning]:
    weak.sort(key=lambda each: each[:2])
    for one, other in pairwise(weak):
        if one[2].code != other[2].code and other[0] - one[1] <= NEAR:
            yield _told(reading, one[2].code, base + one[0], base + other[1])


def _told(reading: unveil.Reading, code: str, start: int, end: int) -> OutsideWarning:
    words = reading.text[start:end].strip(" \n.!?:;\"'»]>")
    first, last = reading.places[start], reading.places[end - 1] + reading.width
    hidden = reading.how
    return OutsideWarning(code, phrases.REASONS[code], first, last, shorten(words, _SHOWN), hidden)


def _merged(found: list[OutsideWarning]) -> tuple[OutsideWarning, ...]:
    """Each passage once: what is hidden before what a reading in plain sight saw of it, the longer before what lies inside."""
    covered = [each for each in found if each.hidden]
    kept: list[OutsideWarning] = []
    for each in found:
        if not each.hidden and any(each.start < other.end and other.start < each.end for other in covered):
            continue
        if not any(other.start <= each.start and each.end <= other.end for other in kept):
            kept.append(each)
    return tuple(kept[:MAX_WARNINGS])
