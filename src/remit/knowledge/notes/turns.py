"""Other turns in which people promise: by doing ("is preparing … for Monday"), by a noun ("promised the codes"), by a task.

Patterns only. What they find goes through the same tests as "will do": whose it is, and whether anything makes it no promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from remit.knowledge.notes.verbs import BASE_OF, DOING, OURS_VERBS, VERBS

_WHO: Final = (
    r"(?P<who>\b(?:I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey)\b|\b(?:[Oo]ur|[Tt]heir) (?:[\w-]+ ){0,3}?[\w-]+|"
    r"(?<![\w’'])[A-ZÀ-Þ][\w-]+(?:[’']s [a-z]+| [A-ZÀ-Þ][\w’'-]+)?(?: and (?:I\b|[A-ZÀ-Þ][\w’'-]+))?)"
)
_THING: Final = r"(?P<rest>(?:the|a|an|our|their|two|three|some|all|sample|proof)\b[^.;\n]{3,120})"
_DO: Final = rf"(?P<verb>(?:{VERBS}|{OURS_VERBS})\b)"
_OPENS: Final = r"^\W*(?:(?:ok|okay|so|right|and|then|also|now)[, ]+)*"


@dataclass(frozen=True, slots=True)
class Turn:
    """A promise told otherwise: `who` as written, what is to be done from `start` to `end` behind the words `lead`."""

    who: str
    start: int
    end: int
    lead: str
    dated: bool
    """It is a promise only with a day ("I can send it by Friday")."""


_TURNS: Final[tuple[tuple[re.Pattern[str], bool], ...]] = (
    # will be sending · is preparing … for Monday · committed to answering
    (re.compile(rf"{_WHO}(?:\s+will|[’']ll) be (?P<doing>{DOING}) (?P<rest>[^.;\n]+)"), False),
    (re.compile(rf"{_WHO}(?:\s+(?:am|are|is)|[’'](?:m|re|s)) (?P<doing>{DOING}) (?P<rest>[^.;\n]+)"), True),
    (
        re.compile(
            rf"{_WHO} (?:have |has )?(?:(?:committed|agreed) (?:to|on)|(?:is|are|am) (?:on the hook|responsible|down) for|(?:took|takes?|taken) (?:on|over)) (?P<doing>{DOING}) (?P<rest>[^.;\n]+)"
        ),
        False,
    ),
    # promised the codes · on the hook for the list
    (
        re.compile(
            rf"{_WHO} (?:have |has )?(?:promised|committed to|(?:is|are|am) (?:on the hook|down) for|owes?)(?: us| me| them| him| her| you| [A-Z][\w’'-]+)? {_THING}"
        ),
        False,
    ),
    # took an action to rewrite · the next step is for Elena to speak · it is on Bob to
    (
        re.compile(
            rf"(?:{_WHO} )?(?i:took|takes?|has|have|got) (?i:an?|the|one) (?i:action|task|to-?do)(?: item| point)? (?:to|is to) {_DO}(?P<rest>[^.;\n]*)"
        ),
        False,
    ),
    (
        re.compile(
            rf"\b(?i:next steps?|action|plan|first step) (?:is|was|are):?(?: for {_WHO})? to {_DO}(?P<rest>[^.;\n]*)"
        ),
        False,
    ),
    (
        re.compile(rf"\b(?i:it[’']?s|it is|up) (?:on|up to|down to|to) {_WHO} to {_DO}(?P<rest>[^.;\n]*)"),
        False,
    ),
    # can … by Friday · needs to … by Friday · happy to … by Friday
    (
        re.compile(
            rf"(?P<who>\b(?:I|[Ww]e)\b) can (?:also |then )?{_DO}(?P<rest>[^.;\n]*\b(?:by|on|before|tomorrow|tonight|today)\b[^.;\n]*)"
        ),
        True,
    ),
    (
        re.compile(
            rf"{_WHO} (?:needs?|has|have|ha[ds] got) to {_DO}(?P<rest>[^.;\n]*\b(?:by|before|until)\b[^.;\n]*)"
        ),
        False,
    ),
    (
        re.compile(
            rf"{_OPENS}(?:(?P<who>I)(?: am|[’']m) )?(?i:happy|glad) to {_DO}(?P<rest>[^.;\n]*\b(?:by|before|tomorrow|tonight|today)\b[^.;\n]*)"
        ),
        True,
    ),
    # @Bob please arrange · me to send · Action (Bob): arrange · To send: pricing
    (
        re.compile(
            rf"{_OPENS}@?(?P<who>[A-ZÀ-Þ][\w’'-]+)\s?[,:–-]?\s(?:please|pls|plz) {_DO}(?P<rest>[^.;\n]*)"
        ),
        False,
    ),
    (re.compile(rf"{_OPENS}(?:me|us) to {_DO}(?P<rest>[^.;\n]*)", re.IGNORECASE), False),
    (
        re.compile(
            rf"^\W*(?i:action|ap|task|to-?do)s?\s*[(\[/–-]\s*(?P<who>[A-ZÀ-Þ][\w’'-]+)\s*[)\]:]*\s*[:–-]?\s*(?i:{_DO})(?P<rest>[^.;\n]*)"
        ),
        False,
    ),
    (re.compile(rf"^\W*(?i:to) {_DO}:\s*(?P<rest>[^.;\n]+)"), False),
    # our side: benchmark on their hardware, two weeks
    (
        re.compile(
            rf"^\W*(?i:our side|on us|we owe|ours)\s*[:–-]\s*{_DO}(?P<rest>[^.;\n]*)",
        ),
        False,
    ),
    # asked me to send pricing, which I'll do by tomorrow
    (
        re.compile(
            rf"\b[Aa]sked (?:me|us) to {_DO}(?P<rest>[^,.;\n]*), which (?P<who>I|we)(?:[’']ll| will) do[^.;\n]*"
        ),
        False,
    ),
)


def turns(sentence: str) -> Iterator[Turn]:
    """Each turn found, with what is to be done."""
    for pattern, dated in _TURNS:
        for found in pattern.finditer(sentence):
            groups = found.groupdict()
            who = groups.get("who") or ""
            if groups.get("doing"):
                yield Turn(who, found.start("rest"), found.end("rest"), f"{BASE_OF[found['doing']]} ", dated)
            elif groups.get("verb"):
                lead = (
                    f"{found['verb'].lower()} "
                    if sentence[found.end("verb") : found.end("verb") + 1] == ":"
                    else ""
                )
                yield Turn(
                    who, found.start("rest") if lead else found.start("verb"), found.end("rest"), lead, dated
                )
            else:
                yield Turn(who, found.start("rest"), found.end("rest"), "send ", dated)
