"""A follow-up from what was noted: what they said, what was agreed, who does what until when. It adds nothing of its own.

Each thing noted is a fact with the note's sentence as its quotation; a sentence that the claim check does not support by
it is left out, and the caller is told which.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final, Literal

from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.heading import check_heading
from remit.evidence.support import check_text
from remit.llm.embedded import phrases, slots
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import MOST_WORDS, SUBJECTS, Length, NothingToSay, Tone, Writer
from remit.llm.embedded.spoken import to_reader, told

NotedKind = Literal["said", "decided", "asked", "ours", "theirs"]
_ORDER: Final[tuple[NotedKind, ...]] = ("said", "decided", "asked", "ours", "theirs")
# what is dropped at the first when the mail would be longer than asked: promises are never dropped before these
_DROPPED: Final[tuple[NotedKind, ...]] = ("said", "asked", "decided")

_THANKS: Final = {
    "direct": ("Thanks for the {talk}.", "Thank you for the {talk}.", "Thank you for your time {in} the {talk}."),
    "warm": ("Thank you very much for your time {in} the {talk}.", "Many thanks for taking the time for the {talk}.", "Thank you for the {talk} and for your patience with my questions."),
}  # fmt: skip
_SAID: Final = ("You said that {c}.", "You told me that {c}.", "You mentioned that {c}.")
_ALSO: Final = ("You also said that {c}.", "You also mentioned that {c}.", "And {c}.")
_ENDS: Final = {
    "direct": ("If I have this wrong, please tell me.", "Please tell me if I have missed anything.", "Could you tell me if anything is missing?"),
    "warm": ("If I have missed anything, please let me know.", "Please let me know if you see it otherwise.", "Could you let me know if I have missed anything?"),
}  # fmt: skip
_SUBJECTS: Final = (
    "Next steps after our {talk}",
    "Following up on our {talk}",
    "{firm}: what we noted",
    "Our {talk}, and what comes next",
    "{firm}: next steps",
)
_PLAIN: Final = re.compile(
    r"^you (?:also )?(?:want|wanted|need|asked|would|like|liked|prefer|expect|look|plan)\b"
)
_DECIDED: Final = re.compile(
    r"^(?:so )?(?:we |both sides |it was )?(?P<rest>(?:agreed|decided|settled)\b.*)$", re.IGNORECASE
)
_YES_NO: Final = re.compile(
    r"^(?:do|does|can|could|will) (?:you|your \w+|the \w+|it|northlake\w*) (?P<rest>.+)\?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing noted, with its fact. `who`: by name who promised ("" for writer or reader). `speaker`: as in a transcript."""

    kind: NotedKind
    text: str
    fact: Fact
    who: str = ""
    due_on: date | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The text. `left_out`: what was noted and is not in it, because no sentence stood or it had no room."""

    subjects: tuple[str, ...]
    body: str
    said: tuple[Noted, ...]
    left_out: tuple[Noted, ...]


def compose_follow_up(
    reader: Reader, writer: Writer, noted: Sequence[Noted], facts: Sequence[Fact], context: Context, *,
    talk: str = "call", length: Length = "medium", tone: Tone = "direct", variant: int = 0,
) -> FollowUp:  # fmt: skip
    """Write it. `talk`: what it was, "call" or "meeting". Raises NothingToSay when nothing noted can be said."""
    seed = f"{context.account_id}|{reader.first_name}|{reader.last_name}|{variant}|{tone}|{len(noted)}"
    chance = Random(hashlib.sha256(seed.encode()).digest())
    kept: list[tuple[Noted, str]] = []
    for kind in _ORDER:
        spoken = 0
        for one in (each for each in noted if each.kind == kind):
            plans = [
                line
                for line in _lines(one, reader, writer, also=spoken > 0, chance=chance)
                if _stands(line, facts, context)
            ]
            if plans:
                kept.append((one, plans[0]))
                spoken += 1
    if not kept:
        raise NothingToSay(
            "Nothing of what was noted can be put into words that stand on the note. Change the wording of what you keep."
        )
    thanks, end = (chance.choice(each[tone]) for each in (_THANKS, _ENDS))
    thanks = thanks.replace("{in}", "on" if talk == "call" else "in").replace("{talk}", talk)
    kept = _within(kept, MOST_WORDS[length] - len(f"{thanks} {end}".split()))
    body = _laid_out(reader, writer, thanks, kept, end, tone, chance)
    said = tuple(one for one, _ in kept)
    subjects = tuple(_subjects(reader, talk, facts, context, chance))
    return FollowUp(subjects, body, said, tuple(one for one in noted if one not in said))


def day_words(day: date, *, month_first: bool) -> str:
    """`Friday, 4 December` or `Friday, December 4`."""
    return f"{day:%A}, {day:%B} {day.day}" if month_first else f"{day:%A}, {day.day} {day:%B}"


def _lines(one: Noted, reader: Reader, writer: Writer, *, also: bool, chance: Random) -> Iterator[str]:
    """The sentences that could say it, best first."""
    if one.kind in ("ours", "theirs"):
        yield from _promise(one, reader, writer)
        return
    turned = told(to_reader(one.text, reader.first_name, reader.last_name, one.speaker))
    if one.kind == "decided":
        if found := _DECIDED.match(turned):
            yield f"We {found['rest'][:1].lower()}{found['rest'][1:]}."
        yield f"{slots.capital(turned)}."
        return
    if one.kind == "asked" and (asked := _YES_NO.match(one.text.strip())):
        yield f"You {'also ' if also else ''}asked whether we {asked['rest']}."
        return
    if turned.endswith("?"):
        return  # a question in their words has no place in a sentence of ours
    if _PLAIN.match(turned):
        yield f"{slots.capital(turned)}."
    plans = list(_ALSO if also else _SAID)
    chance.shuffle(plans)
    yield from (plan.replace("{c}", turned) for plan in plans)
    yield f"{slots.capital(turned)}."


def _promise(one: Noted, reader: Reader, writer: Writer) -> Iterator[str]:
    what = told(to_reader(one.text, reader.first_name, reader.last_name, one.speaker)).rstrip(".")
    by = f" by {day_words(one.due_on, month_first=reader.month_first)}" if one.due_on else ""
    mine = {"", writer.name.casefold(), writer.name.split()[0].casefold() if writer.name else ""}
    theirs = {"", reader.first_name.casefold(), f"{reader.first_name} {reader.last_name}".casefold()}
    if one.kind == "ours":
        who = "I" if one.who.casefold() in mine else slots.name_words(one.who)
        yield f"{slots.capital(who)} will {what}{by}."
        return
    if one.who.casefold() in theirs:
        yield f"You said that you would {what}{by}."
        yield f"You will {what}{by}."
        return
    who = re.sub(r"^[Tt]heir ", "Your ", one.who)
    yield f"{slots.capital(who)} will {what}{by}."


def _stands(line: str, facts: Sequence[Fact], context: Context) -> bool:
    return all(one.support.state in ("supported", "not_a_claim") for one in check_text(line, facts, context))


def _within(kept: list[tuple[Noted, str]], most: int) -> list[tuple[Noted, str]]:
    """`kept` without the last of what they said, asked and what was decided, until it fits; a promise goes only at the end."""
    left = list(kept)
    for kind in (*_DROPPED, "theirs", "ours"):
        while sum(len(line.split()) for _, line in left) > most:
            last = next((each for each in reversed(left) if each[0].kind == kind), None)
            if last is None:
                break
            left.remove(last)
    return left


def _laid_out(
    reader: Reader, writer: Writer, thanks: str, kept: Sequence[tuple[Noted, str]], end: str, tone: Tone, chance: Random
) -> str:  # fmt: skip
    greeting = chance.choice(phrases.GREETINGS[tone]).replace(
        "{first_name}", slots.name_words(reader.first_name) or "there"
    )
    said = [line for one, line in kept if one.kind == "said"]
    settled = [line for one, line in kept if one.kind in ("decided", "asked")]
    ours = [line for one, line in kept if one.kind == "ours"]
    theirs = [line for one, line in kept if one.kind == "theirs"]
    blocks = [[thanks, *said], settled, ours, theirs, [end]]
    if len(settled) + len(said) <= 2:
        blocks = [[thanks, *said, *settled], ours, theirs, [end]]
    if len(ours) + len(theirs) <= 3:
        blocks = [[*ours, *theirs] if block is ours else block for block in blocks if block is not theirs]
    paragraphs = [" ".join(block) for block in blocks if block]
    sign_off = "\n".join((chance.choice(phrases.SIGN_OFFS[tone]), *writer.signature()))
    return "\n\n".join([greeting, *paragraphs, sign_off])


def _subjects(
    reader: Reader, talk: str, facts: Sequence[Fact], context: Context, chance: Random
) -> Iterator[str]:
    plans = list(_SUBJECTS)
    chance.shuffle(plans)
    given = 0
    for plan in plans:
        text = plan.replace("{talk}", talk).replace("{firm}", reader.account_name)
        if (
            given < SUBJECTS
            and len(text) <= 80
            and check_heading(text, facts, context).state in ("supported", "not_a_claim")
        ):
            given += 1
            yield text
