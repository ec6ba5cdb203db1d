"""One reader a kind of fact: a sentence in, the statements of that kind in it out. No reader knows of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from remit.knowledge.pasted import names


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement in a sentence. `start` to `end`: the words of its value there."""

    kind: str
    value: str
    start: int
    end: int
    subject: str = ""


Reader = Callable[[str], Iterator[Hit]]
_N, _L, _P, _M = names.NAME, names.LIST, names.PERSON, names.MONEY

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


def _served_by(role: str) -> Reader:
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
                    and not _within(found.span("v"), gone)
                ):
                    seen.add(value.casefold())
                    yield Hit("stack", value, found.start("v"), found.end("v"), kind)
    if not _RUNS.search(sentence) or _NOT_RUN.search(sentence):
        return
    for kind, pattern in names.systems():
        for found in pattern.finditer(sentence):
            mine = found.group().casefold()
            if not any(mine in one or one in mine for one in seen) and not _within(found.span(), gone):
                seen.add(mine)
                yield Hit("stack", found.group(), *found.span(), kind)


def _within(span: tuple[int, int], gone: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] < end for start, end in gone)


_STRATEGY_CUE: Final = re.compile(
    r"\b(?:strateg\w+|funds?|managers?|firm|invest\w*|runs?|pursues?|focus\w*|specialis\w+|specializ\w+|trad\w+|hedge|shop|book|pods?|style)\b",
    re.IGNORECASE,
)


def strategy(sentence: str) -> Iterator[Hit]:
    """The strategy by a phrase of the field; at most two of a sentence."""
    if not _STRATEGY_CUE.search(sentence) or re.search(
        r"\blaunch|\bsuch as\b|\bindustry\b|\bother (?:funds|managers)\b", sentence, re.IGNORECASE
    ):
        return
    firms = [found.span() for found in names.FIRM.finditer(sentence)]
    said = (
        found for found in names.phrases("strategy").finditer(sentence) if not _within(found.span(), firms)
    )
    for number, found in enumerate(said):
        if number < 2:
            yield Hit("strategy", found.group(), *found.span())


_TRADES: Final = re.compile(
    r"\b(?:trad(?:es?|ing)|active in|makes? (?:markets|prices) in|deals? in|instruments?\s*[:|]|products? traded\s*[:|]|positions in|exposure (?:to|through))\s+(?:\w+[ -]){0,4}?(?=\S)",
    re.IGNORECASE,
)


def instrument(sentence: str) -> Iterator[Hit]:
    """What is traded: phrases of the field behind "trades", "active in", "makes markets in"."""
    lead = _TRADES.search(sentence)
    if lead is None:
        return
    until = re.search(r"[.;]| (?:on|through|via|at|with|under) ", sentence[lead.start() :])
    end = lead.start() + until.start() if until else len(sentence)
    for found in names.phrases("instrument").finditer(sentence, lead.start(), end):
        yield Hit("instrument", found.group(), *found.span())


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


_NEED: Final = re.compile(
    r"\b(?:we|they|our (?:desk|team|traders)|the (?:desk|team)|I)(?:['’](?:re|m))?(?: (?:still|also|really|do|are|am))* (?:need|needs|want|require|looking for|look for|would like|after(?: is)?)(?! to\b) (?P<v>(?:a |an |some |the )?[a-z][^.,;:!?\n]{4,70}?)(?=[.,;:!?\n]|$| (?:by|before|because|so that|when|and we|but)\b)",
    re.IGNORECASE,
)


def need(sentence: str) -> Iterator[Hit]:
    """What somebody says they need, as a noun phrase."""
    if found := _NEED.search(sentence):
        value = re.sub(r"^(?:a|an|some|the)\s+", "", found["v"]).strip()
        yield Hit("need", value, found.end("v") - len(value), found.end("v"))


_EVENT: Final = re.compile(
    r"\b(?:speak(?:s|ing)? at|will speak at|present(?:s|ing)? at|sponsor(?:s|ing)|exhibit(?:s|ing) at|attend(?:s|ing)?|on a panel at|panel at) (?:the )?(?P<v>[A-Z0-9][\w&’' -]{3,60}?(?:Conference|Summit|Forum|Expo|Week|Symposium|Day|TradeTech|Roundtable|Congress)[\w ]{0,20}?)(?=[.,;\n]|$| (?:on|in|this|next|as)\b)"
)


def event(sentence: str) -> Iterator[Hit]:
    """A conference or the like where they are."""
    if found := _EVENT.search(sentence):
        yield Hit("event", found["v"].strip(), *found.span("v"))


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


READERS: Final[tuple[Reader, ...]] = (
    aum, _served_by("prime_broker"), _served_by("custodian"), _served_by("administrator"), stack, strategy, instrument,
    launch, hire, office, headcount, holdings_change, need, event, performance, volume,
)  # fmt: skip
