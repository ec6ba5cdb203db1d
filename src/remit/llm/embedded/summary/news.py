"""News and releases: the lead, the figures, and what else the text is about."""

from __future__ import annotations

from typing import Final

from remit.llm.embedded.summary import candidates, compress, generic, rank, sentences
from remit.llm.embedded.summary.model import Line, Text
from remit.llm.embedded.summary.sentences import Sentence

USUAL: Final = 5
FEW_FIGURES: Final = 2


def lines(document: Text, bullets: int | None) -> list[Line]:
    """The lines of a news item in reading order: up to half figures, the rest its most telling sentences."""
    want = bullets or USUAL
    told = [
        each
        for each in sentences.split(document.text)
        if "|" not in each.text and len(each.text.split()) >= 4
    ]
    told = [Sentence(each.start, each.end, each.text, at) for at, each in enumerate(told)]
    framed = [each for each in candidates.of(told) if each.cls != "told"]
    figures = rank.choose(framed, want // 2) if framed else []
    used = {each.sentence for each in figures}
    rest = generic.choose([each for each in told if each.index not in used], want - len(figures))
    found = [(each.sentence, Line(each.text, each.spans)) for each in figures]
    found += [(each.index, Line(compress.trim(each.text), ((each.start, each.end),))) for each in rest]
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]
