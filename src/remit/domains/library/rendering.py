"""A template's text for one reader: facts into the plan, each sentence held to the claim check. Deterministic and pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal
from uuid import UUID

from remit.domains.library.entered import CannotRender, given_values
from remit.domains.library.model import Template
from remit.domains.library.plan import (
    Filled,
    Known,
    PlanLine,
    choose,
    each_of,
    fill,
    lines_of,
)
from remit.evidence.claims import Context, asserts
from remit.evidence.facts import KINDS, Fact, usable
from remit.evidence.heading import check_heading
from remit.evidence.support import Sentence, Support, check_text
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer

FINE: Final = frozenset({"supported", "not_a_claim"})
SIGN_OFFS: Final = ("Best regards,", "Kind regards,", "Regards,")
Standing = Literal["fact", "wording", "given", "plain", "none"]
"""What a line stands on: live facts · approved wording that asserts nothing · that, with values somebody entered · it claims nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the text, what it stands on, and why."""

    text: str
    standing: Standing
    reason: str
    fact_ids: tuple[UUID, ...] = ()
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of a template. `left_out`: optional lines that had no fact; `subjects`: subject lines to choose from."""

    subject: str
    subjects: tuple[str, ...]
    body: str
    said: tuple[Said, ...]
    left_out: tuple[str, ...]

    @property
    def fact_ids(self) -> tuple[UUID, ...]:
        """Every fact behind it, once, in order."""
        return tuple(dict.fromkeys(found for one in self.said for found in one.fact_ids))

    @property
    def words(self) -> int:
        """Words of the whole text."""
        return len(self.body.split())


@dataclass(frozen=True, slots=True)
class _Asked:
    template: Template
    facts: Sequence[Fact]
    context: Context
    chance: Random


@dataclass(slots=True)
class _Block:
    """A line as it came out: its text (several for `each`), and whether it may go when the text is too long."""

    said: list[Said]
    optional: bool


def render(
    template: Template, facts: Sequence[Fact], context: Context, reader: Reader, writer: Writer,
    values: Mapping[str, str], variant: int = 0,
) -> Rendered:  # fmt: skip
    """The template's text for `reader`. The same arguments give the same text.

    Raises CannotRender: missing_fact, value_missing, value_unfit, unsupported (a line that must stand says what no fact does).
    """
    asked = _Asked(template, facts, context, Random(_seed(template, context, reader, variant)))
    filled_in = given_values(template, values, month_first=reader.month_first)
    usable_now = usable(facts, context.account_id, context.day)
    chosen = choose(template, usable_now, filled_in, context.day, asked.chance.randrange(1 << 16))
    known = Known(chosen, filled_in, reader, writer, context.day)
    left_out: list[str] = []
    paragraphs = [
        [_block(line, known, asked, left_out) for line in paragraph] for paragraph in lines_of(template.plan)
    ]
    kept = _within([[one for one in paragraph if one] for paragraph in paragraphs], template.most_words)
    subjects = tuple(_subjects(known, asked)) if template.channel == "email" else ()
    if template.channel == "email" and not subjects:
        raise CannotRender(
            "unsupported", "No subject line of the template can be said here; mend its subjects."
        )
    body = _laid_out(kept, template, writer, asked.chance)
    said = tuple(one for paragraph in kept for block in paragraph for one in block.said)
    return Rendered(subjects[0] if subjects else template.title, subjects, body, said, tuple(left_out))


def _seed(template: Template, context: Context, reader: Reader, variant: int) -> int:
    text = f"{template.id}|{context.account_id}|{reader.first_name}|{reader.last_name}|{variant}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _block(line: PlanLine, known: Known, asked: _Asked, left_out: list[str]) -> _Block | None:
    """The line as it stands here; None when it has no place."""
    if (line.when and not known.has(line.when)) or (line.unless and known.has(line.unless)):
        return None
    around = list(each_of(line, known)) if line.each else [known]
    said = [one for each in around if (one := _said(line, each, asked)) is not None]
    if said:
        return _Block(said, line.optional)
    if line.optional or line.each or line.when:
        left_out.append(line.wordings[0])
        return None
    raise CannotRender(
        "unsupported", f"“{line.wordings[0]}” must stand, and here it would say what no fact does."
    )


def _said(line: PlanLine, known: Known, asked: _Asked) -> Said | None:
    """The first wording, in an order of chance, that can be filled and said."""
    wordings = list(line.wordings)
    asked.chance.shuffle(wordings)
    for wording in wordings:
        filled = fill(wording, known)
        if filled is not None and (said := _stands(filled, asked)) is not None:
            return said
    return None


def _stands(filled: Filled, asked: _Asked) -> Said | None:
    """The line with what it stands on; None when it may not be said.

    A line is held against the facts that it quotes, and in e-mails against those that could be meant as well: what the former do
    not carry, others shall not. E-mails are held word by word, and once more against all facts by the door. Elsewhere approved wording may also join facts that it quotes exactly, as long as the
    wording itself asserts nothing.
    """
    text = filled.text
    found = tuple(check_text(_unmarked(text), _around(filled, asked), asked.context))
    if found and all(one.support.state in FINE for one in found):
        ids = tuple(dict.fromkeys(each for one in found for each in one.support.fact_ids))
        if ids:
            return Said(text, "fact", "Every claim stands on live facts.", ids, found)
        return Said(text, "plain", found[0].support.reason, (), found)
    if asked.template.channel == "email" or _asserts(_unmarked(filled.bare), asked.context):
        return None
    if filled.facts:
        ids = tuple(fact.id for fact in filled.facts)
        reason = "Approved wording around what live facts say, word for word."
        return Said(text, "fact", reason, ids, _backed(found, Support("supported", reason, ids)))
    reason = (
        "Approved wording with values that were entered by hand."
        if filled.given
        else "Approved wording that claims nothing of its own."
    )
    return Said(
        text,
        "given" if filled.given else "wording",
        reason,
        (),
        _backed(found, Support("not_a_claim", reason)),
    )


_ROLES: Final = frozenset({"prime_broker", "custodian", "administrator"})


def _around(filled: Filled, asked: _Asked) -> Sequence[Fact]:
    """The facts that a line quotes; for an e-mail also those of competitors and of other roles, with which it could be mixed up."""
    if asked.template.channel != "email" or not filled.facts:
        return filled.facts
    kinds = {fact.kind for fact in filled.facts}
    ours = any(kind in KINDS and KINDS[kind].ours for kind in kinds)
    meant = (kinds & _ROLES and _ROLES) or frozenset()
    return [
        *filled.facts,
        *(
            f
            for f in asked.facts
            if f not in filled.facts and (f.kind in meant or (ours and f.kind == "competitor"))
        ),
    ]


def _backed(found: Sequence[Sentence], support: Support) -> tuple[Sentence, ...]:
    return tuple(one if one.support.state in FINE else replace(one, support=support) for one in found)


def _unmarked(text: str) -> str:
    """A line without the marks of its layout: heading, list, and the quotation marks of what somebody would say."""
    return re.sub(r"^(#{1,6}|[-*>]|\d+[.)])\s+", "", text).replace('"', "").replace("“", "").replace("”", "")


def _asserts(bare: str, context: Context) -> str:
    """What the wording itself asserts. Colons and dashes are layout in a document, not a presumption."""
    flat = re.sub(r"(?<=\w)[:;](?=\s|$)|\s[–—-]\s", ",", bare)
    sentences = re.split(r"(?<=[.!?])\s+", flat)
    return next((found for one in sentences if (found := asserts(_lower_first(one), context))), "")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _within(paragraphs: Sequence[Sequence[_Block]], most: int) -> list[list[_Block]]:
    """Paragraphs without the last optional lines that would make the text longer than asked."""
    kept = [list(paragraph) for paragraph in paragraphs]

    def count() -> int:
        return sum(len(one.text.split()) for paragraph in kept for block in paragraph for one in block.said)

    while count() > most:
        place = next(
            (
                (p, b)
                for p in reversed(range(len(kept)))
                for b in reversed(range(len(kept[p])))
                if kept[p][b].optional
            ),
            None,
        )
        if place is None:
            break
        del kept[place[0]][place[1]]
    return [paragraph for paragraph in kept if paragraph]


def _laid_out(
    paragraphs: Sequence[Sequence[_Block]], template: Template, writer: Writer, chance: Random
) -> str:
    apart = " " if template.channel == "email" else "\n"
    texts = [apart.join(one.text for block in paragraph for one in block.said) for paragraph in paragraphs]
    if template.channel == "email":
        texts.append("\n".join((chance.choice(SIGN_OFFS), *writer.signature())))
    return "\n\n".join(text for text in texts if text)


def _subjects(known: Known, asked: _Asked) -> Iterator[str]:
    """Subject lines of fitting length that may be said, at most three."""
    plans = list(asked.template.subjects)
    asked.chance.shuffle(plans)
    count = 0
    for plan in plans:
        filled = fill(plan, known)
        if filled is None or len(filled.text) > 78 or count == 3:
            continue
        if check_heading(filled.text, asked.facts, asked.context).state in FINE:
            count += 1
            yield filled.text


def sentences_of(rendered: Rendered, context: Context) -> list[Sentence]:
    """Every sentence of the text where it stands, with what backs it; approved wording told as such. For pages and commands."""
    found, at = [], 0
    for line in rendered.said:
        for one in line.sentences:
            start = rendered.body.find(one.text, at)
            if start >= 0:
                at = start + len(one.text)
                found.append(replace(one, start=start, end=at))
    rest = check_text(rendered.body[at:], (), context)  # the signature
    return [*found, *(replace(one, start=one.start + at, end=one.end + at) for one in rest)]
