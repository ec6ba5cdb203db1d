"""What a sentence states of a measure: 'revenue rose 7.3% to $512.4 million', each number with its place.

A number is given to a measure only when nothing but known connecting words stands between them. What does not fit
is left alone: the sentence may still be quoted, but no line is made from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from remit.llm.embedded.summary import values as numbers
from remit.llm.embedded.summary import whose
from remit.llm.embedded.summary.lexicon import (
    COMPARED,
    DOWN,
    FALL,
    GUIDING,
    MEASURE,
    MEASURES,
    NOT_NAME,
    QUALIFIERS,
    RISE,
    UP,
)
from remit.llm.embedded.summary.values import Value

_BETWEEN: Final = re.compile(
    rf"""(?:[\s,()]|\$?\d[\d.,]*|%|
    \b(?:was|were|is|are|be|been|being|will|should|would|of|at|to|to\sbe|in|into|by|for|the|a|an|its|came|come|comes|coming|
    totaled|totalled|reached|represent(?:ed|ing|s)?|reflect(?:ed|ing|s)?|deliver(?:ed|ing)?|achiev(?:ed|ing)|report(?:ed|ing)?|record(?:ed)?|generat(?:ed|ing)|
    earned|posted|amount(?:ed|ing)?|and|or(?=\s\$)|with|which|this|on|as|
    {UP}|{DOWN}|an?\s(?:increase|decrease|decline|improvement|gain)|
    approximately|about|around|nearly|roughly|almost|over|more|less|than|at\sleast|up\sto|just|under|above|below|only|strong|record|solid|robust|excellent|impressive|remarkable|high|all-time|
    range|ranges?|ranging|between|from|expected|expect|anticipated|anticipate|projected|estimated|forecast(?:ed)?|now|still|also|currently|guidance|outlook|target|
    million|billion|thousand|trillion|percent|basis|points?|bps|cents|times|per|diluted|common|share|unit|
    quarter|quarters|year|years|yoy|fiscal|full|full-year|first|second|third|fourth|last|prior|same|period|half|q[1-4]|fy|months?|ago|annual|annually|
    year-over-year|year-on-year|over-year|sequential(?:ly)?|compared|versus|vs\.?|against|respectively|basis|reported|adjusted|gaap|non-gaap|dollar|dollars|
    organic(?:ally)?|constant|currency|significantly|slightly|modestly|negative|positive|loss|jump(?:ed)?|surged?|both)\b
    )*""",
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_AFTER: Final = re.compile(
    r"\s+(?:in|of)\s+(?:our\s+|the\s+|total\s+|record\s+|quarterly\s+|annual\s+|about\s+)*", re.IGNORECASE
)
HEDGE: Final = re.compile(
    r"(?:\b(?:approximately|about|around|nearly|roughly|almost|more\s+than|less\s+than|at\s+least|up\s+to|as\s+much\s+as|over|just\s+over|just\s+under|under|above|below|negative|minus)\s+(?:a\s+)?)+$",
    re.IGNORECASE,
)
# What may follow a number that stands for the measure itself; '23% backlog growth' measures something else.
# 'EBITDA was a loss of …': the loss is what EBITDA was, not a measure of its own
_PREDICATE: Final = re.compile(r"\b(?:was|were|is)\s+an?\s+(?:net\s+)?(?:loss|profit|income)$", re.IGNORECASE)
_FORMER: Final = re.compile(
    r"\b(?:previous(?:ly)?|prior|initial|original|earlier)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE
)
_DELIVERED: Final = re.compile(
    r"\b(?:deliver\w*|report\w*|achiev\w*|post\w*|earn\w*|generat\w*|record\w*|announc\w*|expect\w*|produc\w*)\b[^,;]*$",
    re.IGNORECASE,
)
_FOLLOWS: Final = re.compile(
    r"\s*(?:$|[,.;:()\[–—-]|(?:and|or|in|for|on|at|to|as|by|of|with|from|per|versus|vs|compared?|against|over|up|down|(?:above|below)\s+(?:the|our)\s+(?:high|low|mid|upper|top|guid|expect|outlook|range|own|previous|prior|initial|original)\w*|"
    r"an?|the|this|that|which|year|quarter|sequentially|driven|reflecting|representing|excluding|including|due|despite|was|were|is|are|will|"
    r"increas\w*|decreas\w*|grew|rose|fell|declin\w*|improv\w*|range|organically|respectively|during|before|after|last|when|while|but|"
    r"through|attributable|based|assuming|net|because|primarily|mainly|basis|a\b|both|exclusive|inclusive|not|only|"
    r"within|between|we|our|it|its|diluted|growth|quarter-over-quarter|ended|annually|thanks|plus|also|again|now|exceed\w*)\b)",
    re.IGNORECASE,
)
_WORD_BEFORE: Final = re.compile(r"(?:(?<=[\s(])|^|(?<=[a-z]’)|(?<=-))([A-Za-z][\w.&'’-]*)\s+$")
_PART: Final = re.compile(
    r"\b(?:segment|division|business|unit|group|brand|region|subsidiary)\w*['’]s$", re.IGNORECASE
)
_PAST: Final = re.compile(
    r"\b(?:was|were|delivered|reported|came\s+in|totaled|achieved|exceed\w*|grew|rose|increased|declined|decreased)\b",
    re.IGNORECASE,
)
_VERB_BEFORE: Final = re.compile(
    rf"\b(?P<verb>{UP}|{DOWN}|impact\w*|affect\w*|benefit\w*|lowered|cost|offset\w*|charge|benefit)\s+(?:(?:in|of|to|on)\s+)?(?:our\s+|the\s+|its\s+|total\s+)*$",
    re.IGNORECASE,
)
GROWING: Final = re.compile(r"\b(?:growth|increase|decline|decrease)$", re.IGNORECASE)
SHARES: Final = frozenset(
    {"margin", "interest", "same_store", "volume", "credit"}
)  # classes that a percentage may measure
_COMPARISON: Final = re.compile(r"(?:this|that|it|which)\s+compares?\b", re.IGNORECASE)
_TAIL: Final = re.compile(
    r"(?:\s+(?:from|attributable\s+to)\s+(?:continuing\s+operations|common\s+(?:share|stock)holders))",
    re.IGNORECASE,
)
_GROWTH: Final = re.compile(r"\s+(?:growth|increase|decline|decrease)\b", re.IGNORECASE)
_PRIOR: Final = re.compile(rf"(?:{COMPARED.pattern})(?:\s+(?:the|a|an|to|with|our|of|in|last|prior|year|quarter|same|period|first|second|third|fourth|was|loss|\$?\d[\d.,%]*))*\s*(?:{HEDGE.pattern[:-1]})?$", re.IGNORECASE)  # fmt: skip
_CHANGE: Final = re.compile(rf"(?:\b(?:{UP}|{DOWN})(?:\s+(?:of|by|in|was|an?|strong|another|year-over-year|sequentially|significantly|organically))*|increase\s+of|decrease\s+of)\s*(?:{HEDGE.pattern[:-1]})?$", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """The words that name what is measured, at `start:end` of the sentence, and their class in `MEASURES`."""

    start: int
    end: int
    text: str
    cls: str
    qualifiers: tuple[str, ...]
    part: str = ""


@dataclass(slots=True)
class Frame:
    """Numbers of one measure in one sentence. Each is text as written with its hedge, and where it stands."""

    measure: Measure
    level: tuple[int, int] | None = None
    per_share: tuple[int, int] | None = None
    low_high: tuple[int, int] | None = None
    change: tuple[int, int] | None = None
    prior: tuple[int, int] | None = None
    rising: bool | None = None
    guiding: bool = False
    values: list[Value] = field(default_factory=list)


def measures(sentence: str) -> list[Measure]:
    """Every measure named in `sentence`, with the qualifying words right before it."""
    found: list[Measure] = []
    for match in MEASURE.finditer(sentence):
        start, qualifiers = _qualified(sentence, match.start(), found[-1].end if found else 0)
        end = match.end()
        tail = _TAIL.match(sentence, end)
        growth = _GROWTH.match(sentence, end)
        end = tail.end() if tail else growth.end() if growth else end
        cls = next(name for name, _ in MEASURES if match[name])
        owner = whose.part(sentence, start)
        found.append(Measure(start, end, sentence[start:end], cls, tuple(qualifiers), owner))
    return found


def _qualified(sentence: str, start: int, floor: int) -> tuple[int, list[str]]:
    """Where the measure's name begins, walking left over the words that belong to it, and these words."""
    words: list[str] = []
    while len(words) < 5:
        before = _WORD_BEFORE.search(sentence, max(floor, start - 40), start)
        if before is None:
            break
        word = before[1].lower().replace("’", "'")
        if word in NOT_NAME or (word.endswith(("ed", "ing", "ly")) and word not in QUALIFIERS):
            break
        if word.endswith("'s") and not _owned(sentence, before.start(), floor):
            break
        start = before.start()
        words.insert(0, word)
    return start, words


def _owned(sentence: str, start: int, floor: int) -> bool:
    """True for 'our glass segment's earnings' (a part of the firm), False for 'Acme's earnings' (the firm)."""
    return bool(_PART.search(sentence, max(floor, start - 30), sentence.find(" ", start)))


def read(sentence: str) -> list[Frame]:
    """The frames of `sentence`, in the order of their measures; a measure without a number has none."""
    named = measures(sentence)
    if not named or _COMPARISON.match(sentence):
        return []
    found = numbers.find(sentence)
    pairs = dict(numbers.ranges(sentence, found))
    frames = {each.start: Frame(each) for each in named}
    long = whose.is_odd_span(sentence)
    for position, value in enumerate(found):
        if position in pairs.values():
            continue
        last = found[pairs[position]] if position in pairs else value
        owner = _owner(sentence, named, value, last)
        if owner is not None and not _is_former(sentence, owner):
            frame = frames[owner.start]
            ranged = value is not last and not _PAST.search(
                sentence, 0, value.start
            )  # nobody reports a range
            frame.guiding = frame.guiding or ranged or _ahead(sentence, owner, value)
            _give(sentence, frames[owner.start], value, last)
    kept = [
        frame
        for frame in frames.values()
        if frame.values
        and not whose.is_other_side(sentence, frame.measure.start)
        and not _PREDICATE.search(sentence, 0, frame.measure.end)
    ]
    return [frame for frame in kept if not (long and frame.change is not None)]


def _owner(sentence: str, named: list[Measure], value: Value, last: Value) -> Measure | None:
    after = _AFTER.match(sentence, last.end)
    if not _FOLLOWS.match(sentence, last.end):
        return None
    if after and value.kind == "money":
        for measure in named:
            if measure.start == after.end() or (
                measure.start < after.end() <= measure.end and measure.start >= last.end
            ):
                return measure if _counts(sentence, measure, value, last) else None
    left = [measure for measure in named if measure.end <= value.start]
    if not left:
        return None
    gap = sentence[left[-1].end : value.start]
    if gap.lower().startswith(" by ") or len(gap) > 160 or not _BETWEEN.fullmatch(gap):
        return None
    return left[-1]


def _is_former(sentence: str, measure: Measure) -> bool:
    """Whether an expectation is named as the one before: 'our previous earnings guidance of …'."""
    return bool(_FORMER.search(sentence, max(0, measure.start - 45), measure.start)) and bool(
        GUIDING.search(sentence)
    )


def _counts(sentence: str, measure: Measure, value: Value, last: Value) -> bool:
    """'$0.40 of FFO' is a result when somebody delivered it, and an effect ('or $0.04 of EPS') when nobody did."""
    if measure.cls not in ("eps", "ffo"):
        return value is last or not re.search(r"\bor\s+(?:\w+\s+)?$", sentence[: value.start])
    effect = re.search(r"\bor\s+(?:\w+\s+)?$", sentence[: value.start])
    return not effect and bool(_DELIVERED.search(sentence, max(0, value.start - 45), value.start))


def _ahead(sentence: str, measure: Measure, value: Value) -> bool:
    """Whether the number is expected, not reached: said before the measure or between it and the number."""
    gap = sentence[measure.end : value.start] if value.start > measure.end else ""
    if _PAST.search(gap):
        return False
    lead = sentence[max(0, min(measure.start, value.start) - 300) : min(measure.start, value.start)]
    found = max(GUIDING.finditer(lead), key=lambda match: match.start(), default=None)
    if found is None:
        return bool(GUIDING.search(gap))
    if len(lead) - found.end() > 150 and ":" not in lead[found.end() :]:
        return False
    return not _PAST.search(lead, found.end()) and not re.search(
        r"\b(?:exceed\w*|beat|above|than|prior|ahead\s+of|within|in\s+line|remain\w*)\b", lead[-120:]
    )


def _give(sentence: str, frame: Frame, value: Value, last: Value) -> None:
    """Put a number (or the two ends of a range) where it belongs in `frame`; one that fits nowhere is left out."""
    measure = frame.measure
    lead = sentence[max(0, value.start - 90) : value.start]
    hedge = HEDGE.search(lead)
    span = (value.start - (len(lead) - hedge.start() if hedge else 0), last.end)
    verb = None
    if value.start < measure.start:  # '$50 million in revenue'
        slot, before = "level", ""
        if _VERB_BEFORE.search(sentence[: span[0]]) or re.search(r"(?:%|\d|by)\s*$", sentence[: span[0]]):
            return
    else:
        before = sentence[max(measure.end, value.start - 90) : value.start]
        verb = _VERB_BEFORE.search(sentence[: measure.start])
        stated = measure.cls in SHARES and before.strip().lower() == "of"  # 'improved ratio of 90%'
        moved = bool(_CHANGE.search(before)) or (
            verb is not None and not stated and not re.search(r"\bto\s", before)
        )
        if value.kind in ("percent", "points") and not moved:
            near = before[-60:]
            moved = bool(RISE.search(near)) != bool(FALL.search(near)) and not _PRIOR.search(before)
        slot = "change" if moved else "prior" if _PRIOR.search(before) else "level"
    if re.search(r"\b(?:high|low|mid|upper|teens)[\s-]*$", before, re.IGNORECASE):
        return  # 'in the high 30% range' is no 30%
    if (
        slot == "level"
        and value.kind in ("percent", "points")
        and measure.cls not in SHARES
        and not GROWING.search(measure.text)
    ):
        return  # a share of what, or a change which way, nobody says
    if slot == "change":
        words = verb["verb"] if verb is not None and not _CHANGE.search(before) else before[-60:]
        _move(frame, span, words, value, last)
    elif slot == "prior" and frame.prior is None and value is last:
        frame.prior = span
        frame.values.append(value)
    elif slot == "level" and value is not last and frame.low_high is None:
        frame.low_high = (
            (sentence.rfind("between", 0, span[0]), span[1]) if " and " in sentence[slice(*span)] else span
        )
        frame.values += [value, last]
    elif slot == "level" and value is last:
        target = "per_share" if value.per_share else "level"
        if getattr(frame, target) is None:
            setattr(frame, target, span)
            frame.values.append(value)


def _move(frame: Frame, span: tuple[int, int], words: str, value: Value, last: Value) -> None:
    up, down = bool(RISE.search(words)), bool(FALL.search(words))
    if frame.change is None and up != down:
        frame.change, frame.rising = span, up
        frame.values += [value] if value is last else [value, last]
