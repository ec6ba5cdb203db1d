"""Readers of what happens at a firm: launches, hires, new offices, conferences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.knowledge.pasted import names
from remit.knowledge.pasted.hits import Hit

_N, _P = names.NAME, names.PERSON

_LAUNCH: Final = (
    re.compile(
        r"\b(?:launch(?:es|ed|ing)?|roll(?:s|ed|ing) out|start(?:s|ed|ing)|seed(?:s|ed|ing)|debut(?:s|ed|ing)|bring(?:s|ing)? to market|unveil(?:s|ed|ing)?|will open)\s+"
        r"(?P<v>(?:a|an|its|their|our|the)\s[^.,;:\n]{2,55}?(?:funds?|strateg(?:y|ies)|vehicle|ETFs?|pod|sleeve|portfolio|SMA))\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:the )?launch of (?P<v>(?:a|an|its|their|our|the)\s[^.,;:\n]{2,55}?(?:funds?|strateg(?:y|ies)|vehicle|ETFs?|pod|sleeve|portfolio|SMA))\b",
        re.IGNORECASE,
    ),
)  # fmt: skip


def launch(sentence: str) -> Iterator[Hit]:
    """A fund or strategy that begins, as a noun phrase with its article."""
    for pattern in _LAUNCH:
        if found := pattern.search(sentence):
            value = re.sub(
                r"^(?:its|their|our|the)\s+(?:(?:first|second|third|new|own|latest)\s+)*",
                "",
                found["v"],
                flags=re.IGNORECASE,
            )
            value = re.sub(r"^(?:a|an)\s+(?:new\s+)?", "", value, flags=re.IGNORECASE)
            article = (
                "an" if value[:1].casefold() in "aeiou" and not value.casefold().startswith("eu") else "a"
            )
            yield Hit("launch", f"{article} {value}", *found.span("v"))
            return


_ROLE = (
    r"(?P<r>(?:(?:global|deputy|co-|group|chief|senior|interim|acting|first|head|managing|executive|lead|vice|quantitative|portfolio|risk|trading|technology|operations)[ -]?)*"
    r"(?:head of [\w&/ -]{3,40}?|chief [\w ]{4,30}? officer|director of [\w ]{3,30}?|(?:portfolio|risk|operations|product|fund) managers?|C[A-Z]O|COO|CTO|CFO|CEO|CIO|CRO|partner|president|general counsel|trader|treasurer|"
    r"(?:managing |executive )?director|vice president))"
    r"(?=[.,;:)\n]|$| (?:at|for|from|in|of its|effective|last|this|on|starting|after|to|and|who|based|following|with)\b)"
)
_HIRE: Final = (
    re.compile(rf"\b(?i:hires?|hired|appoints?|appointed|names?|named|recruits?|recruited|promotes?|promoted|poached|brought in|has hired|tapped|welcomes?) (?P<p>{_P})(?:,? (?:formerly|previously|ex-)[^,]*,)? (?i:as|to be|to the role of|to) (?i:its |the |their |our |a |an )?(?i:new |first |next |sole )*(?i:{_ROLE})", re.UNICODE),
    re.compile(rf"(?P<p>{_P})(?:,[^,]{{1,60}},)? (?:has |have |is |will )?(?:joined|joins|joining|join)(?: {_N}| the (?:firm|team|company|fund)| us)?(?: from {_N})?,? as (?i:its |the |their |our |a |an )?(?i:new |first )*(?i:{_ROLE})"),
    re.compile(rf"(?P<p>{_P})(?:,[^,]{{1,60}},)? (?:was|has been|is) (?:appointed|named|promoted to|promoted|made|hired as|hired)(?: as| to)? (?i:its |the |their |our |a |an )?(?i:new |first )*(?i:{_ROLE})"),
    re.compile(rf"(?i:hires?|hired|appoints?|appointed|named|recruited)\b[^.;]{{0,70}}?(?i:a|an|its|the) (?i:new |first )*(?i:{_ROLE}), (?P<p>{_P})"),
    re.compile(rf"(?:^|[:–—-] )(?P<p>{_P}),? (?i:appointed|named|promoted to|joins as|joined as|hired as|made) (?i:as |to )?(?i:new )?(?i:{_ROLE})"),
    re.compile(rf"(?i:new|incoming) (?i:{_ROLE.replace('(?=[.,;:)', '(?=[ .,;:)')}) (?P<p>{_P})"),
)  # fmt: skip


def hire(sentence: str) -> Iterator[Hit]:
    """Somebody who came, with the role."""
    for pattern in _HIRE:
        if (found := pattern.search(sentence)) and not names.FIRM.fullmatch(found["p"]):
            yield Hit("hire", found["p"], *found.span("p"), _role(found["r"]))
            return


def _role(text: str) -> str:
    words = " ".join(text.split()).strip()
    return words if words.isupper() else " ".join(w if w.isupper() else w.lower() for w in words.split())


_OFFICE: Final = (
    re.compile(r"\b(?i:open(?:s|ed|ing)?|establish(?:es|ed|ing)?|set(?:s|ting)? up|add(?:s|ed|ing)?|inaugurat\w+) (?i:a|an|its|their|our|the)(?i: (?:new|first|second|third|fourth|small|regional|trading|research|\w+ian))*(?i: (?:office|outpost|branch|hub|presence|trading desk|desk)) (?i:in|at) (?:downtown |central )?(?P<v>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?)"),
    re.compile(r"\b(?i:open(?:s|ed|ing)?|establish(?:es|ed|ing)?|new|add(?:s|ed|ing)?) (?i:(?:a|an|its|their|our|the) )?(?i:(?:new|first|second) )?(?P<v>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?) (?i:office|outpost|hub|branch)\b"),
    re.compile(r"\b(?i:expand(?:s|ed|ing)?) (?i:in)?to (?P<v>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?) (?i:with (?:a|an) (?:new )?(?:office|desk|team))"),
)  # fmt: skip


def office(sentence: str) -> Iterator[Hit]:
    """The city of a new office."""
    for pattern in _OFFICE:
        if found := pattern.search(sentence):
            yield Hit("office", found["v"], *found.span("v"))
            return


_EVENT: Final = re.compile(
    r"\b(?:speak(?:s|ing)? at|will speak at|present(?:s|ing)? at|sponsor(?:s|ing)|exhibit(?:s|ing) at|attend(?:s|ing)?|on a panel at|panel at) (?:the )?(?P<v>[A-Z0-9][\w&’' -]{3,60}?(?:Conference|Summit|Forum|Expo|Week|Symposium|Day|TradeTech|Roundtable|Congress)[\w ]{0,20}?)(?=[.,;\n]|$| (?:on|in|this|next|as)\b)"
)


def event(sentence: str) -> Iterator[Hit]:
    """A conference or the like where they are."""
    if found := _EVENT.search(sentence):
        yield Hit("event", found["v"].strip(), *found.span("v"))
