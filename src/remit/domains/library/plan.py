"""The sentence plan of a template as lines, and which of their slots can be filled from what is known. Pure.

A plan is written line by line; a blank line ends a paragraph. What may stand before a line:
`? ` it may be left out · `| ` another wording of the line above · `if NAME: ` only with this fact or value ·
`if NAME=VALUE: ` only with this value · `unless NAME: ` only without it · `each NAME: ` once for every fact of NAME.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

from remit.domains.library.entered import CannotRender
from remit.domains.library.model import FactSlot, Template
from remit.evidence.facts import KINDS, Fact, plain_line
from remit.evidence.lexicon import FRAMING, stems
from remit.llm.embedded import slots
from remit.llm.embedded.angles import FLOWS
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer

_PREFIX: Final = re.compile(r"^(?:(if|unless|each) ([a-z_]+(?:=[^:]{1,80})?): |(\?|\|) )")
SLOT: Final = re.compile(r"\{([a-z_]+)(?:\.([a-z_]+))?\}")
_KIND_WORDS: Final = {
    "prime_broker": "prime broker",
    "custodian": "custodian",
    "administrator": "fund administrator",
}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line: its wordings (the first is the preferred one), and when it stands."""

    wordings: tuple[str, ...]
    optional: bool = False
    when: str = ""
    unless: str = ""
    each: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A wording with its slots filled. `bare`: the same with the filled-in words taken out, for what the wording itself says."""

    text: str
    bare: str
    facts: tuple[Fact, ...]
    given: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What slots are filled from: the chosen facts by slot, the values by variable, reader, writer, day."""

    facts: Mapping[str, tuple[Fact, ...]]
    values: Mapping[str, str]
    reader: Reader
    writer: Writer
    day: date

    def has(self, name: str) -> bool:
        """Whether a slot or variable of this name has something to say; `name=value`: whether it says that."""
        name, equals, value = name.partition("=")
        if equals:
            return self.values.get(name, "").casefold() == value.strip().casefold()
        return bool(self.facts.get(name) or self.values.get(name))


def lines_of(plan: str) -> list[list[PlanLine]]:
    """The plan as paragraphs of lines. Raises CannotRender for a second wording of nothing."""
    found: list[list[PlanLine]] = []
    for block in re.split(r"\n[ \t]*\n", plan.strip()):
        paragraph: list[PlanLine] = []
        for raw in block.split("\n"):
            line = _line(raw.strip())
            if raw.strip().startswith("| "):
                if not paragraph:
                    raise CannotRender(
                        "plan_unreadable", f"“{raw.strip()[:60]}” is another wording of no line above it."
                    )
                paragraph[-1] = replace(paragraph[-1], wordings=(*paragraph[-1].wordings, *line.wordings))
            else:
                paragraph.append(line)
        found.append(paragraph)
    return found


def _line(text: str) -> PlanLine:
    optional, when, unless, each = False, "", "", ""
    while (found := _PREFIX.match(text)) is not None:
        text = text[found.end() :]
        word, name, sign = found.groups()
        optional = optional or sign == "?"
        when, unless, each = (
            name if word == key else kept for key, kept in (("if", when), ("unless", unless), ("each", each))
        )
    return PlanLine((text,), optional, when, unless, each)


def choose(
    template: Template, known: Sequence[Fact], values: Mapping[str, str], day: date, turn: int
) -> dict[str, tuple[Fact, ...]]:
    """Facts for every slot, none said twice. `turn` picks among equally good ones. Raises CannotRender (missing_fact).

    A slot that no line says is a condition ("something of ours"): it takes no fact away from those that are said.
    """
    found: dict[str, tuple[Fact, ...]] = {}
    lines = "\n".join([template.plan, *template.subjects])
    used: set[UUID] = set()
    missing = []
    for slot in sorted(template.facts, key=lambda one: (one.near is not None, one.least == 0)):
        spoken = re.search(rf"\b{re.escape(slot.name)}\b", lines) is not None
        around = [fact for fact in known if not spoken or fact.id not in used]
        if slot.same_as is not None:
            beside = {fact.subject for fact in found.get(slot.same_as, ())}
            around = [fact for fact in around if fact.subject in beside]
        if slot.near is not None:
            about = values.get(slot.near) or " ".join(
                f"{f.subject} {f.value}" for f in found.get(slot.near, ())
            )
            around = _nearest([fact for fact in around if fits(slot, fact, values, day)], about)
        chosen = _chosen(slot, around, values, day, turn)
        if len(chosen) < slot.least:
            missing.append(slot)
        found[slot.name] = chosen if len(chosen) >= max(1, slot.least) else ()
        used.update(fact.id for fact in found[slot.name] if spoken)
    if missing:
        told = "; ".join(wanted(slot, values) for slot in missing)
        raise CannotRender(
            "missing_fact",
            f"It needs what is not on record, or may not be said: {told}.",
            [one.kind for one in missing],
        )
    return found


def wanted(slot: FactSlot, values: Mapping[str, str]) -> str:
    """What a slot needs, in words."""
    ours = slot.kind in KINDS and KINDS[slot.kind].ours
    about = [*slot.words, *slot.subject, *slot.topic] + (
        [values.get(slot.subject_of, "")] if slot.subject_of else []
    )
    count = f"{slot.least} facts" if slot.least > 1 else "a fact"
    whose = "of our own registry" if ours else "about the account, with its source"
    return f"{count} of kind {slot.kind}{' on ' + ' or '.join(filter(None, about)) if any(about) else ''} ({whose})"


def fits(slot: FactSlot, fact: Fact, values: Mapping[str, str], day: date) -> bool:
    """Whether a fact may fill a slot."""
    if fact.kind != slot.kind or (
        slot.newest_days is not None and (day - fact.as_of_on).days > slot.newest_days
    ):
        return False
    if (
        slot.subject_of is not None
        and plain_line(fact.subject).casefold() != values.get(slot.subject_of, "").casefold()
    ):
        return False
    return (
        (not slot.words or _score(slot.words, f"{fact.value} {fact.topic}") > 0)
        and (not slot.subject or _score(slot.subject, fact.subject) > 0)
        and (not slot.topic or fact.topic.casefold() in {one.casefold() for one in slot.topic})
    )


@lru_cache(maxsize=32_768)  # every text of a step asks it of every fact, for every reader at the account
def _score(starts: tuple[str, ...], text: str) -> int:
    """How many of the beginnings some word of the text has; a beginning of several words stands in it as it is."""
    folded = text.casefold()
    said = re.findall(r"[\w&+]+", folded)
    return sum(
        any(word.startswith(start.casefold()) for word in said)
        or (" " in start and start.casefold() in folded)
        for start in starts
    )


def _nearest(facts: Sequence[Fact], about: str) -> list[Fact]:
    """Those that share most words with what it is about; none when nothing shares any."""
    wanted = stems(about) - FRAMING
    shared = {fact.id: len(wanted & stems(f"{fact.topic} {fact.value}")) for fact in facts}
    most = max(shared.values(), default=0)
    return [fact for fact in facts if most and shared[fact.id] == most]


def _chosen(
    slot: FactSlot, known: Sequence[Fact], values: Mapping[str, str], day: date, turn: int
) -> tuple[Fact, ...]:
    fitting = [
        fact
        for fact in known
        if fits(slot, fact, values, day) and (fact.kind == "competitor" or slots.speakable(fact))
    ]
    if not fitting:
        return ()
    if slot.kind in KINDS and KINDS[slot.kind].ours:
        ranked = sorted(
            fitting, key=lambda fact: (-_score(slot.words, f"{fact.value} {fact.topic}"), str(fact.id))
        )
        best = [
            fact
            for fact in ranked
            if _score(slot.words, f"{fact.value} {fact.topic}")
            == _score(slot.words, f"{ranked[0].value} {ranked[0].topic}")
        ]
        shift = turn % len(best) if slot.most == 1 else 0
        return tuple([*best[shift:], *best[:shift], *ranked[len(best) :]][: slot.most])
    newest = sorted(fitting, key=lambda fact: (-fact.as_of_on.toordinal(), fact.value))
    if slot.most == 1:
        return (newest[turn % len([f for f in newest if f.as_of_on == newest[0].as_of_on])],)
    first = newest[0]  # said in one breath, so of one source and day
    same = [f for f in newest if (f.source_name, f.as_of_on) == (first.source_name, first.as_of_on)]
    kept = {plain_line(fact.value).casefold(): fact for fact in reversed(same)}
    return tuple(sorted(kept.values(), key=lambda fact: fact.value)[: slot.most])


def fill(wording: str, known: Known) -> Filled | None:
    """The wording with every slot filled; None when one of them has nothing to say."""
    facts: list[Fact] = []
    given = False
    told, bare, at = [], [], 0
    text = wording.replace("{account}’s", "{account_s}")
    for slot in SLOT.finditer(text):
        name, part = slot.groups()
        found = known.facts.get(name, ())
        said = _fact_words(found, part, known) if part else _plain_words(name, known)
        if not said:
            return None
        before = text[at : slot.start()]
        if part == "cite" and _on_page(said):
            before = re.sub(r"\b([Ii])n $", lambda m: "On " if m.group(1) == "I" else "on ", before)
        told += [before, said]
        bare += [before, _mask(part)]
        facts += [fact for fact in found if fact not in facts] if part else []
        given = given or (part is None and name in known.values)
        at = slot.end()
    return Filled(
        slots.capital("".join([*told, text[at:]])), "".join([*bare, text[at:]]), tuple(facts), given
    )


def _mask(part: str | None) -> str:
    return "it" if part else "this"


def _on_page(cite: str) -> bool:
    return bool(re.search(r"\b(website|page|profile|register|directory|database)\b", cite, re.IGNORECASE))


def _plain_words(name: str, known: Known) -> str:
    firm = slots.Firm(known.reader.account_name, known.reader.month_first)
    built = {
        "first_name": slots.name_words(known.reader.first_name) or "there", "account": firm.name, "account_s": firm.possessive,
        "our_firm": known.writer.firm, "sender": known.writer.name, "flow": FLOWS.get(known.reader.segment, FLOWS["other"]),
        "today": slots.day_words(known.day, firm),
    }  # fmt: skip
    return built[name] if name in built else known.values.get(name, "")


def _fact_words(found: Sequence[Fact], part: str, known: Known) -> str:
    if not found:
        return ""
    first, firm = found[0], slots.Firm(known.reader.account_name, known.reader.month_first)
    ours = first.kind in KINDS and KINDS[first.kind].ours
    values = [(slots.verb_phrase(fact) or "") if ours else plain_line(fact.value) for fact in found]
    if part in ("value", "values"):
        return "" if not all(values) else values[0] if part == "value" else slots.joined(values)
    kind = _KIND_WORDS.get(first.kind, first.kind.replace("_", " "))
    return {
        "cite": slots.cite(first, firm), "source": f"{first.source_name}, {slots.day_words(first.as_of_on, firm)}", "month": f"{first.as_of_on:%B %Y}", "subject": slots.subject_words(first),
        "product": plain_line(first.subject), "topic": plain_line(first.topic), "kinds": kind + ("s" if len(found) > 1 else ""),
    }[part]  # fmt: skip


def each_of(line: PlanLine, known: Known) -> Iterator[Known]:
    """`known` once for every fact of the line's `each`, with that fact alone under its name."""
    for fact in known.facts.get(line.each, ()):
        yield replace(known, facts={**known.facts, line.each: (fact,)})
