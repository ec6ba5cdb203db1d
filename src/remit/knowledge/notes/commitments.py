"""Promises in a sentence: who will do what until when. What is only possible, past, denied or asked is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from remit.knowledge.notes import dates
from remit.knowledge.notes.model import Side, Voices
from remit.knowledge.notes.turns import turns
from remit.knowledge.notes.verbs import OURS_VERBS, VERBS

_VERB: Final = rf"(?P<verb>(?:{VERBS}|{OURS_VERBS})\b)"
_OURS_ONLY: Final = re.compile(OURS_VERBS)
_TOWARDS_US: Final = re.compile(r"\b(?:us|me|our|you|your)\b", re.IGNORECASE)
_ADVERB: Final = (
    r"(?:(?:also|then|now|gladly|happily|personally|definitely|certainly|still|both|each|please|first) )?"
)
_OUR: Final = r"our (?:[a-z]+ ){0,2}(?:team|engineers?|legal|counsel|desk|colleagues?|side|support|SEs?|solutions engineers?|operations|security people|product people|officers?|managers?|directors?|analysts?|specialists?|developers?|traders?|quants?|accountants?|controllers?|treasurer|assistants?|boss|people|guys|folks|staff)"
_THEIR: Final = (
    r"their (?:[\w-]+ ){0,2}(?:team|engineers?|legal|counsel|desk|colleagues?|side|IT|COO|CTO|CFO|CRO|CEO|CIO|operations|procurement|compliance|head of [a-z]+|security people|lawyers?|risk people|officers?|managers?|directors?|analysts?|specialists?|developers?|traders?|quants?|accountants?|controllers?|treasurer|assistants?|boss|people|guys|folks|staff)|"
    r"(?:the )?(?:client|prospect|fund|COO|CTO|CFO|CRO|CEO|CIO|head of [a-z]+|their side|desk)|[Pp]rocurement|[Ll]egal on their side"
)
_NAMED: Final = r"[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?(?: (?:from|at|in) (?:our|their|its) [\w ]{2,20}?)?(?: \([^)]{1,30}\))?"
_SUBJECT: Final = r"(?P<who>\b[A-ZÀ-Þ][\w’'-]+ and (?:I\b|[A-ZÀ-Þ][\w’'-]+)|\bI\b|\b[Ww]e\b|\b[Hh]e\b|\b[Ss]he\b|\b[Tt]hey\b|\b[Yy]ou\b|(?:\b[Oo]ur\b|\b[Tt]heir\b|\b[Tt]he\b|\b[Pp]rocurement\b|\b[Ll]egal\b|(?<![\w])[A-ZÀ-Þ])[\w’' ().-]{0,60}?)"
_WILL: Final = (
    r"(?:[’']ll|[’'](?:m|re|s) going to|[’'](?:ve|s) (?:agreed|promised|offered) to|\s+(?:will|shall|(?:is|are|am) going to|(?:is|are|am) to|(?:have |has )?(?:agreed|promised|committed|undertook|offered|volunteered|undertaken) to|"
    r"said (?:that )?(?:he|she|they|we|I)(?: would| will|[’'](?:d|ll))|told (?:us|me|them|him|her|[A-Z][\w’'-]+) (?:that )?(?:he|she|they|we|I)(?: would| will|[’'](?:d|ll))|"
    r"confirmed (?:that )?(?:he|she|they)(?: would| will|[’'](?:d|ll))|(?:has|have) (?:promised|agreed) (?:to|that (?:he|she|they|we|I) (?:will|would))|promised (?:that )?(?:he|she|they|we|I)(?: would| will|[’'](?:d|ll))|to))"
)
_FULL: Final = re.compile(
    rf"(?:{_SUBJECT}{_WILL}(?:,[^,;.]{{3,40}},)?|^\s*(?:[-*•–]\s*)?(?:Will|(?P<let>Let me|Leave (?:that|it) with me, I[’']ll)))\s+{_ADVERB}{_VERB}(?!\s*:)"
)
_TASK_LEAD: Final = re.compile(
    r"^\s*(?:[-*•–]\s*)?(?P<box>\[ ?\]\s*)?(?:(?P<mark>ap(?= [A-Z])|to[- ]?(?:do|send|check)|action(?: item| point)?s?|ap|next steps?|next|follow[- ]?ups?|task|we owe(?: them)?|for us|on us|our side|me|us)(?:\s*[:–-]\s*|(?<=ap) ))?(?:(?P<who>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?)(?: to |\s*[:–-]\s*(?:to )?))?"
    rf"{_ADVERB}{_VERB}",
    re.IGNORECASE,
)
_WAITING: Final = re.compile(
    rf"\b(?:[Ww]aiting (?:for|on)|[Pp]ending from) (?P<who>them|him|her|{_NAMED})(?:,)? (?:to {_VERB}|for (?P<what>(?:the|a|an|their|our)\b[^.;\n]{{3,120}}))"
)
# anywhere in the clause these make it no promise
_NO_PROMISE: Final = re.compile(
    r"\b(?:might|may|could|should|maybe|perhaps|possibly|probably|potentially|unlikely|hopes? to|hoping to|wants? to|would like to|would love|"
    r"tr(?:y|ies|ying) to|not|never|no need|nobody|no one|cannot|refus\w+|declin\w+|doubts?|was going to|were going to|was to|were to|used to|already|unless|in theory|"
    r"hypothetical\w*|imagine|suppose|assuming|if only|ideally|ideal world|rumou?r\w*|depends?|would have|had (?:promised|agreed|said)|normally|usually|always|"
    r"typically|(?:every|each) (?:day|week|month|quarter|morning|evening|night))\b|n[’']t\b",
    re.IGNORECASE,
)
# before the verb these put it into the past; behind it they only tell what is sent ("last month's report")
_PAST: Final = re.compile(
    r"\b(?:last (?:week|month|year|time|quarter)|yesterday|ago|back in)\b", re.IGNORECASE
)
_WHETHER: Final = re.compile(
    r"\b(check|see|know|confirm|ask|asks|find out|tell (?:us|me|them|you)|clarify|verify|decide|let (?:us|me|them|you|him|her) know|test|look into|look at|say|hear|work out|validate|investigate) (?:if|whether)\b[^.;]*",
    re.IGNORECASE,
)
_IF: Final = re.compile(
    r"\b(?:if|in case|provided|as long as|should (?:they|we|he|she|you))\b", re.IGNORECASE
)
_CUT: Final = re.compile(
    r"(?:,)? (?:so that|because|since|which|as (?:he|she|they|we|I|agreed|discussed|promised)|who|where|while|but|although|though)\b|; |\. | – | — |, (?:and )?(?:then )?(?=(?:I|we|he|she|they|you|our|their|[A-Z][a-z]+)(?:[’']ll| will| to )\b)| and (?=(?:I|we|he|she|they|you|our [a-z]+|their [a-z]+|the [A-Za-z]+|[A-Z][a-z]+)(?:[’']ll| will| to | agreed| promised)\b)"
)
# a day told by another: "the day before" is not the day that stands before it
_OTHER_DAY: Final = re.compile(r"\bthe (?:day|week|morning|evening) (?:before|after)\b", re.IGNORECASE)
_WHICH: Final = re.compile(r",? which (?:I|we)\b")
_VENDORISH: Final = re.compile(
    r"\b(?:SEC|FCA|ESMA|Fed|ECB|NYSE|Nasdaq|CME|market|markets|system|platform|product|software|release|version|module|engine|API|broker|brokers|custodian|administrator|prime|regulator|exchange|budget|price|contract|report|file|data|vendor|Bloomberg|Google|Microsoft)\b"
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise in a sentence: `what` begins with its verb. `who` as in Item, places in the sentence."""

    side: Side
    who: str
    what: str
    due_on: date | None
    start: int
    end: int


def find(
    sentence: str, day: date, voices: Voices, *, speaker: Side | None = None, listed: bool = False
) -> list[Promise]:
    """Every promise of one sentence. `speaker`: whose words they are; `listed`: it stands under "next steps" or the like."""
    bare = sentence.strip()
    if bare.endswith("?") or bare.startswith(("«", "“", '"')):
        return []
    checked = _WHETHER.sub(lambda found: found.group(1), sentence)
    if _IF.search(checked):
        return []
    for ways in (
        _told(sentence, day, voices, speaker),
        _awaited(sentence, day, voices, speaker),
        _listed(sentence, day, voices, speaker, listed),
        _turned(sentence, day, voices, speaker),
    ):
        if found := list(ways):
            return found
    return []


def _told(sentence: str, day: date, voices: Voices, speaker: Side | None) -> Iterator[Promise]:
    starts = list(_FULL.finditer(sentence))
    for number, match in enumerate(starts):
        until = starts[number + 1].start() if number + 1 < len(starts) else len(sentence)
        owner = _owner(match["who"] or "", voices, speaker, match["verb"].casefold())
        end = _clause_end(sentence, match.start("verb"), until)
        clause_start = starts[number - 1].end() if number else 0
        if (
            owner is None
            or (
                owner[0] == "them"
                and speaker is None
                and _their_own(match["verb"], sentence[match.start() : end])
            )
            or _NO_PROMISE.search(sentence[clause_start:end])
            or _PAST.search(sentence[clause_start : match.start("verb")])
        ):
            continue
        yield _made(sentence, match.start("verb"), end, day, owner)


def _awaited(sentence: str, day: date, voices: Voices, speaker: Side | None) -> Iterator[Promise]:
    for match in _WAITING.finditer(sentence):
        pronoun = {"them": "they", "him": "he", "her": "she"}.get(match["who"], match["who"])
        owner = _owner(pronoun, voices, speaker)
        if owner is None or _NO_PROMISE.search(sentence):
            continue
        group, lead = ("verb", "") if match["verb"] else ("what", "send ")
        start = match.start(group)
        end = len(sentence) if match["verb"] else match.end("what")
        yield _made(sentence, start, _clause_end(sentence, start, end), day, owner, lead)


def _turned(sentence: str, day: date, voices: Voices, speaker: Side | None) -> Iterator[Promise]:
    """Promises in other turns (`turns`); those that overlap are one."""
    taken = 0
    for turn in sorted(turns(sentence), key=lambda one: one.start):
        owner = _owner(turn.who, voices, speaker)
        end = _clause_end(sentence, turn.start, turn.end)
        if owner is not None and owner[0] == "them" and speaker is None:
            verb = turn.lead.strip() or sentence[turn.start : end].split(" ", 1)[0]
            owner = None if _their_own(verb, sentence[turn.start : end]) else owner
        if turn.start < taken or owner is None or _NO_PROMISE.search(sentence) or _PAST.search(sentence):
            continue
        made = _made(sentence, turn.start, end, day, owner, turn.lead)
        if made.due_on is not None or not turn.dated:
            taken = end
            yield made


def _listed(
    sentence: str, day: date, voices: Voices, speaker: Side | None, listed: bool
) -> Iterator[Promise]:
    match = _TASK_LEAD.match(sentence)
    if (
        match is None
        or not (listed or match["mark"] or match["box"] or match["who"])
        or _NO_PROMISE.search(sentence)
    ):
        return
    named = match["who"] or ""
    if named.casefold() in ("please", "next", "action", "todo"):
        named = ""
    owner: tuple[Side, str] | None = ("us", "") if not named else _owner(named, voices, speaker)
    if owner is not None:
        start = match.start("verb")
        yield _made(sentence, start, _clause_end(sentence, start, len(sentence)), day, owner)


def _owner(who: str, voices: Voices, speaker: Side | None, verb: str = "") -> tuple[Side, str] | None:
    """(side, name) of whoever promises; None when it is nobody of the two firms."""
    word = re.sub(r"\s*\([^)]*\)|,$", "", who).strip()
    if later := re.search(
        r"(?<! and)\s(I|we|he|she|they)$", word
    ):  # "By Monday I": the phrase before belongs to the day
        word = later[1]
    folded = word.casefold()
    other: Side = "them" if speaker == "us" else "us"
    if folded in ("", "i", "we", "me", "us"):
        return (speaker or "us"), ""
    if folded == "you":  # "you'll have it by noon" is a promise of whoever speaks
        if verb in ("have", "get"):
            return (speaker or "us"), ""
        return None if speaker is None else (other, "")
    if folded in ("he", "she", "they"):
        return None if speaker == "them" else ("them", "")
    if re.fullmatch(_OUR, word, re.IGNORECASE):
        return (speaker or "us"), "" if folded.endswith("side") else word
    if re.fullmatch(_THEIR, word, re.IGNORECASE):
        return ("them", "" if folded.endswith("side") else word) if speaker != "them" else None
    if their := re.fullmatch(r"([A-ZÀ-Þ][\w-]+)[’']s [a-z]+(?: [a-z]+)?", word):
        side = voices.side(their[1])
        return (side, word) if side is not None else None
    if attached := re.match(
        r"([A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?) (?:from|at|in|on) (our|their)\b", word
    ):
        return ("us" if attached[2] == "our" else "them"), attached[1]
    if word.endswith(" and I"):
        return (speaker or "us"), word
    if " and " in word:
        first, other_one = (voices.side(each) for each in word.split(" and ", 1))
        return (first, word) if first is not None and first == other_one else None
    if not re.fullmatch(r"[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)?", word) or _VENDORISH.search(word):
        return None
    side = voices.side(word)
    if side is not None:
        return side, word
    return (
        ("them", word)
        if not (voices.ours or voices.theirs or voices.reader) and _first_name_like(word)
        else None
    )


def _their_own(verb: str, clause: str) -> bool:
    """Whether it is what their firm does anyway, and not what they do for us."""
    return _OURS_ONLY.fullmatch(verb.casefold()) is not None and not _TOWARDS_US.search(clause)


def _first_name_like(word: str) -> bool:
    return word.casefold() not in (
        "this", "that", "it", "there", "monday", "tuesday", "wednesday", "thursday", "friday", "nobody", "somebody", "everybody", "next", "action",
    )  # fmt: skip


def _clause_end(sentence: str, start: int, until: int) -> int:
    cut = _CUT.search(sentence, start, until)
    return cut.start() if cut else until


def _made(sentence: str, start: int, end: int, day: date, owner: tuple[Side, str], lead: str = "") -> Promise:
    clause = sentence[start:end]
    due = dates.find(clause, day)
    other_day = due or _OTHER_DAY.search(clause)
    outside = None if other_day else dates.find(sentence[:start], day)
    if not other_day and outside is None and _WHICH.match(sentence, end):  # "…, which I'll do by Friday"
        outside = dates.find(sentence[end:], day)
    what = clause
    if due is not None:
        what = f"{clause[: due.start].rstrip(' ,(')} {clause[due.end :].lstrip(' ,)')}"
    what = re.sub(
        r"\s+(?:by|on|before|until|and|then)\s*$", "", " ".join(what.split()).strip(" .,;:–-")
    ).strip(" .,;:")
    found = due or outside
    return Promise(
        owner[0], owner[1], lead + what[:1].lower() + what[1:], found.on if found else None, start, end
    )
