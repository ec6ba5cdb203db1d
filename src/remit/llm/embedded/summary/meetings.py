"""Meetings and call notes: what was decided, who promised what, what stayed open, what it was about."""

from __future__ import annotations

import re
from typing import Final

from remit.llm.embedded.summary import compress, generic, sentences
from remit.llm.embedded.summary.model import Line, Text
from remit.llm.embedded.summary.sentences import Sentence

USUAL: Final = 8
LONGEST: Final = 45
_DECIDED: Final = re.compile(
    r"\b(?:we(?:'ve|\s+have)?\s+(?:decided|agreed|settled|chose|concluded)|(?:it\s+was\s+)?(?:agreed|decided)\s+(?:that|to|on)|decision\b|let's\s+(?:go\s+with|do|use|keep|make|say)|"
    r"we(?:'ll|\s+will)\s+go\s+with|we're\s+going\s+(?:with|to\s+(?:go\s+with|use))|approved|signed\s+off|final\s+(?:answer|choice)|so\s+we\s+(?:will|are\s+going\s+to))\b",
    re.IGNORECASE,
)
_PROMISED: Final = re.compile(
    r"\b(?:I(?:'ll|\s+will|\s+can|'m\s+going\s+to)\s+(?:send|write|check|follow|prepare|share|get|set|call|look|ask|circulate|draft|schedule|update|review|talk|email|e-mail|put|find|bring|try|make|provide|confirm)|"
    r"will\s+(?:send|follow\s+up|circulate|prepare|share|draft|schedule|provide|deliver|confirm)\b|action\s+items?|next\s+steps?|to-?do\b|by\s+(?:monday|tuesday|wednesday|thursday|friday|tomorrow|next\s+week|end\s+of)|"
    r"(?:you|[A-Z][a-z]+)\s+(?:will|should|could\s+you|can\s+you)\s+(?:send|prepare|check|share|call|write|draft))\b"
)
_OPEN: Final = re.compile(
    r"\?\s*$|\b(?:open\s+question|not\s+sure\s+(?:yet|whether|if)|still\s+(?:need|have)\s+to|remains?\s+open|to\s+be\s+(?:decided|confirmed)|tbd)\b",
    re.IGNORECASE,
)
_SPEAKER: Final = re.compile(r"^\s*(?P<who>[A-Z][\w .'’()-]{0,40}?):\s+")
_NOISE: Final = re.compile(
    r"\{\w+\}|\[(?:inaudible|laughter|crosstalk)[^\]]*\]|\b(?:um|uh|er|mm-hmm|you\s+know|I\s+mean)\b,?\s*",
    re.IGNORECASE,
)


def lines(document: Text, bullets: int | None) -> list[Line]:
    """Decisions first, then promises, open points and topics; within each kind in reading order."""
    want = bullets or USUAL
    told = sentences.split(document.text)
    speakers = _speakers(document.text, told)
    kinds = {each.index: _kind(each.text) for each in told}
    chosen = generic.choose(
        told, want, lambda each: {"Decided": 1.2, "Promised": 1.0, "Open": 0.15, "": 0.0}[kinds[each.index]]
    )
    order = {"Decided": 0, "Promised": 1, "Open": 2, "": 3}
    found = []
    for each in sorted(chosen, key=lambda one: (order[kinds[one.index]], one.index)):
        found.append(_line(each, kinds[each.index], speakers.get(each.index)))
    return found


def _kind(text: str) -> str:
    if len(text.split()) > LONGEST:
        return ""
    question = text.rstrip().endswith("?")
    if _DECIDED.search(text) and not question:
        return "Decided"
    if _PROMISED.search(text) and not question:
        return "Promised"
    return "Open" if _OPEN.search(text) else ""


def _speakers(text: str, told: list[Sentence]) -> dict[int, tuple[str, tuple[int, int]]]:
    """Who says each sentence, with the place of the name; a name holds to the end of its line."""
    found: dict[int, tuple[str, tuple[int, int]]] = {}
    for each in told:
        line = text.rfind("\n", 0, each.start) + 1
        name = _SPEAKER.match(text[line : line + 60])
        if name:
            found[each.index] = (name["who"], (line + name.start("who"), line + name.end("who")))
    return found


def _line(each: Sentence, kind: str, speaker: tuple[str, tuple[int, int]] | None) -> Line:
    said = _NOISE.sub("", _SPEAKER.sub("", each.text)).strip()
    text = said if kind else compress.trim(said)
    text = re.sub(r"\s+([.,?!])", r"\1", text[:1].upper() + text[1:])
    who = f"{speaker[0]}: " if speaker else ""
    spans = [(each.start, each.end)]
    if speaker and not each.start <= speaker[1][0] < each.end:
        spans.append(speaker[1])
    return Line(f"{kind}: {who}{text}" if kind else f"{who}{text}", tuple(spans))
