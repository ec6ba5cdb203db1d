"""The two sections on the talk itself: what must not be said, and what is worth asking. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remit.domains.briefs import lines
from remit.domains.briefs.gathering import Gathered
from remit.domains.briefs.model import Citation, Line, Section, fitted
from remit.evidence.facts import Fact, looks_like_instruction, plain_line, why_secret
from remit.llm.embedded.angles import FLOWS, PERSONAS, angles_for, persona_of, questions_for

_MOST_SILENT: Final = 7
_MOST_ASKED: Final = 5
_WHY: Final = {
    "internal_only": "for our eyes only",
    "client_confidential": "client-confidential",
    "personal": "about a person",
}
_NOT_REPEATED: Final = frozenset({"instruction", "older", "not_yet"})
# best reasons to ask first; a kind that is not here opens no question
_ASKED_OF: Final = (
    "need",
    "launch",
    "hire",
    "office",
    "holdings_change",
    "stack",
    "prime_broker",
    "custodian",
    "aum",
)
_STALE: Final = frozenset({"stack", "prime_broker", "custodian", "administrator"})


def not_to_say(g: Gathered) -> Section:
    """Barriers, people who must not be written to, secrets by kind, what is contradicted, what one person told us."""
    found = [*_bars(g), *_secrets(g), *_contradicted(g), *_told_by_others(g), *_rules(g)]
    return fitted("not_to_say", found, _MOST_SILENT, "Nothing on record is barred.", g.account.id)


def _account(g: Gathered, source: str) -> tuple[Citation, ...]:
    return (Citation(source, g.day, f"/accounts/{g.account.id}#say"),)


def _bars(g: Gathered) -> Iterator[Line]:
    if g.account.barrier:
        text = f"Anything of this to anybody not admitted behind the barrier “{g.account.barrier}”"
        yield Line(text, g.day, _account(g, "Information barrier"), private=True)
    if g.barred:
        yield Line(
            "Anything by mail or telephone: the account is on the do-not-contact list",
            g.day,
            _account(g, "Do-not-contact list"),
        )
    for one in g.contacts:
        if not g.barred and one.why_not == "do not contact":
            yield Line(
                f"Anything in writing to {one.name}: on the do-not-contact list",
                g.day,
                _account(g, "Do-not-contact list"),
            )


def _secrets(g: Gathered) -> Iterator[Line]:
    """That we know it, never what it is: the page may be printed and left on their table."""
    by_kind: dict[tuple[str, str], list[Fact]] = {}
    for fact, why in g.facts:
        if why not in _NOT_REPEATED and (secret := why_secret(fact)):
            by_kind.setdefault((lines.kind_name(fact), secret), []).append(fact)
    for (name, why), facts in by_kind.items():
        text = f"Their {name}: we know it ({_WHY[why]}), they must not hear it from us"
        yield Line(text, facts[0].as_of_on, tuple(_unquoted(one) for one in facts), private=True)
    if odd := [fact for fact, why in g.facts if why == "instruction"]:
        text = f"{len(odd)} stored text{'s' if len(odd) > 1 else ''} that read{'' if len(odd) > 1 else 's'} like an order to software: never used"
        yield Line(text, odd[0].as_of_on, tuple(_unquoted(one) for one in odd))


def _unquoted(fact: Fact) -> Citation:
    """Where it is kept, without what it says."""
    return Citation(
        fact.source_name, fact.as_of_on, f"/accounts/{fact.account_id}#fact-{fact.id}", fact_id=fact.id
    )


def _contradicted(g: Gathered) -> Iterator[Line]:
    by_kind: dict[str, list[Fact]] = {}
    for fact, why in g.facts:
        if why == "contradicted":
            by_kind.setdefault(lines.kind_name(fact), []).append(fact)
    for name, facts in by_kind.items():
        secret = any(map(why_secret, facts))  # one of two values gives the other away
        values = "" if secret else f" ({' and '.join(dict.fromkeys(plain_line(one.value) for one in facts))})"
        cited = tuple(_unquoted(one) if secret else lines.fact_citation(one) for one in facts)
        yield Line(
            f"A figure for {name}: our sources differ{values}; ask instead", facts[0].as_of_on, cited, private=secret
        )  # fmt: skip


def _told_by_others(g: Gathered) -> Iterator[Line]:
    """What one of their people told us is not carried to another."""
    main = g.main
    if main is None:
        return
    names = {one.id: one.name for one in g.contacts}
    by_teller: dict[str, list[Fact]] = {}
    for fact, why in g.facts:
        if fact.sayable == "told_by_them" and fact.contact_id not in (None, main.id) and not why:
            by_teller.setdefault(names.get(fact.contact_id, "somebody else"), []).append(fact)
    for name, facts in by_teller.items():
        what = ", ".join(dict.fromkeys(lines.kind_name(one) for one in facts))
        cited = tuple(lines.fact_citation(one) for one in facts)
        yield Line(f"To {main.name}, what {name} told us: {what}", facts[0].as_of_on, cited, private=True)


def _rules(g: Gathered) -> Iterator[Line]:
    rivals = list(dict.fromkeys(row.competitor for row in g.deals if row.competitor))
    if rivals:
        cited = Citation("Rules of conduct, “comparison”", g.day, f"/compare?account={g.account.id}")
        yield Line(f"A comparison with {' or '.join(rivals)} without a fact that bears it", g.day, (cited,))


def questions(g: Gathered) -> Section:
    """What their facts make worth asking in the job of whom we meet, what has run out, and what nobody knows yet."""
    found = [*_from_facts(g), *_run_out(g), *_gaps(g)]
    return fitted("questions", found, _MOST_ASKED, "No fact on record opens a question.", g.account.id)


def _from_facts(g: Gathered) -> Iterator[Line]:
    main = g.main
    persona = persona_of(main.title or "") if main else "executive"
    if main and main.persona in PERSONAS:
        persona = main.persona
    flow = FLOWS.get(g.account.segment, FLOWS["other"])
    usable = [(f, why) for f, why in g.facts if not why and (not main or f.contact_id in (None, main.id) or f.sayable != "told_by_them")]  # fmt: skip
    asked: set[str] = set()
    for kind in _ASKED_OF:
        for group, _ in lines.grouped(
            [each for each in usable if each[0].kind == kind], frozenset({"prime_broker", "custodian"})
        ):
            first = group[0]
            angle = next(iter(angles_for(first.kind, first.subject, first.value)), "")
            options = questions_for(angle, persona, kind, len(group) > 1) if angle else ()
            question = next((each for each in options if each not in asked), None)
            if question is None or (
                main and kind == "hire" and main.last_name and main.last_name in first.value
            ):
                continue
            asked.add(question)
            said = lines.fact_line(group).text.rstrip(".")
            yield Line(
                lines.short(f"{said}. {question.format(flow=flow)}"), first.as_of_on,
                tuple(lines.fact_citation(one) for one in group),
            )  # fmt: skip
            break  # one question a kind


def _run_out(g: Gathered) -> Iterator[Line]:
    current = {(fact.kind, fact.subject.casefold()) for fact, _ in g.facts}
    for fact in g.expired:
        if (
            fact.kind in _STALE
            and (fact.kind, fact.subject.casefold()) not in current
            and not why_secret(fact)
            and not looks_like_instruction(fact.value)
        ):
            said = lines.fact_line([fact]).text
            yield Line(
                f"{said} ran out on {lines.day(fact.valid_until_on)}: is it still so?",
                fact.as_of_on,
                (lines.fact_citation(fact),),
            )
            return


def _gaps(g: Gathered) -> Iterator[Line]:
    for row in g.deals[:1]:
        lacking = [
            what
            for what, there in (
                ("the expected close date", row.close_on),
                ("the amount", row.amount_minor),
                ("who carries it", row.contact_id),
                ("the next step", row.next_step),
            )
            if not there
        ]
        if lacking:
            cited = (lines.deal_citation(row, row.id, g.on(row.updated_at)),)
            yield Line(
                f"{lines.deal_name(row, g.account.name)}: {', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not on record",
                g.on(row.updated_at),
                cited,
            )


def missing(g: Gathered) -> list[str]:
    """What nobody has recorded, in words: it is said to be missing, never filled in."""
    kinds = {fact.kind for fact, _ in g.facts}
    systems = {fact.subject.casefold() for fact, _ in g.facts if fact.kind == "stack"}
    told = (
        (not g.contacts, "people at this account"),
        (g.met_at is None, "a meeting before this one"),
        (not g.deals, "an open deal"),
        ("aum" not in kinds and g.account.segment != "prop_firm", "assets under management"),
        (
            "prime_broker" not in kinds and g.account.segment not in ("asset_manager", "prop_firm"),
            "prime brokers",
        ),
        (not systems, "the systems that they run"),
        (bool(g.contacts) and g.main is None, "whom it is with"),
    )
    return [what for lacks, what in told if lacks]
