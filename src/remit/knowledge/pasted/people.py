"""Who the text is about: people with their role, and the firm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from remit.knowledge.pasted import names
from remit.knowledge.pasted.hits import Hit

_TITLE = (
    r"(?:(?:Global|Deputy|Co-|Group|Senior|Interim|Executive|Managing|Chief|Lead|Vice)[ -]?)*(?:(?:Head|Director|VP|Vice President|Chief|Manager) of [A-Z][\w&/, ]{2,40}?|Chief [A-Z][\w ]{3,30}? Officer|C[EFITOR]O|COO|CIO|CTO|CRO|"
    r"(?:Portfolio|Risk|Operations|Fund) Manager|Managing Director|Director|Partner|Founder|President|(?:Senior |Execution |Head )?Trader|Treasurer|PM|Head of Trading|General Counsel|Managing Partner|Head Trader)"
)
_FIRM_NAME = r"(?P<f>[A-ZÀ-Þ][\w&’'-]{1,40}(?: (?:[A-ZÀ-Þ][\w&’'-]{1,40}|&|of)){0,4})"
_AT: Final = (
    re.compile(rf"(?P<p>{names.PERSON})(?: · (?:1st|2nd|3rd)\+?)?\s*(?:,| [-–—|·] |\n|: | \()\s*(?P<t>{_TITLE})(?:,? (?:at|@|for|of) |, | \| | [-–—·] |\n){_FIRM_NAME}"),
    re.compile(rf"(?P<p>{names.PERSON})(?: · (?:1st|2nd|3rd)\+?)?\s*(?:,| [-–—|·] |\n|: | \(| is (?:the |a )?)\s*(?P<t>{_TITLE})(?=[\s.,;)]|$)"),
    re.compile(rf"(?P<t>{_TITLE}),? (?P<p>{names.PERSON})\b"),
)  # fmt: skip
_FIELD: Final = re.compile(
    r"^(?:Firm|Company|Account|Organi[sz]ation|Employer|Manager|Adviser|Fund manager)(?: name)?\s*[:|\t]\s*(?P<f>[^\n|\t]{2,80})$",
    re.MULTILINE,
)
_APPOSED: Final = re.compile(
    r"(?<![\w])(?P<f>[A-ZÀ-Þ][\w&’'-]{1,40}(?: [A-ZÀ-Þ][\w&’'-]{1,40}){0,3}), (?:the|a|an) (?:[$€£]?[\w./-]+ ){0,5}(?:firm|fund|manager|hedge fund|trading house|adviser|shop|specialist|boutique|outfit|house|investor)\b"
)
# a heading in capitals that is a firm's name
_SHOUTED: Final = re.compile(
    r"^\W{0,3}(?P<f>(?:[A-ZÀ-Þ][A-ZÀ-Þ&’'-]+ ){1,3}(?:CAPITAL|PARTNERS|ASSET MANAGEMENT|INVESTMENT MANAGEMENT|INVESTMENTS?|ADVISORS|ADVISERS|MANAGEMENT|TRADING)"
    r"(?: (?:MANAGEMENT|PARTNERS|ADVISORS))?)(?: (?:LLP|LLC|LP|LTD|INC|AG|SA|PLC))?\.?\s*$",
    re.MULTILINE,
)
_NAME_FIELD: Final = re.compile(
    r"^(?:Name|Contact|Full name|Person)\s*[:|\t]\s*(?P<p>[^\n|\t]{3,60})$", re.MULTILINE
)
_TITLE_FIELD: Final = re.compile(
    r"^(?:Title|Role|Position|Job title)\s*[:|\t]\s*(?P<t>[^\n|\t]{2,80})$", re.MULTILINE
)
_NO_PERSON: Final = re.compile(
    r"\b(?:Prime|Brokers?|Capital|Partners|Fund|Management|Securities|Assets?|Strategy|Head|Chief|Global|New|York|London|Hong|Kong|Director|Officer|Trading|Risk|Operations|Technology|Best|Kind|Regards|Dear|"
    r"Bank|Street|Morgan|Goldman|Group|Investments?|Advisors|LLC|LP|Contact|About|Experience|Form|The|Our|Portfolio|Senior|Deputy|Market)\b"
)


def people(text: str) -> Iterator[Hit]:
    """Each person with a role, once; `subject` is the role as written."""
    seen: set[str] = set()
    name, title = _NAME_FIELD.search(text), _TITLE_FIELD.search(text)
    if name and title:
        seen.add(name["p"].strip().casefold())
        yield Hit("person", name["p"].strip(), *name.span("p"), title["t"].strip())
    for pattern in _AT:
        for found in pattern.finditer(text):
            person = " ".join(found["p"].split())
            if person.casefold() in seen or _NO_PERSON.search(person):
                continue
            seen.add(person.casefold())
            yield Hit("person", person, *found.span("p"), " ".join(found["t"].split()).strip(" ,"))


def firm(text: str) -> Hit | None:
    """The firm that the text is most about: a field that names it, where people work, or the name said most often."""
    if found := _FIELD.search(text):
        return Hit("account", found["f"].strip(), *found.span("f"))
    if (found := _SHOUTED.search(text[:400])) and not found["f"].isdigit():
        return Hit("account", _calm(found["f"]), *found.span("f"))
    if found := _APPOSED.search(text[:600]):
        return Hit("account", found["f"], *found.span("f"))
    worked = next((m for m in _AT[0].finditer(text) if not _NO_PERSON.search(m["p"])), None)
    counted: Counter[str] = Counter()
    first: dict[str, re.Match[str]] = {}
    for each in names.FIRM.finditer(text):
        name = bare(each.group())
        if not _vendor(name):
            counted[name] += 1
            first.setdefault(name, each)
    if worked and (named := bare(worked["f"])) and not _vendor(named):
        return Hit("account", named, worked.start("f"), worked.start("f") + len(named))
    if not counted:
        return None
    name = max(counted, key=lambda one: (counted[one], -first[one].start()))
    start = first[name].start() + first[name].group().index(name)
    return Hit("account", name, start, start + len(name))


def _calm(name: str) -> str:
    """A name in capitals as it is written elsewhere."""
    return " ".join(word if len(word) <= 2 else word.capitalize() for word in name.split())


def bare(name: str) -> str:
    """The name without a word that only begins the sentence."""
    return re.sub(
        r"^(?:The|At|About|In|From|For|With|And|Our|As|When|While|After|Since|Meanwhile|Rival|Competitor|Hedge|Fund)\s+",
        "",
        name,
    ).strip(" .,")


def _vendor(name: str) -> bool:
    return any(names.known(role).search(name) for role in ("prime_broker", "custodian", "administrator"))
