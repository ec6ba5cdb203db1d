"""Earnings calls: results, guidance and what the firm does with its money."""

from __future__ import annotations

from remit.llm.embedded.summary import candidates, rank, sentences
from remit.llm.embedded.summary.model import Line, Text


def lines(document: Text, bullets: int | None) -> list[Line]:
    """The lines of a call's summary, in reading order."""
    found = candidates.of(sentences.split(document.text))
    return [Line(each.text, each.spans) for each in rank.choose(found, bullets)]
