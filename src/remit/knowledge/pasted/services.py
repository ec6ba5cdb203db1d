"""Readers of what a firm relies on: prime brokers, custodians, administrators, and the systems that it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remit.knowledge.pasted import names
from remit.knowledge.pasted.hits import Hit, Reader, within

_N, _L = names.NAME, names.LIST

_ROLES: Final = {
    "prime_broker": r"(?:prime[ -]?brok(?:er|ers|erage)|primes?(?![ -]?brok| rate))(?: (?:relationships?|counterpart(?:y|ies)|panel|providers?))?",
    "custodian": r"(?:custodians?|custody)(?: (?:banks?|bank|providers?))?",
    "administrator": r"(?:(?:fund )?administrators?|fund administration|admin)",
}
_LEADS: Final = (
    rf"(?i:{{role}})(?:\(s\))?\s*[:|=–-]\s*(?P<v>{_L})",
    rf"(?i:{{role}}) (?:is|are|was|were|include|includes|remains?|with|at|from|of|by|named are)(?: currently| now)? (?P<v>{_L})",
    rf"(?P<v>{_L}) (?i:as|is|are|acts? as|acting as|serves? as|serving as|remains?)(?i: (?:its|their|the|our|a|one of its|our))?(?i: (?:sole|lead|main|primary|second|third|new|joint|two|fund|existing|primary and sole))*,? (?i:{{role}})\b",
    rf"(?i:{{role}})(?: today| now| currently)?, (?P<v>{_L})",
    rf"(?P<v>{_L})(?:, | )(?i:(?:the|its|their) (?:fund['’]s )?{{role}})\b",
    rf"(?i:added|adds|adding|appointed|appoints|named|chose|selected|mandated|hired|signed(?: up)?|onboarded) (?P<v>{_L}) (?i:as|to be)(?i: (?:its|their|a|an|the|our|another))?(?i: (?:sole|lead|second|third|fourth|additional|new|fund|primary))* (?i:{{role}})\b",
    rf"(?i:clears?|clearing|finances?|primed?|hold|custodied|custody|held|administered)(?: \w+){{0,3}} (?:at|with|through|by|via) (?P<v>{_L})",
)
_STOP_NAMES: Final = frozenset(
    "the its their our we they form adv part fund funds it this that and in as prime brokers custodians section item sec oms ems pms aum".split()  # noqa: SIM905
)


def served_by(role: str) -> Reader:
    """The reader of one role: the firms that have it."""
    cue = re.compile(_ROLES[role], re.IGNORECASE)
    leads = [re.compile(lead.replace("{role}", _ROLES[role])) for lead in _LEADS]
    known = names.known(role)

    def read(sentence: str) -> Iterator[Hit]:
        seen: set[str] = set()
        spoken = bool(cue.search(sentence))
        for number, lead in enumerate(leads):
            for found in lead.finditer(sentence):
                if number == len(leads) - 1 and not (spoken and known.search(found["v"])):
                    continue
                for name, start in names.each_of(found["v"], found.start("v")):
                    if (
                        name.casefold() in seen
                        or name.casefold() in _STOP_NAMES
                        or (names.FIRM.fullmatch(name) and number == 3)
                    ):
                        continue
                    seen.add(name.casefold())
                    yield Hit(role, name, start, start + len(name))
        if spoken and not seen:
            for found in known.finditer(sentence):
                yield Hit(role, found.group(), *found.span())

    return read


_SYSTEM_WORDS: Final = (
    ("OMS", r"OMS|order[ -]management(?: system)?|order system"),
    ("EMS", r"EMS|execution[ -]management(?: system)?|execution platform|execution system"),
    (
        "PMS",
        r"PMS|portfolio[ -]management(?: system| platform)?|portfolio system|portfolio accounting(?: system)?",
    ),
    ("risk system", r"risk (?:system|platform|engine|software)"),
    ("market data", r"market[ -]data(?: vendor| provider| feed| platform)?"),
)
_RUNS: Final = re.compile(
    r"\b(?:use[sd]?|using|run(?:s|ning)?|on|live|implement\w*|select\w*|cho(?:se|osing)|migrat\w+|moved to|trad(?:e|es|ing)|based on|built on|experience (?:with|of|in)|"
    r"knowledge of|familiar(?:ity)? with|proficien\w+|replac\w+|switch\w*|work(?:s|ing)? (?:with|in)|stack|adopted|rolled out|standardi[sz]ed|go(?:es|ing)? live|installed|signed|risk (?:is|with)|execution (?:is|with|via)|orders (?:go|are) \w+|execut\w+ (?:through|via))\b|:",
    re.IGNORECASE,
)
_OLD: Final = re.compile(
    rf"\b(?:replac(?:es|ed|ing)|retir(?:es|ed|ing)|switch(?:ed|ing) (?:over )?from|mov(?:e|ed|es|ing)(?: \w+)? (?:away )?from|migrat(?:ed|ion|ing)(?: \w+)? (?:away )?from|(?:came|coming|come|going) off|(?:in place|instead) of|after leaving) (?P<v>{_N})|(?P<w>{_N}) (?:was|were|has been|is being) (?:replaced|retired|decommissioned)",
)
_NOT_RUN: Final = re.compile(
    r"\b(?:compet\w+|rival\w*|partner(?:s|ed)? with|integrat\w+ with|vendors? such as|such as|like|acquir\w+|bought by|alumni|worked at|previously at|joined from|shares? of|stake in)\b",
    re.IGNORECASE,
)


def stack(sentence: str) -> Iterator[Hit]:
    """Systems that the firm runs, each with its kind; what was replaced is not among them."""
    seen: set[str] = set()
    gone = [found.span("v" if found["v"] else "w") for found in _OLD.finditer(sentence)]
    for kind, word in _SYSTEM_WORDS:
        for lead in (
            rf"\b(?:{word})\s*[:|=]\s*(?P<v>{_N})",
            rf"(?P<v>{_N}) (?:as|is|for)(?: (?:its|their|the|our))?(?: (?:new|main|primary|core|global|only|equity|equities))* (?:{word})\b",
            rf"\b(?:{word}) (?:is|was|on|called|from|remains|runs on) (?P<v>{_N})",
            rf"\b(?:uses?|runs?|using|running|on|implemented|selected|chose|to) (?:the )?(?P<v>{_N}) (?:{word})\b",
        ):
            for found in re.finditer(lead, sentence):
                value = found["v"].removeprefix("The ").strip()
                if (
                    value.casefold() not in seen
                    and value.casefold() not in _STOP_NAMES
                    and not within(found.span("v"), gone)
                ):
                    seen.add(value.casefold())
                    yield Hit("stack", value, found.start("v"), found.end("v"), kind)
    if not _RUNS.search(sentence) or _NOT_RUN.search(sentence):
        return
    for kind, pattern in names.systems():
        for found in pattern.finditer(sentence):
            mine = found.group().casefold()
            if not any(mine in one or one in mine for one in seen) and not within(found.span(), gone):
                seen.add(mine)
                yield Hit("stack", found.group(), *found.span(), kind)
