"""Lines that a summary could hold: one per frame, and sentences that say what no frame can."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from remit.llm.embedded.summary import compress, frames, periods, wording
from remit.llm.embedded.summary.frames import Frame
from remit.llm.embedded.summary.periods import Period
from remit.llm.embedded.summary.sentences import Sentence

_OWN_SPAN: Final = re.compile(
    r"\b(?:annual(?:ly|ized)?|months?|weeks?|year-to-date|trailing|years?\s+(?:ended|ago)|decade|long-term)\b",
    re.IGNORECASE,
)
CARRY: Final = 3  # sentences over which a named period still holds


@dataclass(slots=True)
class Candidate:
    """A possible line with the places of the document it rests on; `features` say how good it may be."""

    text: str
    spans: tuple[tuple[int, int], ...]
    sentence: int
    cls: str
    topic: str
    features: dict[str, float] = field(default_factory=dict)
    score: float = 0.0


def of(sentences: Sequence[Sentence]) -> list[Candidate]:
    """Every candidate of a text, in reading order."""
    main = periods.reported(sentences)
    said = [periods.said_in(each) for each in sentences]
    mentions = Counter(
        word for each in sentences for word in set(re.findall(r"\$?\d[\d,]*\.?\d*", each.text))
    )
    seen: Counter[str] = Counter()
    found: list[Candidate] = []
    total = max(1, len(sentences) - 1)
    for sentence in sentences:
        place = sentence.index / total
        for frame in frames.read(sentence.text):
            period = _period(frame, sentence, said, main)
            for line, ahead in wording.lines(sentence.text, frame):
                one = _framed(frame, sentence, line, ahead, period, main)
                _describe(one, frame, period, main, place, mentions, seen)
                found.append(one)
                seen[one.cls + ("+" if ahead else "")] += 1
        found += _told(sentence, place)
    return found


def _period(frame: Frame, sentence: Sentence, said: list[list[Period]], main: Period | None) -> Period | None:
    period = _nearest(frame, sentence, said)
    if period is None or main is None or period.kind != "quarter":
        return period
    return period if period.exact else main  # 'the quarter' is the one that the text reports on


def _nearest(frame: Frame, sentence: Sentence, said: list[list[Period]]) -> Period | None:
    here = said[sentence.index]
    told = [
        value
        for value in frame.values
        if frame.prior is None or value.start < frame.prior[0] or value.start > frame.prior[1]
    ]
    last = (told or frame.values)[-1]
    if here:
        after = [p for p in here if 0 <= p.start - sentence.start - last.end <= 12]
        if after:
            return after[0]
        before = [p for p in here if p.end - sentence.start <= frame.values[0].start]
        if before or len(here) > 1:
            return before[-1] if before else None
        aside = "," in sentence.text[last.end : here[0].start - sentence.start]
        return None if aside else here[0]  # after a comma it belongs to what is said there
    if _OWN_SPAN.search(sentence.text):
        return None  # 'annual sales', 'for the month': what the sentences before spoke of is another span
    for back in range(1, CARRY + 1):
        if sentence.index - back >= 0 and said[sentence.index - back]:
            carried = said[sentence.index - back]
            kinds = {p.label for p in carried}
            return carried[0] if len(kinds) == 1 else None
    return None


def _label(period: Period | None, main: Period | None) -> str:
    """The year of the quarter that the text reports on goes without saying; any other keeps it."""
    if period is None:
        return ""
    same = main is not None and period.kind == "quarter" and period.label in (main.label, main.label[:2])
    return period.label[:2] if same else period.label


def _framed(
    frame: Frame, sentence: Sentence, line: str, ahead: bool, period: Period | None, main: Period | None
) -> Candidate:
    words = line[0].lower() + line[1:] if line[:2] != line[:2].upper() else line
    label = _label(period, main)
    if ahead:
        text = f"Sees {label + ' ' if label else ''}{words}."
    else:
        text = f"{label + ' ' if label else ''}{words}."
    text = text[0].upper() + text[1:]
    spans = [(sentence.start, sentence.end)]
    if period is not None and not sentence.start <= period.start < sentence.end:
        spans.append((period.start, period.end))
    return Candidate(
        text, tuple(spans), sentence.index, frame.measure.cls, f"{frame.measure.cls}:{int(ahead)}"
    )


def _describe(
    one: Candidate,
    frame: Frame,
    period: Period | None,
    main: Period | None,
    place: float,
    mentions: Counter[str],
    seen: Counter[str],
) -> None:
    cls, ahead = one.cls, one.topic.endswith("1")
    quals = set(frame.measure.qualifiers)
    plain = not (quals - wording.PLAIN) and not frame.measure.part
    share = "per share" in one.text.lower() or "eps" in one.text.lower()
    key = cls + ("_share" if share and cls != "eps" else "")
    f = one.features
    f[f"c:{key}"] = 1
    if ahead:
        f[f"ahead:{cls}"] = 1
    f["range"] = float(frame.low_high is not None)
    f[f"range:{cls}"] = float(frame.low_high is not None)
    f["change"] = float(frame.change is not None)
    f["change_level"] = float(frame.change is not None and frame.level is not None)
    f["change_only"] = float(frame.change is not None and frame.level is None)
    f["named_else"] = float(not plain)
    f[f"named_else:{cls}"] = float(not plain)
    for word in ("adjusted", "non-gaap", "core", "diluted", "operating", "organic", "total", "consolidated"):
        f[f"q:{word}"] = float(word in quals)
    first = not seen[cls + ("+" if ahead else "")]
    f["first"] = float(first)
    f[f"first:{cls}"] = float(first)
    f["nth"] = min(5, seen[cls + ("+" if ahead else "")]) / 5
    f["no_period"] = float(period is None)
    if period is not None:
        f[f"p:{period.kind}"] = 1
        f["main"] = float(
            main is not None and period.kind == "quarter" and period.label[:2] == main.label[:2]
        )
        f["other_q"] = float(
            main is not None
            and period.exact
            and period.kind == "quarter"
            and period.label[:2] != main.label[:2]
            and not ahead
        )
    f["place"] = place
    f["early"] = float(place < 0.25)
    f["late"] = float(place > 0.75)
    digits = [value.text for value in frame.values if value.kind != "count"]
    again = max((mentions[w] for d in digits for w in re.findall(r"\$?\d[\d,]*\.?\d*", d)), default=0)
    f["again"] = min(4, max(0, again - 1)) / 4
    f["percent_level"] = float(frame.level is not None and frame.values[0].kind == "percent")
    f["count"] = float(frame.values[0].kind in ("count", "points"))
    f["billions"] = float("illion" in one.text)
    f["words"] = len(one.text.split()) / 10


def _told(sentence: Sentence, place: float) -> Iterator[Candidate]:
    line = compress.shorten(sentence.text)
    if line is None:
        return
    text, cues = line
    one = Candidate(
        text, ((sentence.start, sentence.end),), sentence.index, "told", "told:" + "+".join(sorted(cues))
    )
    f = one.features
    f["told"] = 1
    for cue in cues:
        f[f"cue:{cue}"] = 1
    f["told_place"] = place
    f["told_words"] = len(text.split()) / 10
    f["told_numbers"] = min(4, len(re.findall(r"\d[\d.,]*", text))) / 4
    yield one
