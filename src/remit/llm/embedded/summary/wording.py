"""The words in which a frame is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.llm.embedded.summary import whose
from remit.llm.embedded.summary.frames import GROWING, Frame

# qualifiers that leave a measure the whole firm's
PLAIN: Final = frozenset(
    "adjusted gaap non-gaap core operating diluted fully-diluted net organic comparable normalized total consolidated pro forma basic reported overall company same-store same store cash recurring quarterly annual q1 q2 q3 q4 nareit attributable".split()  # noqa: SIM905
)


def lines(sentence: str, frame: Frame) -> Iterator[tuple[str, bool]]:
    """What may be said of `frame`, without its period, and whether it is about what is to come."""
    name = (
        f"{frame.measure.part} {frame.measure.text}"
        if frame.measure.part and frame.measure.part not in frame.measure.text
        else frame.measure.text
    )
    if frame.low_high is not None:
        yield f"{name} {_cut(sentence, frame.low_high)}", frame.guiding
        return
    if frame.per_share is not None:
        amount = re.sub(
            r"\s+(?:per|a|for each|of earnings per)\b.*$",
            "",
            _cut(sentence, frame.per_share),
            flags=re.IGNORECASE,
        )
        whole = name if re.search(r"\bper\b", name, re.IGNORECASE) else f"{name} per share"
        yield f"{whole} {amount}", frame.guiding
    verb = ("up" if frame.rising else "down") if frame.guiding else ("rose" if frame.rising else "fell")
    growth = GROWING.search(name)
    if frame.change is not None:
        against = whose.base(sentence, max(frame.change[1], frame.level[1] if frame.level else 0))
        against = f" {against}" if against else ""
        moved = f"{name} {'' if growth else verb + ' '}{_cut(sentence, frame.change)}"
        if frame.level is not None and not growth and not frame.guiding:
            yield f"{moved} to {_cut(sentence, frame.level)}{against}", frame.guiding
        elif frame.per_share is None:
            yield moved + against, frame.guiding
    elif frame.level is not None:
        yield f"{name} {_cut(sentence, frame.level)}", frame.guiding


def _cut(sentence: str, span: tuple[int, int]) -> str:
    return sentence[span[0] : span[1]]
