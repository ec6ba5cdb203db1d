"""A cold e-mail from facts: why now, a question that belongs to the reader's job, what we do about it, one clear ask.

Deterministic: the same facts, people and variant give the same text. Each candidate is held to the claim check before
it is handed out, so that the writer cannot say more than the facts do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal
from uuid import UUID

from remit.evidence.claims import Context
from remit.evidence.facts import Fact, plain_line, usable
from remit.evidence.heading import check_heading
from remit.evidence.support import check_text
from remit.llm.embedded import phrases, slots
from remit.llm.embedded.angles import ANGLES, FLOWS, questions_for
from remit.llm.embedded.ideas import Idea, Reader, groups, ideas

WRITER: Final = "embedded writer 1"
Length = Literal["short", "medium", "long"]
Tone = Literal["direct", "warm"]
MOST_WORDS: Final[dict[Length, int]] = {"short": 90, "medium": 140, "long": 200}
SUBJECTS: Final = 3

_TRIES, _EACH = 24, 3  # attempts in all, and for each reason to write


class NothingToSay(Exception):
    """No live fact about the account may be said, so anything written would be generic."""

    code = "no_sayable_fact"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who sends it."""

    name: str
    title: str
    firm: str

    def signature(self) -> tuple[str, ...]:
        """The lines under the sign-off."""
        return tuple(
            line for line in (self.name, ", ".join(part for part in (self.title, self.firm) if part)) if line
        )


@dataclass(frozen=True, slots=True)
class Composed:
    """A finished text. `fact_ids`: the facts it was made from; `angle` and `trigger` say why it reads as it does.

    `subjects`: subject lines to choose from, that of the text at the front.
    """

    subject: str
    body: str
    fact_ids: tuple[UUID, ...]
    trigger: str
    angle: str
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Parts:
    opening: str
    also: str
    question: str
    capability: str
    extra: str
    ask: str
    out: str
    second: str = ""
    second_question: str = ""


def compose(
    reader: Reader,
    writer: Writer,
    facts: Sequence[Fact],
    context: Context,
    *,
    length: Length = "short",
    tone: Tone = "direct",
    variant: int = 0,
    about: Collection[UUID] = (),
) -> Composed:
    """Write to `reader`. `variant` picks another wording or reason; `about`: facts to begin with. Raises NothingToSay."""
    known = [fact for fact in usable(facts, context.account_id, context.day) if slots.speakable(fact)]
    found = ideas(known, reader, context.day, Random(_seed(context, reader, 0)), about)
    if not found:
        raise NothingToSay(
            f"There is no live fact about {reader.account_name} that may be said, so the mail would be generic. "
            "Record one with its source first."
        )
    for attempt in range(_TRIES):
        idea = found[(variant + attempt // _EACH) % len(found)]
        chance = Random(_seed(context, reader, variant * _TRIES + attempt))
        text = _written(idea, found, known, reader, writer, (length, tone), chance)
        if _holds(text, facts, context):
            return replace(text, subjects=_held(text.subjects, facts, context))
    raise NothingToSay(
        f"The facts about {reader.account_name} cannot be put into sentences that they fully support."
    )


def _seed(context: Context, reader: Reader, number: int) -> int:
    text = f"{context.account_id}|{reader.first_name}|{reader.last_name}|{number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _holds(found: Composed, facts: Sequence[Fact], context: Context) -> bool:
    sentences = check_text(found.body, facts, context)
    return all(one.support.state in ("supported", "not_a_claim") for one in sentences) and check_heading(
        found.subject, facts, context
    ).state in ("supported", "not_a_claim")


def _held(subjects: Sequence[str], facts: Sequence[Fact], context: Context) -> tuple[str, ...]:
    fine = ("supported", "not_a_claim")
    return tuple(one for one in subjects if check_heading(one, facts, context).state in fine)[:SUBJECTS]


def _written(
    idea: Idea, every: Sequence[Idea], known: Sequence[Fact], reader: Reader, writer: Writer, style: tuple[Length, Tone], chance: Random
) -> Composed:  # fmt: skip
    length, tone = style
    firm = slots.Firm(reader.account_name, reader.month_first)
    first = idea.facts[0]
    opening = slots.fill(chance.choice(_openings(first, tone)), idea.facts, firm)
    also, also_facts = _also(idea, known, firm, chance) if length != "short" else ("", ())
    second, asked, more = (
        _second(idea, every, also_facts, reader, firm, chance) if length == "long" else ("", "", ())
    )
    capability, extra, said = _capability(idea, known, reader, length, firm, chance)
    asks = phrases.asks(reader.persona, tone)
    parts = _Parts(
        opening, also, _question(idea, reader, chance), capability, extra,
        chance.choice([ask for ask in asks if capability or not _points(ask)]), chance.choice(phrases.OUTS[tone]), second, asked,
    )  # fmt: skip
    body = _laid_out(_within(parts, MOST_WORDS[length]), reader, writer, tone, chance)
    used = [fact.id for fact in (*idea.facts, *also_facts, *more, *said)]
    subjects = tuple(_subjects(idea, firm, chance))
    return Composed(subjects[0], body, tuple(used), first.kind, idea.angle, subjects)


def _second(
    idea: Idea, every: Sequence[Idea], said: Sequence[Fact], reader: Reader, firm: slots.Firm, chance: Random
) -> tuple[str, str, tuple[Fact, ...]]:
    """(another fact, what to ask about it, the facts behind it): the next best reason of another kind and angle."""
    kinds = {idea.facts[0].kind, *(fact.kind for fact in said)}
    other = next((one for one in every if one.facts[0].kind not in kinds and one.angle != idea.angle), None)
    if other is None:
        return "", "", ()
    line = slots.fill(chance.choice(_openings(other.facts[0], "direct")), other.facts, firm)
    return line, _question(other, reader, chance), other.facts


def _openings(fact: Fact, tone: Tone) -> Sequence[str]:
    if tone == "warm" and fact.sayable != "told_by_them" and fact.kind in phrases.WARM_OPENINGS:
        return phrases.WARM_OPENINGS[fact.kind]
    if fact.sayable == "told_by_them" and fact.kind in phrases.TOLD:
        return phrases.TOLD[fact.kind]
    return phrases.OPENINGS[fact.kind]


def _points(ask: str) -> bool:
    """Whether an ask leans on what was said about the product just before."""
    return " on it" in ask or " at it" in ask or "through it" in ask


def _also(
    idea: Idea, known: Sequence[Fact], firm: slots.Firm, chance: Random
) -> tuple[str, tuple[Fact, ...]]:
    """A second fact from the same source, when there is one that fits behind the opening."""
    first = idea.facts[0]
    if first.sayable == "told_by_them":
        return "", ()
    same = [
        group
        for group in groups(known)
        if group[0].kind in phrases.ALSO
        and group[0].kind != first.kind
        and (group[0].source_name, group[0].as_of_on) == (first.source_name, first.as_of_on)
    ]
    if not same:
        return "", ()
    group = chance.choice(same)
    return slots.fill(chance.choice(phrases.ALSO[group[0].kind]), group, firm), tuple(group)


def _question(idea: Idea, reader: Reader, chance: Random) -> str:
    asked = questions_for(idea.angle, reader.persona, idea.facts[0].kind, len(idea.facts) > 1)
    if not asked:
        return ""
    return slots.capital(chance.choice(asked).replace("{flow}", FLOWS.get(reader.segment, FLOWS["other"])))


def _capability(
    idea: Idea, known: Sequence[Fact], reader: Reader, length: Length, firm: slots.Firm, chance: Random
) -> tuple[str, str, tuple[Fact, ...]]:
    """(what we do about it, one thing more in longer mails, the facts behind both)."""
    if not idea.capabilities:
        return "", "", ()
    fact = chance.choice(idea.capabilities[:3])
    line = _says(fact, phrases.CAPABILITY, firm, chance)
    if length == "short":
        return line, "", (fact,)
    proofs = [one for one in known if one.kind == "proof" and one.subject == fact.subject]
    alike = [
        one for one in proofs if any(word in one.value for word in phrases.ALIKE.get(reader.segment, ()))
    ]
    others = [
        one
        for one in idea.capabilities
        if one.subject == fact.subject and one.id != fact.id and slots.verb_phrase(one)
    ]
    if alike:
        more, plans = chance.choice(alike), phrases.PROOF
    elif others:
        more, plans = others[0], phrases.CAPABILITY_ALSO
    elif proofs:
        more, plans = chance.choice(proofs), phrases.PROOF
    else:
        return line, "", (fact,)
    return line, _says(more, plans, firm, chance), (fact, more)


def _says(fact: Fact, plans: Sequence[str], firm: slots.Firm, chance: Random) -> str:
    product, verb = plain_line(fact.subject), slots.verb_phrase(fact)
    if verb and product:
        return slots.fill(chance.choice(plans), [fact], firm, {"product": product, "value": verb})
    plan = phrases.CAPABILITY_NAMED if product else phrases.CAPABILITY_AS_WRITTEN
    return slots.fill(plan, [fact], firm, {"product": product, "value": plain_line(fact.value).rstrip(".")})


def _within(parts: _Parts, most: int) -> _Parts:
    """`parts` without the optional ones that would make the mail longer than asked."""
    for drop in ("out", "second_question", "second", "extra", "also", "question"):
        if _count(parts) <= most:
            return parts
        parts = _Parts(**{name: "" if name == drop else getattr(parts, name) for name in _Parts.__slots__})
    return parts


def _count(parts: _Parts) -> int:
    return sum(len(getattr(parts, name).split()) for name in _Parts.__slots__)


def _laid_out(parts: _Parts, reader: Reader, writer: Writer, tone: Tone, chance: Random) -> str:
    greeting = chance.choice(phrases.GREETINGS[tone]).replace(
        "{first_name}", slots.name_words(reader.first_name) or "there"
    )
    middle = [parts.question, parts.capability, parts.extra]
    if 0 < len(parts.question.split()) < 7:  # "Is that still open?" alone on its line reads like a form
        blocks = [
            [parts.opening, parts.also, parts.question],
            [parts.capability, parts.extra],
            [parts.ask, parts.out],
        ]
    elif parts.capability and chance.random() < 0.3:
        middle = [parts.question, "", ""]
        blocks = [
            [parts.opening, parts.also],
            middle,
            [parts.capability, parts.extra],
            [parts.ask, parts.out],
        ]
    elif chance.random() < 0.4:
        blocks = [
            [parts.opening, parts.also, parts.question],
            [parts.capability, parts.extra],
            [parts.ask, parts.out],
        ]
    else:
        blocks = [[parts.opening, parts.also], middle, [parts.ask, parts.out]]
    blocks.insert(-1, [parts.second, parts.second_question])
    paragraphs = [" ".join(line for line in block if line) for block in blocks]
    sign_off = "\n".join((chance.choice(phrases.SIGN_OFFS[tone]), *writer.signature()))
    return "\n\n".join([greeting, *(paragraph for paragraph in paragraphs if paragraph), sign_off])


def _subjects(idea: Idea, firm: slots.Firm, chance: Random) -> Iterator[str]:
    """Subject lines of fitting length, no two alike: at least one."""
    noun = ANGLES[idea.angle].noun
    plans = list(phrases.SUBJECTS[idea.facts[0].kind])
    chance.shuffle(plans)
    more = list(phrases.SUBJECTS_ANY)
    chance.shuffle(more)
    seen: set[str] = set()
    for plan in (*plans, *more):
        text = slots.fill(plan, idea.facts, firm, {"noun": noun})
        if len(text) <= 60 and text.casefold() not in seen:
            seen.add(text.casefold())
            yield text
