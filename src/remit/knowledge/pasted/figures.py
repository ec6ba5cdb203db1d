"""Readers of figures: assets, people, positions, returns, volumes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.knowledge.pasted import names
from remit.knowledge.pasted.hits import Hit

_M = names.MONEY

_AUM_KEY = r"(?:AUM|AuM|(?:regulatory )?assets under (?:management|advisement)|under management|fund size)"
_AUM: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i:{_AUM_KEY})\b[^.;\n]{{0,30}}?\bfrom {_M} to (?P<v>(?:about |roughly |approximately |more than |over )?{_M})",
        rf"(?i:{_AUM_KEY})(?: \([^)]{{1,20}}\))?(?:\s*[:=|]\s*|\s(?=[$€£U])|\s(?:is|was|of|at|stands? at|stood at|reached|totall?ed|now|currently|to|exceeds?|came to|hit|grew to|rose to|fell to|were|are|in \d{{4}} (?:was|were)))[^.;\n$€£]{{0,25}}?(?P<v>{_M})",
        rf"^\s*(?:Total )?(?i:assets)\s*[:|]\s*(?P<v>{_M})",
        rf"(?P<v>{_M})[ -](?:in |of )?(?:(?:total|regulatory|gross|net|firm|client) )*(?i:{_AUM_KEY}|assets(?! under custody))",
        rf"(?i:manag(?:es|ing|ed)|oversee(?:s|ing)|oversaw|runs|looks after) (?:about |around |roughly |some |over |more than |approximately |nearly |just over |in excess of )?(?P<v>{_M})",
        rf"(?P<v>{_M})(?:[ -](?:\w+[ -]){{0,3}})(?:hedge fund|fund|manager|firm|shop|specialist|house|boutique|adviser|outfit|investor|group)\b",
    )
)
_NOT_AUM: Final = re.compile(
    r"\b(?:industry|worldwide|globally|sector|hedge funds (?:now )?(?:manage|oversee)|custody|raised|fine[ds]?|lawsuit|revenue|deal worth|valued at|position in|stake|"
    r"clients? of ours|peer average|on average|assets under administration|minimum|launch\w*|closed a|seed\w*|mandates?)\b",
    re.IGNORECASE,
)


def aum(sentence: str) -> Iterator[Hit]:
    """Assets under management, the latest that the sentence gives."""
    if _NOT_AUM.search(sentence):
        return
    for pattern in _AUM:
        if found := pattern.search(sentence):
            value = re.sub(r"^(?:about|roughly|approximately|more than|over)\s", "", found["v"]).strip(" ,")
            start = found.start("v") + found["v"].index(value)
            yield Hit("aum", value, start, start + len(value))
            return


_STAFF = r"(?P<w>employees|people|staff|colleagues|professionals|traders|portfolio managers|PMs|analysts|engineers|developers|quants|researchers|investment professionals)"
_HEADCOUNT: Final = (
    re.compile(rf"\b(?:employs|has|with|team of|staff of|headcount of|numbers|of)(?: about| around| over| more than| roughly| some| nearly| approximately)? (?P<v>\d{{1,3}}(?:,\d{{3}})*|\d+)(?: full[ -]time)? {_STAFF}\b", re.IGNORECASE),
    re.compile(r"\b(?:headcount|employees|staff|number of employees|company size|team size)\s*(?:[:|=]|(?:is|of|stands at|reached|grew to))\s*(?:about |around )?(?P<v>\d{1,3}(?:,\d{3})*|\d+)(?P<w>)\b(?!\s*(?:[-–]|to)\s*\d)", re.IGNORECASE),
    re.compile(rf"\b(?P<v>\d{{2,5}}) {_STAFF}\b", re.IGNORECASE),
)  # fmt: skip


def headcount(sentence: str) -> Iterator[Hit]:
    """How many people the firm has, or how many of one kind."""
    for pattern in _HEADCOUNT:
        if (found := pattern.search(sentence)) and not re.search(
            r"\b(?:laid off|cut|attend\w*|plans? to (?:add|hire)|hiring|looking for|followers|connections|clients?)\b",
            sentence,
            re.IGNORECASE,
        ):
            word = (found["w"] or "").casefold()
            plain = word in ("", "employees", "people", "staff", "colleagues", "professionals")
            yield Hit("headcount", found["v"], *found.span("v"), "" if plain else word)
            return


_MOVED: Final = re.compile(
    r"\b(?P<s>(?:reported |disclosed |long |equity |13F )?(?:positions|holdings|number of positions)) (?P<v>(?:rose|fell|grew|increased|decreased|dropped|went|declined) from [\d,]+ to [\d,]+)",
    re.IGNORECASE,
)


def holdings_change(sentence: str) -> Iterator[Hit]:
    """How reported holdings moved."""
    if found := _MOVED.search(sentence):
        yield Hit(
            "holdings_change", found["v"], *found.span("v"), found["s"].lower().removeprefix("number of ")
        )


_RETURN: Final = re.compile(
    r"\b(?P<v>(?:returned|gained|lost|was (?:up|down)|is (?:up|down)|finished (?:up|down)|fell|rose) (?:about |around |a net |net )?-?\d+(?:\.\d+)?\s?(?:%|percent|per cent))(?: net)?(?: (?:in|for|through|over|during) (?P<s>(?:the )?[\w ]{3,25}?\d{4}|\d{4}|the (?:year|quarter|month)|[A-Z][a-z]+))?",
    re.IGNORECASE,
)
_VOLUME: Final = re.compile(
    r"\b(?:trades?|trading|executes?|clears?|routes?|handles?)(?: about| around| roughly| some| over| more than| nearly)? (?P<v>\d[\d,.]*\s?(?:million |k |m )?(?:contracts|orders|shares|lots|tickets|trades|fills) (?:a|per|each) (?:day|week|month|year))",
    re.IGNORECASE,
)


def performance(sentence: str) -> Iterator[Hit]:
    """A return with its period."""
    if (found := _RETURN.search(sentence)) and re.search(
        r"\b(?:fund|net|strategy|firm|return|composite|master|year)\w*\b", sentence, re.IGNORECASE
    ):
        yield Hit("performance", " ".join(found["v"].split()), *found.span("v"), (found["s"] or "").strip())


def volume(sentence: str) -> Iterator[Hit]:
    """How much is traded a day, week, month or year."""
    if found := _VOLUME.search(sentence):
        yield Hit("volume", found["v"], *found.span("v"))
