"""Sentences that say most of what a text is about: its own frequent words, place, numbers, and no repetition."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from remit.llm.embedded.summary.sentences import Sentence

_WORD: Final = re.compile(r"[a-z][a-z'-]+")
_COMMON: Final = frozenset(
    """the a an and or of to in on for with by at from as is are was were be been it its this that these those we our us
    you your they their he she his her i not have has had will would can could may might do does did so if but than then
    which who what when where how there here also such any all more other into over under about up down out no just very
    um uh okay yeah well like mm-hmm right know think going get got it's that's i'm don't we're""".split()  # noqa: SIM905
)
SIMILAR: Final = 0.5
SHORTEST: Final = 5  # words


def choose(
    sentences: Sequence[Sentence], count: int, bonus: Callable[[Sentence], float] = lambda _: 0.0
) -> list[Sentence]:
    """At most `count` sentences in reading order. `bonus` adds to a score that lies between 0 and about 2."""
    bags = [
        Counter(word for word in _WORD.findall(each.text.lower()) if word not in _COMMON)
        for each in sentences
    ]
    spread: Counter[str] = Counter(word for bag in bags for word in bag)
    whole: Counter[str] = Counter()
    for bag in bags:
        whole.update(bag)
    top = math.log(1 + max(whole.values(), default=1))
    scored: list[tuple[float, int]] = []
    for at, (sentence, bag) in enumerate(zip(sentences, bags, strict=True)):
        size = sum(bag.values())
        if size < SHORTEST or "|" in sentence.text:
            continue
        weight = sum(math.log(1 + whole[word]) for word in bag if spread[word] > 1) / (size + 4) / top
        figures = min(2, len(re.findall(r"\$?\d[\d.,]*%?", sentence.text))) * 0.1
        place = 0.4 / (1 + at) ** 0.5
        scored.append((2 * weight + figures + place + bonus(sentence) - 0.01 * max(0, size - 25), at))
    chosen: list[int] = []
    for _, at in sorted(scored, key=lambda each: (-each[0], each[1])):
        if len(chosen) >= count:
            break
        if all(_shared(bags[at], bags[other]) < SIMILAR for other in chosen):
            chosen.append(at)
    return [sentences[at] for at in sorted(chosen)]


def _shared(one: Counter[str], other: Counter[str]) -> float:
    least = min(sum(one.values()), sum(other.values())) or 1
    return sum((one & other).values()) / least
