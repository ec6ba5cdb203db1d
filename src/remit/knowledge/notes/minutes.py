"""A note or transcript as items: promises, decisions, questions, and what the other side said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from remit.evidence.claims import split
from remit.evidence.facts import looks_like_instruction
from remit.knowledge.notes import commitments
from remit.knowledge.notes.model import Item, Side, Voices

MOST_ITEMS: Final = 40
_LONGEST: Final = 45
_LONGEST_READ: Final = (
    2_000  # characters: words of outside text that long would hold the search up for minutes
)
_SPEAKER: Final = re.compile(
    r"^\s*(?:\[?\d\d?:\d\d(?::\d\d)?\]?\s*)?(?P<who>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w.’'-]+)?)(?: \((?P<firm>[^)]{1,40})\))?:\s+"
)
_HEADING: Final = re.compile(
    r"^\s*#*\s*(?P<list>action items?|actions?|next steps?|to[- ]?dos?|follow[- ]?ups?|tasks?|we owe|for us|on our side|our side)\b[^.]{0,20}:?\s*$|^\s*#*\s*[A-Z][\w /&-]{2,30}:\s*$",
    re.IGNORECASE,
)
_DECIDED: Final = re.compile(
    r"^(?:so )?(?:(?:we|they|both sides|it was|the team) (?:have |has )?(?:all )?)?(?:agreed|decided|settled|chose|approved|signed off|concluded|(?:will )?go(?:ing)? (?:ahead )?with|decision)\b(?! to (?:send|share|check|get back|call|revert))",
    re.IGNORECASE,
)
_ASKED: Final = re.compile(
    r"\?\s*$|\b(?:asks?|asked|wants? to know|wanted to know|wonders?|wondered|questions? (?:on|about|is|was)|open (?:points?|questions?|is)|unclear|to be confirmed|tbc|tbd|needs? to understand)\b",
    re.IGNORECASE,
)
_THEM: Final = re.compile(
    r"\b(?:they|he|she|their|his|her|the (?:desk|team|fund|client|COO|CTO|CFO|traders))\b", re.IGNORECASE
)
_TELLS: Final = re.compile(
    r"\b(?:said|says|told|mentioned|confirmed|explained|noted|wants?|needs?|uses?|runs?|likes?|liked|expects?|prefers?|has|have|lose|loses|spend|spends|plan|plans|trade|trades|is|are)\b",
    re.IGNORECASE,
)
# what somebody does for us in their own house: it is said of them, never to a colleague of theirs
_FOR_US: Final = re.compile(
    r"\b(?:for|with|to help) us (?:inside|internally|upstairs)\b|\b(?:speaks?|speaking|argu(?:es?|ing)|fights?|fighting|push(?:es|ing)?|vouch(?:es|ing)?|lobb(?:y|ies|ying)|stands? up) (?:up )?for us\b",
    re.IGNORECASE,
)
_BETWEEN_US: Final = re.compile(
    r"\b(?:internal(?:ly)?|between us|do not (?:tell|forward|mention)|don[’']t (?:tell|forward|mention)|off the record|confidential\w*|rumou?r\w*|i think|my (?:read|sense|guess)|seems?|champion|blocker|budget|"
    r"discount|walk[- ]away|competitor|rival|cheaper|cannot sign|signs:|impression|politics|weak|worried about us|price we|margin)\b",
    re.IGNORECASE,
)


def read(note: str, day: date, voices: Voices) -> list[Item]:
    """The items of a note of `day`, in order; at most MOST_ITEMS. Sentences that read like orders to software give none."""
    found: list[Item] = []
    for start, end, speaker, listed in _sentences(note, voices):
        sentence = note[start:end]
        if end - start > _LONGEST_READ or not 2 <= len(sentence.split()) <= _LONGEST:
            continue
        if looks_like_instruction(sentence):
            continue
        promised = commitments.find(sentence, day, voices, speaker=speaker, listed=listed)
        found += [
            Item(
                "promise",
                one.what,
                start,
                end,
                one.side,
                one.who,
                one.due_on,
                speaker,
                not _FOR_US.search(sentence),
            )
            for one in promised
            if len(one.what) > 5
        ]
        if not promised and (item := _other(sentence, start, end, speaker, voices)) is not None:
            found.append(item)
    return found[:MOST_ITEMS]


def _sentences(note: str, voices: Voices) -> Iterator[tuple[int, int, Side | None, bool]]:
    """(start, end, whose words, under a heading of tasks) of each sentence; the speaker's name is not part of it."""
    listed, line_of, speaker = False, -1, None
    for start, end in split(note):
        line = note.rfind("\n", 0, start) + 1
        text = note[start:end]
        if line != line_of:
            line_of = line
            named = _SPEAKER.match(note[line:end])
            side = voices.side(named["who"]) if named else None
            speaker = side
            if named and side is not None and line + named.end() < end:
                start, text = line + named.end(), note[line + named.end() : end]
        if heading := _HEADING.match(text):
            listed = heading["list"] is not None
            continue
        if text.strip():
            yield start, end, speaker, listed


def _other(sentence: str, start: int, end: int, speaker: Side | None, voices: Voices) -> Item | None:
    keep = not (_BETWEEN_US.search(sentence) or _FOR_US.search(sentence))
    if _DECIDED.search(sentence) and not sentence.rstrip().endswith("?"):
        return Item("decided", _clean(sentence), start, end, None, "", None, speaker, keep)
    about_them = speaker == "them" or bool(_THEM.search(sentence)) or _names_them(sentence, voices)
    if _ASKED.search(sentence) and (about_them or sentence.rstrip().endswith("?") or speaker is None):
        return Item(
            "asked",
            _clean(sentence),
            start,
            end,
            "them" if about_them else None,
            "",
            None,
            speaker,
            keep and about_them,
        )
    if about_them and speaker != "us" and _TELLS.search(sentence) and len(sentence.split()) >= 4:
        return Item("said", _clean(sentence), start, end, "them", "", None, speaker, keep)
    return None


def _names_them(sentence: str, voices: Voices) -> bool:
    return any(
        re.search(rf"\b{re.escape(part)}\b", sentence)
        for name in (voices.reader, *voices.theirs)
        for part in name.split()
        if len(part) > 2
    )


def _clean(sentence: str) -> str:
    return " ".join(re.sub(r"^\s*[-*•–]\s*", "", sentence).split())
